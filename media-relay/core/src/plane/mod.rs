//! One worker's plane: what goes in, what comes out.

use crate::dtls::Identity;
use crate::transmit::{Outbox, Route, Transmit, TxBuf};
use media_relay_control::{Command, Event, RelayStats, RoomId};
use std::collections::{BTreeSet, VecDeque};
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
#[derive(Debug)]
pub struct Plane {
    identity: Arc<Identity>,
    config: PlaneConfig,
    started: Instant,
    rooms: BTreeSet<RoomId>,
    events: VecDeque<Event>,
    outbox: Outbox,
}

impl Plane {
    pub fn new(identity: Arc<Identity>, config: PlaneConfig, now: Instant) -> Plane {
        Plane {
            identity,
            config,
            started: now,
            rooms: BTreeSet::new(),
            events: VecDeque::new(),
            outbox: Outbox::default(),
        }
    }

    /// Does what signaling asks; answers come through [`Self::poll_event`]. `Configure`,
    /// `Stats`, `Ping` and `Shutdown` are the shell's and do nothing here.
    pub fn handle_command(&mut self, command: Command, now: Instant) {
        let _ = (now, &self.identity);
        if let Command::OpenRoom { room } = command {
            self.rooms.insert(room);
            let worker = self.config.worker;
            self.events.push_back(Event::RoomOpened { room, worker });
        }
    }

    /// Takes one datagram, decrypting in place. Media is queued for [`Self::fan_out`].
    pub fn handle_datagram(&mut self, datagram: &mut [u8], from: Route, now: Instant) {
        let _ = (datagram, from, now);
    }

    /// Forwards the media queued since the last call: once the sockets are drained, so that the
    /// packets of a frame leave together.
    pub fn fan_out(&mut self, now: Instant) {
        let _ = now;
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
        self.started + Duration::from_secs(1)
    }

    pub fn handle_timeout(&mut self, now: Instant) {
        self.started = now;
    }

    /// Counters of this worker.
    pub fn stats(&self) -> RelayStats {
        RelayStats::default()
    }
}
