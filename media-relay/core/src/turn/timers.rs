//! What is due when.

use super::api::StreamId;
use super::table::Place;
use std::collections::BTreeSet;
use std::time::Instant;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Due {
    /// Something of an allocation ends.
    Allocation(Place),
    /// A stream has had no allocation for too long.
    Stream(StreamId),
}

#[derive(Debug, Default)]
pub(super) struct Timers {
    queue: BTreeSet<(Instant, Due)>,
    /// The first of the queue: looked at with every packet.
    first: Option<Instant>,
}

impl Timers {
    pub(super) fn first(&self) -> Option<Instant> {
        self.first
    }

    pub(super) fn add(&mut self, at: Instant, due: Due) {
        self.queue.insert((at, due));
        self.look();
    }

    pub(super) fn remove(&mut self, at: Instant, due: Due) {
        self.queue.remove(&(at, due));
        self.look();
    }

    /// The next that is due.
    pub(super) fn pop(&mut self, now: Instant) -> Option<Due> {
        let first = self.first.filter(|first| *first <= now);
        first?;
        let (_, due) = self.queue.pop_first()?;
        self.look();
        Some(due)
    }

    #[cfg(test)]
    pub(super) fn all(&self) -> std::collections::HashSet<(Instant, Due)> {
        self.queue.iter().copied().collect()
    }

    fn look(&mut self) {
        self.first = self.queue.first().map(|(at, _)| *at);
    }
}
