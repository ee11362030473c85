//! A one-time set-up link: password, authenticator, recovery codes.

use crate::http::throttle::Limited;
use crate::{
    account::{Authenticator, RecoveryCodes, Token},
    http::{Refuse, Source, extract::Body},
    state::App,
};
use axum::{Json, extract::State};
use quietroom_protocol::{
    Phi, RefusalCode,
    api::{ConfirmSetUp, SetUp, SetUpDone, SetUpSecret, SetUpToken, SetUpWho},
};
use quietroom_records::{Actor, NewCredential, PendingSetUp};

/// Who the link is for. Changes nothing.
pub(super) async fn look(
    State(app): State<App>,
    source: Source,
    Body(look): Body<SetUpToken>,
) -> Result<Json<SetUpWho>, Refuse> {
    let (_, pending) = find(&app, source, &look.token).await?;
    Ok(Json(SetUpWho {
        username: pending.staff.username,
        name: pending.staff.name,
    }))
}

/// Keeps the password with the link and gives out a secret for the authenticator. Asked again, it
/// replaces both: the page may have been reloaded.
pub(super) async fn choose(
    State(app): State<App>,
    source: Source,
    Body(set_up): Body<SetUp>,
) -> Result<Json<SetUpSecret>, Refuse> {
    let (token_hash, pending) = find(&app, source, &set_up.token).await?;
    let authenticator = Authenticator::random(&app.random, &pending.staff.username)?;
    let credential = NewCredential {
        password_hash: app.passwords.hash(&app.random, set_up.password).await?,
        totp_secret: authenticator.secret(),
    };
    let ctx = app.ctx(Actor::Unknown, source);
    if !app
        .records
        .choose_set_up(&ctx, token_hash, &credential)
        .await?
    {
        return Err(ended());
    }
    Ok(Json(SetUpSecret {
        secret: authenticator.secret_base32(),
        otpauth_url: authenticator.url()?,
        qr_svg: authenticator.picture()?,
    }))
}

/// Uses the link up, once a code shows that the authenticator works.
pub(super) async fn confirm(
    State(app): State<App>,
    source: Source,
    Body(confirm): Body<ConfirmSetUp>,
) -> Result<Json<SetUpDone>, Refuse> {
    let (token_hash, pending) = find(&app, source, &confirm.token).await?;
    let Some(chosen) = pending.credential else {
        return Err(Refuse::new(
            RefusalCode::NotNow,
            "choose a password before confirming",
        ));
    };
    Limited::SetUp(&token_hash).hit(&app).await?;
    let ctx = app.ctx(Actor::Unknown, source);
    let authenticator = Authenticator::new(&chosen.totp_secret, &pending.staff.username)?;
    let step = authenticator
        .step_of(confirm.code.expose(), ctx.now, None)
        .ok_or_else(|| Refuse::new(RefusalCode::WrongCredentials, "the code is wrong"))?;
    let recovery = RecoveryCodes::random(&app.random, pending.staff.staff)?;
    app.records
        .confirm_set_up(&ctx, token_hash, step, &recovery.hashes)
        .await?
        .ok_or_else(ended)?;
    // Whoever proves themselves anew is not held up by what others tried.
    Limited::Account(&pending.staff.username)
        .clear(&app)
        .await?;
    Ok(Json(SetUpDone {
        recovery_codes: recovery.codes,
    }))
}

async fn find(
    app: &App,
    source: Source,
    token: &Phi<String>,
) -> Result<([u8; 32], PendingSetUp), Refuse> {
    Limited::Source(source).hit(app).await?;
    let token_hash = Token::hash_of(token.expose()).ok_or_else(ended)?;
    let pending = app
        .records
        .look_set_up(app.organisation, token_hash, app.clock.now())
        .await?
        .ok_or_else(ended)?;
    Ok((token_hash, pending))
}

fn ended() -> Refuse {
    Refuse::new(RefusalCode::LinkEnded, "the link was used or has expired")
}
