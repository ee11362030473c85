//! Appending one event: seal its details, chain it, move the head.

use super::Event;
use crate::seal::SealFault;
use crate::tenant::Tenant;
use crate::words::bytes;
use crate::{Ctx, Error, What};
use aws_lc_rs::digest;
use quietroom_protocol::{OrganisationId, Phi};
use serde::{Deserialize, Serialize};
use sqlx::{Row, SqliteConnection};
use uuid::Uuid;

/// What is sealed of an event.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Details {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) source: Option<Phi<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) details: Option<Phi<String>>,
}

/// The same as it is stored.
struct SealedDetails {
    data_key: Vec<u8>,
    details: Vec<u8>,
}

/// The end of a log: how far it goes and what the next event is chained to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) seq: i64,
    pub(super) hash: [u8; 32],
}

impl Head {
    /// Before the first event.
    pub(super) const START: Self = Self {
        seq: 0,
        hash: [0; 32],
    };

    fn message(&self) -> Vec<u8> {
        [&self.seq.to_be_bytes()[..], &self.hash].concat()
    }
}

/// Everything that the chain hash covers.
pub(super) struct Chained<'a> {
    pub(super) organisation: OrganisationId,
    pub(super) seq: i64,
    pub(super) at: i64,
    pub(super) actor_kind: &'a str,
    pub(super) actor: Option<&'a [u8]>,
    pub(super) action: &'a str,
    pub(super) resource_kind: &'a str,
    pub(super) resource: Option<&'a [u8]>,
    pub(super) outcome: &'a str,
    /// As ciphertext.
    pub(super) details: Option<&'a [u8]>,
}

impl Chained<'_> {
    /// SHA-256 over the hash before and every field with its length, so that no two events write
    /// the same bytes.
    pub(super) fn hash(&self, before: &[u8; 32]) -> [u8; 32] {
        let mut context = digest::Context::new(&digest::SHA256);
        context.update(b"quietroom.audit.v1\0");
        context.update(before);
        context.update(self.organisation.0.as_bytes());
        context.update(&self.seq.to_be_bytes());
        context.update(&self.at.to_be_bytes());
        for field in [
            Some(self.actor_kind.as_bytes()),
            self.actor,
            Some(self.action.as_bytes()),
            Some(self.resource_kind.as_bytes()),
            self.resource,
            Some(self.outcome.as_bytes()),
            self.details,
        ] {
            match field {
                Some(bytes) => {
                    context.update(&[1]);
                    context.update(&(bytes.len() as u64).to_be_bytes());
                    context.update(bytes);
                }
                None => context.update(&[0]),
            }
        }
        let mut hash = [0; 32];
        hash.copy_from_slice(context.finish().as_ref());
        hash
    }
}

/// Appends within the caller's write transaction.
pub(crate) async fn append(
    db: &mut SqliteConnection,
    tenant: &Tenant,
    ctx: &Ctx,
    event: &Event,
) -> Result<(), Error> {
    let head = head(db, tenant, ctx.organisation).await?;
    let seq = head.seq + 1;
    let sealed = seal_details(tenant, ctx, seq, event)?;
    let details = sealed.as_ref().map(|sealed| sealed.details.as_slice());
    let (actor_kind, actor) = ctx.actor.columns();
    let chained = Chained {
        organisation: ctx.organisation,
        seq,
        at: ctx.now.0,
        actor_kind,
        actor: actor.as_ref().map(id_bytes),
        action: event.action.as_str(),
        resource_kind: event.resource.kind,
        resource: event.resource.id.as_ref().map(id_bytes),
        outcome: event.outcome.as_str(),
        details,
    };
    let new = Head {
        seq,
        hash: chained.hash(&head.hash),
    };
    sqlx::query(
        "INSERT INTO audit_event
             (organisation, seq, at, actor_kind, actor, action, resource_kind, resource, outcome,
              data_key, details, hash)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(ctx.organisation.0)
    .bind(seq)
    .bind(ctx.now.0)
    .bind(actor_kind)
    .bind(actor)
    .bind(event.action.as_str())
    .bind(event.resource.kind)
    .bind(event.resource.id)
    .bind(event.outcome.as_str())
    .bind(sealed.as_ref().map(|sealed| sealed.data_key.as_slice()))
    .bind(details)
    .bind(new.hash.as_slice())
    .execute(&mut *db)
    .await?;
    sqlx::query(
        "INSERT INTO audit_head (organisation, seq, hash, mac)
         VALUES (?, ?, ?, ?)
         ON CONFLICT (organisation) DO UPDATE
         SET seq = excluded.seq, hash = excluded.hash, mac = excluded.mac",
    )
    .bind(ctx.organisation.0)
    .bind(new.seq)
    .bind(new.hash.as_slice())
    .bind(tenant.audit_mac(&new.message()))
    .execute(&mut *db)
    .await?;
    Ok(())
}

/// The sealed head. The next event is numbered and chained by it, not by the newest row, so that
/// a log whose end was cut off shows a gap for ever.
pub(super) async fn head(
    db: &mut SqliteConnection,
    tenant: &Tenant,
    organisation: OrganisationId,
) -> Result<Head, Error> {
    let row = sqlx::query("SELECT seq, hash, mac FROM audit_head WHERE organisation = ?")
        .bind(organisation.0)
        .fetch_optional(&mut *db)
        .await?;
    let Some(row) = row else {
        let any: bool =
            sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM audit_event WHERE organisation = ?)")
                .bind(organisation.0)
                .fetch_one(&mut *db)
                .await?;
        return if any {
            Err(Error::AuditTampered)
        } else {
            Ok(Head::START)
        };
    };
    let head = Head {
        seq: row.try_get("seq")?,
        hash: bytes(row.try_get("hash")?, What::AuditEvent)?,
    };
    if tenant.audit_mac_fits(&head.message(), row.try_get("mac")?) {
        Ok(head)
    } else {
        Err(Error::AuditTampered)
    }
}

