//! The clinician's calendar: the day, people, sessions and their links.

mod booking;
mod summary;

use super::{
    Refuse, Route, SignedIn,
    extract::{Body, Path, Query},
    notes,
};
use crate::{
    authorize::{Action, Resource},
    room::Asker,
    state::App,
};
use axum::{Json, extract::State};
use quietroom_protocol::{
    PersonId, SessionId, UtcMillis,
    api::{CreatePerson, Day, Person, Reschedule, SessionSummary},
};
use quietroom_session::Input;
use serde::Deserialize;

/// Longest stretch that can be asked for at once, milliseconds: a school year.
const LONGEST: i64 = 370 * 24 * 60 * 60 * 1000;

pub(super) fn routes() -> Vec<Route> {
    let mut routes = vec![
        Route::get("/api/v1/day", Action::ReadDay, day),
        Route::get("/api/v1/people", Action::ListPeople, people),
        Route::post("/api/v1/people", Action::CreatePerson, create_person),
        Route::get("/api/v1/sessions/{session}", Action::ReadSession, session),
        Route::post(
            "/api/v1/sessions/{session}/reschedule",
            Action::RescheduleSession,
            reschedule,
        ),
        Route::post(
            "/api/v1/sessions/{session}/cancel",
            Action::CancelSession,
            cancel,
        ),
        Route::post(
            "/api/v1/sessions/{session}/no-show",
            Action::MarkNoShow,
            no_show,
        ),
    ];
    routes.extend(booking::routes());
    routes
}

#[derive(Debug, Deserialize)]
struct Stretch {
    from: UtcMillis,
    to: UtcMillis,
}

async fn day(
    State(app): State<App>,
    signed_in: SignedIn,
    Query(Stretch { from, to }): Query<Stretch>,
) -> Result<Json<Day>, Refuse> {
    if to < from || to.since(from) > LONGEST {
        return Err(Refuse::invalid("from and to are not a stretch of time"));
    }
    let ctx = signed_in.ctx(&app);
    let records = &app.records;
    let booked = records.sessions_of(&ctx, signed_in.staff, from, to).await?;
    let mut sessions = Vec::with_capacity(booked.len());
    for record in booked {
        sessions.push(summary::of(&app, record).await);
    }
    let unfinished = records.notes_of(&ctx, signed_in.staff).await?;
    let unfinished = unfinished
        .into_iter()
        .filter(|listing| listing.empty_sections > 0);
    Ok(Json(Day {
        sessions,
        notes: unfinished.map(notes::summary).collect(),
        now: ctx.now,
    }))
}

async fn people(State(app): State<App>, signed_in: SignedIn) -> Result<Json<Vec<Person>>, Refuse> {
    let people = app.records.people(&signed_in.ctx(&app)).await?;
    let people = people.into_iter().map(|record| Person {
        person: record.person,
        name: record.name,
    });
    Ok(Json(people.collect()))
}

async fn create_person(
    State(app): State<App>,
    signed_in: SignedIn,
    Body(body): Body<CreatePerson>,
) -> Result<Json<Person>, Refuse> {
    let person = PersonId(app.random.uuid()?);
    let ctx = signed_in.ctx(&app);
    app.records.create_person(&ctx, person, &body.name).await?;
    Ok(Json(Person {
        person,
        name: body.name,
    }))
}

async fn session(
    State(app): State<App>,
    signed_in: SignedIn,
    Path(session): Path<SessionId>,
) -> Result<Json<SessionSummary>, Refuse> {
    own(&app, signed_in, session, Action::ReadSession).await?;
    Ok(Json(read(&app, signed_in, session).await?))
}

async fn reschedule(
    State(app): State<App>,
    signed_in: SignedIn,
    Path(session): Path<SessionId>,
    Body(Reschedule { starts_at, ends_at }): Body<Reschedule>,
) -> Result<Json<SessionSummary>, Refuse> {
    let input = Input::Reschedule {
        staff: signed_in.staff,
        starts_at,
        ends_at,
    };
    act(&app, signed_in, session, Action::RescheduleSession, input).await
}

async fn cancel(
    State(app): State<App>,
    signed_in: SignedIn,
    Path(session): Path<SessionId>,
) -> Result<Json<SessionSummary>, Refuse> {
    let staff = signed_in.staff;
    let input = Input::Cancel { staff };
    act(&app, signed_in, session, Action::CancelSession, input).await
}

async fn no_show(
    State(app): State<App>,
    signed_in: SignedIn,
    Path(session): Path<SessionId>,
) -> Result<Json<SessionSummary>, Refuse> {
    let staff = signed_in.staff;
    let input = Input::MarkNoShow { staff };
    act(&app, signed_in, session, Action::MarkNoShow, input).await
}

/// Puts it to the session's room, where it becomes a fact; the audit event goes with it.
async fn act(
    app: &App,
    signed_in: SignedIn,
    session: SessionId,
    action: Action,
    input: Input,
) -> Result<Json<SessionSummary>, Refuse> {
    own(app, signed_in, session, action).await?;
    let ctx = signed_in.ctx(app);
    let asker = Asker {
        actor: ctx.actor,
        source: ctx.source,
    };
    app.rooms.act(session, asker, input).await?;
    Ok(Json(read(app, signed_in, session).await?))
}

/// Makes sure that the session is the asker's own.
async fn own(
    app: &App,
    signed_in: SignedIn,
    session: SessionId,
    action: Action,
) -> Result<(), Refuse> {
    let host = app.records.clinician_of(app.organisation, session).await?;
    let host = host.ok_or_else(Refuse::not_found)?;
    signed_in.may(action, &Resource::Session { host })
}

async fn read(
    app: &App,
    signed_in: SignedIn,
    session: SessionId,
) -> Result<SessionSummary, Refuse> {
    let record = app.records.session(&signed_in.ctx(app), session).await?;
    let record = record.ok_or_else(Refuse::not_found)?;
    Ok(summary::of(app, record).await)
}
