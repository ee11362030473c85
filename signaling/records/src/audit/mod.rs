//! The audit log: hash-chained, append-only, one per organisation (45 CFR 164.312(b)).

mod event;
mod verify;

pub use event::{Action, AuditEntry, Event, Outcome, Resource};
pub use verify::{AuditBroken, AuditFault, AuditHead};

use crate::{Ctx, Error, Records};
use quietroom_protocol::OrganisationId;

impl Records {
    /// Appends an event; on return it is durable. For what changes nothing in the store: a refused
    /// access, a failed sign-in.
    pub async fn audit(&self, ctx: &Ctx, event: Event) -> Result<(), Error> {
        todo!()
    }

    /// Events after `after` (0 for all), in order, at most `limit`. Audited.
    pub async fn audit_events(
        &self,
        ctx: &Ctx,
        after: u64,
        limit: u32,
    ) -> Result<Vec<AuditEntry>, Error> {
        todo!()
    }

    /// Walks the chain from the first event to the sealed head.
    pub async fn verify_audit(
        &self,
        organisation: OrganisationId,
    ) -> Result<AuditHead, AuditFault> {
        todo!()
    }
}
