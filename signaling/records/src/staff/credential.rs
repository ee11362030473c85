//! Passwords, authenticators and recovery codes.

use crate::words::{from_column, to_column};
use crate::{Action, Ctx, Error, Event, Records, Resource, What};
use quietroom_protocol::{OrganisationId, Phi, StaffId};
use sqlx::Row;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// PHC string.
    pub password_hash: Phi<String>,
    /// RFC 6238 secret, raw bytes.
    pub totp_secret: Phi<Vec<u8>>,
    /// Time steps up to this one are used (RFC 6238 section 5.2).
    pub totp_step: u64,
    pub recovery_codes_left: u32,
}

impl Records {
    /// None when the account has not been set up.
    pub async fn credential(
        &self,
        organisation: OrganisationId,
        staff: StaffId,
    ) -> Result<Option<Credential>, Error> {
        let mut read = self.core().read().await?;
        let tenant = self.core().tenant(&mut read, organisation).await?;
        let row = sqlx::query(
            "SELECT data_key, row_version, password_hash, totp_secret, totp_step,
                    (SELECT count(*) FROM recovery_code r
                     WHERE r.organisation = c.organisation AND r.staff = c.staff
                         AND used_at IS NULL) AS codes
             FROM staff_credential c WHERE organisation = ? AND staff = ?",
        )
        .bind(organisation.0)
        .bind(staff.0)
        .fetch_optional(&mut *read)
        .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        let version: i64 = row.try_get("row_version")?;
        let sealed = tenant
            .row(
                "staff_credential",
                staff.0.as_bytes(),
                row.try_get("data_key")?,
            )?
            .at_version(version.unsigned_abs());
        Ok(Some(Credential {
            password_hash: Phi::new(
                sealed.open_text("password_hash", row.try_get("password_hash")?)?,
            ),
            totp_secret: Phi::new(
                sealed
                    .open("totp_secret", row.try_get("totp_secret")?)?
                    .to_vec(),
            ),
            totp_step: from_column(row.try_get("totp_step")?, What::Token)?,
            recovery_codes_left: from_column(row.try_get("codes")?, What::Token)?,
        }))
    }

    /// Uses a time step; false when it or a later one was used before.
    pub async fn use_totp_step(&self, ctx: &Ctx, staff: StaffId, step: u64) -> Result<bool, Error> {
        let mut write = self.core().write().await?;
        let step = to_column(step, What::Token)?;
        let used = sqlx::query(
            "UPDATE staff_credential SET totp_step = ?
             WHERE organisation = ? AND staff = ? AND totp_step < ?",
        )
        .bind(step)
        .bind(ctx.organisation.0)
        .bind(staff.0)
        .bind(step)
        .execute(write.db())
        .await?;
        if used.rows_affected() == 0 {
            return Ok(false);
        }
        let event = Event::done(Action::UseTotp, Resource::staff(staff));
        write.audit(ctx, &event).await?;
        write.commit().await?;
        Ok(true)
    }

    /// Uses a recovery code (its hash); false when it is not one, or used.
    pub async fn use_recovery_code(
        &self,
        ctx: &Ctx,
        staff: StaffId,
        code_hash: [u8; 32],
    ) -> Result<bool, Error> {
        let mut write = self.core().write().await?;
        let tenant = write.tenant(ctx.organisation).await?;
        let used = sqlx::query(
            "UPDATE recovery_code SET used_at = ?
             WHERE organisation = ? AND staff = ? AND code_index = ? AND used_at IS NULL",
        )
        .bind(ctx.now.0)
        .bind(ctx.organisation.0)
        .bind(staff.0)
        .bind(tenant.blind_index("recovery_code", &code_hash))
        .execute(write.db())
        .await?;
        if used.rows_affected() == 0 {
            return Ok(false);
        }
        let event = Event::done(Action::UseRecoveryCode, Resource::staff(staff));
        write.audit(ctx, &event).await?;
        write.commit().await?;
        Ok(true)
    }
}
