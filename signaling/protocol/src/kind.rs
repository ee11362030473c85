//! Kinds of session, their note templates, and where a session stands.

use serde::{Deserialize, Serialize};

/// What a session is for. A kind sets defaults only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
#[serde(rename_all = "snake_case")]
pub enum SessionKind {
    Individual,
    Family,
    GroupClass,
    CaregiverCoaching,
    Supervision,
}

/// The sections of a progress note, by their common names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
#[serde(rename_all = "snake_case")]
pub enum NoteTemplate {
    /// Data, assessment, plan.
    Dap,
    /// Subjective, objective, assessment, plan.
    Soap,
    /// Behavior, intervention, response, plan.
    Birp,
    /// Goal, intervention, response, plan.
    Girp,
    /// One per client of a class: participation, response, progress.
    Group,
    /// Procedures taught, performance, plan.
    Coaching,
    /// Feedback, competencies.
    Supervision,
}

impl NoteTemplate {
    pub const ALL: [Self; 7] = [
        Self::Dap,
        Self::Soap,
        Self::Birp,
        Self::Girp,
        Self::Group,
        Self::Coaching,
        Self::Supervision,
    ];

    /// Its name on the wire.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Dap => "dap",
            Self::Soap => "soap",
            Self::Birp => "birp",
            Self::Girp => "girp",
            Self::Group => "group",
            Self::Coaching => "coaching",
            Self::Supervision => "supervision",
        }
    }

    /// Keys of the sections the clinician writes, in order. They start empty.
    #[must_use]
    pub const fn sections(self) -> &'static [&'static str] {
        match self {
            Self::Dap => &["data", "assessment", "plan"],
            Self::Soap => &["subjective", "objective", "assessment", "plan"],
            Self::Birp => &["behavior", "intervention", "response", "plan"],
            Self::Girp => &["goal", "intervention", "response", "plan"],
            Self::Group => &["participation", "response", "progress"],
            Self::Coaching => &["procedures", "performance", "plan"],
            Self::Supervision => &["feedback", "competencies"],
        }
    }
}

/// Where a session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
#[serde(rename_all = "snake_case")]
pub enum SessionState {
    Scheduled,
    /// Staff are there; nobody has been admitted yet.
    Open,
    Live,
    Ended,
    Cancelled,
    NoShow,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_the_name_on_the_wire() {
        for template in NoteTemplate::ALL {
            let wire = serde_json::to_value(template).unwrap();
            assert_eq!(wire, template.key());
        }
    }
}
