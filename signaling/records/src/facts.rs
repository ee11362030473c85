//! Facts of a session: append-only, without gap, fenced by epoch.

use crate::seal::SealedRow;
use crate::tenant::Tenant;
use crate::words::{from_column, to_column, word};
use crate::{Action, Ctx, Error, Event, OutboxRow, Records, Resource, What, notes, outbox};
use quietroom_protocol::{
    NoteId, NoteStub, ParticipantId, Phi, SessionId, SessionState, UtcMillis,
};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

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

    /// Appends facts; on return they are durable. Nothing is written when the caller is not the
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

    /// Remembers that the server is alive; call it every 10 s.
    pub async fn heartbeat(&self, now: UtcMillis) -> Result<(), Error> {
        let mut write = self.core().write().await?;
        sqlx::query("UPDATE store SET last_alive = ?")
            .bind(now.0)
            .execute(write.db())
            .await?;
        write.commit().await
    }

    /// When the server was last known alive; none in a new store.
    pub async fn last_alive(&self) -> Result<Option<UtcMillis>, Error> {
        let mut read = self.core().read().await?;
        let at: Option<i64> = sqlx::query_scalar("SELECT last_alive FROM store")
            .fetch_one(&mut *read)
            .await?;
        Ok(at.map(UtcMillis))
    }
}

/// The log of one session as it stands.
struct Log {
    session: SessionId,
    epoch: u32,
    next_seq: u64,
    /// The session's row, under whose key its facts are sealed.
    row: SealedRow,
}

impl Log {
    async fn load(
        db: &mut SqliteConnection,
        tenant: &Tenant,
        ctx: &Ctx,
        session: SessionId,
    ) -> Result<Self, Error> {
        let row = sqlx::query(
            "SELECT epoch, next_seq, data_key FROM session
             WHERE organisation = ? AND session = ?",
        )
        .bind(ctx.organisation.0)
        .bind(session.0)
        .fetch_optional(db)
        .await?
        .ok_or(Error::NotFound(What::Session))?;
        Ok(Self {
            session,
            epoch: from_column(row.try_get("epoch")?, What::Session)?,
            next_seq: from_column(row.try_get("next_seq")?, What::Session)?,
            row: tenant.row("session", session.0.as_bytes(), row.try_get("data_key")?)?,
        })
    }

    async fn append(
        &self,
        db: &mut SqliteConnection,
        ctx: &Ctx,
        epoch: u32,
        next_seq: u64,
        rows: &[FactRow],
    ) -> Result<Appended, AppendError> {
        if epoch != self.epoch {
            return Err(AppendError::Stale { epoch: self.epoch });
        }
        if next_seq != self.next_seq {
            return if self.holds(db, ctx, epoch, next_seq, rows).await? {
                Ok(Appended::Before)
            } else {
                Err(AppendError::OutOfOrder {
                    next_seq: self.next_seq,
                })
            };
        }
        insert_facts(db, &self.row, ctx, self.session, epoch, next_seq, rows).await?;
        sqlx::query("UPDATE session SET next_seq = ? WHERE organisation = ? AND session = ?")
            .bind(to_column(next_seq + rows.len() as u64, What::Fact)?)
            .bind(ctx.organisation.0)
            .bind(self.session.0)
            .execute(db)
            .await
            .map_err(Error::from)?;
        Ok(Appended::Now)
    }

    /// Whether exactly these facts stand there already, written by this epoch.
    async fn holds(
        &self,
        db: &mut SqliteConnection,
        ctx: &Ctx,
        epoch: u32,
        next_seq: u64,
        rows: &[FactRow],
    ) -> Result<bool, Error> {
        let Ok(count) = u32::try_from(rows.len()) else {
            return Ok(false);
        };
        if rows.is_empty() || next_seq.saturating_add(u64::from(count)) > self.next_seq {
            return Ok(false);
        }
        let stored = self.read(db, ctx, next_seq, count).await?;
        let same = |(stored, row): (&StoredFact, &FactRow)| {
            stored.epoch == epoch
                && stored.at == row.at
                && stored.late == row.late
                && stored.payload == row.payload
        };
        Ok(stored.len() == rows.len() && stored.iter().zip(rows).all(same))
    }

    async fn read(
        &self,
        db: &mut SqliteConnection,
        ctx: &Ctx,
        from: u64,
        count: u32,
    ) -> Result<Vec<StoredFact>, Error> {
        let rows = sqlx::query(
            "SELECT seq, epoch, at, late, payload FROM fact
             WHERE organisation = ? AND session = ? AND seq >= ? ORDER BY seq LIMIT ?",
        )
        .bind(ctx.organisation.0)
        .bind(self.session.0)
        .bind(to_column(from, What::Fact)?)
        .bind(count)
        .fetch_all(db)
        .await?;
        rows.iter().map(|row| self.fact(row)).collect()
    }

    fn fact(&self, row: &SqliteRow) -> Result<StoredFact, Error> {
        let seq = from_column(row.try_get("seq")?, What::Fact)?;
        let epoch = from_column(row.try_get("epoch")?, What::Fact)?;
        let at = UtcMillis(row.try_get("at")?);
        let late = row.try_get::<Option<i64>, _>("late")?.map(UtcMillis);
        let payload = sealed_fact(&self.row, self.session, seq, epoch, at, late)
            .open("payload", row.try_get("payload")?)?;
        Ok(StoredFact {
            seq,
            at,
            late,
            epoch,
            payload: Phi::new(payload.to_vec()),
        })
    }
}

/// Writes facts whose sequence numbers start at `first`.
pub(crate) async fn insert_facts(
    db: &mut SqliteConnection,
    session_row: &SealedRow,
    ctx: &Ctx,
    session: SessionId,
    epoch: u32,
    first: u64,
    rows: &[FactRow],
) -> Result<(), Error> {
    for (seq, fact) in (first..).zip(rows) {
        let sealed = sealed_fact(session_row, session, seq, epoch, fact.at, fact.late);
        sqlx::query("INSERT INTO fact VALUES (?, ?, ?, ?, ?, ?, ?)")
            .bind(ctx.organisation.0)
            .bind(session.0)
            .bind(to_column(seq, What::Fact)?)
            .bind(epoch)
            .bind(fact.at.0)
            .bind(fact.late.map(|late| late.0))
            .bind(sealed.seal("payload", fact.payload.expose())?)
            .execute(&mut *db)
            .await
            .map_err(|error| Error::from(error).or_taken(What::Fact))?;
    }
    Ok(())
}

/// A fact is sealed under the key of its session. Its plain columns name its place, so a time of
/// service that was changed in the file does not open.
fn sealed_fact(
    session_row: &SealedRow,
    session: SessionId,
    seq: u64,
    epoch: u32,
    at: UtcMillis,
    late: Option<UtcMillis>,
) -> SealedRow {
    let mut row = session.0.as_bytes().to_vec();
    row.extend_from_slice(&seq.to_be_bytes());
    row.extend_from_slice(&epoch.to_be_bytes());
    row.extend_from_slice(&at.0.to_be_bytes());
    if let Some(late) = late {
        row.extend_from_slice(&late.0.to_be_bytes());
    }
    session_row.dependent("fact", &row, 1)
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
        sqlx::query("UPDATE session SET state = ? WHERE organisation = ? AND session = ?")
            .bind(word(state, What::Session)?)
            .bind(ctx.organisation.0)
            .bind(session.0)
            .execute(&mut *db)
            .await?;
    }
    Ok(())
}
