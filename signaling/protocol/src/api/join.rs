//! Join links.
//!
//! A link is `https://host/join#<s>`; `s` is 256 random bits, base64url, made in the browser of the
//! staff member. The page derives `token = HKDF-SHA256(ikm: s, salt: empty, info: "token")`, 32
//! bytes, and sends only that. The server keeps SHA-256 of the token.

use crate::{Attestation, DeviceId, LinkId, ParticipantId, Phi, Role, SessionId, UtcMillis};
use serde::{Deserialize, Serialize};

/// `POST /api/v1/join/look`: what a link is for. Changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct LookToken {
    /// base64url of the 32 bytes.
    pub token: Phi<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct Look {
    /// First name of the clinician, nothing else.
    pub clinician: Phi<String>,
    pub session: SessionId,
    pub role: Role,
    pub starts_at: UtcMillis,
    pub ends_at: UtcMillis,
    pub readiness: Readiness,
    /// When the link begins to work.
    pub opens_at: UtcMillis,
    pub consent_version: String,
    /// Paragraphs of the consent text.
    pub consent_text: Vec<String>,
    pub demo: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
#[serde(rename_all = "snake_case")]
pub enum Readiness {
    TooEarly,
    Ready,
}

/// `POST /api/v1/join`: redeems the link for this device, which then knocks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct Join {
    pub token: Phi<String>,
    /// Name to show, 1 to 60 characters.
    pub name: Phi<String>,
    /// The device's P-256 public key, 65 bytes uncompressed (SEC 1), base64url.
    pub device_key: String,
    pub attestation: Attestation,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct Joined {
    pub session: SessionId,
    pub participant: ParticipantId,
    pub device: DeviceId,
    /// The link that was redeemed.
    pub link: LinkId,
}
