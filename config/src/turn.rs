//! The section of the TURN server.

use crate::{Range, RelayAddress, Secret};

/// Dynamic ports (RFC 6335 section 6), from which RFC 8656 section 7.2 wants relayed ones.
pub(crate) const PORTS: (u16, u16) = (49_152, 65_535);

/// `[turn]`: how sessions get through firewalls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// By which browsers reach TURN, as a URL has it: an IPv6 address in brackets.
    pub host: String,
    /// TCP port by which browsers reach TURN without TLS; not offered when `None`.
    pub tcp_port: Option<u16>,
    /// TCP port by which browsers reach TURN over TLS; not offered when `None`.
    pub tls_port: Option<u16>,
    /// Allocations at one time.
    pub max_allocations: u32,
    /// Of one participant or user.
    pub max_allocations_per_user: u32,
    /// Each way, through one allocation.
    pub max_kilobytes_per_second: u32,
    /// Relaying for others than participants of sessions; off when `None`.
    pub general: Option<GeneralRelaying>,
}

/// Relaying to any public address, for configured users.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GeneralRelaying {
    pub users: Vec<TurnUser>,
    /// Keys of time-limited credentials; more than one while they are changed.
    pub shared_secrets: Vec<Secret>,
    pub addresses: Vec<RelayAddress>,
    /// First and last port of relayed addresses.
    pub ports: (u16, u16),
    pub allow: Vec<Range>,
    pub deny: Vec<Range>,
}

/// A long-term user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TurnUser {
    pub name: String,
    pub password: Secret,
}

impl Turn {
    /// For participants only, within the usual limits, over UDP.
    pub(crate) fn at(host: &str) -> Self {
        Self {
            host: host.to_owned(),
            tcp_port: None,
            tls_port: None,
            max_allocations: 2_000,
            // Two connections, three transports, an interface or two, and a reload meanwhile.
            max_allocations_per_user: 24,
            // Sound and pictures of a full class, and a shared screen.
            max_kilobytes_per_second: 2_500,
            general: None,
        }
    }
}
