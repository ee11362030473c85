//! The boards of a session: the room orders, keeps and hands on what people draw, unread.
//!
//! An entry is recorded before anyone is given it. A device is given entries once it has asked for
//! those before them, and only while it is admitted. A stroke is handed on to those who read fast
//! enough, and forgotten.

use super::{
    actor::Actor,
    asks::Answer,
    links::Following,
    message::{OUTBOUND, in_words, not_recorded, refusal},
    record::not_allowed,
};
use quietroom_protocol::{BoardEntry, DeviceId, Opaque, RefusalCode, Refused, ServerMessage};
use quietroom_records::{AppendError, BoardKept, BoardSnapshotRow, Ctx, Error};
use quietroom_session::{BoardLog, Boards, Refusal};

/// Entries read at a time for a device that catches up.
const PAGE: u32 = 16;
/// Messages that stay free for the room's own words while a device catches up, and for everything
/// but strokes always.
const SPARE: usize = OUTBOUND / 2;

/// What the session core needs to know of what is kept.
pub(super) fn restore(kept: Vec<BoardKept>) -> Boards {
    let logs = kept.into_iter().map(|kept| {
        let log = BoardLog {
            upto: kept.upto,
            snapshot_bytes: kept.snapshot_bytes,
            entries: kept.entries.into(),
        };
        (kept.board, log)
    });
    Boards::restore(logs.collect())
}

