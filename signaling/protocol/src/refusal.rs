//! Why something was refused, for a program to act on. Words for people are the client's.

use serde::{Deserialize, Serialize};

/// The answer to a refused message or HTTP request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct Refused {
    pub code: RefusalCode,
    /// A developer's sentence; names fields, never their contents.
    pub reason: String,
    /// Seconds after which trying again can help.
    pub retry_after: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
#[serde(rename_all = "snake_case")]
pub enum RefusalCode {
    /// Sign in first.
    NotSignedIn,
    /// Signed in, or in the session, but not allowed.
    NotAllowed,
    /// There is no such thing, or none the asker may know of.
    NotFound,
    /// The link has ended: expired, used up, or its session is over.
    LinkEnded,
    /// The link works later.
    TooEarly,
    /// Name, password or code is wrong.
    WrongCredentials,
    /// Too many tries.
    SlowDown,
    /// A field cannot be accepted.
    Invalid,
    /// Someone changed it meanwhile: read it again.
    Conflict,
    /// Not in this state of the session.
    NotNow,
    /// The group is in another epoch: catch up, then try again.
    StaleEpoch,
    /// Attestations are missing and the clinician has not overridden that.
    AttestationMissing,
    /// The session is full.
    Full,
    /// The request came from another site.
    CrossSite,
    /// The client speaks another version of the protocol: reload.
    WrongVersion,
    /// The record could not be written, so it did not happen.
    NotRecorded,
    /// The relay is not there for the moment.
    NoRelay,
    /// A fault of ours.
    Fault,
}
