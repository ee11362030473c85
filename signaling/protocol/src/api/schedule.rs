//! The clinician's day, people, sessions and links.

use crate::{
    LinkId, NoteId, NoteTemplate, Opaque, ParticipantId, PersonId, Phi, Role, SessionId,
    SessionKind, SessionState, UtcMillis,
};
use serde::{Deserialize, Serialize};

/// `GET /api/v1/day?from=<ms>&to=<ms>`: own sessions that start in `[from, to)`, in order, and all
/// own notes to finish.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct Day {
    pub sessions: Vec<SessionSummary>,
    pub notes: Vec<crate::api::NoteSummary>,
    pub now: UtcMillis,
}

/// Also `GET /api/v1/sessions/{session}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct SessionSummary {
    pub session: SessionId,
    pub kind: SessionKind,
    pub state: SessionState,
    pub template: NoteTemplate,
    pub starts_at: UtcMillis,
    pub ends_at: UtcMillis,
    /// Guests, in the order in which they were booked.
    pub people: Vec<Booked>,
    /// Knocking now.
    pub waiting: Vec<crate::Knock>,
    pub present: u32,
    /// Its notes, once it has ended.
    pub notes: Vec<NoteId>,
}

/// A guest's seat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct Booked {
    pub participant: ParticipantId,
    pub person: PersonId,
    pub name: Phi<String>,
    pub role: Role,
    pub link: Option<Link>,
}

/// What the server knows of a link: not the link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct Link {
    pub link: LinkId,
    pub expires_at: UtcMillis,
    pub redeemed: bool,
    /// As given with [`CreateLink`]; only for the clinician whose session it is.
    pub sealed: Option<Opaque>,
}

/// `GET /api/v1/people` and the answer of `POST /api/v1/people`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct Person {
    pub person: PersonId,
    pub name: Phi<String>,
}

/// `POST /api/v1/people`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct CreatePerson {
    /// 1 to 100 characters.
    pub name: Phi<String>,
}

/// `POST /api/v1/sessions`: answered by [`SessionSummary`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct CreateSession {
    pub kind: SessionKind,
    pub template: NoteTemplate,
    pub starts_at: UtcMillis,
    /// 5 minutes to 8 hours after the start.
    pub ends_at: UtcMillis,
    /// 1 to 30 guests, each person once.
    pub people: Vec<BookedPerson>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct BookedPerson {
    pub person: PersonId,
    /// Any but clinician.
    pub role: Role,
}

/// `POST /api/v1/sessions/{session}/reschedule`: answered by [`SessionSummary`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct Reschedule {
    pub starts_at: UtcMillis,
    pub ends_at: UtcMillis,
}

/// `POST /api/v1/sessions/{session}/links`: answered by [`Link`]. An older link of the seat ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct CreateLink {
    pub participant: ParticipantId,
    /// SHA-256 of the token, base64url.
    pub token_hash: String,
    /// What the clinician's other browsers need of the link, sealed by the clinician; at most
    /// 1 KiB.
    pub sealed: Opaque,
}
