//! Notes: the stub, which never changes, and the clinician's sections.

use crate::seal::SealedRow;
use crate::tenant::Tenant;
use crate::words::{from_column, from_word, to_column};
use crate::{Action, Ctx, Error, Event, NewNote, Records, Resource, What};
use quietroom_protocol::{
    NoteId, NoteStub, NoteTemplate, OrganisationId, ParticipantId, Phi, Section, SessionId,
    SessionKind, StaffId, UtcMillis,
};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteListing {
    pub note: NoteId,
    pub session: SessionId,
    pub participant: ParticipantId,
    pub name: Phi<String>,
    pub kind: SessionKind,
    pub template: NoteTemplate,
    pub starts_at: UtcMillis,
    /// Sections with no text yet.
    pub empty_sections: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteRecord {
    pub note: NoteId,
    pub clinician: StaffId,
    pub stub: NoteStub,
    pub sections: Vec<Section>,
    /// 0 until the first save.
    pub version: u32,
    pub saved_at: Option<UtcMillis>,
    pub created_at: UtcMillis,
}

/// What became of a save.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaveOutcome {
    Saved {
        version: u32,
    },
    /// Someone saved in between; nothing was changed.
    Conflict {
        version: u32,
    },
}

impl Records {
    /// The clinician's notes, newest session first. Audited.
    pub async fn notes_of(&self, ctx: &Ctx, clinician: StaffId) -> Result<Vec<NoteListing>, Error> {
        let event = Event::done(Action::ReadNotes, Resource::staff(clinician));
        self.audit(ctx, event).await?;
        let mut read = self.core().read().await?;
        let tenant = self.core().tenant(&mut read, ctx.organisation).await?;
        let rows = sqlx::query(
            "SELECT n.*, x.empty_sections, s.kind, s.template, s.starts_at
             FROM note n
             JOIN note_text x USING (organisation, note)
             JOIN session s USING (organisation, session)
             WHERE n.organisation = ? AND n.clinician = ? AND n.data_key IS NOT NULL
             ORDER BY s.starts_at DESC, n.session, n.note",
        )
        .bind(ctx.organisation.0)
        .bind(clinician.0)
        .fetch_all(&mut *read)
        .await?;
        rows.iter().map(|row| listing(&tenant, row)).collect()
    }

    /// Audited.
    pub async fn note(&self, ctx: &Ctx, note: NoteId) -> Result<Option<NoteRecord>, Error> {
        let event = Event::done(Action::ReadNote, Resource::note(note));
        self.audit(ctx, event).await?;
        let mut read = self.core().read().await?;
        let tenant = self.core().tenant(&mut read, ctx.organisation).await?;
        let row = sqlx::query(
            "SELECT n.*, x.version, x.sections, x.saved_at
             FROM note n JOIN note_text x USING (organisation, note)
             WHERE n.organisation = ? AND n.note = ?",
        )
        .bind(ctx.organisation.0)
        .bind(note.0)
        .fetch_optional(&mut *read)
        .await?;
        row.as_ref().map(|row| record(&tenant, row)).transpose()
    }

    /// Whose note it is and which template it has, for authorization and validation. Not audited.
    pub async fn note_owner(
        &self,
        organisation: OrganisationId,
        note: NoteId,
    ) -> Result<Option<(StaffId, NoteTemplate)>, Error> {
        let mut read = self.core().read().await?;
        let row = sqlx::query(
            "SELECT n.clinician, s.template
             FROM note n JOIN session s USING (organisation, session)
             WHERE n.organisation = ? AND n.note = ?",
        )
        .bind(organisation.0)
        .bind(note.0)
        .fetch_optional(&mut *read)
        .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        let template = from_word(row.try_get("template")?, What::Session)?;
        Ok(Some((StaffId(row.try_get("clinician")?), template)))
    }

    /// Replaces the sections when `version` is the stored one.
    pub async fn save_note(
        &self,
        ctx: &Ctx,
        note: NoteId,
        version: u32,
        sections: &[Section],
    ) -> Result<SaveOutcome, Error> {
        let mut write = self.core().write().await?;
        let tenant = write.tenant(ctx.organisation).await?;
        let row = sqlx::query(
            "SELECT n.data_key, x.version
             FROM note n JOIN note_text x USING (organisation, note)
             WHERE n.organisation = ? AND n.note = ?",
        )
        .bind(ctx.organisation.0)
        .bind(note.0)
        .fetch_optional(write.db())
        .await?
        .ok_or(Error::NotFound(What::Note))?;
        let stored: u32 = from_column(row.try_get("version")?, What::Note)?;
        if stored != version {
            return Ok(SaveOutcome::Conflict { version: stored });
        }
        let sealed = tenant.row("note", note.0.as_bytes(), row.try_get("data_key")?)?;
        let version = version
            .checked_add(1)
            .ok_or(Error::Unreadable(What::Note))?;
        sqlx::query(
            "UPDATE note_text SET version = ?, sections = ?, empty_sections = ?, saved_at = ?
             WHERE organisation = ? AND note = ?",
        )
        .bind(version)
        .bind(seal_sections(&sealed, note, version, sections)?)
        .bind(to_column(empty(sections), What::Note)?)
        .bind(ctx.now.0)
        .bind(ctx.organisation.0)
        .bind(note.0)
        .execute(write.db())
        .await?;
        let event = Event::done(Action::SaveNote, Resource::note(note));
        write.audit(ctx, &event).await?;
        write.commit().await?;
        Ok(SaveOutcome::Saved { version })
    }
}

