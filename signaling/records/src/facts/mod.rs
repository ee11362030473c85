//! Facts of a session: append-only, without gap, fenced by epoch. With them go the deliveries of
//! its groups and its boards, which last as long as the session.

mod board;
mod delivery;
mod end;
mod log;

pub use board::{BoardKept, BoardSnapshotRow};
pub use delivery::{DeliveryRow, DeliveryTotals};
pub use end::{EndSession, EndedSession, NewNote};
pub(crate) use log::insert_facts;

use crate::words::{from_column, word};
use crate::{Action, Ctx, Error, Event, Records, Resource, What};
use log::Log;
use quietroom_protocol::{Phi, SessionId, SessionState, UtcMillis};
use sqlx::SqliteConnection;

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
    /// What the groups say along with them; follows the last delivery there is.
    pub deliveries: Vec<DeliveryRow>,
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

/// Facts are durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Appended {
    Now,
    /// The same facts were there already: an earlier reply was lost.
    Before,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
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
        let mut write = self.core().write().await?;
        let epoch: Option<i64> = sqlx::query_scalar(
            "UPDATE session SET epoch = epoch + 1 WHERE organisation = ? AND session = ?
             RETURNING epoch",
        )
        .bind(ctx.organisation.0)
        .bind(session.0)
        .fetch_optional(write.db())
        .await?;
        let Some(epoch) = epoch else {
            return Err(Error::NotFound(What::Session));
        };
        let event = Event::done(Action::ClaimSession, Resource::session(session));
        write.audit(ctx, &event).await?;
        write.commit().await?;
        from_column(epoch, What::Session)
    }

    /// Appends facts and deliveries; on return they are durable. Nothing is written when the caller is not the
    /// session's writer any more, or the facts do not follow the last one.
    pub async fn append_facts(&self, ctx: &Ctx, append: &Append) -> Result<Appended, AppendError> {
        let mut write = self.core().write().await?;
        let tenant = write.tenant(ctx.organisation).await?;
        let log = Log::load(write.db(), &tenant, ctx, append.session).await?;
        let appended = log
            .append(write.db(), ctx, append.epoch, append.next_seq, &append.rows)
            .await?;
        if appended == Appended::Before {
            return Ok(appended);
        }
        delivery::insert(write.db(), &log, ctx, append.session, &append.deliveries).await?;
        change(write.db(), ctx, append.session, &append.change).await?;
        for event in &append.events {
            write.audit(ctx, event).await?;
        }
        write.commit().await?;
        Ok(appended)
    }

    /// All facts of a session, in order. Audited.
    pub async fn facts(&self, ctx: &Ctx, session: SessionId) -> Result<Vec<StoredFact>, Error> {
        let event = Event::done(Action::ReadFacts, Resource::session(session));
        self.audit(ctx, event).await?;
        let mut read = self.core().read().await?;
        let tenant = self.core().tenant(&mut read, ctx.organisation).await?;
        let log = Log::load(&mut read, &tenant, ctx, session).await?;
        log.read(&mut read, ctx, 1, u32::MAX).await
    }
}

async fn change(
    db: &mut SqliteConnection,
    ctx: &Ctx,
    session: SessionId,
    change: &SessionChange,
) -> Result<(), Error> {
    if let Some((starts_at, ends_at)) = change.times {
        sqlx::query(
            "UPDATE session SET starts_at = ?, ends_at = ?
             WHERE organisation = ? AND session = ?",
        )
        .bind(starts_at.0)
        .bind(ends_at.0)
        .bind(ctx.organisation.0)
        .bind(session.0)
        .execute(&mut *db)
        .await?;
    }
    if let Some(state) = change.state {
        if matches!(
            state,
            SessionState::Ended | SessionState::Cancelled | SessionState::NoShow
        ) {
            delivery::delete_all(&mut *db, ctx, session).await?;
            board::delete_all(&mut *db, ctx, session).await?;
        }
        sqlx::query("UPDATE session SET state = ? WHERE organisation = ? AND session = ?")
            .bind(word(state, What::Session)?)
            .bind(ctx.organisation.0)
            .bind(session.0)
            .execute(&mut *db)
            .await?;
    }
    Ok(())
}
