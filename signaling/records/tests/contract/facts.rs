//! Facts: append-only, without gap or duplicate, written by one room at a time.

use crate::fixture::{
    CLINIC, HOUR, JORDAN_SEAT, MINUTE, NOW, OTHER_CLINIC, SAM_SEAT, SESSION, Store, append, booked,
    by_maya, end, fact, note_id, server,
};
use quietroom_protocol::{Phi, SessionId, SessionState, UtcMillis};
use quietroom_records::{
    Action, Append, AppendError, Appended, Ctx, Error, Event, FactRow, Resource, SessionChange,
    What,
};
use uuid::Uuid;

async fn texts(store: &Store) -> Vec<String> {
    let facts = store.records.facts(&server(NOW), SESSION).await.unwrap();
    let in_order: Vec<u64> = facts.iter().map(|fact| fact.seq).collect();
    assert_eq!(in_order, (1..=facts.len() as u64).collect::<Vec<_>>());
    facts
        .into_iter()
        .map(|fact| String::from_utf8(fact.payload.into_exposed()).unwrap())
        .collect()
}

async fn state(store: &Store) -> SessionState {
    let session = store.records.session(&server(NOW), SESSION).await.unwrap();
    session.unwrap().state
}

#[tokio::test]
async fn facts_come_back_as_they_were_written() {
    let store = booked().await;
    let epoch = store
        .records
        .claim_session(&server(NOW), SESSION)
        .await
        .unwrap();
    assert_eq!(epoch, 1);
    let late = FactRow {
        late: Some(NOW.plus(5_000)),
        ..fact(NOW.plus(1_000), "opened")
    };
    let rows = vec![late, fact(NOW.plus(2_000), "knocked")];
    let appended = store
        .records
        .append_facts(&by_maya(NOW), &append(epoch, 2, rows))
        .await;
    assert_eq!(appended, Ok(Appended::Now));
    let store = store.reopened().await;
    assert_eq!(texts(&store).await, ["scheduled", "opened", "knocked"]);
    let facts = store.records.facts(&server(NOW), SESSION).await.unwrap();
    assert_eq!(facts[0].epoch, 0);
    assert_eq!(facts[1].epoch, 1);
    assert_eq!(facts[1].at, NOW.plus(1_000));
    assert_eq!(facts[1].late, Some(NOW.plus(5_000)));
    assert_eq!(facts[2].late, None);
}

#[tokio::test]
async fn a_room_that_lost_its_session_cannot_write() {
    let store = booked().await;
    let records = &store.records;
    let old = records.claim_session(&server(NOW), SESSION).await.unwrap();
    let new = records.claim_session(&server(NOW), SESSION).await.unwrap();
    assert_eq!((old, new), (1, 2));
    let rows = || vec![fact(NOW, "opened")];
    let stale = records
        .append_facts(&server(NOW), &append(old, 2, rows()))
        .await;
    assert_eq!(stale, Err(AppendError::Stale { epoch: 2 }));
    let stale = records.end_session(&server(NOW), &end(old, 2)).await;
    assert_eq!(stale, Err(AppendError::Stale { epoch: 2 }));
    assert_eq!(texts(&store).await, ["scheduled"]);
    assert_eq!(state(&store).await, SessionState::Scheduled);
    let fresh = records
        .append_facts(&server(NOW), &append(new, 2, rows()))
        .await;
    assert_eq!(fresh, Ok(Appended::Now));
}

#[tokio::test]
async fn there_is_no_gap_and_no_duplicate() {
    let store = booked().await;
    let records = &store.records;
    let epoch = records.claim_session(&server(NOW), SESSION).await.unwrap();
    for wrong in [0, 1, 3] {
        let refused = records
            .append_facts(&server(NOW), &append(epoch, wrong, vec![fact(NOW, "x")]))
            .await;
        assert_eq!(refused, Err(AppendError::OutOfOrder { next_seq: 2 }));
    }
    assert_eq!(texts(&store).await, ["scheduled"]);
}

