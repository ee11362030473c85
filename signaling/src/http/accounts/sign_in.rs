//! Signing in and out.

use super::me;
use crate::http::throttle::Limited;
use crate::{
    account::{Authenticator, RecoveryCodes, Token},
    http::{Refuse, SignedIn, Source, extract::Body, signed_in},
    state::App,
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{AppendHeaders, IntoResponse, Response},
};
use quietroom_protocol::{
    Phi, RefusalCode, StaffId,
    api::{LinkSignIn, SignIn},
};
use quietroom_records::{
    Action, Actor, Credential, Ctx, Event, NewWebSession, Resource, StaffRecord,
};

const HOUR_MS: i64 = 60 * 60 * 1000;

/// Password and code. One answer for everything that can be wrong, and the same work before it.
pub(super) async fn by_password(
    State(app): State<App>,
    source: Source,
    headers: HeaderMap,
    Body(sign_in): Body<SignIn>,
) -> Result<Response, Refuse> {
    let username = Phi::new(sign_in.username.expose().trim().to_lowercase());
    Limited::Source(source).hit(&app).await?;
    Limited::Account(&username).hit(&app).await?;
    let ctx = app.ctx(Actor::Unknown, source);
    let account = find(&app, &username).await?;
    let hash = account
        .as_ref()
        .map(|(_, credential)| credential.password_hash.clone());
    let fits = app.passwords.verify(hash, sign_in.password).await?;
    let proven = match account {
        Some((staff, credential)) if fits => {
            let code = sign_in.code.expose();
            let used = use_code(&app, &ctx, &staff, &credential, code).await?;
            used.then_some(staff.staff)
        }
        _ => None,
    };
    let Some(staff) = proven else {
        let event = Event::refused(Action::SignIn, Resource::CLINIC).with_details(username);
        app.records.audit(&ctx, event).await?;
        return Err(wrong());
    };
    Limited::Account(&username).clear(&app).await?;
    open(&app, source, &headers, staff).await
}

/// The one-time link of a demonstration.
pub(super) async fn by_link(
    State(app): State<App>,
    source: Source,
    headers: HeaderMap,
    Body(link): Body<LinkSignIn>,
) -> Result<Response, Refuse> {
    if !app.demo {
        return Err(Refuse::not_found());
    }
    Limited::Source(source).hit(&app).await?;
    let ctx = app.ctx(Actor::Unknown, source);
    let staff = match Token::hash_of(link.token.expose()) {
        Some(token_hash) => app.records.use_sign_in_link(&ctx, token_hash).await?,
        None => None,
    };
    let Some(staff) = staff else {
        let event = Event::refused(Action::UseSignInLink, Resource::CLINIC);
        app.records.audit(&ctx, event).await?;
        return Err(Refuse::new(
            RefusalCode::LinkEnded,
            "the link was used or has expired",
        ));
    };
    open(&app, source, &headers, staff).await
}

pub(super) async fn sign_out(
    State(app): State<App>,
    signed_in: SignedIn,
) -> Result<Response, Refuse> {
    let ctx = signed_in.ctx(&app);
    app.records
        .revoke_web_session(&ctx, signed_in.token_hash)
        .await?;
    let cookie = AppendHeaders([(header::SET_COOKIE, signed_in::clear_cookie()?)]);
    Ok((StatusCode::NO_CONTENT, cookie).into_response())
}

/// The account, if it can sign in at all.
async fn find(
    app: &App,
    username: &Phi<String>,
) -> Result<Option<(StaffRecord, Credential)>, Refuse> {
    let organisation = app.organisation;
    let staff = app
        .records
        .staff_by_username(organisation, username)
        .await?;
    let Some(staff) = staff.filter(|staff| !staff.disabled) else {
        return Ok(None);
    };
    let credential = app.records.credential(organisation, staff.staff).await?;
    Ok(credential.map(|credential| (staff, credential)))
}

/// Uses up a code of the authenticator, or a recovery code.
async fn use_code(
    app: &App,
    ctx: &Ctx,
    staff: &StaffRecord,
    credential: &Credential,
    code: &str,
) -> Result<bool, Refuse> {
    let authenticator = Authenticator::new(&credential.totp_secret, &staff.username)?;
    if let Some(step) = authenticator.step_of(code, ctx.now, Some(credential.totp_step)) {
        return Ok(app.records.use_totp_step(ctx, staff.staff, step).await?);
    }
    let Some(hash) = RecoveryCodes::hash_of(staff.staff, code) else {
        return Ok(false);
    };
    Ok(app
        .records
        .use_recovery_code(ctx, staff.staff, hash)
        .await?)
}

/// A new token for every sign-in; the one the browser had, if any, ends.
async fn open(
    app: &App,
    source: Source,
    headers: &HeaderMap,
    staff: StaffId,
) -> Result<Response, Refuse> {
    let ctx = app.ctx(Actor::Staff(staff), source);
    if let Some(old) = signed_in::token_hash(headers) {
        app.records.revoke_web_session(&ctx, old).await?;
    }
    let token = Token::random(&app.random)?;
    let sign_in = app.config.sign_in;
    let session = NewWebSession {
        staff,
        token_hash: token.hash,
        idle_ms: i64::from(sign_in.idle_minutes) * 60_000,
        expires_at: ctx.now.plus(i64::from(sign_in.absolute_hours) * HOUR_MS),
    };
    app.records.open_web_session(&ctx, &session).await?;
    let cookie = AppendHeaders([(header::SET_COOKIE, signed_in::set_cookie(&token.text)?)]);
    Ok((cookie, Json(me(app, staff).await?)).into_response())
}

fn wrong() -> Refuse {
    Refuse::new(
        RefusalCode::WrongCredentials,
        "username, password or code is wrong",
    )
}
