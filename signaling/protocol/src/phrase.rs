//! All that can be said before admission: fixed phrases, so that a link holder cannot write to a
//! clinician.

use serde::{Deserialize, Serialize};

/// Said by a waiting guest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
#[serde(rename_all = "snake_case")]
pub enum Phrase {
    IAmHere,
    NeedAMinute,
    CannotHear,
    CannotSee,
    NeedInterpreter,
    PleaseCallMe,
}
