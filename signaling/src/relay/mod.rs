//! The media relay as signalling sees it: one supervised child, one control client.
//!
//! [`Relay`] is the handle. A room [subscribes](Relay::subscribe) and is first told that the relay
//! is [up](Notice::Up), with the [`Line`] to speak on, then everything that concerns its peers.
//! When the relay dies, or a room does not keep up, the subscription ends: all peers of the room
//! are gone, and the room subscribes again.

mod child;
mod client;
#[cfg(test)]
pub(crate) mod scripted;
mod supervisor;

pub use child::ChildProcess;
pub use client::{Line, NoRelay, Notice};
pub use supervisor::{CannotStart, Start, Started, supervise};

use client::Lines;
use media_relay::front::Hander;
use media_relay_control::{PeerId, RelayStats, RoomId, WorkerPorts};
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};
use tokio::sync::{mpsc, watch};

/// Bits of a peer's id that count within its room; the others are the room's number.
const PEER_BITS: u32 = 20;

/// The relay. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Relay {
    lines: Arc<Lines>,
    next_room: Arc<AtomicU64>,
    status: watch::Receiver<Status>,
}

/// Whether media can flow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// Dead, starting, or stopped for good.
    Down,
    Up {
        workers: Vec<WorkerPorts>,
    },
}

impl Relay {
    /// A number for a room that was never used before.
    #[must_use]
    pub fn new_room(&self) -> RoomId {
        RoomId(self.next_room.fetch_add(1, Ordering::Relaxed))
    }

    /// Everything that concerns `room`, from now on. A room has one subscription: a newer one ends
    /// the older.
    #[must_use]
    pub fn subscribe(&self, room: RoomId) -> mpsc::Receiver<Notice> {
        self.lines.subscribe(room)
    }

    /// Ends the subscription of a room that closes.
    pub fn unsubscribe(&self, room: RoomId) {
        self.lines.unsubscribe(room);
    }

    /// # Errors
    /// When the relay is not up, or dies before it answers.
    pub async fn stats(&self) -> Result<RelayStats, NoRelay> {
        self.lines.stats().await
    }

    /// Up or down, now and whenever it changes.
    #[must_use]
    pub fn status(&self) -> watch::Receiver<Status> {
        self.status.clone()
    }

    /// Hands TURN streams to the relay's present life; `None` while there is none.
    #[must_use]
    pub fn hander(&self) -> watch::Receiver<Option<Hander>> {
        self.lines.hander()
    }

    #[must_use]
    pub fn is_up(&self) -> bool {
        matches!(*self.status.borrow(), Status::Up { .. })
    }

    /// UDP port of a worker, of the first one when it is not known; `None` while there is no relay.
    #[must_use]
    pub fn udp_port(&self, worker: Option<u16>) -> Option<u16> {
        let status = self.status.borrow();
        let Status::Up { workers } = &*status else {
            return None;
        };
        let worker = worker.and_then(|worker| workers.iter().find(|it| it.worker == worker));
        worker.or(workers.first()).map(|it| it.udp)
    }

    /// Ends the relay and its supervisor, and waits for both.
    pub async fn shut_down(&self) {
        self.lines.shut_down();
        let mut status = self.status.clone();
        // The supervisor drops its end when it is done.
        while status.changed().await.is_ok() {}
    }
}

/// The `count`th peer of a room: its id carries the room's number, so that an event finds its room
/// without a table.
#[must_use]
pub const fn peer_in(room: RoomId, count: u32) -> PeerId {
    PeerId((room.0 << PEER_BITS) | (count as u64 & ((1 << PEER_BITS) - 1)))
}

const fn room_of(peer: PeerId) -> RoomId {
    RoomId(peer.0 >> PEER_BITS)
}
