//! Organisations: the clinics of the store.

use crate::{Action, Ctx, Error, Event, Records, Resource, What};
use quietroom_protocol::{OrganisationId, UtcMillis};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organisation {
    pub organisation: OrganisationId,
    pub name: String,
    /// IANA name.
    pub time_zone: String,
    pub demo: bool,
    pub created_at: UtcMillis,
}

impl Records {
    /// Makes the organisation of `ctx` and its keys. It is a demonstration when the store is one.
    pub async fn create_organisation(
        &self,
        ctx: &Ctx,
        name: &str,
        time_zone: &str,
    ) -> Result<(), Error> {
        let mut write = self.core().write().await?;
        sqlx::query(
            "INSERT INTO organisation (organisation, name, time_zone, demo, created_at)
             SELECT ?, ?, ?, demo, ? FROM store",
        )
        .bind(ctx.organisation.0)
        .bind(name)
        .bind(time_zone)
        .bind(ctx.now.0)
        .execute(write.db())
        .await
        .map_err(|error| Error::from(error).or_taken(What::Organisation))?;
        write.create_tenant(ctx).await?;
        let created = Event::done(
            Action::CreateOrganisation,
            Resource::organisation(ctx.organisation),
        );
        write.audit_first(ctx, &created).await?;
        write.commit().await
    }

    pub async fn organisation(
        &self,
        organisation: OrganisationId,
    ) -> Result<Option<Organisation>, Error> {
        let mut read = self.core().read().await?;
        let row = sqlx::query("SELECT * FROM organisation WHERE organisation = ?")
            .bind(organisation.0)
            .fetch_optional(&mut *read)
            .await?;
        row.as_ref().map(record).transpose()
    }

    /// All of them, oldest first.
    pub async fn organisations(&self) -> Result<Vec<Organisation>, Error> {
        let mut read = self.core().read().await?;
        let rows = sqlx::query("SELECT * FROM organisation ORDER BY created_at, organisation")
            .fetch_all(&mut *read)
            .await?;
        rows.iter().map(record).collect()
    }
}

fn record(row: &SqliteRow) -> Result<Organisation, Error> {
    Ok(Organisation {
        organisation: OrganisationId(row.try_get("organisation")?),
        name: row.try_get("name")?,
        time_zone: row.try_get("time_zone")?,
        demo: row.try_get("demo")?,
        created_at: UtcMillis(row.try_get("created_at")?),
    })
}
