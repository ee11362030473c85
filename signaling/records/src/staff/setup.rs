//! Set-up links: one-time, they carry what is chosen until it is confirmed.

use super::StaffRecord;
use super::account::record;
use crate::seal::SealedRow;
use crate::words::to_column;
use crate::{Action, Ctx, Error, Event, Records, Resource, What};
use quietroom_protocol::{OrganisationId, Phi, StaffId, UtcMillis};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use uuid::Uuid;

/// What a set-up link has gathered before it is confirmed.
#[derive(Clone, Debug)]
pub struct NewCredential {
    /// PHC string (argon2id).
    pub password_hash: Phi<String>,
    /// RFC 6238 secret, raw bytes.
    pub totp_secret: Phi<Vec<u8>>,
}

#[derive(Clone, Debug)]
pub struct PendingSetUp {
    pub staff: StaffRecord,
    /// Chosen, not confirmed yet.
    pub credential: Option<NewCredential>,
}

impl Records {
    /// Issues a set-up link; an older one of the account ends. [`Error::NotFound`] when the account
    /// does not exist or is disabled.
    pub async fn issue_set_up(
        &self,
        ctx: &Ctx,
        staff: StaffId,
        token_hash: [u8; 32],
        expires_at: UtcMillis,
    ) -> Result<(), Error> {
        let mut write = self.core().write().await?;
        let tenant = write.tenant(ctx.organisation).await?;
        let (_, data_key) = tenant.new_row("set_up_link", &token_hash)?;
        let issued = sqlx::query(
            "INSERT OR REPLACE INTO set_up_link
                 (organisation, staff, token_hash, expires_at, used_at, data_key, row_version,
                  password_hash, totp_secret)
             SELECT organisation, staff, ?, ?, NULL, ?, 1, NULL, NULL FROM staff
             WHERE organisation = ? AND staff = ? AND disabled_at IS NULL",
        )
        .bind(token_hash.as_slice())
        .bind(expires_at.0)
        .bind(data_key)
        .bind(ctx.organisation.0)
        .bind(staff.0)
        .execute(write.db())
        .await?;
        if issued.rows_affected() == 0 {
            return Err(Error::NotFound(What::Staff));
        }
        let event = Event::done(Action::IssueSetUp, Resource::staff(staff));
        write.audit(ctx, &event).await?;
        write.commit().await
    }

    /// What a set-up link is for; none when it is unknown, used, replaced, expired or its account
    /// disabled. Changes nothing.
    pub async fn look_set_up(
        &self,
        organisation: OrganisationId,
        token_hash: [u8; 32],
        now: UtcMillis,
    ) -> Result<Option<PendingSetUp>, Error> {
        let mut read = self.core().read().await?;
        let tenant = self.core().tenant(&mut read, organisation).await?;
        let link = sqlx::query(
            "SELECT staff, data_key, row_version, password_hash, totp_secret FROM set_up_link
             WHERE organisation = ? AND token_hash = ? AND used_at IS NULL AND expires_at > ?",
        )
        .bind(organisation.0)
        .bind(token_hash.as_slice())
        .bind(now.0)
        .fetch_optional(&mut *read)
        .await?;
        let Some(link) = link else {
            return Ok(None);
        };
        let staff = sqlx::query(
            "SELECT s.*, c.staff IS NOT NULL AS set_up
             FROM staff s LEFT JOIN staff_credential c USING (organisation, staff)
             WHERE s.organisation = ? AND s.staff = ? AND s.disabled_at IS NULL",
        )
        .bind(organisation.0)
        .bind(link.try_get::<Uuid, _>("staff")?)
        .fetch_optional(&mut *read)
        .await?;
        let Some(staff) = staff else {
            return Ok(None);
        };
        let sealed = tenant.row("set_up_link", &token_hash, link.try_get("data_key")?)?;
        Ok(Some(PendingSetUp {
            staff: record(&tenant, &staff)?,
            credential: chosen(sealed, &link)?,
        }))
    }

    /// Keeps the chosen password and authenticator secret with the link; false when it is not good.
    pub async fn choose_set_up(
        &self,
        ctx: &Ctx,
        token_hash: [u8; 32],
        credential: &NewCredential,
    ) -> Result<bool, Error> {
        let mut write = self.core().write().await?;
        let tenant = write.tenant(ctx.organisation).await?;
        let link = sqlx::query(
            "SELECT staff, data_key, row_version FROM set_up_link
             WHERE organisation = ? AND token_hash = ? AND used_at IS NULL AND expires_at > ?",
        )
        .bind(ctx.organisation.0)
        .bind(token_hash.as_slice())
        .bind(ctx.now.0)
        .fetch_optional(write.db())
        .await?;
        let Some(link) = link else {
            return Ok(false);
        };
        let version = link.try_get::<i64, _>("row_version")? + 1;
        let sealed = tenant
            .row("set_up_link", &token_hash, link.try_get("data_key")?)?
            .at_version(version.unsigned_abs());
        sqlx::query(
            "UPDATE set_up_link SET row_version = ?, password_hash = ?, totp_secret = ?
             WHERE organisation = ? AND token_hash = ?",
        )
        .bind(version)
        .bind(sealed.seal(
            "password_hash",
            credential.password_hash.expose().as_bytes(),
        )?)
        .bind(sealed.seal("totp_secret", credential.totp_secret.expose())?)
        .bind(ctx.organisation.0)
        .bind(token_hash.as_slice())
        .execute(write.db())
        .await?;
        let staff = StaffId(link.try_get("staff")?);
        let event = Event::done(Action::ChooseSetUp, Resource::staff(staff));
        write.audit(ctx, &event).await?;
        write.commit().await?;
        Ok(true)
    }

