//! People: sealed names, given out only with an audit event.

use crate::fixture::{
    CLINIC, JORDAN, MINUTE, NOW, OTHER_CLINIC, SAM, booked, by_maya, phi, server,
};
use quietroom_protocol::PersonId;
use quietroom_records::{Actor, Ctx, Error, SealFault, What};
use uuid::Uuid;

#[tokio::test]
async fn people_are_listed_by_name() {
    let store = booked().await;
    let alex = PersonId(Uuid::from_u128(7));
    let later = NOW.plus(MINUTE);
    let records = &store.records;
    records
        .create_person(&by_maya(later), alex, &phi("alex"))
        .await
        .unwrap();
    let people = records.people(&by_maya(later)).await.unwrap();
    let names: Vec<&str> = people.iter().map(|p| p.name.expose().as_str()).collect();
    assert_eq!(names, ["alex", "Jordan", "Sam"]);
    assert_eq!(people[0].created_at, later);
}

#[tokio::test]
async fn nobody_is_seen_from_another_clinic() {
    let store = booked().await;
    let other = Ctx::server(OTHER_CLINIC, NOW);
    assert!(store.records.people(&other).await.unwrap().is_empty());
    assert_eq!(store.records.person(&other, JORDAN).await.unwrap(), None);
    let found = store.records.person(&server(NOW), JORDAN).await.unwrap();
    assert_eq!(found.unwrap().name, phi("Jordan"));
}

#[tokio::test]
async fn an_id_is_used_once() {
    let store = booked().await;
    let records = &store.records;
    let again = records
        .create_person(&by_maya(NOW), JORDAN, &phi("Somebody"))
        .await;
    assert_eq!(again, Err(Error::Taken(What::Person)));
    let kept = records.person(&server(NOW), JORDAN).await.unwrap().unwrap();
    assert_eq!(kept.name, phi("Jordan"));
}

#[tokio::test]
async fn every_read_is_audited_with_who_what_and_from_where() {
    let store = booked().await;
    let records = &store.records;
    let head = records.verify_audit(CLINIC).await.unwrap().seq;
    records.people(&by_maya(NOW)).await.unwrap();
    records.person(&by_maya(NOW), JORDAN).await.unwrap();
    let entries = records.audit_events(&server(NOW), head, 10).await.unwrap();
    let seen: Vec<_> = entries
        .iter()
        .map(|entry| (entry.action.as_str(), entry.resource))
        .collect();
    assert_eq!(
        seen,
        [
            ("person.list", None),
            ("person.read", Some(JORDAN.0)),
            ("audit.read", None)
        ]
    );
    assert_eq!(entries[0].actor, by_maya(NOW).actor);
    assert_eq!(entries[0].source, Some(phi("203.0.113.77")));
    assert_eq!(entries[2].actor, Actor::Server);
}

#[tokio::test]
async fn nothing_is_given_out_when_the_audit_fails() {
    let store = booked().await;
    store
        .tamper(&["CREATE TRIGGER full BEFORE INSERT ON audit_event
             BEGIN SELECT RAISE(ABORT, 'no room'); END"])
        .await;
    let records = &store.records;
    assert!(records.people(&by_maya(NOW)).await.is_err());
    assert!(records.person(&by_maya(NOW), JORDAN).await.is_err());
    let new = PersonId(Uuid::from_u128(9));
    let made = records
        .create_person(&by_maya(NOW), new, &phi("Alex"))
        .await;
    assert!(made.is_err());
    store.tamper(&["DROP TRIGGER full"]).await;
    assert_eq!(records.person(&by_maya(NOW), new).await.unwrap(), None);
}

#[tokio::test]
async fn a_name_moved_to_another_row_is_refused() {
    let store = booked().await;
    store
        .tamper(&[
            "UPDATE person SET name = (SELECT name FROM person WHERE person = x'000000000000000000000000000000b2')
             WHERE person = x'000000000000000000000000000000b1'",
        ])
        .await;
    let read = store.records.person(&server(NOW), JORDAN).await;
    let refused = Error::Seal(SealFault::NotAuthentic {
        table: "person",
        column: "name",
    });
    assert_eq!(read, Err(refused));
    assert!(store.records.person(&server(NOW), SAM).await.is_ok());
}

#[tokio::test]
async fn a_whole_row_moved_to_another_person_is_refused() {
    let store = booked().await;
    store
        .tamper(&["UPDATE person SET
                (name, data_key) = (SELECT name, data_key FROM person
                                    WHERE person = x'000000000000000000000000000000b2')
             WHERE person = x'000000000000000000000000000000b1'"])
        .await;
    let read = store.records.person(&server(NOW), JORDAN).await;
    assert!(matches!(read, Err(Error::Seal(_))), "{read:?}");
}

#[tokio::test]
async fn a_person_without_data_key_is_shredded() {
    let store = booked().await;
    store
        .tamper(&["UPDATE person SET data_key = NULL
             WHERE person = x'000000000000000000000000000000b1'"])
        .await;
    let read = store.records.person(&server(NOW), JORDAN).await;
    assert!(matches!(read, Err(Error::Seal(SealFault::Shredded { .. }))));
    assert_eq!(store.records.people(&server(NOW)).await.unwrap().len(), 1);
}
