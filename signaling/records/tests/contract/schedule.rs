//! Booked sessions.

use crate::fixture::{
    CLINIC, HOST_SEAT, HOUR, JORDAN, JORDAN_SEAT, MAYA, NOW, OTHER_CLINIC, SAM_SEAT, SESSION,
    append, booked, by_maya, class, fact, phi, server,
};
use quietroom_protocol::{ParticipantId, PersonId, Role, SessionId, SessionState, StaffId};
use quietroom_records::{Ctx, Error, Holder, Seat, What};
use uuid::Uuid;

const ANOTHER: SessionId = SessionId(Uuid::from_u128(0xD2));

#[tokio::test]
async fn a_session_comes_back_as_booked() {
    let store = booked().await;
    let session = store.records.session(&by_maya(NOW), SESSION).await.unwrap();
    let session = session.unwrap();
    assert_eq!(session.kind, class().kind);
    assert_eq!(session.template, class().template);
    assert_eq!(session.state, SessionState::Scheduled);
    assert_eq!(session.starts_at, NOW.plus(HOUR));
    assert_eq!(session.ends_at, NOW.plus(2 * HOUR));
    assert_eq!(session.clinician, MAYA);
    assert!(session.notes.is_empty());
    let seats: Vec<_> = session
        .seats
        .into_iter()
        .map(|seat| (seat.participant, seat.name, seat.role, seat.link))
        .collect();
    assert_eq!(
        seats,
        [
            (HOST_SEAT, phi("Maya"), Role::Clinician, None),
            (JORDAN_SEAT, phi("Jordan"), Role::Client, None),
            (SAM_SEAT, phi("Sam"), Role::Client, None),
        ]
    );
}

#[tokio::test]
async fn a_day_holds_the_sessions_that_start_in_it() {
    let store = booked().await;
    let records = &store.records;
    let mut earlier = class();
    earlier.session = ANOTHER;
    earlier.starts_at = NOW;
    for seat in &mut earlier.seats {
        seat.participant = ParticipantId(Uuid::from_u128(seat.participant.0.as_u128() + 100));
    }
    records
        .create_session(&by_maya(NOW), &earlier, &[])
        .await
        .unwrap();
    let day = async |from, to| {
        let sessions = records.sessions_of(&by_maya(NOW), MAYA, from, to).await;
        let sessions = sessions.unwrap();
        sessions
            .into_iter()
            .map(|it| it.session)
            .collect::<Vec<_>>()
    };
    let start = NOW.plus(HOUR);
    assert_eq!(day(NOW, start.plus(1)).await, [ANOTHER, SESSION]);
    assert_eq!(day(NOW, start).await, [ANOTHER]);
    assert_eq!(day(start, start.plus(1)).await, [SESSION]);
    let nobody = StaffId(Uuid::from_u128(404));
    let none = records
        .sessions_of(&by_maya(NOW), nobody, NOW, start.plus(1))
        .await;
    assert!(none.unwrap().is_empty());
}

#[tokio::test]
async fn a_booking_that_does_not_fit_leaves_nothing() {
    let store = booked().await;
    let records = &store.records;
    let attempt = async |change: &dyn Fn(&mut quietroom_records::NewSession)| {
        let mut session = class();
        session.session = ANOTHER;
        change(&mut session);
        let done = records
            .create_session(&by_maya(NOW), &session, &[fact(NOW, "scheduled")])
            .await;
        let left = records.session(&server(NOW), ANOTHER).await.unwrap();
        assert_eq!(left, None);
        done.unwrap_err()
    };
    let nobody = PersonId(Uuid::from_u128(404));
    let error = attempt(&|it| it.seats[1].holder = Holder::Person(nobody)).await;
    assert_eq!(error, Error::NotFound(What::Person));
    let error = attempt(&|it| it.clinician = StaffId(nobody.0)).await;
    assert_eq!(error, Error::NotFound(What::Staff));
    let twice = Seat {
        participant: ParticipantId(nobody.0),
        holder: Holder::Person(JORDAN),
        role: Role::Client,
    };
    let error = attempt(&|it| it.seats.push(twice)).await;
    assert_eq!(error, Error::Taken(What::Seat));
    let error = attempt(&|it| it.ends_at = it.starts_at).await;
    assert!(matches!(error, Error::Database(_)), "{error}");

    let again = records.create_session(&by_maya(NOW), &class(), &[]).await;
    assert_eq!(again, Err(Error::Taken(What::Session)));
}

#[tokio::test]
async fn a_session_belongs_to_its_clinic() {
    let store = booked().await;
    let records = &store.records;
    let other = Ctx::server(OTHER_CLINIC, NOW);
    assert_eq!(records.session(&other, SESSION).await.unwrap(), None);
    let owner = records.clinician_of(OTHER_CLINIC, SESSION).await.unwrap();
    assert_eq!(owner, None);
    let owner = records.clinician_of(CLINIC, SESSION).await.unwrap();
    assert_eq!(owner, Some(MAYA));
    // People of one clinic cannot be booked by another.
    let foreign = records.create_session(&other, &class(), &[]).await;
    assert_eq!(foreign, Err(Error::NotFound(What::Staff)));
}

#[tokio::test]
async fn a_scheduled_session_with_someone_at_the_door_is_taken_up_by_a_restart() {
    let store = booked().await;
    let records = &store.records;
    assert!(records.open_sessions(CLINIC).await.unwrap().is_empty());
    let epoch = records.claim_session(&server(NOW), SESSION).await.unwrap();
    let knocked = append(epoch, 2, vec![fact(NOW, "knocked")]);
    records.append_facts(&server(NOW), &knocked).await.unwrap();
    assert_eq!(records.open_sessions(CLINIC).await.unwrap(), [SESSION]);
}
