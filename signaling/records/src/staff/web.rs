//! Web sessions: who is signed in.

use crate::words::from_word;
use crate::{Action, Ctx, Error, Event, Records, Resource, What};
use quietroom_protocol::{OrganisationId, StaffId, StaffRole, UtcMillis};
use sqlx::Row;
use uuid::Uuid;

/// A use is written when the last one is older, milliseconds.
const TOUCH_MS: i64 = 15_000;

#[derive(Clone, Copy, Debug)]
pub struct NewWebSession {
    pub staff: StaffId,
    /// SHA-256 of the cookie's 256-bit token.
    pub token_hash: [u8; 32],
    /// Ends this long after the last use.
    pub idle_ms: i64,
    /// Ends then at the latest.
    pub expires_at: UtcMillis,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WebSession {
    pub staff: StaffId,
    pub role: StaffRole,
    pub last_used: UtcMillis,
    pub idle_ms: i64,
    pub expires_at: UtcMillis,
}

impl Records {
    /// Signs in. [`Error::NotFound`] when the account does not exist or is disabled.
    pub async fn open_web_session(&self, ctx: &Ctx, session: &NewWebSession) -> Result<(), Error> {
        let mut write = self.core().write().await?;
        // Whatever has ended by itself goes when somebody signs in.
        sqlx::query("DELETE FROM web_session WHERE expires_at <= ? OR last_used + idle_ms <= ?")
            .bind(ctx.now.0)
            .bind(ctx.now.0)
            .execute(write.db())
            .await?;
        let opened = sqlx::query(
            "INSERT INTO web_session
                 (organisation, token_hash, staff, created_at, last_used, idle_ms, expires_at)
             SELECT organisation, ?, staff, ?, ?, ?, ? FROM staff
             WHERE organisation = ? AND staff = ? AND disabled_at IS NULL",
        )
        .bind(session.token_hash.as_slice())
        .bind(ctx.now.0)
        .bind(ctx.now.0)
        .bind(session.idle_ms)
        .bind(session.expires_at.0)
        .bind(ctx.organisation.0)
        .bind(session.staff.0)
        .execute(write.db())
        .await
        .map_err(|error| Error::from(error).or_taken(What::Token))?;
        if opened.rows_affected() == 0 {
            return Err(Error::NotFound(What::Staff));
        }
        let event = Event::done(Action::SignIn, Resource::staff(session.staff));
        write.audit(ctx, &event).await?;
        write.commit().await
    }

    /// The session of a cookie; none when it is unknown, ended, idle too long or expired, or the
    /// account disabled. Does not count as use.
    pub async fn web_session(
        &self,
        organisation: OrganisationId,
        token_hash: [u8; 32],
        now: UtcMillis,
    ) -> Result<Option<WebSession>, Error> {
        let mut read = self.core().read().await?;
        let row = sqlx::query(
            "SELECT w.staff, s.role, w.last_used, w.idle_ms, w.expires_at
             FROM web_session w JOIN staff s USING (organisation, staff)
             WHERE w.organisation = ? AND w.token_hash = ? AND s.disabled_at IS NULL
                 AND w.expires_at > ? AND w.last_used + w.idle_ms > ?",
        )
        .bind(organisation.0)
        .bind(token_hash.as_slice())
        .bind(now.0)
        .bind(now.0)
        .fetch_optional(&mut *read)
        .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        Ok(Some(WebSession {
            staff: StaffId(row.try_get("staff")?),
            role: from_word(row.try_get("role")?, What::Staff)?,
            last_used: UtcMillis(row.try_get("last_used")?),
            idle_ms: row.try_get("idle_ms")?,
            expires_at: UtcMillis(row.try_get("expires_at")?),
        }))
    }

    /// Counts as use, if the session is still good: false when it is not. Written at most every
    /// 15 s, so that requests are cheap.
    pub async fn touch_web_session(
        &self,
        organisation: OrganisationId,
        token_hash: [u8; 32],
        now: UtcMillis,
    ) -> Result<bool, Error> {
        let Some(session) = self.web_session(organisation, token_hash, now).await? else {
            return Ok(false);
        };
        if now.since(session.last_used) < TOUCH_MS.min(session.idle_ms / 4) {
            return Ok(true);
        }
        let mut write = self.core().write().await?;
        // Asked again under the lock: it may have ended in between.
        let touched = sqlx::query(
            "UPDATE web_session SET last_used = max(last_used, ?)
             WHERE organisation = ? AND token_hash = ? AND expires_at > ?
                 AND last_used + idle_ms > ?",
        )
        .bind(now.0)
        .bind(organisation.0)
        .bind(token_hash.as_slice())
        .bind(now.0)
        .bind(now.0)
        .execute(write.db())
        .await?;
        write.commit().await?;
        Ok(touched.rows_affected() == 1)
    }

    /// Signs out; false when it was not signed in.
    pub async fn revoke_web_session(&self, ctx: &Ctx, token_hash: [u8; 32]) -> Result<bool, Error> {
        let mut write = self.core().write().await?;
        let ended: Option<Uuid> = sqlx::query_scalar(
            "DELETE FROM web_session WHERE organisation = ? AND token_hash = ? RETURNING staff",
        )
        .bind(ctx.organisation.0)
        .bind(token_hash.as_slice())
        .fetch_optional(write.db())
        .await?;
        let Some(staff) = ended.map(StaffId) else {
            return Ok(false);
        };
        let event = Event::done(Action::SignOut, Resource::staff(staff));
        write.audit(ctx, &event).await?;
        write.commit().await?;
        Ok(true)
    }

    /// Signs a member of staff out everywhere; returns how many sessions ended.
    pub async fn revoke_web_sessions(&self, ctx: &Ctx, staff: StaffId) -> Result<u64, Error> {
        let mut write = self.core().write().await?;
        let ended = sqlx::query("DELETE FROM web_session WHERE organisation = ? AND staff = ?")
            .bind(ctx.organisation.0)
            .bind(staff.0)
            .execute(write.db())
            .await?;
        let event = Event::done(Action::SignOutEverywhere, Resource::staff(staff));
        write.audit(ctx, &event).await?;
        write.commit().await?;
        Ok(ended.rows_affected())
    }
}
