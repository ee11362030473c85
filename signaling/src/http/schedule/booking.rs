//! Booking a session, and making its links.

use super::{own, read, summary};
use crate::{
    authorize::Action,
    http::{
        Refuse, Route, SignedIn,
        extract::{Body, Path},
    },
    room::fact_row,
    state::App,
};
use axum::{Json, extract::State};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use quietroom_protocol::{
    LinkId, ParticipantId, RefusalCode, Role, SessionId, SessionState,
    api::{CreateLink, CreateSession, Link, SessionSummary},
};
use quietroom_records::{Holder, LinkRecord, NewLink, NewSession, Seat};
use quietroom_session::{Actor, Fact};

/// A link works until so long after the booked end, milliseconds; the end of the session ends it
/// in any case.
const LINGER: i64 = 24 * 60 * 60 * 1000;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::post("/api/v1/sessions", Action::CreateSession, create),
        Route::post(
            "/api/v1/sessions/{session}/links",
            Action::CreateLink,
            create_link,
        ),
    ]
}

async fn create(
    State(app): State<App>,
    signed_in: SignedIn,
    Body(body): Body<CreateSession>,
) -> Result<Json<SessionSummary>, Refuse> {
    let ctx = signed_in.ctx(&app);
    if body.ends_at <= ctx.now {
        return Err(Refuse::invalid("ends_at is in the past"));
    }
    let staff = signed_in.staff;
    let seat = |holder, role| -> Result<Seat, Refuse> {
        let participant = ParticipantId(app.random.uuid()?);
        Ok(Seat {
            participant,
            holder,
            role,
        })
    };
    let mut seats = vec![seat(Holder::Staff(staff), Role::Clinician)?];
    for guest in &body.people {
        seats.push(seat(Holder::Person(guest.person), guest.role)?);
    }
    let session = NewSession {
        session: SessionId(app.random.uuid()?),
        kind: body.kind,
        template: body.template,
        starts_at: body.starts_at,
        ends_at: body.ends_at,
        clinician: staff,
        seats,
    };
    let scheduled = Fact::Scheduled {
        starts_at: body.starts_at,
        ends_at: body.ends_at,
    };
    let row = fact_row(ctx.now, None, Actor::Staff { staff }, scheduled);
    let row = row.map_err(|_| Refuse::fault())?;
    app.records.create_session(&ctx, &session, &[row]).await?;
    Ok(Json(read(&app, signed_in, session.session).await?))
}

/// The browser has made the link's secret and sends the hash of its token only.
async fn create_link(
    State(app): State<App>,
    signed_in: SignedIn,
    Path(session): Path<SessionId>,
    Body(body): Body<CreateLink>,
) -> Result<Json<Link>, Refuse> {
    own(&app, signed_in, session, Action::CreateLink).await?;
    let booked = read(&app, signed_in, session).await?;
    if !matches!(
        booked.state,
        SessionState::Scheduled | SessionState::Open | SessionState::Live
    ) {
        return Err(Refuse::new(RefusalCode::NotNow, "the session is over"));
    }
    let mut people = booked.people.iter();
    if !people.any(|seat| seat.participant == body.participant) {
        return Err(Refuse::not_found());
    }
    let no_hash = || Refuse::invalid("token_hash is no hash");
    let hash = URL_SAFE_NO_PAD.decode(&body.token_hash);
    let token_hash: [u8; 32] = hash
        .map_err(|_| no_hash())?
        .try_into()
        .map_err(|_| no_hash())?;
    let link = NewLink {
        link: LinkId(app.random.uuid()?),
        session,
        participant: body.participant,
        token_hash,
        expires_at: booked.ends_at.plus(LINGER),
        sealed: Some(body.sealed),
    };
    app.records.create_link(&signed_in.ctx(&app), &link).await?;
    Ok(Json(summary::link(LinkRecord {
        link: link.link,
        expires_at: link.expires_at,
        redeemed: false,
        sealed: link.sealed,
    })))
}
