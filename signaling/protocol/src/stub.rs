//! The note stub: what the session itself knows, each value with the facts it came from.
//!
//! A stub never invents, rounds up, copies forward or fills a clinical section. In a class each
//! client has a stub of their own, in which no other client is named.

use crate::{
    AttestationPart, IdentityMethod, NoteTemplate, ParticipantId, PersonId, Phi, PlaceKind, Role,
    SessionId, SessionKind, UtcMillis,
};
use serde::{Deserialize, Serialize};

/// The record of one client's part in one session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct NoteStub {
    pub session: SessionId,
    pub participant: ParticipantId,
    pub person: PersonId,
    pub name: Phi<String>,
    pub kind: SessionKind,
    pub template: NoteTemplate,
    /// As booked.
    pub scheduled: Span,
    /// IANA name of the time zone the clinic books in.
    pub time_zone: String,
    /// From the first admission to when the last person was there.
    pub actual: Option<Traced<Span>>,
    /// Name of the host clinician, and when they were there.
    pub clinician: Phi<String>,
    pub clinician_here: Vec<Interval>,
    /// When this client waited, was here, and was here together with the clinician.
    pub waited: Vec<Interval>,
    pub here: Vec<Interval>,
    pub together: Vec<Interval>,
    /// Whole seconds of `together`, cut off, never rounded up.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub together_seconds: i64,
    pub interruptions: Vec<Interruption>,
    pub modality: Modality,
    pub attested: AttestedStub,
    /// Other roles that were present, when the kind of session lets them be named; in a class only
    /// staff and interpreters.
    pub others: Vec<OtherPresent>,
    /// How many clients and caregivers were admitted.
    pub number_present: u32,
    pub flags: Vec<Traced<StubFlag>>,
    /// Present and empty; the clinician's.
    pub sections: Vec<Section>,
}

/// A stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct Span {
    pub from: UtcMillis,
    pub to: UtcMillis,
}

/// A value and the sequence numbers of the facts behind it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct Traced<T> {
    pub value: T,
    #[cfg_attr(feature = "typescript", ts(type = "Array<number>"))]
    pub facts: Vec<u64>,
}

/// A stretch of time between two facts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct Interval {
    pub from: UtcMillis,
    pub to: UtcMillis,
    #[cfg_attr(feature = "typescript", ts(type = "Array<number>"))]
    pub facts: Vec<u64>,
}

/// A stretch within a person's attendance in which they were gone without leaving.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct Interruption {
    pub from: UtcMillis,
    pub to: UtcMillis,
    pub cause: Cause,
    #[cfg_attr(feature = "typescript", ts(type = "Array<number>"))]
    pub facts: Vec<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The client's connection was lost or the page reloaded.
    ClientConnection,
    /// The clinician's.
    ClinicianConnection,
    /// The server restarted.
    Server,
}

/// Seconds of `together` by what the client sent. Each is cut off by itself, so that their sum can
/// be up to two less than `together_seconds`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct Modality {
    /// The client's camera was on.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub video_seconds: i64,
    /// The client's microphone was on and the camera off.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub audio_only_seconds: i64,
    /// Neither was on.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub neither_seconds: i64,
    #[cfg_attr(feature = "typescript", ts(type = "Array<number>"))]
    pub facts: Vec<u64>,
}

/// What the client attested, without the street address and the numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct AttestedStub {
    /// USPS code of the state.
    pub state: Option<Traced<String>>,
    pub place: Option<Traced<PlaceKind>>,
    /// Version of the consent text.
    pub consent: Option<Traced<String>>,
    pub emergency_contact_given: Option<Traced<bool>>,
    pub identity: Option<Traced<IdentityMethod>>,
    /// When the last of them was stated.
    pub stated_at: Option<UtcMillis>,
}

/// Someone else who was there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct OtherPresent {
    pub role: Role,
    pub name: Phi<String>,
    pub here: Vec<Interval>,
}

/// Something the clinician should know of the record itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
#[serde(tag = "flag", rename_all = "snake_case")]
pub enum StubFlag {
    /// Admitted although these parts were missing.
    AttestationOverridden { missing: Vec<AttestationPart> },
    /// A fact could not be written when it happened and carries a later time of writing.
    RecordedLate,
    /// The server restarted during the session.
    ServerRestarted,
    /// Caregivers came for a client who had no device of their own in the session: what is
    /// measured and attested in this stub is theirs.
    CaregiversMeasured,
    /// The client knocked after the scheduled start.
    CameLate {
        /// Cut off, never rounded up.
        #[cfg_attr(feature = "typescript", ts(type = "number"))]
        seconds: i64,
    },
}

/// One section of the note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct Section {
    /// One of [`NoteTemplate::sections`].
    pub key: String,
    pub text: Phi<String>,
}
