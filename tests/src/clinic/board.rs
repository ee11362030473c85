//! Boards for the server's eyes: it carries what is drawn unread, so any bytes do.

use crate::clinic::Socket;
use quietroom_protocol::{ClientMessage, Opaque, ServerMessage};

/// A finished change of a board.
#[must_use]
pub fn entry(board: u32, bytes: Vec<u8>) -> ClientMessage {
    let entry = Opaque::new(bytes);
    ClientMessage::BoardAppend { board, entry }
}

/// What is under way on a board.
#[must_use]
pub fn stroke(board: u32, bytes: Vec<u8>) -> ClientMessage {
    let stroke = Opaque::new(bytes);
    ClientMessage::BoardStroke { board, stroke }
}

/// The whole of a board after the entry `upto`.
#[must_use]
pub fn snapshot(board: u32, upto: u64, bytes: Vec<u8>) -> ClientMessage {
    let snapshot = Opaque::new(bytes);
    ClientMessage::BoardSnapshot {
        board,
        upto,
        snapshot,
    }
}

/// The numbers of the entries among messages.
#[must_use]
pub fn seqs(drawn: &[ServerMessage]) -> Vec<u64> {
    let entries = drawn.iter().filter_map(|message| match message {
        ServerMessage::BoardEntry { entry } => Some(entry.seq),
        _ => None,
    });
    entries.collect()
}

impl Socket {
    /// Appends an entry and returns its number.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn append(&mut self, board: u32, bytes: Vec<u8>) -> u64 {
        match self.ask(entry(board, bytes)).await {
            ServerMessage::Appended { seq, .. } => seq,
            other => panic!("not appended: {other:?}"),
        }
    }

    /// Follows a board from now on, and returns all that is kept of it after an entry.
    pub async fn follow(&mut self, board: u32, after: u64) -> Vec<ServerMessage> {
        self.seen.drawn.clear();
        self.done(ClientMessage::BoardCatchUp { board, after })
            .await;
        self.take_drawn()
    }

    /// The entries and snapshots that came by the time that the room has done everything that was
    /// asked before.
    pub async fn drawn_by_now(&mut self) -> Vec<ServerMessage> {
        // Answered by the room, in its order.
        self.ask(ClientMessage::Show { wants: Vec::new() }).await;
        self.take_drawn()
    }

    /// The entries and snapshots that came since they were last taken.
    pub fn take_drawn(&mut self) -> Vec<ServerMessage> {
        std::mem::take(&mut self.seen.drawn)
    }

    /// How many strokes came so far.
    #[must_use]
    pub const fn strokes(&self) -> u64 {
        self.seen.strokes
    }
}
