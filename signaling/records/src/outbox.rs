//! What is to be sent to the clinic's other systems.

use crate::tenant::Tenant;
use crate::{Ctx, Error, Records, What};
use quietroom_protocol::{OrganisationId, Phi, SessionId};
use sqlx::{Row, SqliteConnection};
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxRow {
    /// Makes a delivery recognizable when it is repeated.
    pub id: Uuid,
    pub session: SessionId,
    /// `session_ended`.
    pub kind: String,
    pub payload: Phi<Vec<u8>>,
}

impl Records {
    /// Rows not delivered yet, oldest first, at most `limit`.
    pub async fn outbox(
        &self,
        organisation: OrganisationId,
        limit: u32,
    ) -> Result<Vec<OutboxRow>, Error> {
        let mut read = self.core().read().await?;
        let tenant = self.core().tenant(&mut read, organisation).await?;
        let rows = sqlx::query(
            "SELECT id, session, kind, data_key, payload FROM outbox
             WHERE organisation = ? AND delivered_at IS NULL ORDER BY created_at, id LIMIT ?",
        )
        .bind(organisation.0)
        .bind(limit)
        .fetch_all(&mut *read)
        .await?;
        let mut outbox = Vec::with_capacity(rows.len());
        for row in rows {
            let id: Uuid = row.try_get("id")?;
            let sealed = tenant.row("outbox", id.as_bytes(), row.try_get("data_key")?)?;
            let payload = sealed.open("payload", row.try_get("payload")?)?;
            outbox.push(OutboxRow {
                id,
                session: SessionId(row.try_get("session")?),
                kind: row.try_get("kind")?,
                payload: Phi::new(payload.to_vec()),
            });
        }
        Ok(outbox)
    }
}

pub(crate) async fn insert(
    db: &mut SqliteConnection,
    tenant: &Tenant,
    ctx: &Ctx,
    row: &OutboxRow,
) -> Result<(), Error> {
    let (sealed, data_key) = tenant.new_row("outbox", row.id.as_bytes())?;
    sqlx::query(
        "INSERT INTO outbox
             (organisation, id, session, kind, data_key, row_version, payload, created_at,
              delivered_at)
         VALUES (?, ?, ?, ?, ?, 1, ?, ?, NULL)",
    )
    .bind(ctx.organisation.0)
    .bind(row.id)
    .bind(row.session.0)
    .bind(&row.kind)
    .bind(data_key)
    .bind(sealed.seal("payload", row.payload.expose())?)
    .bind(ctx.now.0)
    .execute(db)
    .await
    .map_err(|error| {
        Error::from(error)
            .or_taken(What::OutboxRow)
            .or_not_found(What::Session)
    })?;
    Ok(())
}
