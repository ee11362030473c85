//! Accounts of staff.

use crate::tenant::Tenant;
use crate::words::{from_word, word};
use crate::{Action, Ctx, Error, Event, Records, Resource, What};
use quietroom_protocol::{OrganisationId, Phi, StaffId, StaffRole, UtcMillis};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use uuid::Uuid;

#[derive(Clone, Debug)]
pub struct NewStaff {
    pub staff: StaffId,
    /// Lower case; unique in the organisation.
    pub username: Phi<String>,
    pub name: Phi<String>,
    pub role: StaffRole,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffRecord {
    pub staff: StaffId,
    pub username: Phi<String>,
    pub name: Phi<String>,
    pub role: StaffRole,
    pub disabled: bool,
    /// Has a password and an authenticator.
    pub set_up: bool,
    pub created_at: UtcMillis,
}

impl Records {
    /// [`Error::Taken`] when the username is in use.
    pub async fn create_staff(&self, ctx: &Ctx, staff: &NewStaff) -> Result<(), Error> {
        let mut write = self.core().write().await?;
        let tenant = write.tenant(ctx.organisation).await?;
        let username = staff.username.expose().as_bytes();
        let (row, data_key) = tenant.new_row("staff", staff.staff.0.as_bytes())?;
        sqlx::query(
            "INSERT INTO staff
                 (organisation, staff, role, username_index, data_key, row_version, username,
                  name, disabled_at, created_at)
             VALUES (?, ?, ?, ?, ?, 1, ?, ?, NULL, ?)",
        )
        .bind(ctx.organisation.0)
        .bind(staff.staff.0)
        .bind(word(staff.role, What::Staff)?)
        .bind(tenant.blind_index("staff.username", username))
        .bind(data_key)
        .bind(row.seal("username", username)?)
        .bind(row.seal("name", staff.name.expose().as_bytes())?)
        .bind(ctx.now.0)
        .execute(write.db())
        .await
        .map_err(|error| Error::from(error).or_taken(What::Staff))?;
        let event = Event::done(Action::CreateStaff, Resource::staff(staff.staff));
        write.audit(ctx, &event).await?;
        write.commit().await
    }

    pub async fn staff(
        &self,
        organisation: OrganisationId,
        staff: StaffId,
    ) -> Result<Option<StaffRecord>, Error> {
        let mut read = self.core().read().await?;
        let tenant = self.core().tenant(&mut read, organisation).await?;
        let row = sqlx::query(
            "SELECT s.*, c.staff IS NOT NULL AS set_up
             FROM staff s LEFT JOIN staff_credential c USING (organisation, staff)
             WHERE s.organisation = ? AND s.staff = ?",
        )
        .bind(organisation.0)
        .bind(staff.0)
        .fetch_optional(&mut *read)
        .await?;
        row.as_ref().map(|row| record(&tenant, row)).transpose()
    }

    pub async fn staff_by_username(
        &self,
        organisation: OrganisationId,
        username: &Phi<String>,
    ) -> Result<Option<StaffRecord>, Error> {
        let mut read = self.core().read().await?;
        let tenant = self.core().tenant(&mut read, organisation).await?;
        let row = sqlx::query(
            "SELECT s.*, c.staff IS NOT NULL AS set_up
             FROM staff s LEFT JOIN staff_credential c USING (organisation, staff)
             WHERE s.organisation = ? AND s.username_index = ?",
        )
        .bind(organisation.0)
        .bind(tenant.blind_index("staff.username", username.expose().as_bytes()))
        .fetch_optional(&mut *read)
        .await?;
        row.as_ref().map(|row| record(&tenant, row)).transpose()
    }

    /// All of them, oldest first.
    pub async fn staff_list(
        &self,
        organisation: OrganisationId,
    ) -> Result<Vec<StaffRecord>, Error> {
        let mut read = self.core().read().await?;
        let tenant = self.core().tenant(&mut read, organisation).await?;
        let rows = sqlx::query(
            "SELECT s.*, c.staff IS NOT NULL AS set_up
             FROM staff s LEFT JOIN staff_credential c USING (organisation, staff)
             WHERE s.organisation = ? ORDER BY s.created_at, s.staff",
        )
        .bind(organisation.0)
        .fetch_all(&mut *read)
        .await?;
        rows.iter().map(|row| record(&tenant, row)).collect()
    }

    /// Disabling also ends the account's web sessions, set-up link and sign-in link.
    pub async fn disable_staff(&self, ctx: &Ctx, staff: StaffId) -> Result<(), Error> {
        let mut write = self.core().write().await?;
        let disabled = sqlx::query(
            "UPDATE staff SET disabled_at = coalesce(disabled_at, ?)
             WHERE organisation = ? AND staff = ?",
        )
        .bind(ctx.now.0)
        .bind(ctx.organisation.0)
        .bind(staff.0)
        .execute(write.db())
        .await?;
        if disabled.rows_affected() == 0 {
            return Err(Error::NotFound(What::Staff));
        }
        for end in [
            "DELETE FROM web_session WHERE organisation = ? AND staff = ?",
            "DELETE FROM set_up_link WHERE organisation = ? AND staff = ?",
            "DELETE FROM sign_in_link WHERE organisation = ? AND staff = ?",
        ] {
            sqlx::query(end)
                .bind(ctx.organisation.0)
                .bind(staff.0)
                .execute(write.db())
                .await?;
        }
        let event = Event::done(Action::DisableStaff, Resource::staff(staff));
        write.audit(ctx, &event).await?;
        write.commit().await
    }

    pub async fn enable_staff(&self, ctx: &Ctx, staff: StaffId) -> Result<(), Error> {
        let mut write = self.core().write().await?;
        let enabled =
            sqlx::query("UPDATE staff SET disabled_at = NULL WHERE organisation = ? AND staff = ?")
                .bind(ctx.organisation.0)
                .bind(staff.0)
                .execute(write.db())
                .await?;
        if enabled.rows_affected() == 0 {
            return Err(Error::NotFound(What::Staff));
        }
        let event = Event::done(Action::EnableStaff, Resource::staff(staff));
        write.audit(ctx, &event).await?;
        write.commit().await
    }
}

/// A row of `staff` with `set_up`.
pub(super) fn record(tenant: &Tenant, row: &SqliteRow) -> Result<StaffRecord, Error> {
    let staff: Uuid = row.try_get("staff")?;
    let version: i64 = row.try_get("row_version")?;
    let sealed = tenant
        .row("staff", staff.as_bytes(), row.try_get("data_key")?)?
        .at_version(version.unsigned_abs());
    Ok(StaffRecord {
        staff: StaffId(staff),
        username: Phi::new(sealed.open_text("username", row.try_get("username")?)?),
        name: Phi::new(sealed.open_text("name", row.try_get("name")?)?),
        role: from_word(row.try_get("role")?, What::Staff)?,
        disabled: row.try_get::<Option<i64>, _>("disabled_at")?.is_some(),
        set_up: row.try_get("set_up")?,
        created_at: UtcMillis(row.try_get("created_at")?),
    })
}

/// The name in a row that has a staff member's `data_key`, `row_version` and `name`.
pub(crate) fn name(tenant: &Tenant, row: &SqliteRow, staff: Uuid) -> Result<Phi<String>, Error> {
    let version: i64 = row.try_get("row_version")?;
    let sealed = tenant
        .row("staff", staff.as_bytes(), row.try_get("data_key")?)?
        .at_version(version.unsigned_abs());
    Ok(Phi::new(sealed.open_text("name", row.try_get("name")?)?))
}
