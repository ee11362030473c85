//! The logs of a session's boards: which number an entry gets, and whether there is room and time
//! for it.
//!
//! What is drawn is no fact: it is deleted with the session. Deciding is apart from taking in, as it
//! is for facts: nothing changes before it is durable.

use crate::{Refusal, Session};
use quietroom_protocol::{DeviceId, MAX_ENTRY, MAX_SNAPSHOT, UtcMillis};
use std::collections::{BTreeMap, VecDeque};

/// What an entry takes of a device's time, milliseconds: two a second in the long run.
const ENTRY_TAKES: i64 = 500;
/// A snapshot is as much work as ten entries.
const SNAPSHOT_TAKES: i64 = 10 * ENTRY_TAKES;
/// How far ahead of its time a device may be, milliseconds: 40 entries at once.
const AHEAD: i64 = 40 * ENTRY_TAKES;

/// The boards of one session, as far as they are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Boards {
    logs: BTreeMap<u32, BoardLog>,
    /// When each device has done its time for what it drew.
    busy_until: BTreeMap<DeviceId, UtcMillis>,
}

/// What is kept of one board: a snapshot, if there is one, and every entry behind it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BoardLog {
    /// The entry up to which the snapshot goes; 0 when there is none.
    pub upto: u64,
    /// Its bytes.
    pub snapshot_bytes: u64,
    /// Bytes of each entry behind it, in order.
    pub entries: VecDeque<u32>,
}

impl BoardLog {
    /// Sequence number of the newest entry there ever was; 0 before the first.
    #[must_use]
    pub fn last(&self) -> u64 {
        self.upto + self.entries.len() as u64
    }

    fn entry_bytes(&self) -> u64 {
        self.entries.iter().map(|bytes| u64::from(*bytes)).sum()
    }
}

impl Boards {
    /// Entries that the boards of a session can hold, and their bytes. What a snapshot has taken the
    /// place of does not count.
    pub const MAX_ENTRIES: u64 = 20_000;
    pub const MAX_ENTRY_BYTES: u64 = 32 * 1024 * 1024;
    pub const MAX_SNAPSHOT_BYTES: u64 = 8 * 1024 * 1024;

    /// The boards as they are kept, after a restart.
    #[must_use]
    pub const fn restore(logs: BTreeMap<u32, BoardLog>) -> Self {
        Self {
            logs,
            busy_until: BTreeMap::new(),
        }
    }

    /// The number that an entry of so many bytes gets; changes nothing.
    ///
    /// # Errors
    /// A [`Refusal`]: the device may not draw, the board is not open, the entry is too large, there is
    /// no room, or the device draws too fast.
    pub fn append(
        &self,
        session: &Session,
        now: UtcMillis,
        by: DeviceId,
        board: u32,
        bytes: usize,
    ) -> Result<u64, Refusal> {
        may_draw_on(session, by, board)?;
        if bytes == 0 || bytes > MAX_ENTRY {
            return Err(Refusal::Invalid("entry"));
        }
        self.in_time(now, by)?;
        let kept = self.logs.values().map(|log| log.entries.len() as u64);
        let held = self.logs.values().map(BoardLog::entry_bytes);
        if kept.sum::<u64>() >= Self::MAX_ENTRIES
            || held.sum::<u64>() + bytes as u64 > Self::MAX_ENTRY_BYTES
        {
            return Err(Refusal::BoardsFull);
        }
        Ok(self.last(board) + 1)
    }

    /// The entry that was decided on is durable.
    pub fn appended(&mut self, now: UtcMillis, by: DeviceId, board: u32, bytes: usize) {
        self.take_time(now, by, ENTRY_TAKES);
        let log = self.logs.entry(board).or_default();
        log.entries
            .push_back(u32::try_from(bytes).unwrap_or(u32::MAX));
    }

    /// Whether a snapshot of so many bytes takes the place of what there is up to `upto`; changes
    /// nothing.
    ///
    /// # Errors
    /// A [`Refusal`]: as for [`Boards::append`], or the board has not come so far, or has a snapshot
    /// that goes as far.
    pub fn snapshot(
        &self,
        session: &Session,
        now: UtcMillis,
        by: DeviceId,
        board: u32,
        upto: u64,
        bytes: usize,
    ) -> Result<(), Refusal> {
        may_draw_on(session, by, board)?;
        if bytes == 0 || bytes > MAX_SNAPSHOT {
            return Err(Refusal::Invalid("snapshot"));
        }
        if upto > self.last(board) {
            return Err(Refusal::Invalid("upto"));
        }
        if upto <= self.upto(board) {
            return Err(Refusal::Overtaken);
        }
        self.in_time(now, by)?;
        let others = self.logs.iter().filter(|(other, _)| **other != board);
        let held: u64 = others.map(|(_, log)| log.snapshot_bytes).sum();
        if held + bytes as u64 > Self::MAX_SNAPSHOT_BYTES {
            return Err(Refusal::BoardsFull);
        }
        Ok(())
    }

    /// The snapshot that was decided on is durable, and the entries up to it are gone.
    pub fn snapshotted(
        &mut self,
        now: UtcMillis,
        by: DeviceId,
        board: u32,
        upto: u64,
        bytes: usize,
    ) {
        self.take_time(now, by, SNAPSHOT_TAKES);
        let log = self.logs.entry(board).or_default();
        let gone = upto.saturating_sub(log.upto);
        let gone = usize::try_from(gone).unwrap_or(usize::MAX);
        log.entries.drain(..gone.min(log.entries.len()));
        log.upto = upto;
        log.snapshot_bytes = bytes as u64;
    }

    /// Sequence number of a board's newest entry; 0 before the first.
    #[must_use]
    pub fn last(&self, board: u32) -> u64 {
        self.logs.get(&board).map_or(0, BoardLog::last)
    }

    /// The entry up to which a board's snapshot goes; 0 when there is none.
    #[must_use]
    pub fn upto(&self, board: u32) -> u64 {
        self.logs.get(&board).map_or(0, |log| log.upto)
    }

    /// Lets go of everything: the session is over.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    fn in_time(&self, now: UtcMillis, by: DeviceId) -> Result<(), Refusal> {
        if self.busy(now, by).since(now) > AHEAD - ENTRY_TAKES {
            return Err(Refusal::TooFast);
        }
        Ok(())
    }

    fn take_time(&mut self, now: UtcMillis, by: DeviceId, ms: i64) {
        let busy = self.busy(now, by).plus(ms);
        self.busy_until.retain(|_, until| *until > now);
        self.busy_until.insert(by, busy);
    }

    /// Until when the device is busy, not before now. Nobody can be busy longer than all that may come
    /// at once takes: then the clock was set back, and nobody waits for that.
    fn busy(&self, now: UtcMillis, by: DeviceId) -> UtcMillis {
        let until = self.busy_until.get(&by).copied().unwrap_or(now);
        if until.since(now) > AHEAD + SNAPSHOT_TAKES {
            return now;
        }
        until.max(now)
    }
}

fn may_draw_on(session: &Session, by: DeviceId, board: u32) -> Result<(), Refusal> {
    if !session.may_draw(by) {
        return Err(Refusal::NotAllowed);
    }
    if session.has_board(board) {
        Ok(())
    } else {
        Err(Refusal::NoSuchBoard)
    }
}

#[cfg(test)]
#[path = "boards_tests.rs"]
mod tests;
