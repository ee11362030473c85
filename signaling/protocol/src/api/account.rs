//! Staff accounts: set-up, sign-in, administration.

use crate::{Phi, StaffId, StaffRole, UtcMillis};
use serde::{Deserialize, Serialize};

/// `POST /api/v1/setup/look`: who a set-up link is for. Changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct SetUpToken {
    /// From the link's fragment, base64url.
    pub token: Phi<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct SetUpWho {
    pub username: Phi<String>,
    pub name: Phi<String>,
}

/// `POST /api/v1/setup`: chooses the password, is given the secret for the authenticator.
/// The link stays good until it is confirmed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct SetUp {
    pub token: Phi<String>,
    /// 12 to 128 characters.
    pub password: Phi<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct SetUpSecret {
    /// TOTP secret, base32 (RFC 6238: SHA-1, 6 digits, 30 s).
    pub secret: Phi<String>,
    pub otpauth_url: Phi<String>,
    /// The same as an SVG picture of a QR code.
    pub qr_svg: Phi<String>,
}

/// `POST /api/v1/setup/confirm`: proves the authenticator works; the link is used up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct ConfirmSetUp {
    pub token: Phi<String>,
    /// 6 digits.
    pub code: Phi<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct SetUpDone {
    /// Each works once in place of a code. Shown once.
    pub recovery_codes: Vec<Phi<String>>,
}

/// `POST /api/v1/sign-in`: answered by [`Me`] and a cookie.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct SignIn {
    pub username: Phi<String>,
    pub password: Phi<String>,
    /// 6 digits of the authenticator, or a recovery code.
    pub code: Phi<String>,
}

/// `POST /api/v1/sign-in/link`, demo only: the one-time link printed at start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct LinkSignIn {
    pub token: Phi<String>,
}

/// `GET /api/v1/me`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct Me {
    pub staff: StaffId,
    pub name: Phi<String>,
    pub role: StaffRole,
    pub organisation: String,
    /// IANA name of the clinic's time zone.
    pub time_zone: String,
    /// The server runs as a demonstration.
    pub demo: bool,
    /// Without a request for this long the account is signed out, seconds.
    pub idle_seconds: u32,
}

/// `GET /api/v1/staff`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct StaffMember {
    pub staff: StaffId,
    pub username: Phi<String>,
    pub name: Phi<String>,
    pub role: StaffRole,
    pub disabled: bool,
    /// Has a password and an authenticator.
    pub set_up: bool,
}

/// `POST /api/v1/staff`: answered by [`SetUpLink`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct CreateStaff {
    /// 3 to 64 of a-z, 0-9, `.`, `-`, `_`.
    pub username: Phi<String>,
    pub name: Phi<String>,
    pub role: StaffRole,
}

/// A one-time set-up link, also from `POST /api/v1/staff/{staff}/reissue`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct SetUpLink {
    pub staff: StaffId,
    /// Path and fragment, `/setup#…`.
    pub path: Phi<String>,
    pub expires_at: UtcMillis,
}
