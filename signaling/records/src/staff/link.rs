//! One-time sign-in links, for a demonstration.

use crate::{Action, Ctx, Error, Event, Records, Resource, What};
use quietroom_protocol::{StaffId, UtcMillis};
use uuid::Uuid;

impl Records {
    /// Issues a one-time sign-in link; an older one of the account ends. [`Error::NotFound`] when
    /// the account does not exist or is disabled.
    pub async fn issue_sign_in_link(
        &self,
        ctx: &Ctx,
        staff: StaffId,
        token_hash: [u8; 32],
        expires_at: UtcMillis,
    ) -> Result<(), Error> {
        let mut write = self.core().write().await?;
        let issued = sqlx::query(
            "INSERT OR REPLACE INTO sign_in_link
                 (organisation, staff, token_hash, expires_at, used_at)
             SELECT organisation, staff, ?, ?, NULL FROM staff
             WHERE organisation = ? AND staff = ? AND disabled_at IS NULL",
        )
        .bind(token_hash.as_slice())
        .bind(expires_at.0)
        .bind(ctx.organisation.0)
        .bind(staff.0)
        .execute(write.db())
        .await?;
        if issued.rows_affected() == 0 {
            return Err(Error::NotFound(What::Staff));
        }
        let event = Event::done(Action::IssueSignInLink, Resource::staff(staff));
        write.audit(ctx, &event).await?;
        write.commit().await
    }

    /// Uses a sign-in link up; none when it is not good.
    pub async fn use_sign_in_link(
        &self,
        ctx: &Ctx,
        token_hash: [u8; 32],
    ) -> Result<Option<StaffId>, Error> {
        let mut write = self.core().write().await?;
        let used: Option<Uuid> = sqlx::query_scalar(
            "UPDATE sign_in_link SET used_at = ?
             WHERE organisation = ? AND token_hash = ? AND used_at IS NULL AND expires_at > ?
             RETURNING staff",
        )
        .bind(ctx.now.0)
        .bind(ctx.organisation.0)
        .bind(token_hash.as_slice())
        .bind(ctx.now.0)
        .fetch_optional(write.db())
        .await?;
        let Some(staff) = used.map(StaffId) else {
            return Ok(None);
        };
        let event = Event::done(Action::UseSignInLink, Resource::staff(staff));
        write.audit(ctx, &event).await?;
        write.commit().await?;
        Ok(Some(staff))
    }
}