#[tokio::test]
async fn an_append_whose_reply_was_lost_may_be_repeated() {
    let store = booked().await;
    let records = &store.records;
    let epoch = records.claim_session(&server(NOW), SESSION).await.unwrap();
    let rows = vec![fact(NOW, "opened"), fact(NOW, "knocked")];
    let once = Append {
        events: vec![Event::done(
            Action::EnterSession,
            Resource::session(SESSION),
        )],
        ..append(epoch, 2, rows)
    };
    let first = records.append_facts(&server(NOW), &once).await;
    assert_eq!(first, Ok(Appended::Now));
    let head = records.verify_audit(CLINIC).await.unwrap();
    let again = records.append_facts(&server(NOW), &once).await;
    assert_eq!(again, Ok(Appended::Before));
    assert_eq!(records.verify_audit(CLINIC).await.unwrap(), head);
    assert_eq!(texts(&store).await, ["scheduled", "opened", "knocked"]);

    let different = append(epoch, 2, vec![fact(NOW, "opened"), fact(NOW, "left")]);
    let refused = records.append_facts(&server(NOW), &different).await;
    assert_eq!(refused, Err(AppendError::OutOfOrder { next_seq: 4 }));
}

#[tokio::test]
async fn state_and_times_change_with_the_facts_or_not_at_all() {
    let store = booked().await;
    let records = &store.records;
    let epoch = records.claim_session(&server(NOW), SESSION).await.unwrap();
    let (from, to) = (NOW.plus(3 * HOUR), NOW.plus(4 * HOUR));
    let rescheduled = Append {
        change: SessionChange {
            times: Some((from, to)),
            state: Some(SessionState::Open),
        },
        ..append(epoch, 2, vec![fact(NOW, "rescheduled")])
    };
    records
        .append_facts(&server(NOW), &rescheduled)
        .await
        .unwrap();
    assert_eq!(records.open_sessions(CLINIC).await.unwrap(), [SESSION]);
    assert_eq!(records.open_sessions(OTHER_CLINIC).await.unwrap(), []);

    // An end before the start is refused by the schema: then the fact is not there either.
    let impossible = Append {
        change: SessionChange {
            times: Some((to, from)),
            state: None,
        },
        ..append(epoch, 3, vec![fact(NOW, "rescheduled again")])
    };
    let refused = records.append_facts(&server(NOW), &impossible).await;
    assert!(matches!(
        refused,
        Err(AppendError::Store(Error::Database(_)))
    ));
    let session = records.session(&server(NOW), SESSION).await.unwrap();
    let session = session.unwrap();
    assert_eq!((session.starts_at, session.ends_at), (from, to));
    assert_eq!(texts(&store).await, ["scheduled", "rescheduled"]);
}

