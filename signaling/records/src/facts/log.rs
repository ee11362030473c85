//! The log of one session in the store.

use super::{AppendError, Appended, FactRow, StoredFact};
use crate::seal::SealedRow;
use crate::tenant::Tenant;
use crate::words::{from_column, to_column};
use crate::{Ctx, Error, What};
use quietroom_protocol::{Phi, SessionId, UtcMillis};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

/// The log of one session as it stands.
pub(super) struct Log {
    session: SessionId,
    epoch: u32,
    next_seq: u64,
    row: SealedRow,
}

impl Log {
    pub(super) async fn load(
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

    /// The session's row, under whose key what belongs to it is sealed.
    pub(super) const fn row(&self) -> &SealedRow {
        &self.row
    }

    /// # Errors
    /// [`AppendError::Stale`] when `epoch` is not the one of the session's writer.
    pub(super) const fn check_epoch(&self, epoch: u32) -> Result<(), AppendError> {
        if epoch == self.epoch {
            Ok(())
        } else {
            Err(AppendError::Stale { epoch: self.epoch })
        }
    }

    pub(super) async fn append(
        &self,
        db: &mut SqliteConnection,
        ctx: &Ctx,
        epoch: u32,
        next_seq: u64,
        rows: &[FactRow],
    ) -> Result<Appended, AppendError> {
        self.check_epoch(epoch)?;
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

    pub(super) async fn read(
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
        sqlx::query(
            "INSERT INTO fact (organisation, session, seq, epoch, at, late, payload)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
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