/// Writes a note's stub and its empty sections.
pub(crate) async fn insert(
    db: &mut SqliteConnection,
    tenant: &Tenant,
    ctx: &Ctx,
    session: SessionId,
    note: &NewNote,
) -> Result<(), Error> {
    let stub = serde_json::to_vec(&note.stub).map_err(|_| Error::Unreadable(What::Note))?;
    let (row, data_key) = tenant.new_row("note", note.note.0.as_bytes())?;
    let written = sqlx::query(
        "INSERT INTO note
             (organisation, note, session, participant, clinician, data_key, row_version, stub,
              created_at)
         SELECT organisation, ?, session, ?, clinician, ?, 1, ?, ? FROM session
         WHERE organisation = ? AND session = ?",
    )
    .bind(note.note.0)
    .bind(note.stub.participant.0)
    .bind(data_key)
    .bind(row.seal("stub", &stub)?)
    .bind(ctx.now.0)
    .bind(ctx.organisation.0)
    .bind(session.0)
    .execute(&mut *db)
    .await
    .map_err(|error| {
        Error::from(error)
            .or_taken(What::Note)
            .or_not_found(What::Seat)
    })?;
    if written.rows_affected() == 0 {
        return Err(Error::NotFound(What::Session));
    }
    sqlx::query(
        "INSERT INTO note_text (organisation, note, version, sections, empty_sections, saved_at)
         VALUES (?, ?, 0, ?, ?, NULL)",
    )
    .bind(ctx.organisation.0)
    .bind(note.note.0)
    .bind(seal_sections(&row, note.note, 0, &note.stub.sections)?)
    .bind(to_column(empty(&note.stub.sections), What::Note)?)
    .execute(db)
    .await?;
    Ok(())
}

/// The notes of a session, in the order of its seats.
pub(crate) async fn of_session(
    db: &mut SqliteConnection,
    organisation: OrganisationId,
    session: SessionId,
) -> Result<Vec<(ParticipantId, NoteId)>, Error> {
    let rows: Vec<(Uuid, Uuid)> = sqlx::query_as(
        "SELECT n.participant, n.note
         FROM note n JOIN seat t USING (organisation, session, participant)
         WHERE n.organisation = ? AND n.session = ? ORDER BY t.position",
    )
    .bind(organisation.0)
    .bind(session.0)
    .fetch_all(db)
    .await?;
    let typed = |(participant, note)| (ParticipantId(participant), NoteId(note));
    Ok(rows.into_iter().map(typed).collect())
}

fn listing(tenant: &Tenant, row: &SqliteRow) -> Result<NoteListing, Error> {
    let note = NoteId(row.try_get("note")?);
    let stub = stub(&sealed_note(tenant, row, note)?, row)?;
    Ok(NoteListing {
        note,
        session: SessionId(row.try_get("session")?),
        participant: ParticipantId(row.try_get("participant")?),
        name: stub.name,
        kind: from_word(row.try_get("kind")?, What::Session)?,
        template: from_word(row.try_get("template")?, What::Session)?,
        starts_at: UtcMillis(row.try_get("starts_at")?),
        empty_sections: from_column(row.try_get("empty_sections")?, What::Note)?,
    })
}

fn record(tenant: &Tenant, row: &SqliteRow) -> Result<NoteRecord, Error> {
    let note = NoteId(row.try_get("note")?);
    let sealed = sealed_note(tenant, row, note)?;
    let version: u32 = from_column(row.try_get("version")?, What::Note)?;
    let sections =
        sealed_text(&sealed, note, version).open("sections", row.try_get("sections")?)?;
    Ok(NoteRecord {
        note,
        clinician: StaffId(row.try_get("clinician")?),
        stub: stub(&sealed, row)?,
        sections: serde_json::from_slice(&sections).map_err(|_| Error::Unreadable(What::Note))?,
        version,
        saved_at: row.try_get::<Option<i64>, _>("saved_at")?.map(UtcMillis),
        created_at: UtcMillis(row.try_get("created_at")?),
    })
}

fn sealed_note(tenant: &Tenant, row: &SqliteRow, note: NoteId) -> Result<SealedRow, Error> {
    tenant.row("note", note.0.as_bytes(), row.try_get("data_key")?)
}

/// The sections are sealed under the note's key, at their own version.
fn sealed_text(note_row: &SealedRow, note: NoteId, version: u32) -> SealedRow {
    note_row.dependent("note_text", note.0.as_bytes(), u64::from(version))
}

fn stub(sealed: &SealedRow, row: &SqliteRow) -> Result<NoteStub, Error> {
    let stub = sealed.open("stub", row.try_get("stub")?)?;
    serde_json::from_slice(&stub).map_err(|_| Error::Unreadable(What::Note))
}

fn seal_sections(
    note_row: &SealedRow,
    note: NoteId,
    version: u32,
    sections: &[Section],
) -> Result<Vec<u8>, Error> {
    let plain = serde_json::to_vec(sections).map_err(|_| Error::Unreadable(What::Note))?;
    Ok(sealed_text(note_row, note, version).seal("sections", &plain)?)
}

fn empty(sections: &[Section]) -> u64 {
    let blank = |section: &&Section| section.text.expose().trim().is_empty();
    sections.iter().filter(blank).count() as u64
}
