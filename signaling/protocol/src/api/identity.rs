//! Identity keys of clinicians: made in their browser, kept here wrapped under a secret that the
//! server never sees.

use crate::{Opaque, UtcMillis};
use serde::{Deserialize, Serialize};

/// `GET /api/v1/identity`: the asker's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct IdentityFound {
    pub identity: Option<IdentityRecord>,
}

/// Also the answer of `POST /api/v1/identity`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct IdentityRecord {
    /// P-256, 65 bytes uncompressed (SEC 1 section 2.3.3), base64url.
    pub public_key: String,
    /// The private half, wrapped.
    pub wrapped: Opaque,
    pub created_at: UtcMillis,
}

/// `POST /api/v1/identity`: keeps an identity, the first or in place of the present one. Refused
/// with `NotNow` when `replaces` does not name the present one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct KeepIdentity {
    /// P-256, 65 bytes uncompressed (SEC 1 section 2.3.3), base64url.
    pub public_key: String,
    /// At most 1 KiB.
    pub wrapped: Opaque,
    /// The `public_key` it takes the place of; `None` for the first.
    pub replaces: Option<String>,
}
