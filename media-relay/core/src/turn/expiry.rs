//! What time brings, and streams that come and go.

use super::allocation::{Allocation, Stage};
use super::api::{Client, Request, StreamId};
use super::family::Family;
use super::server::{Stream, Turn};
use super::table::Place;
use super::timers::Due;
use media_relay_control::StreamTransport;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// How long a stream may be without an allocation.
const IDLE: Duration = Duration::from_secs(30);

impl Turn {
    pub(super) fn due(&self) -> Option<Instant> {
        let ends = [
            self.timers.first(),
            self.reservations.next(),
            self.deletions.next(),
        ];
        ends.into_iter().flatten().min()
    }

    /// Ends what has ended by now. Almost always one comparison.
    pub(super) fn advance(&mut self, now: Instant) {
        if self.due().is_none_or(|due| now < due) {
            return;
        }
        while let Some(due) = self.timers.pop(now) {
            match due {
                Due::Allocation(place) => self.expire(place, now),
                Due::Stream(stream) => self.close(stream),
            }
        }
        while let Some(ended) = self.reservations.expire(now) {
            self.table.ports.get_mut(ended.family).release(ended.port);
            self.table.release(&ended.owner);
        }
        self.deletions.expire(now);
    }

    pub(super) fn stream_opened(
        &mut self,
        stream: StreamId,
        (transport, remote): (StreamTransport, SocketAddr),
        now: Instant,
    ) {
        self.advance(now);
        let idle = Some(now + IDLE);
        let opened = Stream {
            transport,
            remote,
            idle,
        };
        if self.streams.insert(stream, opened).is_none() {
            self.timers.add(now + IDLE, Due::Stream(stream));
        }
    }

    pub(super) fn stream_closed(&mut self, stream: StreamId) {
        self.keep_stream(stream);
        self.streams.remove(&stream);
        if let Some(place) = self.table.of_client(Client::Stream(stream)) {
            self.remove(place);
        }
    }

    /// The stream has an allocation now.
    pub(super) fn keep_stream(&mut self, stream: StreamId) {
        let idle = self
            .streams
            .get_mut(&stream)
            .and_then(|open| open.idle.take());
        if let Some(at) = idle {
            self.timers.remove(at, Due::Stream(stream));
        }
    }

    /// The stream has no allocation any more, by its own wish.
    pub(super) fn let_stream_idle(&mut self, stream: StreamId, now: Instant) {
        if let Some(open) = self.streams.get_mut(&stream) {
            open.idle = Some(now + IDLE);
            self.timers.add(now + IDLE, Due::Stream(stream));
        }
    }

    /// Sets the allocation's timer to the first of its ends.
    pub(super) fn arm(&mut self, place: Place) {
        let Some(allocation) = self.table.get_mut(place) else {
            return;
        };
        let next = allocation.next();
        let armed = std::mem::replace(&mut allocation.armed, next);
        if armed == next {
            return;
        }
        if let Some(armed) = armed {
            self.timers.remove(armed, Due::Allocation(place));
        }
        if let Some(next) = next {
            self.timers.add(next, Due::Allocation(place));
        }
    }

    /// Removes an allocation and lets its sockets be closed.
    pub(super) fn remove(&mut self, place: Place) -> Option<Allocation> {
        let allocation = self.table.remove(place)?;
        if let Some(armed) = allocation.armed {
            self.timers.remove(armed, Due::Allocation(place));
        }
        for family in Family::BOTH {
            if let Some(relayed) = allocation.relayed.get(family)
                && relayed.socket.is_some()
            {
                let allocation = relayed.id;
                self.requests.push_back(Request::Close { allocation });
            }
        }
        Some(allocation)
    }

    /// Removes one relayed address of an allocation that has another.
    pub(super) fn remove_family(&mut self, place: Place, family: Family) {
        let Some(allocation) = self.table.get_mut(place) else {
            return;
        };
        let Some(relayed) = allocation.relayed.get_mut(family).take() else {
            return;
        };
        let ports = self.table.ports.get_mut(family);
        ports.release(relayed.address.port());
        if relayed.socket.is_some() {
            let allocation = relayed.id;
            self.requests.push_back(Request::Close { allocation });
        }
    }

    fn expire(&mut self, place: Place, now: Instant) {
        let Some(allocation) = self.table.get_mut(place) else {
            return;
        };
        allocation.armed = None;
        let ended = |family: Family, allocation: &Allocation| {
            let relayed = allocation.relayed.get(family).as_ref();
            relayed.is_some_and(|relayed| relayed.expires <= now)
        };
        let ended = Family::BOTH.map(|family| (family, ended(family, allocation)));
        for (family, ended) in ended {
            if ended {
                self.remove_family(place, family);
            }
        }
        let Some(allocation) = self.table.get_mut(place) else {
            return;
        };
        let is_over = allocation.relayed.v4.is_none() && allocation.relayed.v6.is_none();
        let client = allocation.client;
        if !is_over {
            allocation.purge(now);
            self.arm(place);
            return;
        }
        self.remove(place);
        if let Client::Stream(stream) = client {
            self.close(stream);
        }
    }

    /// Has the shell close a stream.
    fn close(&mut self, stream: StreamId) {
        if self.streams.remove(&stream).is_some() {
            self.requests.push_back(Request::CloseStream { stream });
        }
    }
}

impl Allocation {
    /// Whether a client may use it.
    pub(super) fn is_made(&self) -> bool {
        matches!(self.stage, Stage::Made { .. })
    }
}
