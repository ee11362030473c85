//! Walking the chain.

use super::append::{Chained, Head, head};
use crate::{Error, Records};
use quietroom_protocol::OrganisationId;
use sqlx::Row;

/// Rows held in memory at a time.
const PAGE: i64 = 1000;

/// The newest event of a log whose chain holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditHead {
    /// Number of events; 0 for an empty log.
    pub seq: u64,
    pub hash: [u8; 32],
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuditFault {
    #[error(transparent)]
    Broken(#[from] AuditBroken),
    #[error(transparent)]
    Store(#[from] Error),
}

/// Where a chain breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuditBroken {
    #[error("the audit event {seq} is missing")]
    Missing { seq: u64 },
    /// It, or the order of events, is not what was written.
    #[error("the audit event {seq} was changed or does not follow the one before it")]
    Changed { seq: u64 },
    /// Events at the end are gone or were added, or the head was tampered with.
    #[error("the audit log ends at event {seq}, which is not its sealed head")]
    NotTheHead { seq: u64 },
}

impl Records {
    /// Walks the chain from the first event to the sealed head.
    ///
    /// # Errors
    /// The first place where the log is not what was written.
    pub async fn verify_audit(
        &self,
        organisation: OrganisationId,
    ) -> Result<AuditHead, AuditFault> {
        let mut read = self.core().read().await?;
        let tenant = self.core().tenant(&mut read, organisation).await?;
        let sealed = match head(&mut read, &tenant, organisation).await {
            Err(Error::AuditTampered) => None,
            head => Some(head?),
        };
        let mut walked = Head::START;
        loop {
            let rows = sqlx::query(
                "SELECT seq, at, actor_kind, actor, action, resource_kind, resource, outcome,
                        details, hash
                 FROM audit_event WHERE organisation = ? AND seq > ? ORDER BY seq LIMIT ?",
            )
            .bind(organisation.0)
            .bind(walked.seq)
            .bind(PAGE)
            .fetch_all(&mut *read)
            .await
            .map_err(Error::from)?;
            if rows.is_empty() {
                break;
            }
            for row in rows {
                walked = step(organisation, walked, &row)?;
            }
        }
        if sealed != Some(walked) {
            let seq = walked.seq.unsigned_abs();
            return Err(AuditBroken::NotTheHead { seq }.into());
        }
        Ok(AuditHead {
            seq: walked.seq.unsigned_abs(),
            hash: walked.hash,
        })
    }
}

fn step(
    organisation: OrganisationId,
    before: Head,
    row: &sqlx::sqlite::SqliteRow,
) -> Result<Head, AuditFault> {
    let read = |error: sqlx::Error| AuditFault::Store(error.into());
    let next = before.seq + 1;
    let seq: i64 = row.try_get("seq").map_err(read)?;
    if seq != next {
        return Err(AuditBroken::Missing {
            seq: next.unsigned_abs(),
        }
        .into());
    }
    let chained = Chained {
        organisation,
        seq,
        at: row.try_get("at").map_err(read)?,
        actor_kind: row.try_get("actor_kind").map_err(read)?,
        actor: row.try_get("actor").map_err(read)?,
        action: row.try_get("action").map_err(read)?,
        resource_kind: row.try_get("resource_kind").map_err(read)?,
        resource: row.try_get("resource").map_err(read)?,
        outcome: row.try_get("outcome").map_err(read)?,
        details: row.try_get("details").map_err(read)?,
    };
    let hash = chained.hash(&before.hash);
    let stored: &[u8] = row.try_get("hash").map_err(read)?;
    if stored != hash {
        return Err(AuditBroken::Changed {
            seq: seq.unsigned_abs(),
        }
        .into());
    }
    Ok(Head { seq, hash })
}
