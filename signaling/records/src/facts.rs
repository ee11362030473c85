//! Facts of a session: append-only, without gap, fenced by epoch.

use crate::{Ctx, Error, Event, OutboxRow, Records};
use quietroom_protocol::{
    NoteId, NoteStub, ParticipantId, Phi, SessionId, SessionState, UtcMillis,
};

/// A fact to write. Its sequence number follows from its place in the append.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactRow {
    /// When it happened.
    pub at: UtcMillis,
    /// When it was written, if later.
    pub late: Option<UtcMillis>,
    /// JSON of actor and fact; sealed by the store.
    pub payload: Phi<Vec<u8>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredFact {
    /// 1, 2, 3 … within the session.
    pub seq: u64,
    pub at: UtcMillis,
    pub late: Option<UtcMillis>,
    /// Epoch of the room that wrote it.
    pub epoch: u32,
    pub payload: Phi<Vec<u8>>,
}

/// Facts to append, with what changes along with them.
#[derive(Clone, Debug)]
pub struct Append {
    pub session: SessionId,
    /// From [`Records::claim_session`].
    pub epoch: u32,
    /// Sequence number of the first row.
    pub next_seq: u64,
    pub rows: Vec<FactRow>,
    pub change: SessionChange,
    /// Audit events of the actions behind these facts.
    pub events: Vec<Event>,
}

/// What the facts change in the booked session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SessionChange {
    /// New start and end.
    pub times: Option<(UtcMillis, UtcMillis)>,
    pub state: Option<SessionState>,
}

/// The end of a session, all of it in one transaction.
#[derive(Clone, Debug)]
pub struct EndSession {
    pub session: SessionId,
    pub epoch: u32,
    pub next_seq: u64,
    /// The last facts, `ended` among them.
    pub rows: Vec<FactRow>,
    pub notes: Vec<NewNote>,
    pub outbox: OutboxRow,
    pub events: Vec<Event>,
}

#[derive(Clone, Debug)]
pub struct NewNote {
    pub note: NoteId,
    pub stub: NoteStub,
}

/// Facts are durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Appended {
    Now,
    /// The same facts were there already: an earlier reply was lost.
    Before,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndedSession {
    pub appended: Appended,
    pub notes: Vec<(ParticipantId, NoteId)>,
}

#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// Another room has claimed the session since; this one must stop.
    #[error("the session belongs to a newer room (epoch {epoch})")]
    Stale { epoch: u32 },
    #[error("the next fact of the session is {next_seq}")]
    OutOfOrder { next_seq: u64 },
    #[error(transparent)]
    Store(#[from] Error),
}

impl Records {
    /// Makes the caller the session's only writer and returns its epoch.
    pub async fn claim_session(&self, ctx: &Ctx, session: SessionId) -> Result<u32, Error> {
        todo!()
    }

    /// Appends facts; on return they are durable.
    pub async fn append_facts(&self, ctx: &Ctx, append: &Append) -> Result<Appended, AppendError> {
        todo!()
    }

    /// All facts of a session, in order. Audited.
    pub async fn facts(&self, ctx: &Ctx, session: SessionId) -> Result<Vec<StoredFact>, Error> {
        todo!()
    }

    /// Writes the last facts, the note stubs, the outbox row and the state `ended`, all or nothing.
    pub async fn end_session(
        &self,
        ctx: &Ctx,
        end: &EndSession,
    ) -> Result<EndedSession, AppendError> {
        todo!()
    }

    /// Remembers that the server is alive; call it every 10 s.
    pub async fn heartbeat(&self, now: UtcMillis) -> Result<(), Error> {
        todo!()
    }

    /// When the server was last known alive; none in a new store.
    pub async fn last_alive(&self) -> Result<Option<UtcMillis>, Error> {
        todo!()
    }
}