impl Actor<'_> {
    pub(super) async fn append_entry(
        &mut self,
        device: DeviceId,
        id: u32,
        board: u32,
        entry: Opaque,
    ) -> Result<Answer, Refused> {
        let now = self.now();
        let bytes = entry.len();
        let decided = self.boards.append(&self.session, now, device, board, bytes);
        let seq = decided.map_err(|refusal| in_words(&refusal))?;
        let entry = BoardEntry {
            board,
            seq,
            from: device,
            entry,
        };
        self.may_record()?;
        let ctx = Ctx::server(self.setup.organisation, now);
        let entries = std::slice::from_ref(&entry);
        let records = &self.setup.records;
        let done = records
            .append_entries(&ctx, self.id, self.epoch, entries)
            .await;
        done.map_err(|error| self.not_drawn(&error))?;
        self.boards.appended(now, device, board, bytes);
        self.links.send(device, ServerMessage::Appended { id, seq });
        self.hand_on(&entry);
        Ok(Answer::Later)
    }

    pub(super) async fn keep_snapshot(
        &mut self,
        device: DeviceId,
        board: u32,
        upto: u64,
        snapshot: Opaque,
    ) -> Result<Answer, Refused> {
        let now = self.now();
        let bytes = snapshot.len();
        self.boards
            .snapshot(&self.session, now, device, board, upto, bytes)
            .map_err(|refusal| in_words(&refusal))?;
        let row = BoardSnapshotRow {
            board,
            upto,
            from: device,
            snapshot,
        };
        self.may_record()?;
        let ctx = Ctx::server(self.setup.organisation, now);
        let records = &self.setup.records;
        let done = records.keep_snapshot(&ctx, self.id, self.epoch, &row).await;
        done.map_err(|error| self.not_drawn(&error))?;
        self.boards.snapshotted(now, device, board, upto, bytes);
        Ok(Answer::DONE)
    }

    /// Nobody waits for a stroke, and nobody is told that it was left out.
    pub(super) fn stroke(&mut self, device: DeviceId, board: u32, stroke: &Opaque) {
        if !self.session.may_draw(device) || !self.session.has_board(board) {
            return;
        }
        for (other, link) in self.links.iter_mut() {
            let fast = link.socket.as_ref().is_some_and(|socket| {
                socket.boards.get(&board) == Some(&Following::Live) && socket.free() > SPARE
            });
            if fast && other != device && self.session.admitted(other) {
                link.send(ServerMessage::BoardStroke {
                    board,
                    from: device,
                    stroke: stroke.clone(),
                });
            }
        }
    }

    /// Begins to give a device what it asks for; answered when it has all of it.
    pub(super) async fn catch_up_with_board(
        &mut self,
        device: DeviceId,
        id: u32,
        board: u32,
        after: u64,
    ) -> Result<Answer, Refused> {
        if !self.session.admitted(device) {
            return Err(not_allowed());
        }
        if !self.session.has_board(board) {
            return Err(in_words(&Refusal::NoSuchBoard));
        }
        let Some(socket) = self.links.socket(device) else {
            return Ok(Answer::Later);
        };
        let following = socket.boards.get(&board);
        if matches!(following, Some(Following::CatchingUp { .. })) {
            return Err(refusal(RefusalCode::NotNow, "it is catching up already"));
        }
        let next = after.saturating_add(1);
        let begun = Following::CatchingUp { next, id };
        socket.boards.insert(board, begun);
        self.feed_board(device, board).await;
        Ok(Answer::Later)
    }

    /// Gives everyone who catches up with a board as much as their socket takes now.
    pub(super) async fn feed_boards(&mut self) {
        for (device, board) in self.links.behind_on_boards() {
            self.feed_board(device, board).await;
        }
    }

    async fn feed_board(&mut self, device: DeviceId, board: u32) {
        loop {
            let admitted = self.session.admitted(device);
            let last = self.boards.last(board);
            let Some(socket) = self.links.socket(device) else {
                return;
            };
            let following = socket.boards.get(&board).copied();
            let Some(Following::CatchingUp { next, id }) = following else {
                return;
            };
            if !admitted {
                socket.boards.clear();
                return;
            }
            if next > last {
                socket.boards.insert(board, Following::Live);
                self.links.send(device, ServerMessage::Done { id });
                return;
            }
            if socket.free() <= SPARE {
                return;
            }
            let read = self.kept_from(board, next).await;
            let Some(socket) = self.links.socket(device) else {
                return;
            };
            let Some((next, messages)) = read else {
                socket.boards.remove(&board);
                self.links.refuse(device, id, not_recorded());
                return;
            };
            let further = Following::CatchingUp { next, id };
            socket.boards.insert(board, further);
            for message in messages {
                self.links.send(device, message);
            }
        }
    }

    /// The snapshot when it goes as far as `next`, else some entries from there on; with the number
    /// that follows. `None` when they cannot be read.
    async fn kept_from(&self, board: u32, next: u64) -> Option<(u64, Vec<ServerMessage>)> {
        let ctx = Ctx::server(self.setup.organisation, self.now());
        let records = &self.setup.records;
        let unreadable = |error: Error| {
            tracing::error!(%error, "a board could not be read");
        };
        if self.boards.upto(board) >= next {
            let row = records.board_snapshot(&ctx, self.id, board).await;
            let row = row.map_err(unreadable).ok()??;
            let message = ServerMessage::BoardSnapshotted {
                board,
                upto: row.upto,
                from: row.from,
                snapshot: row.snapshot,
            };
            return Some((row.upto.saturating_add(1).max(next), vec![message]));
        }
        let entries = records
            .board_entries(&ctx, self.id, board, next, PAGE)
            .await;
        let entries = entries.map_err(unreadable).ok()?;
        let next = entries.last()?.seq.saturating_add(1);
        let messages = entries
            .into_iter()
            .map(|entry| ServerMessage::BoardEntry { entry });
        Some((next, messages.collect()))
    }

    /// An entry is recorded: those who follow its board are given it, as far as they are still in.
    fn hand_on(&mut self, entry: &BoardEntry) {
        for (device, link) in self.links.iter_mut() {
            let live = link
                .socket
                .as_ref()
                .is_some_and(|socket| socket.boards.get(&entry.board) == Some(&Following::Live));
            if live && self.session.admitted(device) {
                let entry = entry.clone();
                link.send(ServerMessage::BoardEntry { entry });
            }
        }
    }

    fn may_record(&self) -> Result<(), Refused> {
        if self.fenced {
            Err(not_recorded())
        } else {
            Ok(())
        }
    }

    /// A number that is taken was given by a write of which this room never heard that it was done:
    /// it begins anew from what is kept.
    fn not_drawn(&mut self, error: &AppendError) -> Refused {
        let _ = self.failed(error);
        if matches!(error, AppendError::Store(Error::Taken(_))) {
            self.fenced = true;
        }
        not_recorded()
    }
}
