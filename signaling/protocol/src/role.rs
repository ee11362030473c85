//! Who someone is, inside a session and outside of it.

use serde::{Deserialize, Serialize};

/// A participant's role in one session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The host: admits, ends, writes the note.
    Clinician,
    CoFacilitator,
    Client,
    Caregiver,
    /// Always disclosed to everyone present.
    Observer,
    Interpreter,
}

impl Role {
    pub const ALL: [Self; 6] = [
        Self::Clinician,
        Self::CoFacilitator,
        Self::Client,
        Self::Caregiver,
        Self::Observer,
        Self::Interpreter,
    ];
}

/// What a member of staff may do in the clinic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
#[serde(rename_all = "snake_case")]
pub enum StaffRole {
    /// Own sessions and notes.
    Clinician,
    /// Staff accounts and operations; no charts.
    Administrator,
    /// The audit log, read only.
    Auditor,
}

impl StaffRole {
    pub const ALL: [Self; 3] = [Self::Clinician, Self::Administrator, Self::Auditor];
}