    /// Uses the link up: what was chosen becomes the account's credential, `totp_step` counts as
    /// used, the recovery codes (hashes) replace the old ones and every web session of the account
    /// ends. None when the link is not good any more or nothing was chosen.
    pub async fn confirm_set_up(
        &self,
        ctx: &Ctx,
        token_hash: [u8; 32],
        totp_step: u64,
        recovery: &[[u8; 32]],
    ) -> Result<Option<StaffId>, Error> {
        let mut write = self.core().write().await?;
        let tenant = write.tenant(ctx.organisation).await?;
        let link = sqlx::query(
            "UPDATE set_up_link SET used_at = ?
             WHERE organisation = ? AND token_hash = ? AND used_at IS NULL AND expires_at > ?
                 AND password_hash IS NOT NULL
             RETURNING staff, data_key, row_version, password_hash, totp_secret",
        )
        .bind(ctx.now.0)
        .bind(ctx.organisation.0)
        .bind(token_hash.as_slice())
        .bind(ctx.now.0)
        .fetch_optional(write.db())
        .await?;
        let Some(link) = link else {
            return Ok(None);
        };
        let staff: Uuid = link.try_get("staff")?;
        let sealed = tenant.row("set_up_link", &token_hash, link.try_get("data_key")?)?;
        let Some(chosen) = chosen(sealed, &link)? else {
            return Ok(None);
        };
        let (row, data_key) = tenant.new_row("staff_credential", staff.as_bytes())?;
        sqlx::query(
            "INSERT OR REPLACE INTO staff_credential
                 (organisation, staff, data_key, row_version, password_hash, totp_secret,
                  totp_step, created_at)
             VALUES (?, ?, ?, 1, ?, ?, ?, ?)",
        )
        .bind(ctx.organisation.0)
        .bind(staff)
        .bind(data_key)
        .bind(row.seal("password_hash", chosen.password_hash.expose().as_bytes())?)
        .bind(row.seal("totp_secret", chosen.totp_secret.expose())?)
        .bind(to_column(totp_step, What::Token)?)
        .bind(ctx.now.0)
        .execute(write.db())
        .await?;
        for clear in [
            // What the link carried is the credential's now.
            "UPDATE set_up_link SET data_key = NULL, password_hash = NULL, totp_secret = NULL
             WHERE organisation = ? AND staff = ?",
            "DELETE FROM recovery_code WHERE organisation = ? AND staff = ?",
            "DELETE FROM web_session WHERE organisation = ? AND staff = ?",
        ] {
            sqlx::query(clear)
                .bind(ctx.organisation.0)
                .bind(staff)
                .execute(write.db())
                .await?;
        }
        for code in recovery {
            sqlx::query(
                "INSERT INTO recovery_code (organisation, staff, code_index, used_at)
                 VALUES (?, ?, ?, NULL)",
            )
            .bind(ctx.organisation.0)
            .bind(staff)
            .bind(tenant.blind_index("recovery_code", code))
            .execute(write.db())
            .await
            .map_err(|error| Error::from(error).or_taken(What::Token))?;
        }
        let staff = StaffId(staff);
        let event = Event::done(Action::ConfirmSetUp, Resource::staff(staff));
        write.audit(ctx, &event).await?;
        write.commit().await?;
        Ok(Some(staff))
    }
}

/// What a link carries, if anything was chosen.
fn chosen(sealed: SealedRow, link: &SqliteRow) -> Result<Option<NewCredential>, Error> {
    let password: Option<&[u8]> = link.try_get("password_hash")?;
    let secret: Option<&[u8]> = link.try_get("totp_secret")?;
    let (Some(password), Some(secret)) = (password, secret) else {
        return Ok(None);
    };
    let version: i64 = link.try_get("row_version")?;
    let sealed = sealed.at_version(version.unsigned_abs());
    Ok(Some(NewCredential {
        password_hash: Phi::new(sealed.open_text("password_hash", password)?),
        totp_secret: Phi::new(sealed.open("totp_secret", secret)?.to_vec()),
    }))
}
