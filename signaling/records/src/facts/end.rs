//! The end of a session.

use super::log::Log;
use super::{AppendError, Appended, FactRow, SessionChange, change};
use crate::{Ctx, Event, OutboxRow, Records, notes, outbox};
use quietroom_protocol::{NoteId, NoteStub, ParticipantId, SessionId, SessionState};

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

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndedSession {
    pub appended: Appended,
    pub notes: Vec<(ParticipantId, NoteId)>,
}

impl Records {
    /// Writes the last facts, the note stubs, the outbox row, the state `ended` and the audit
    /// events, all or nothing. Done again with the same facts, it changes nothing and returns the
    /// notes that were written.
    pub async fn end_session(
        &self,
        ctx: &Ctx,
        end: &EndSession,
    ) -> Result<EndedSession, AppendError> {
        let mut write = self.core().write().await?;
        let tenant = write.tenant(ctx.organisation).await?;
        let log = Log::load(write.db(), &tenant, ctx, end.session).await?;
        let appended = log
            .append(write.db(), ctx, end.epoch, end.next_seq, &end.rows)
            .await?;
        if appended == Appended::Now {
            let ended = SessionChange {
                times: None,
                state: Some(SessionState::Ended),
            };
            change(write.db(), ctx, end.session, &ended).await?;
            for note in &end.notes {
                notes::insert(write.db(), &tenant, ctx, end.session, note).await?;
            }
            outbox::insert(write.db(), &tenant, ctx, &end.outbox).await?;
            for event in &end.events {
                write.audit(ctx, event).await?;
            }
        }
        let notes = notes::of_session(write.db(), ctx.organisation, end.session).await?;
        if appended == Appended::Now {
            write.commit().await?;
        }
        Ok(EndedSession { appended, notes })
    }
}
