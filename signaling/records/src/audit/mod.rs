//! The audit log: hash-chained, append-only, one per organisation (45 CFR 164.312(b)).
//!
//! A write appends its event in its own transaction. Reads hand theirs to one sequencer, which
//! commits together whatever has queued up meanwhile (group commit).

mod append;
mod event;
mod sequencer;
mod verify;

pub(crate) use append::append;
pub use event::{Action, AuditEntry, Event, Outcome, Resource};
pub(crate) use sequencer::{Sequencer, start};
pub use verify::{AuditBroken, AuditFault, AuditHead};

use crate::words::from_column;
use crate::{Ctx, Error, Records, What};
use quietroom_protocol::UtcMillis;
use sqlx::Row;
use uuid::Uuid;

impl Records {
    /// Appends an event; on return it is durable. For what changes nothing in the store: a refused
    /// access, a failed sign-in.
    pub async fn audit(&self, ctx: &Ctx, event: Event) -> Result<(), Error> {
        self.sequencer().append(ctx.clone(), event).await
    }

    /// Events after `after` (0 for all), in order, at most `limit`. Audited.
    pub async fn audit_events(
        &self,
        ctx: &Ctx,
        after: u64,
        limit: u32,
    ) -> Result<Vec<AuditEntry>, Error> {
        self.audit(ctx, Event::done(Action::ReadAudit, Resource::CLINIC))
            .await?;
        let mut read = self.core().read().await?;
        let tenant = self.core().tenant(&mut read, ctx.organisation).await?;
        let rows = sqlx::query(
            "SELECT seq, at, actor_kind, actor, action, resource_kind, resource, outcome, data_key,
                    details
             FROM audit_event WHERE organisation = ? AND seq > ? ORDER BY seq LIMIT ?",
        )
        .bind(ctx.organisation.0)
        .bind(i64::try_from(after).unwrap_or(i64::MAX))
        .bind(limit)
        .fetch_all(&mut *read)
        .await?;
        let mut entries = Vec::with_capacity(rows.len());
        for row in rows {
            let seq: i64 = row.try_get("seq")?;
            let details = append::open_details(
                &tenant,
                seq,
                row.try_get("data_key")?,
                row.try_get("details")?,
            )?;
            entries.push(AuditEntry {
                seq: from_column(seq, What::AuditEvent)?,
                at: UtcMillis(row.try_get("at")?),
                actor: event::actor(row.try_get("actor_kind")?, row.try_get("actor")?)?,
                action: row.try_get("action")?,
                resource_kind: row.try_get("resource_kind")?,
                resource: row.try_get::<Option<Uuid>, _>("resource")?,
                outcome: event::outcome(row.try_get("outcome")?)?,
                source: details.source,
                details: details.details,
            });
        }
        Ok(entries)
    }
}
