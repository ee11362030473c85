//! What a demonstration begins with: a clinician, people, three sessions for today, and links.

use super::today::Today;
use crate::{account::sha256, cannot_run::CannotRun, random::Random, room::fact_row, state::App};
use aws_lc_rs::{
    hkdf::{HKDF_SHA256, Salt},
    hmac,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use quietroom_protocol::{
    LinkId, NoteTemplate, ParticipantId, PersonId, Phi, Role, SessionId, SessionKind, SessionState,
    StaffId, StaffRole,
};
use quietroom_records::{
    Ctx, Holder, NewLink, NewSession, NewStaff, Seat, SessionRecord, StaffRecord,
};
use quietroom_session::{Actor, Fact};

const MINUTE: i64 = 60_000;

/// A link works until so long after the booked end.
const LINGER: i64 = 24 * 60 * MINUTE;

const USERNAME: &str = "maya";

/// A session as it is seeded.
struct Plan {
    kind: SessionKind,
    template: NoteTemplate,
    /// Minutes from now.
    starts_in: i64,
    minutes: i64,
    guests: &'static [(&'static str, Role)],
}

const DAY: [Plan; 3] = [
    Plan {
        kind: SessionKind::Individual,
        template: NoteTemplate::Dap,
        starts_in: 0,
        minutes: 50,
        guests: &[("Jordan Avery", Role::Client)],
    },
    Plan {
        kind: SessionKind::GroupClass,
        template: NoteTemplate::Group,
        starts_in: 60,
        minutes: 75,
        guests: &[
            ("Priya Nair", Role::Client),
            ("Sam Whitfield", Role::Client),
            ("Marta Ruiz", Role::Client),
        ],
    },
    Plan {
        kind: SessionKind::CaregiverCoaching,
        template: NoteTemplate::Coaching,
        starts_in: 150,
        minutes: 30,
        guests: &[
            ("Theo Brandt", Role::Client),
            ("Lena Brandt", Role::Caregiver),
        ],
    },
];

/// A session and the links of its guests.
pub(super) struct Announced {
    pub(super) title: String,
    /// Name and the link's secret, base64url.
    pub(super) links: Vec<(Phi<String>, Phi<String>)>,
}

/// What the secrets of the printed links come from, so that every start prints the same ones and
/// takes none away from somebody who already uses it. Such links are not proof against the server.
pub(super) struct LinkSeed(hmac::Key);

impl LinkSeed {
    pub(super) fn new(bytes: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, bytes))
    }

    fn secret(&self, participant: ParticipantId) -> Phi<Vec<u8>> {
        let tag = hmac::sign(&self.0, participant.0.as_bytes());
        Phi::new(tag.as_ref().to_vec())
    }
}

/// The clinician, made the first time.
pub(super) async fn clinician(app: &App, ctx: &Ctx) -> Result<StaffRecord, CannotRun> {
    let username = Phi::new(USERNAME.to_owned());
    let known = app
        .records
        .staff_by_username(ctx.organisation, &username)
        .await?;
    if let Some(known) = known {
        return Ok(known);
    }
    let new = NewStaff {
        staff: StaffId(app.random.uuid()?),
        username,
        name: Phi::new("Maya Okafor".to_owned()),
        role: StaffRole::Clinician,
    };
    app.records.create_staff(ctx, &new).await?;
    Ok(StaffRecord {
        staff: new.staff,
        username: new.username,
        name: new.name,
        role: new.role,
        disabled: false,
        set_up: false,
        created_at: ctx.now,
    })
}

/// Today's sessions that are still to be held, made when there is none, each with its links.
pub(super) async fn sessions(
    app: &App,
    ctx: &Ctx,
    clinician: StaffId,
    seed: &LinkSeed,
) -> Result<Vec<Announced>, CannotRun> {
    let today = Today::at(ctx.now, &app.config.clinic.time_zone);
    let mut sessions = to_hold(app, ctx, clinician, &today).await?;
    if sessions.is_empty() {
        for plan in &DAY {
            book(app, ctx, clinician, &today, plan).await?;
        }
        sessions = to_hold(app, ctx, clinician, &today).await?;
    }
    let mut announced = Vec::with_capacity(sessions.len());
    for session in sessions {
        announced.push(announce(app, ctx, &today, session, seed).await?);
    }
    Ok(announced)
}