#[tokio::test]
async fn the_end_writes_facts_notes_outbox_and_state_at_once() {
    let store = booked().await;
    let records = &store.records;
    let epoch = records.claim_session(&server(NOW), SESSION).await.unwrap();
    let ended = records
        .end_session(&by_maya(NOW), &end(epoch, 2))
        .await
        .unwrap();
    assert_eq!(ended.appended, Appended::Now);
    let notes = [JORDAN_SEAT, SAM_SEAT].map(|seat| (seat, note_id(seat)));
    assert_eq!(ended.notes, notes);
    assert_eq!(state(&store).await, SessionState::Ended);
    assert_eq!(texts(&store).await, ["scheduled", "ended"]);
    let outbox = records.outbox(CLINIC, 10).await.unwrap();
    assert_eq!(outbox, [end(epoch, 2).outbox]);
    assert!(records.open_sessions(CLINIC).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_end_whose_reply_was_lost_may_be_repeated() {
    let store = booked().await;
    let records = &store.records;
    let epoch = records.claim_session(&server(NOW), SESSION).await.unwrap();
    let first = records
        .end_session(&by_maya(NOW), &end(epoch, 2))
        .await
        .unwrap();
    // A retry draws other ids; what counts are the facts.
    let mut again = end(epoch, 2);
    for (note, id) in again.notes.iter_mut().zip(900..) {
        note.note.0 = Uuid::from_u128(id);
    }
    again.outbox.id = Uuid::from_u128(901);
    let second = records.end_session(&by_maya(NOW), &again).await.unwrap();
    assert_eq!(second.appended, Appended::Before);
    assert_eq!(second.notes, first.notes);
    assert_eq!(records.outbox(CLINIC, 10).await.unwrap().len(), 1);
    assert_eq!(texts(&store).await, ["scheduled", "ended"]);
}

#[tokio::test]
async fn an_end_that_fails_halfway_did_not_happen() {
    let store = booked().await;
    let records = &store.records;
    let epoch = records.claim_session(&server(NOW), SESSION).await.unwrap();
    let mut twice = end(epoch, 2);
    let mut note = twice.notes[0].clone();
    note.note.0 = Uuid::from_u128(900);
    twice.notes.push(note);
    let refused = records.end_session(&by_maya(NOW), &twice).await;
    assert_eq!(
        refused,
        Err(AppendError::Store(Error::Taken(What::Note))),
        "one note per client and session"
    );
    assert_eq!(texts(&store).await, ["scheduled"]);
    assert_eq!(state(&store).await, SessionState::Scheduled);
    assert!(records.outbox(CLINIC, 10).await.unwrap().is_empty());
    assert!(
        records
            .end_session(&by_maya(NOW), &end(epoch, 2))
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn facts_cannot_be_changed_in_the_database() {
    let store = booked().await;
    let mut raw = store.raw().await;
    for statement in [
        "UPDATE fact SET at = 0",
        "UPDATE fact SET payload = x'00'",
        "DELETE FROM fact",
    ] {
        let refused = sqlx::query(statement).execute(&mut raw).await.unwrap_err();
        assert!(
            refused.to_string().contains("append-only"),
            "{statement}: {refused}"
        );
    }
}

#[tokio::test]
async fn a_time_of_service_changed_past_the_rules_does_not_open() {
    let store = booked().await;
    store
        .tamper(&[
            "DROP TRIGGER fact_is_never_changed",
            "UPDATE fact SET at = at - 60000",
        ])
        .await;
    let facts = store.records.facts(&server(NOW), SESSION).await;
    assert!(matches!(facts, Err(Error::Seal(_))), "{facts:?}");
}

#[tokio::test]
async fn a_session_that_does_not_exist_is_not_found() {
    let store = booked().await;
    let records = &store.records;
    let nowhere = SessionId(Uuid::from_u128(404));
    let not_found = Error::NotFound(What::Session);
    assert_eq!(
        records.claim_session(&server(NOW), nowhere).await,
        Err(not_found.clone())
    );
    let other = Ctx::server(OTHER_CLINIC, NOW);
    assert_eq!(records.facts(&other, SESSION).await, Err(not_found.clone()));
    let refused = records.append_facts(&other, &append(0, 2, vec![])).await;
    assert_eq!(refused, Err(AppendError::Store(not_found)));
}

#[tokio::test]
async fn the_heartbeat_is_remembered() {
    let store = booked().await;
    assert_eq!(store.records.last_alive().await.unwrap(), None);
    let last: UtcMillis = NOW.plus(MINUTE);
    store.records.heartbeat(NOW).await.unwrap();
    store.records.heartbeat(last).await.unwrap();
    let store = store.reopened().await;
    assert_eq!(store.records.last_alive().await.unwrap(), Some(last));
}

#[tokio::test]
async fn rooms_that_race_for_a_fact_leave_one_log() {
    let store = booked().await;
    let epoch = store
        .records
        .claim_session(&server(NOW), SESSION)
        .await
        .unwrap();
    let racing = (0..8).map(|racer| {
        let records = store.records.clone();
        tokio::spawn(async move {
            let row = FactRow {
                payload: Phi::new(format!("{racer}").into_bytes()),
                ..fact(NOW, "")
            };
            records
                .append_facts(&server(NOW), &append(epoch, 2, vec![row]))
                .await
        })
    });
    let mut won = 0;
    for racer in racing.collect::<Vec<_>>() {
        match racer.await.unwrap() {
            Ok(Appended::Now) => won += 1,
            other => assert_eq!(other, Err(AppendError::OutOfOrder { next_seq: 3 })),
        }
    }
    assert_eq!(won, 1);
    assert_eq!(texts(&store).await.len(), 2);
}
