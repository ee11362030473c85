//! Set-up, sign-in and sign-out of staff.

mod set_up;
mod sign_in;

use super::{Refuse, Route, SignedIn};
use crate::{authorize::Action, state::App};
use axum::{Json, extract::State};
use quietroom_protocol::{StaffId, api::Me};

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::post("/api/v1/setup/look", Action::SetUp, set_up::look),
        Route::post("/api/v1/setup", Action::SetUp, set_up::choose),
        Route::post("/api/v1/setup/confirm", Action::SetUp, set_up::confirm),
        Route::post("/api/v1/sign-in", Action::SignIn, sign_in::by_password),
        Route::post("/api/v1/sign-in/link", Action::SignIn, sign_in::by_link),
        Route::post("/api/v1/sign-out", Action::SignOut, sign_in::sign_out),
        Route::get("/api/v1/me", Action::ReadMe, read_me),
    ]
}

async fn read_me(State(app): State<App>, signed_in: SignedIn) -> Result<Json<Me>, Refuse> {
    Ok(Json(me(&app, signed_in.staff).await?))
}

async fn me(app: &App, staff: StaffId) -> Result<Me, Refuse> {
    let record = app.records.staff(app.organisation, staff).await?;
    let record = record.ok_or_else(Refuse::not_found)?;
    Ok(Me {
        staff,
        name: record.name,
        role: record.role,
        organisation: app.config.clinic.name.clone(),
        time_zone: app.config.clinic.time_zone.clone(),
        demo: app.demo,
        idle_seconds: app.config.sign_in.idle_minutes * 60,
    })
}