async fn to_hold(
    app: &App,
    ctx: &Ctx,
    clinician: StaffId,
    today: &Today,
) -> Result<Vec<SessionRecord>, CannotRun> {
    let mut sessions = app
        .records
        .sessions_of(ctx, clinician, today.begins, today.ends)
        .await?;
    sessions.retain(|session| {
        matches!(
            session.state,
            SessionState::Scheduled | SessionState::Open | SessionState::Live
        )
    });
    Ok(sessions)
}

async fn book(
    app: &App,
    ctx: &Ctx,
    clinician: StaffId,
    today: &Today,
    plan: &Plan,
) -> Result<(), CannotRun> {
    let mut seats = vec![seat(
        &app.random,
        Holder::Staff(clinician),
        Role::Clinician,
    )?];
    for &(name, role) in plan.guests {
        let person = person(app, ctx, name).await?;
        seats.push(seat(&app.random, Holder::Person(person), role)?);
    }
    let starts_at = today.start_in(ctx.now, plan.starts_in * MINUTE);
    let session = NewSession {
        session: SessionId(app.random.uuid()?),
        kind: plan.kind,
        template: plan.template,
        starts_at,
        ends_at: starts_at.plus(plan.minutes * MINUTE),
        clinician,
        seats,
    };
    let scheduled = Fact::Scheduled {
        starts_at: session.starts_at,
        ends_at: session.ends_at,
    };
    let row = fact_row(ctx.now, None, Actor::Server, scheduled)
        .map_err(|error| CannotRun::Demo(error.to_string()))?;
    app.records.create_session(ctx, &session, &[row]).await?;
    Ok(())
}

/// The person of that name, made the first time.
async fn person(app: &App, ctx: &Ctx, name: &str) -> Result<PersonId, CannotRun> {
    let people = app.records.people(ctx).await?;
    if let Some(known) = people.iter().find(|known| known.name.expose() == name) {
        return Ok(known.person);
    }
    let person = PersonId(app.random.uuid()?);
    let name = Phi::new(name.to_owned());
    app.records.create_person(ctx, person, &name).await?;
    Ok(person)
}

fn seat(random: &Random, holder: Holder, role: Role) -> Result<Seat, CannotRun> {
    Ok(Seat {
        participant: ParticipantId(random.uuid()?),
        holder,
        role,
    })
}

async fn announce(
    app: &App,
    ctx: &Ctx,
    today: &Today,
    session: SessionRecord,
    seed: &LinkSeed,
) -> Result<Announced, CannotRun> {
    let mut links = Vec::new();
    for seat in &session.seats {
        if matches!(seat.holder, Holder::Staff(_)) {
            continue;
        }
        let secret = seed.secret(seat.participant);
        let token_hash = token_hash(secret.expose())?;
        if seat.link.is_none() {
            let link = NewLink {
                link: LinkId(app.random.uuid()?),
                session: session.session,
                participant: seat.participant,
                token_hash,
                expires_at: session.ends_at.plus(LINGER),
                // The server has the secret: there is nothing a clinician could seal.
                sealed: None,
            };
            app.records.create_link(ctx, &link).await?;
        } else if app
            .records
            .find_link(ctx.organisation, token_hash, ctx.now)
            .await
            .is_err()
        {
            // The seat has a link that was made in a browser: only that browser knows it.
            continue;
        }
        let secret = Phi::new(URL_SAFE_NO_PAD.encode(secret.expose()));
        links.push((seat.name.clone(), secret));
    }
    let what = match session.kind {
        SessionKind::Individual => "Appointment",
        SessionKind::Family => "Family session",
        SessionKind::GroupClass => "Skills class",
        SessionKind::CaregiverCoaching => "Coaching call",
        SessionKind::Supervision => "Supervision",
    };
    Ok(Announced {
        title: format!("{what} at {}", today.clock_time(session.starts_at)),
        links,
    })
}

/// SHA-256 of the token that the page derives from a link's secret.
fn token_hash(secret: &[u8]) -> Result<[u8; 32], CannotRun> {
    let mut token = [0; 32];
    Salt::new(HKDF_SHA256, &[])
        .extract(secret)
        .expand(&[b"token"], HKDF_SHA256)
        .and_then(|derived| derived.fill(&mut token))
        .map_err(|_| CannotRun::Demo("a link cannot be made".to_owned()))?;
    Ok(sha256(&token))
}
