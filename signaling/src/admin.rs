//! `quietroom admin create`: the first administrator, or one who is locked out.

use crate::{
    account::{SET_UP_MS, Token},
    cannot_run::CannotRun,
    clock::Clock,
    random::Random,
    start,
    terminal::say,
};
use quietroom_config::Config;
use quietroom_protocol::{Check, Phi, StaffId, StaffRole, api::CreateStaff};
use quietroom_records::{Actor, Ctx, NewStaff, Records};

/// Prints a one-time set-up link. The account is made when there is none of that name.
pub(crate) async fn create(
    config: Config,
    username: String,
    name: String,
) -> Result<(), CannotRun> {
    let wanted = CreateStaff {
        username: Phi::new(username),
        name: Phi::new(name),
        role: StaffRole::Administrator,
    };
    wanted
        .check()
        .map_err(|invalid| CannotRun::Account(invalid.to_string()))?;
    let (clock, random) = (Clock::system(), Random::system());
    let records = start::open_records(&config, false, &clock).await?;
    let organisation = start::organisation(&records, &config, &clock, &random).await?;
    let ctx = Ctx {
        actor: Actor::Operator,
        ..Ctx::server(organisation, clock.now())
    };
    let token = Token::random(&random)?;
    let staff = account(&records, &ctx, &random, wanted).await?;
    records
        .issue_set_up(&ctx, staff, token.hash, ctx.now.plus(SET_UP_MS))
        .await?;
    records.close().await;
    say("Open this link in a browser to set the account up. It works once, for 72 hours:");
    say(&format!(
        "  {}/setup#{}",
        config.server.public_origin,
        token.text.expose()
    ));
    Ok(())
}

async fn account(
    records: &Records,
    ctx: &Ctx,
    random: &Random,
    wanted: CreateStaff,
) -> Result<StaffId, CannotRun> {
    let known = records
        .staff_by_username(ctx.organisation, &wanted.username)
        .await?;
    let Some(known) = known else {
        let staff = StaffId(random.uuid()?);
        let new = NewStaff {
            staff,
            username: wanted.username,
            name: wanted.name,
            role: wanted.role,
        };
        records.create_staff(ctx, &new).await?;
        return Ok(staff);
    };
    if known.role != StaffRole::Administrator {
        let reason = "there is an account of that name already, and it is not an administrator's";
        return Err(CannotRun::Account(reason.to_owned()));
    }
    if known.disabled {
        records.enable_staff(ctx, known.staff).await?;
    }
    Ok(known.staff)
}
