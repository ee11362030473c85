//! Booked sessions and their seats.

use crate::facts::insert_facts;
use crate::tenant::Tenant;
use crate::words::{from_word, to_column, word};
use crate::{
    Action, Ctx, Error, Event, FactRow, LinkRecord, Records, Resource, What, people, staff,
};
use quietroom_protocol::{
    LinkId, NoteId, NoteTemplate, Opaque, OrganisationId, ParticipantId, PersonId, Phi, Role,
    SessionId, SessionKind, SessionState, StaffId, UtcMillis,
};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};
use uuid::Uuid;

/// A session to book.
#[derive(Clone, Debug)]
pub struct NewSession {
    pub session: SessionId,
    pub kind: SessionKind,
    pub template: NoteTemplate,
    pub starts_at: UtcMillis,
    pub ends_at: UtcMillis,
    /// The host, whose day and notes these are.
    pub clinician: StaffId,
    /// The host's seat first, then the guests as booked.
    pub seats: Vec<Seat>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seat {
    pub participant: ParticipantId,
    pub holder: Holder,
    pub role: Role,
}

/// Whose seat it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    Staff(StaffId),
    Person(PersonId),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRecord {
    pub session: SessionId,
    pub kind: SessionKind,
    pub template: NoteTemplate,
    pub starts_at: UtcMillis,
    pub ends_at: UtcMillis,
    pub state: SessionState,
    pub clinician: StaffId,
    /// In the order in which they were booked.
    pub seats: Vec<SeatRecord>,
    /// Its notes, once it has ended.
    pub notes: Vec<NoteId>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeatRecord {
    pub participant: ParticipantId,
    pub holder: Holder,
    /// Name the clinic knows them by.
    pub name: Phi<String>,
    pub role: Role,
    /// The newest link, also when it has expired.
    pub link: Option<LinkRecord>,
}

impl Records {
    /// Books a session with its first facts (sequence 1 on, epoch 0). [`Error::NotFound`] when the
    /// clinician or the holder of a seat does not exist.
    pub async fn create_session(
        &self,
        ctx: &Ctx,
        session: &NewSession,
        facts: &[FactRow],
    ) -> Result<(), Error> {
        let mut write = self.core().write().await?;
        let tenant = write.tenant(ctx.organisation).await?;
        let (row, data_key) = tenant.new_row("session", session.session.0.as_bytes())?;
        sqlx::query(
            "INSERT INTO session
                 (organisation, session, kind, template, starts_at, ends_at, state, clinician,
                  epoch, next_seq, data_key, created_at)
             VALUES (?, ?, ?, ?, ?, ?, 'scheduled', ?, 0, ?, ?, ?)",
        )
        .bind(ctx.organisation.0)
        .bind(session.session.0)
        .bind(word(session.kind, What::Session)?)
        .bind(word(session.template, What::Session)?)
        .bind(session.starts_at.0)
        .bind(session.ends_at.0)
        .bind(session.clinician.0)
        .bind(to_column(1 + facts.len() as u64, What::Fact)?)
        .bind(data_key)
        .bind(ctx.now.0)
        .execute(write.db())
        .await
        .map_err(|error| {
            Error::from(error)
                .or_taken(What::Session)
                .or_not_found(What::Staff)
        })?;
        for (position, seat) in session.seats.iter().enumerate() {
            let (staff, person) = match seat.holder {
                Holder::Staff(staff) => (Some(staff.0), None),
                Holder::Person(person) => (None, Some(person.0)),
            };
            sqlx::query(
                "INSERT INTO seat
                     (organisation, session, participant, position, staff, person, role)
                 VALUES (?, ?, ?, ?, ?, ?, ?)",
            )
            .bind(ctx.organisation.0)
            .bind(session.session.0)
            .bind(seat.participant.0)
            .bind(to_column(position as u64, What::Seat)?)
            .bind(staff)
            .bind(person)
            .bind(word(seat.role, What::Seat)?)
            .execute(write.db())
            .await
            .map_err(|error| {
                Error::from(error)
                    .or_taken(What::Seat)
                    .or_not_found(What::Person)
            })?;
        }
        insert_facts(write.db(), &row, ctx, session.session, 0, 1, facts).await?;
        let event = Event::done(Action::CreateSession, Resource::session(session.session));
        write.audit(ctx, &event).await?;
        write.commit().await
    }

    /// Audited.
    pub async fn session(
        &self,
        ctx: &Ctx,
        session: SessionId,
    ) -> Result<Option<SessionRecord>, Error> {
        let event = Event::done(Action::ReadSession, Resource::session(session));
        self.audit(ctx, event).await?;
        let mut read = self.core().read().await?;
        let tenant = self.core().tenant(&mut read, ctx.organisation).await?;
        let row = sqlx::query("SELECT * FROM session WHERE organisation = ? AND session = ?")
            .bind(ctx.organisation.0)
            .bind(session.0)
            .fetch_optional(&mut *read)
            .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        Ok(Some(record(&mut read, &tenant, &row).await?))
    }

    /// The clinician's sessions that start in `[from, to)`, in order. Audited.
    pub async fn sessions_of(
        &self,
        ctx: &Ctx,
        clinician: StaffId,
        from: UtcMillis,
        to: UtcMillis,
    ) -> Result<Vec<SessionRecord>, Error> {
        let event = Event::done(Action::ReadDay, Resource::staff(clinician));
        self.audit(ctx, event).await?;
        let mut read = self.core().read().await?;
        let tenant = self.core().tenant(&mut read, ctx.organisation).await?;
        let rows = sqlx::query(
            "SELECT * FROM session
             WHERE organisation = ? AND clinician = ? AND starts_at >= ? AND starts_at < ?
             ORDER BY starts_at, session",
        )
        .bind(ctx.organisation.0)
        .bind(clinician.0)
        .bind(from.0)
        .bind(to.0)
        .fetch_all(&mut *read)
        .await?;
        let mut sessions = Vec::with_capacity(rows.len());
        for row in rows {
            sessions.push(record(&mut read, &tenant, &row).await?);
        }
        Ok(sessions)
    }

    /// Whose session it is, for authorization. Not health information, not audited.
    pub async fn clinician_of(
        &self,
        organisation: OrganisationId,
        session: SessionId,
    ) -> Result<Option<StaffId>, Error> {
        let mut read = self.core().read().await?;
        let clinician: Option<Uuid> = sqlx::query_scalar(
            "SELECT clinician FROM session WHERE organisation = ? AND session = ?",
        )
        .bind(organisation.0)
        .bind(session.0)
        .fetch_optional(&mut *read)
        .await?;
        Ok(clinician.map(StaffId))
    }

    /// Sessions that a restart has to take up again: those that are open or live, and those still
    /// scheduled in which more is recorded than the booking, for someone may wait at the door.
    pub async fn open_sessions(
        &self,
        organisation: OrganisationId,
    ) -> Result<Vec<SessionId>, Error> {
        let mut read = self.core().read().await?;
        let open: Vec<Uuid> = sqlx::query_scalar(
            "SELECT session FROM session
             WHERE organisation = ?
               AND (state IN ('open', 'live') OR (state = 'scheduled' AND next_seq > 2))
             ORDER BY starts_at, session",
        )
        .bind(organisation.0)
        .fetch_all(&mut *read)
        .await?;
        Ok(open.into_iter().map(SessionId).collect())
    }
}

/// A row of `session` with its seats and notes.
async fn record(
    db: &mut SqliteConnection,
    tenant: &Tenant,
    row: &SqliteRow,
) -> Result<SessionRecord, Error> {
    let organisation: Uuid = row.try_get("organisation")?;
    let session: Uuid = row.try_get("session")?;
    let seats = sqlx::query(
        "SELECT t.participant, t.staff, t.person, t.role,
                coalesce(s.data_key, p.data_key) AS data_key,
                coalesce(s.row_version, p.row_version) AS row_version,
                coalesce(s.name, p.name) AS name,
                l.link, l.expires_at, l.redeemed_at, l.sealed
         FROM seat t
         LEFT JOIN staff s ON s.organisation = t.organisation AND s.staff = t.staff
         LEFT JOIN person p ON p.organisation = t.organisation AND p.person = t.person
         LEFT JOIN link l ON l.organisation = t.organisation AND l.session = t.session
             AND l.participant = t.participant AND l.replaced_at IS NULL
         WHERE t.organisation = ? AND t.session = ? ORDER BY t.position",
    )
    .bind(organisation)
    .bind(session)
    .fetch_all(&mut *db)
    .await?;
    let notes: Vec<Uuid> = sqlx::query_scalar(
        "SELECT n.note FROM note n JOIN seat t USING (organisation, session, participant)
         WHERE n.organisation = ? AND n.session = ? ORDER BY t.position",
    )
    .bind(organisation)
    .bind(session)
    .fetch_all(&mut *db)
    .await?;
    Ok(SessionRecord {
        session: SessionId(session),
        kind: from_word(row.try_get("kind")?, What::Session)?,
        template: from_word(row.try_get("template")?, What::Session)?,
        starts_at: UtcMillis(row.try_get("starts_at")?),
        ends_at: UtcMillis(row.try_get("ends_at")?),
        state: from_word(row.try_get("state")?, What::Session)?,
        clinician: StaffId(row.try_get("clinician")?),
        seats: seats
            .iter()
            .map(|row| seat(tenant, row))
            .collect::<Result<_, _>>()?,
        notes: notes.into_iter().map(NoteId).collect(),
    })
}

fn seat(tenant: &Tenant, row: &SqliteRow) -> Result<SeatRecord, Error> {
    let (holder, name) = match (row.try_get("staff")?, row.try_get("person")?) {
        (Some(id), None) => (Holder::Staff(StaffId(id)), staff::name(tenant, row, id)?),
        (None, Some(id)) => (Holder::Person(PersonId(id)), people::name(tenant, row, id)?),
        _ => return Err(Error::Unreadable(What::Seat)),
    };
    let link = match row.try_get("link")? {
        Some(link) => Some(LinkRecord {
            link: LinkId(link),
            expires_at: UtcMillis(row.try_get("expires_at")?),
            redeemed: row.try_get::<Option<i64>, _>("redeemed_at")?.is_some(),
            sealed: row
                .try_get::<Option<Vec<u8>>, _>("sealed")?
                .map(Opaque::new),
        }),
        None => None,
    };
    Ok(SeatRecord {
        participant: ParticipantId(row.try_get("participant")?),
        holder,
        name,
        role: from_word(row.try_get("role")?, What::Seat)?,
        link,
    })
}