fn id_bytes(id: &Uuid) -> &[u8] {
    id.as_bytes()
}

fn seal_details(
    tenant: &Tenant,
    ctx: &Ctx,
    seq: i64,
    event: &Event,
) -> Result<Option<SealedDetails>, Error> {
    let details = Details {
        source: ctx
            .source
            .as_ref()
            .map(|ip| Phi::new(ip.expose().to_string())),
        details: event.details.clone(),
    };
    if details.source.is_none() && details.details.is_none() {
        return Ok(None);
    }
    let plain = serde_json::to_vec(&details).map_err(|_| Error::Unreadable(What::AuditEvent))?;
    let (row, data_key) = tenant.new_row("audit_event", &seq.to_be_bytes())?;
    Ok(Some(SealedDetails {
        data_key,
        details: row.seal("details", &plain)?,
    }))
}

/// Opens the details of an event; empty when it has none or they were shredded.
pub(super) fn open_details(
    tenant: &Tenant,
    seq: i64,
    data_key: Option<&[u8]>,
    details: Option<&[u8]>,
) -> Result<Details, Error> {
    let Some(details) = details else {
        return Ok(Details::default());
    };
    let row = match tenant.row("audit_event", &seq.to_be_bytes(), data_key) {
        Err(Error::Seal(SealFault::Shredded { .. })) => return Ok(Details::default()),
        row => row?,
    };
    let plain = row.open("details", details)?;
    serde_json::from_slice(&plain).map_err(|_| Error::Unreadable(What::AuditEvent))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event() -> Chained<'static> {
        Chained {
            organisation: OrganisationId(Uuid::from_u128(1)),
            seq: 2,
            at: 3,
            actor_kind: "staff",
            actor: Some(&[4; 16]),
            action: "note.read",
            resource_kind: "note",
            resource: Some(&[5; 16]),
            outcome: "done",
            details: Some(b"sealed"),
        }
    }

    #[test]
    fn an_event_is_chained_to_the_one_before_it() {
        let first = event().hash(&[0; 32]);
        assert_eq!(first, event().hash(&[0; 32]));
        assert_ne!(first, event().hash(&[1; 32]));
        assert_ne!(event().hash(&first), first);
    }

    #[test]
    fn no_two_events_have_the_same_hash() {
        let changed = [
            event(),
            Chained {
                organisation: OrganisationId(Uuid::from_u128(2)),
                ..event()
            },
            Chained { seq: 3, ..event() },
            Chained { at: 4, ..event() },
            Chained {
                actor: None,
                ..event()
            },
            Chained {
                actor: Some(&[]),
                ..event()
            },
            Chained {
                action: "note.readn",
                resource_kind: "ote",
                ..event()
            },
            Chained {
                resource: None,
                ..event()
            },
            Chained {
                outcome: "refused",
                ..event()
            },
            Chained {
                details: None,
                ..event()
            },
        ];
        let mut hashes: Vec<_> = changed.iter().map(|event| event.hash(&[0; 32])).collect();
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), changed.len());
    }
}
