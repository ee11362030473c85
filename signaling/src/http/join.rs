//! Join links: what one is for, and redeeming it. A GET of the page changes nothing: the page asks.

use super::{Refuse, Route, Source, extract::Body, throttle::Limited};
use crate::{account::Token, authorize::Action, room::Asker, state::App};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ParsedPublicKey};
use axum::{Json, extract::State};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use quietroom_protocol::{
    DeviceId, Phi, RefusalCode, UtcMillis,
    api::{Join, Joined, Look, LookToken, Readiness},
};
use quietroom_records::{Actor, FoundLink, LinkError};
use quietroom_session::{Input, first_name};

/// A link begins to work so long before the session, milliseconds.
const EARLY: i64 = 15 * 60 * 1000;
/// In a demonstration it works all day.
const EARLY_IN_DEMO: i64 = 24 * 60 * 60 * 1000;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::post("/api/v1/join/look", Action::Join, look),
        Route::post("/api/v1/join", Action::Join, join),
    ]
}

async fn look(
    State(app): State<App>,
    source: Source,
    Body(body): Body<LookToken>,
) -> Result<Json<Look>, Refuse> {
    let (_, link) = find(&app, source, &body.token).await?;
    let clinician = app.records.staff(app.organisation, link.clinician).await?;
    let clinician = clinician.ok_or_else(Refuse::not_found)?;
    let opens_at = opens_at(&app, &link);
    let consent = &app.config.consent;
    Ok(Json(Look {
        clinician: Phi::new(first_name(clinician.name.expose()).to_owned()),
        session: link.session,
        role: link.role,
        starts_at: link.starts_at,
        ends_at: link.ends_at,
        readiness: if app.clock.now() < opens_at {
            Readiness::TooEarly
        } else {
            Readiness::Ready
        },
        opens_at,
        consent_version: consent.version.clone(),
        consent_text: consent.text.clone(),
        demo: app.demo,
    }))
}

/// Makes a device of the link's seat, which then knocks. Before admission a newer redemption takes
/// the place of the older one; the session core sees to that.
async fn join(
    State(app): State<App>,
    source: Source,
    Body(body): Body<Join>,
) -> Result<Json<Joined>, Refuse> {
    let (token_hash, link) = find(&app, source, &body.token).await?;
    if app.clock.now() < opens_at(&app, &link) {
        return Err(Refuse::new(
            RefusalCode::TooEarly,
            "the link does not work yet",
        ));
    }
    let key = device_key(&body.device_key)?;
    let consent = body.attestation.consent.as_ref();
    if consent.is_some_and(|given| given.version != app.config.consent.version) {
        return Err(Refuse::invalid(
            "consent.version is not the one in force: look at the link again",
        ));
    }

    let device = DeviceId(app.random.uuid()?);
    let ctx = app.ctx(Actor::Device(device), source);
    let redeemed = app
        .records
        .redeem_link(&ctx, token_hash, device, key)
        .await
        .map_err(refuse_link)?;
    let knock = Input::Knock {
        participant: redeemed.participant,
        device,
        name: body.name,
        attestation: body.attestation,
    };
    let asker = Asker {
        actor: ctx.actor,
        source: ctx.source,
    };
    let knocked = app.rooms.act(redeemed.session, asker, knock).await;
    knocked.map_err(|refused| match refused.code {
        RefusalCode::NotNow => ended(),
        _ => Refuse::from(refused),
    })?;
    Ok(Json(Joined {
        session: redeemed.session,
        participant: redeemed.participant,
        device,
        link: redeemed.link,
    }))
}

async fn find(
    app: &App,
    source: Source,
    token: &Phi<String>,
) -> Result<([u8; 32], FoundLink), Refuse> {
    Limited::Join(source).hit(app).await?;
    let hash = Token::hash_of(token.expose());
    let hash = hash.ok_or_else(|| Refuse::invalid("token is no token"))?;
    let found = app
        .records
        .find_link(app.organisation, hash, app.clock.now())
        .await;
    Ok((hash, found.map_err(refuse_link)?))
}

fn opens_at(app: &App, link: &FoundLink) -> UtcMillis {
    let early = if app.demo { EARLY_IN_DEMO } else { EARLY };
    link.starts_at.plus(-early)
}

/// A point of the curve, as the browser exports it (SEC 1 section 2.3.3, uncompressed).
fn device_key(text: &str) -> Result<[u8; 65], Refuse> {
    let no_key = || Refuse::invalid("device_key is no P-256 public key");
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| no_key())?;
    let key: [u8; 65] = bytes.try_into().map_err(|_| no_key())?;
    ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key).map_err(|_| no_key())?;
    Ok(key)
}

/// A link that was never issued is told like one that has ended: nothing is to be learned here.
fn refuse_link(error: LinkError) -> Refuse {
    match error {
        LinkError::Unknown | LinkError::Expired | LinkError::Over => ended(),
        LinkError::Store(error) => Refuse::from(error),
    }
}

fn ended() -> Refuse {
    Refuse::new(RefusalCode::LinkEnded, "the link has ended")
}
