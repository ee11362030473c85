//! How the relay's TURN server (RFC 8656) is configured, and how it is handed streams.

use crate::Secret;
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, SocketAddr};

/// Everything the TURN server is told. Without it the relay answers no TURN request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TurnSettings {
    /// REALM of the long-term credential mechanism (RFC 8489 section 9.2). Its first 44 bytes are
    /// used: what strangers are answered stays short.
    pub realm: String,
    /// Key of the credentials that signaling gives to participants ([`crate::participant`]), which
    /// reach the media ports of this relay and nothing else. `None`: there are no such.
    pub participants: Option<Secret>,
    /// General relaying, to any peer that the policy allows; off when `None`.
    pub general: Option<GeneralRelaying>,
    /// Allocations at one time, of all users together; each worker has an equal share, rounded up.
    /// Beyond it requests get 508.
    pub max_allocations: u32,
    /// Allocations at one time of one user on one worker, ports reserved by EVEN-PORT counted;
    /// beyond it requests get 486.
    pub max_allocations_per_user: u32,
    /// Bytes per second that one allocation may relay, each way; the excess is dropped.
    pub max_bytes_per_second: u64,
    /// Streams (TCP and TLS) open at one time, of all workers together.
    pub max_streams: u32,
    /// Listeners of this machine that are never a peer, whatever is allowed. An unspecified
    /// address stands for every address of this machine. The relay adds its own.
    pub own_listeners: Vec<SocketAddr>,
}

/// Relaying for configured users.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GeneralRelaying {
    /// Long-term users.
    pub users: Vec<TurnUser>,
    /// Secrets of time-limited credentials in the common REST form: user name
    /// `<unix seconds>[:<anything>]`, password base64 of HMAC-SHA1 over it. More than one while
    /// they are changed.
    pub shared_secrets: Vec<Secret>,
    /// Addresses that allocations are bound to, one or more per family; the first of the family
    /// asked for is taken.
    pub relay: Vec<RelayAddress>,
    /// First and last port of allocations; divided among the workers.
    pub ports: (u16, u16),
    /// Peers allowed although they are special-purpose or of this machine, as CIDR.
    pub allow: Vec<String>,
    /// Peers refused although they are public, as CIDR.
    pub deny: Vec<String>,
    /// Accept the channel numbers of RFC 5766, 0x4000 to 0x7FFF, beside those of RFC 8656, which
    /// end at 0x4FFF: for clients that know no newer.
    #[serde(default)]
    pub rfc5766_channels: bool,
}

/// An address of this machine for allocations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelayAddress {
    pub bind: IpAddr,
    /// What clients are told instead, behind a one-to-one NAT.
    pub advertise: Option<IpAddr>,
}

/// A long-term user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TurnUser {
    pub name: String,
    pub password: Secret,
}

/// How a stream reached the listener that hands it over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StreamTransport {
    Tcp,
    Tls,
}

/// Accompanies one open descriptor on the hand-over socket: the client's TCP connection itself, or
/// for TLS one end of a socket pair that carries the decrypted bytes. Nothing was read from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handover {
    pub transport: StreamTransport,
    /// The client, as the listener saw it.
    pub remote: SocketAddr,
    /// The address that the client connected to.
    pub local: SocketAddr,
}
