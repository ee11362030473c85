//! Notes: the stub's facts and the clinician's words.

use crate::{NoteId, NoteStub, NoteTemplate, Phi, Section, SessionId, SessionKind, UtcMillis};
use serde::{Deserialize, Serialize};

/// `GET /api/v1/notes`: own notes, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct NoteSummary {
    pub note: NoteId,
    pub session: SessionId,
    pub name: Phi<String>,
    pub kind: SessionKind,
    pub template: NoteTemplate,
    pub starts_at: UtcMillis,
    /// Sections with no text yet.
    pub empty_sections: u32,
}

/// `GET /api/v1/notes/{note}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct NoteView {
    pub note: NoteId,
    pub stub: NoteStub,
    pub sections: Vec<Section>,
    /// Rises with every save.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub version: u32,
    pub saved_at: Option<UtcMillis>,
    /// Made by a demonstration.
    pub demo: bool,
}

/// `PUT /api/v1/notes/{note}`: refused with `Conflict` when `version` is not the stored one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct SaveNote {
    pub version: u32,
    /// Exactly the sections of the template; each at most 20,000 characters.
    pub sections: Vec<Section>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct Saved {
    pub version: u32,
    pub saved_at: UtcMillis,
}
