//! The server itself.

use super::api::{AllocationId, BindError, Client, Relay, Reply, Request, StreamId};
use media_relay_control::{StreamTransport, TurnSettings, TurnTotals, Way};
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

/// What a worker's server is told once.
#[derive(Clone, Debug)]
pub struct TurnConfig {
    pub worker: u16,
    pub settings: TurnSettings,
    /// Media addresses of all workers, by worker: what participants may reach. Those of this worker in
    /// the order of the plane's candidates. Behind NAT the advertised ones; a participant's allocation
    /// has the first address of its family for relayed address.
    pub media: Vec<Vec<SocketAddr>>,
    /// Addresses of this machine's interfaces: never peers unless allowed.
    pub interfaces: Vec<IpAddr>,
    /// Seed of ports, reservation tokens and the nonce key: 32 bytes, never logged.
    pub seed: [u8; 32],
    /// Time since the Unix epoch at the instant passed to [`Turn::new`]: expiry of credentials.
    pub unix: Duration,
}

/// An unreadable entry of the allow or deny list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not a range of addresses, as in 10.0.0.0/8")]
pub struct PolicyError(pub String);

/// The TURN server of one worker.
///
/// After each call that takes `&mut self` drain [`Self::poll_reply`] and [`Self::poll_request`].
#[derive(Debug)]
pub struct Turn {}

impl Turn {
    /// # Errors
    /// [`PolicyError`] when a range of the settings cannot be read.
    pub fn new(config: TurnConfig, now: Instant) -> Result<Turn, PolicyError> {
        let _ = (config, now);
        Ok(Turn {})
    }

    /// Whether a datagram on the shared port is for TURN: ChannelData, or a STUN message that is
    /// no ICE check (every STUN message but a Binding request with USERNAME; responses are
    /// nobody's).
    pub fn concerns(datagram: &[u8]) -> bool {
        let _ = datagram;
        false
    }

    /// A client begins to send by a stream.
    pub fn open_stream(
        &mut self,
        stream: StreamId,
        transport: StreamTransport,
        remote: SocketAddr,
        now: Instant,
    ) {
        let _ = (stream, transport, remote, now);
    }

    /// The stream has ended; its allocation goes with it.
    pub fn close_stream(&mut self, stream: StreamId, now: Instant) {
        let _ = (stream, now);
    }

    /// Takes one STUN or ChannelData message. On streams the shell cuts messages with
    /// [`super::frame`].
    pub fn handle_client_input(
        &mut self,
        message: &[u8],
        from: Client,
        now: Instant,
    ) -> Option<Relay> {
        let _ = (message, from, now);
        None
    }

    /// Takes the `length` of a datagram that came to an allocation's socket.
    pub fn handle_peer_input(
        &mut self,
        allocation: AllocationId,
        peer: SocketAddr,
        length: usize,
        now: Instant,
    ) -> Option<Relay> {
        let _ = (allocation, peer, length, now);
        None
    }

    /// Takes the `length` of a datagram that a media port or allocation of this machine sends to a
    /// relayed address of this worker, within memory.
    pub fn handle_local_input(
        &mut self,
        relayed: SocketAddr,
        peer: SocketAddr,
        length: usize,
        now: Instant,
    ) -> Option<Relay> {
        let _ = (relayed, peer, length, now);
        None
    }

    /// The answer to [`Request::Bind`].
    pub fn bound(&mut self, allocation: AllocationId, bound: Result<(), BindError>, now: Instant) {
        let _ = (allocation, bound, now);
    }

    pub fn poll_reply(&mut self) -> Option<Reply> {
        None
    }

    pub fn poll_request(&mut self) -> Option<Request> {
        None
    }

    /// When [`Self::handle_timeout`] wants to be called; `None` while nothing is kept.
    pub fn poll_timeout(&self) -> Option<Instant> {
        None
    }

    pub fn handle_timeout(&mut self, now: Instant) {
        let _ = now;
    }

    /// Which worker's allocation a relayed address is, by its port; for what a plane sends by a
    /// relayed route.
    pub fn worker_of(&self, relayed: SocketAddr) -> Option<u16> {
        let _ = relayed;
        None
    }

    /// How the client of a relayed address comes, for the count of ways.
    pub fn way_of(&self, relayed: SocketAddr) -> Option<Way> {
        let _ = relayed;
        None
    }

    pub fn stats(&self) -> TurnTotals {
        TurnTotals::default()
    }
}
