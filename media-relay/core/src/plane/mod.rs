//! One worker's plane: what goes in, what comes out. The work is done beside it: `commands`,
//! `publish` and `audience` do what signaling asks, `inbound`, `media` and `feedback` take
//! datagrams, `timers` does what time brings.

mod audience;
mod commands;
mod feedback;
mod inbound;
#[cfg(test)]
mod invariants;
mod media;
mod peers;
mod publish;
mod stats;
mod timers;

use crate::dtls::Identity;
use crate::forward::{Item, Track, WallClock};
use crate::peer::Peer;
use crate::room::Room;
use crate::transmit::{Outbox, Route, Transmit, TxBuf};
use crate::transport::Transport;
use media_relay_control::{Command, Event, PeerId, RelayStats, RoomId, Totals};
use rand::SeedableRng;
use rand::rngs::StdRng;
use slab::Slab;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What a plane is told once.
#[derive(Clone, Debug)]
pub struct PlaneConfig {
    /// Number of this worker, for [`Event::RoomOpened`].
    pub worker: u16,
    /// Addresses offered as host candidates, best first.
    pub candidates: Vec<SocketAddr>,
    /// Seed of credentials and SSRCs: 32 bytes from the system's randomness, never logged.
    pub seed: [u8; 32],
    /// Time since the Unix epoch at the instant passed to [`Plane::new`], for sender reports.
    pub unix: Duration,
}

/// Rooms, peers and tracks of one worker.
///
/// After each call that takes `&mut self` drain [`Self::poll_transmit`] and [`Self::poll_event`],
/// then wait until [`Self::poll_timeout`] or the next input.
pub struct Plane {
    identity: Arc<Identity>,
    worker: u16,
    candidates: Vec<SocketAddr>,
    random: StdRng,
    wall: WallClock,
    rooms: BTreeMap<RoomId, Room>,
    peers: Slab<Peer>,
    tracks: Slab<Track>,
    /// Keys of peers, by name, by ICE ufrag and by validated way. Never iterated.
    ids: HashMap<PeerId, usize>,
    ufrags: HashMap<String, usize>,
    routes: HashMap<Route, usize>,
    /// Media that came since the last fan-out.
    batch: Vec<Item>,
    /// Peers with packets in their queue; kept for its memory.
    dirty: Vec<usize>,
    events: VecDeque<Event>,
    outbox: Outbox,
    timers: timers::Timers,
    totals: Totals,
}

impl Plane {
    pub fn new(identity: Arc<Identity>, config: PlaneConfig, now: Instant) -> Plane {
        Plane {
            identity,
            worker: config.worker,
            candidates: config.candidates,
            random: StdRng::from_seed(config.seed),
            wall: WallClock::new(now, config.unix),
            rooms: BTreeMap::new(),
            peers: Slab::new(),
            tracks: Slab::new(),
            ids: HashMap::new(),
            ufrags: HashMap::new(),
            routes: HashMap::new(),
            batch: Vec::new(),
            dirty: Vec::new(),
            events: VecDeque::new(),
            outbox: Outbox::default(),
            timers: timers::Timers::new(now),
            totals: Totals::default(),
        }
    }

    /// Does what signaling asks; answers come through [`Self::poll_event`]. `Configure`,
    /// `Stats`, `Ping` and `Shutdown` are the shell's and do nothing here.
    pub fn handle_command(&mut self, command: Command, now: Instant) {
        self.command(command, now);
    }

    /// Takes one datagram, decrypting in place. Media is queued for [`Self::fan_out`].
    pub fn handle_datagram(&mut self, datagram: &mut [u8], from: Route, now: Instant) {
        self.datagram(datagram, from, now);
    }

    /// Forwards the media queued since the last call: once the sockets are drained, so that the
    /// packets of a frame leave together.
    pub fn fan_out(&mut self, now: Instant) {
        self.forward(now);
    }

    /// Whether media waits for [`Self::fan_out`].
    pub fn has_media(&self) -> bool {
        !self.batch.is_empty()
    }

    /// The ways to the connected peers.
    pub fn connected_routes(&self) -> impl Iterator<Item = Route> {
        let transports = self.peers.iter().map(|(_, peer)| &peer.transport);
        let connected = transports.filter(|transport| transport.life.is_connected());
        connected.filter_map(Transport::selected)
    }

    /// The next datagrams to send. Give the buffer back with [`Self::recycle`].
    pub fn poll_transmit(&mut self) -> Option<Transmit> {
        self.outbox.poll()
    }

    /// Takes back the buffer of a [`Transmit`], for reuse.
    pub fn recycle(&mut self, packets: TxBuf) {
        self.outbox.recycle(packets);
    }

    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// When [`Self::handle_timeout`] wants to be called; may change with every other call.
    pub fn poll_timeout(&self) -> Instant {
        self.timers.next()
    }

    pub fn handle_timeout(&mut self, now: Instant) {
        self.timeout(now);
    }

    /// Counters of this worker.
    pub fn stats(&self) -> RelayStats {
        self.count(self.timers.last())
    }
}

impl std::fmt::Debug for Plane {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Plane")
            .field("worker", &self.worker)
            .field("rooms", &self.rooms.len())
            .field("peers", &self.peers.len())
            .finish_non_exhaustive()
    }
}
