//! People the clinic sees.

use crate::tenant::Tenant;
use crate::{Action, Ctx, Error, Event, Records, Resource, What};
use quietroom_protocol::{PersonId, Phi, UtcMillis};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonRecord {
    pub person: PersonId,
    pub name: Phi<String>,
    pub created_at: UtcMillis,
}

impl Records {
    pub async fn create_person(
        &self,
        ctx: &Ctx,
        person: PersonId,
        name: &Phi<String>,
    ) -> Result<(), Error> {
        let mut write = self.core().write().await?;
        let tenant = write.tenant(ctx.organisation).await?;
        let (row, data_key) = tenant.new_row("person", person.0.as_bytes())?;
        sqlx::query(
            "INSERT INTO person (organisation, person, data_key, row_version, name, created_at)
             VALUES (?, ?, ?, 1, ?, ?)",
        )
        .bind(ctx.organisation.0)
        .bind(person.0)
        .bind(data_key)
        .bind(row.seal("name", name.expose().as_bytes())?)
        .bind(ctx.now.0)
        .execute(write.db())
        .await
        .map_err(|error| Error::from(error).or_taken(What::Person))?;
        let event = Event::done(Action::CreatePerson, Resource::person(person));
        write.audit(ctx, &event).await?;
        write.commit().await
    }

    /// All of them, by name. Audited.
    pub async fn people(&self, ctx: &Ctx) -> Result<Vec<PersonRecord>, Error> {
        self.audit(ctx, Event::done(Action::ReadPeople, Resource::CLINIC))
            .await?;
        let mut read = self.core().read().await?;
        let tenant = self.core().tenant(&mut read, ctx.organisation).await?;
        let rows = sqlx::query(
            "SELECT person, data_key, row_version, name, created_at FROM person
             WHERE organisation = ? AND data_key IS NOT NULL",
        )
        .bind(ctx.organisation.0)
        .fetch_all(&mut *read)
        .await?;
        let mut people = rows
            .iter()
            .map(|row| record(&tenant, row))
            .collect::<Result<Vec<_>, _>>()?;
        people.sort_by_cached_key(|person| (person.name.expose().to_lowercase(), person.person));
        Ok(people)
    }

    /// Audited.
    pub async fn person(&self, ctx: &Ctx, person: PersonId) -> Result<Option<PersonRecord>, Error> {
        let event = Event::done(Action::ReadPerson, Resource::person(person));
        self.audit(ctx, event).await?;
        let mut read = self.core().read().await?;
        let tenant = self.core().tenant(&mut read, ctx.organisation).await?;
        let row = sqlx::query(
            "SELECT person, data_key, row_version, name, created_at FROM person
             WHERE organisation = ? AND person = ?",
        )
        .bind(ctx.organisation.0)
        .bind(person.0)
        .fetch_optional(&mut *read)
        .await?;
        row.as_ref().map(|row| record(&tenant, row)).transpose()
    }
}

fn record(tenant: &Tenant, row: &SqliteRow) -> Result<PersonRecord, Error> {
    let person: Uuid = row.try_get("person")?;
    Ok(PersonRecord {
        person: PersonId(person),
        name: name(tenant, row, person)?,
        created_at: UtcMillis(row.try_get("created_at")?),
    })
}

/// The name in a row that has a person's `data_key`, `row_version` and `name`.
pub(crate) fn name(tenant: &Tenant, row: &SqliteRow, person: Uuid) -> Result<Phi<String>, Error> {
    let version: i64 = row.try_get("row_version")?;
    let sealed = tenant
        .row("person", person.as_bytes(), row.try_get("data_key")?)?
        .at_version(version.unsigned_abs());
    Ok(Phi::new(sealed.open_text("name", row.try_get("name")?)?))
}
