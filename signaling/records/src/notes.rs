//! Notes: the stub, which never changes, and the clinician's sections.

use crate::{Ctx, Error, Records};
use quietroom_protocol::{
    NoteId, NoteStub, NoteTemplate, OrganisationId, ParticipantId, Phi, Section, SessionId,
    SessionKind, StaffId, UtcMillis,
};

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
        todo!()
    }

    /// Audited.
    pub async fn note(&self, ctx: &Ctx, note: NoteId) -> Result<Option<NoteRecord>, Error> {
        todo!()
    }

    /// Whose note it is and which template it has, for authorization and validation. Not audited.
    pub async fn note_owner(
        &self,
        organisation: OrganisationId,
        note: NoteId,
    ) -> Result<Option<(StaffId, NoteTemplate)>, Error> {
        todo!()
    }

    /// Replaces the sections when `version` is the stored one.
    pub async fn save_note(
        &self,
        ctx: &Ctx,
        note: NoteId,
        version: u32,
        sections: &[Section],
    ) -> Result<SaveOutcome, Error> {
        todo!()
    }
}
