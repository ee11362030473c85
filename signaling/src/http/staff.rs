//! Staff accounts, by administrators.

use super::{
    Refuse, Route, SignedIn,
    extract::{Body, Path},
};
use crate::{
    account::{SET_UP_MS, Token},
    authorize::{Action, Resource},
    state::App,
};
use axum::{Json, extract::State, http::StatusCode};
use quietroom_protocol::{
    Phi, StaffId,
    api::{CreateStaff, SetUpLink, StaffMember},
};
use quietroom_records::{self as records, Ctx, Event, NewStaff};

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/api/v1/staff", Action::ListStaff, list),
        Route::post("/api/v1/staff", Action::CreateStaff, create),
        Route::post(
            "/api/v1/staff/{staff}/disable",
            Action::DisableStaff,
            disable,
        ),
        Route::post("/api/v1/staff/{staff}/enable", Action::EnableStaff, enable),
        Route::post(
            "/api/v1/staff/{staff}/reissue",
            Action::ReissueSetUp,
            reissue,
        ),
    ]
}

async fn list(
    State(app): State<App>,
    signed_in: SignedIn,
) -> Result<Json<Vec<StaffMember>>, Refuse> {
    let event = Event::done(records::Action::ReadStaff, records::Resource::CLINIC);
    app.records.audit(&signed_in.ctx(&app), event).await?;
    let staff = app.records.staff_list(app.organisation).await?;
    let members = staff.into_iter().map(|record| StaffMember {
        staff: record.staff,
        username: record.username,
        name: record.name,
        role: record.role,
        disabled: record.disabled,
        set_up: record.set_up,
    });
    Ok(Json(members.collect()))
}

async fn create(
    State(app): State<App>,
    signed_in: SignedIn,
    Body(create): Body<CreateStaff>,
) -> Result<Json<SetUpLink>, Refuse> {
    let new = NewStaff {
        staff: StaffId(app.random.uuid()?),
        username: create.username,
        name: create.name,
        role: create.role,
    };
    let ctx = signed_in.ctx(&app);
    app.records.create_staff(&ctx, &new).await?;
    Ok(Json(issue(&app, &ctx, new.staff).await?))
}

async fn disable(
    State(app): State<App>,
    signed_in: SignedIn,
    Path(staff): Path<StaffId>,
) -> Result<StatusCode, Refuse> {
    signed_in.may(Action::DisableStaff, &Resource::Account { staff })?;
    app.records
        .disable_staff(&signed_in.ctx(&app), staff)
        .await?;
    app.dismissals.dismiss(staff);
    Ok(StatusCode::NO_CONTENT)
}

async fn enable(
    State(app): State<App>,
    signed_in: SignedIn,
    Path(staff): Path<StaffId>,
) -> Result<StatusCode, Refuse> {
    signed_in.may(Action::EnableStaff, &Resource::Account { staff })?;
    app.records
        .enable_staff(&signed_in.ctx(&app), staff)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A new set-up link, for a lost password or telephone. What the account has works until the link
/// is used.
async fn reissue(
    State(app): State<App>,
    signed_in: SignedIn,
    Path(staff): Path<StaffId>,
) -> Result<Json<SetUpLink>, Refuse> {
    signed_in.may(Action::ReissueSetUp, &Resource::Account { staff })?;
    let record = app.records.staff(app.organisation, staff).await?;
    let record = record.ok_or_else(Refuse::not_found)?;
    if record.disabled {
        return Err(Refuse::invalid("the account is disabled: enable it first"));
    }
    Ok(Json(issue(&app, &signed_in.ctx(&app), staff).await?))
}

/// A one-time set-up link for an account.
async fn issue(app: &App, ctx: &Ctx, staff: StaffId) -> Result<SetUpLink, Refuse> {
    let token = Token::random(&app.random)?;
    let expires_at = ctx.now.plus(SET_UP_MS);
    app.records
        .issue_set_up(ctx, staff, token.hash, expires_at)
        .await?;
    Ok(SetUpLink {
        staff,
        path: Phi::new(format!("/setup#{}", token.text.expose())),
        expires_at,
    })
}
