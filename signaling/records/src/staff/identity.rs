//! Identity keys of clinicians, wrapped by their browsers.

use crate::words::{bytes, opaque};
use crate::{Action, Ctx, Error, Event, Records, Resource, What};
use quietroom_protocol::{Opaque, StaffId, UtcMillis};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

/// An identity to keep.
#[derive(Clone, Debug)]
pub struct NewIdentity {
    pub staff: StaffId,
    /// P-256, 65 bytes uncompressed (SEC 1 section 2.3.3).
    pub public_key: [u8; 65],
    pub wrapped: Opaque,
    /// The key it takes the place of; `None` for the first.
    pub replaces: Option<[u8; 65]>,
}

/// An identity in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityRow {
    pub public_key: [u8; 65],
    pub wrapped: Opaque,
    pub created_at: UtcMillis,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeepOutcome {
    Kept(IdentityRow),
    /// The key to be replaced is not the one in use: nothing was changed.
    OtherInUse,
}

impl Records {
    /// The identity in use. Audited.
    pub async fn identity(&self, ctx: &Ctx, staff: StaffId) -> Result<Option<IdentityRow>, Error> {
        let event = Event::done(Action::ReadIdentity, Resource::staff(staff));
        self.audit(ctx, event).await?;
        let mut read = self.core().read().await?;
        in_use(&mut read, ctx, staff).await
    }

    /// Keeps an identity, in place of the one in use. Done again with the same one, it changes
    /// nothing. [`Error::Taken`] when the key was kept before, [`Error::NotFound`] without such an
    /// account.
    pub async fn keep_identity(
        &self,
        ctx: &Ctx,
        identity: &NewIdentity,
    ) -> Result<KeepOutcome, Error> {
        let mut write = self.core().write().await?;
        let present = in_use(write.db(), ctx, identity.staff).await?;
        let new = IdentityRow {
            public_key: identity.public_key,
            wrapped: identity.wrapped.clone(),
            created_at: ctx.now,
        };
        if let Some(present) = &present
            && present.public_key == new.public_key
            && present.wrapped == new.wrapped
        {
            return Ok(KeepOutcome::Kept(present.clone()));
        }
        if present.map(|present| present.public_key) != identity.replaces {
            return Ok(KeepOutcome::OtherInUse);
        }
        sqlx::query(
            "UPDATE staff_identity SET replaced_at = ?
             WHERE organisation = ? AND staff = ? AND replaced_at IS NULL",
        )
        .bind(ctx.now.0)
        .bind(ctx.organisation.0)
        .bind(identity.staff.0)
        .execute(write.db())
        .await?;
        sqlx::query(
            "INSERT INTO staff_identity
                 (organisation, staff, public_key, wrapped, created_at, replaced_at)
             VALUES (?, ?, ?, ?, ?, NULL)",
        )
        .bind(ctx.organisation.0)
        .bind(identity.staff.0)
        .bind(new.public_key.as_slice())
        .bind(opaque(&new.wrapped))
        .bind(ctx.now.0)
        .execute(write.db())
        .await
        .map_err(|error| {
            Error::from(error)
                .or_taken(What::Identity)
                .or_not_found(What::Staff)
        })?;
        let event = Event::done(Action::KeepIdentity, Resource::staff(identity.staff));
        write.audit(ctx, &event).await?;
        write.commit().await?;
        Ok(KeepOutcome::Kept(new))
    }
}

async fn in_use(
    db: &mut SqliteConnection,
    ctx: &Ctx,
    staff: StaffId,
) -> Result<Option<IdentityRow>, Error> {
    let row = sqlx::query(
        "SELECT public_key, wrapped, created_at FROM staff_identity
         WHERE organisation = ? AND staff = ? AND replaced_at IS NULL",
    )
    .bind(ctx.organisation.0)
    .bind(staff.0)
    .fetch_optional(db)
    .await?;
    row.as_ref().map(identity).transpose()
}

fn identity(row: &SqliteRow) -> Result<IdentityRow, Error> {
    Ok(IdentityRow {
        public_key: bytes(row.try_get("public_key")?, What::Identity)?,
        wrapped: Opaque::new(row.try_get("wrapped")?),
        created_at: UtcMillis(row.try_get("created_at")?),
    })
}
