//! Identity keys: a clinician's own, kept wrapped.

use super::{Refuse, Route, SignedIn, extract::Body};
use crate::{authorize::Action, state::App};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ParsedPublicKey};
use axum::{Json, extract::State};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use quietroom_protocol::{
    RefusalCode,
    api::{IdentityFound, IdentityRecord, KeepIdentity},
};
use quietroom_records::{IdentityRow, KeepOutcome, NewIdentity};

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/v1/identity", Action::ReadIdentity, find),
        Route::post("/api/v1/identity", Action::KeepIdentity, keep),
    ]
}

async fn find(State(app): State<App>, signed_in: SignedIn) -> Result<Json<IdentityFound>, Refuse> {
    let ctx = signed_in.ctx(&app);
    let found = app.records.identity(&ctx, signed_in.staff).await?;
    Ok(Json(IdentityFound {
        identity: found.map(record),
    }))
}

async fn keep(
    State(app): State<App>,
    signed_in: SignedIn,
    Body(body): Body<KeepIdentity>,
) -> Result<Json<IdentityRecord>, Refuse> {
    let identity = NewIdentity {
        staff: signed_in.staff,
        public_key: public_key("public_key", &body.public_key)?,
        wrapped: body.wrapped,
        replaces: body
            .replaces
            .map(|key| public_key("replaces", &key))
            .transpose()?,
    };
    let ctx = signed_in.ctx(&app);
    match app.records.keep_identity(&ctx, &identity).await? {
        KeepOutcome::Kept(kept) => Ok(Json(record(kept))),
        KeepOutcome::OtherInUse => Err(Refuse::new(
            RefusalCode::NotNow,
            "replaces is not the identity in use: read it again",
        )),
    }
}

fn record(row: IdentityRow) -> IdentityRecord {
    IdentityRecord {
        public_key: URL_SAFE_NO_PAD.encode(row.public_key),
        wrapped: row.wrapped,
        created_at: row.created_at,
    }
}

/// A point of the curve (SEC 1 section 2.3.3, uncompressed).
fn public_key(field: &'static str, text: &str) -> Result<[u8; 65], Refuse> {
    let no_key = || Refuse::invalid(format!("{field} is no P-256 public key"));
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| no_key())?;
    let key: [u8; 65] = bytes.try_into().map_err(|_| no_key())?;
    ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key).map_err(|_| no_key())?;
    Ok(key)
}
