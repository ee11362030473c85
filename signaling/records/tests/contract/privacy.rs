//! What identifies a person is nowhere in the files, and in no error.

use crate::fixture::{
    CLINIC, MAYA, NOW, SESSION, Store, append, booked, by_maya, end, fact, phi, sections, server,
};
use quietroom_protocol::{PersonId, Phi, StaffId, StaffRole};
use quietroom_records::{Action, Event, NewCredential, NewStaff, Resource};
use uuid::Uuid;

/// Not one of these may stand in a file of the store, whole or in part.
const CANARIES: [&str; 9] = [
    "canary-person",
    "canary-username",
    "canary-staff",
    "canary-password",
    "canary-totp",
    "canary-fact",
    "canary-stub",
    "canary-section",
    "canary-details",
];

/// A store in which every sealed column holds a canary.
async fn with_canaries() -> Store {
    let store = booked().await;
    let records = &store.records;
    let ctx = by_maya(NOW);
    let person = PersonId(Uuid::from_u128(5));
    records
        .create_person(&ctx, person, &phi("canary-person"))
        .await
        .unwrap();
    let staff = NewStaff {
        staff: StaffId(Uuid::from_u128(6)),
        username: phi("canary-username"),
        name: phi("canary-staff"),
        role: StaffRole::Auditor,
    };
    records.create_staff(&ctx, &staff).await.unwrap();
    for (token, confirm) in [([1; 32], true), ([2; 32], false)] {
        let expires_at = NOW.plus(1);
        records
            .issue_set_up(&ctx, MAYA, token, expires_at)
            .await
            .unwrap();
        let chosen = NewCredential {
            password_hash: phi("canary-password"),
            totp_secret: Phi::new(b"canary-totp".to_vec()),
        };
        assert!(records.choose_set_up(&ctx, token, &chosen).await.unwrap());
        if confirm {
            records.confirm_set_up(&ctx, token, 1, &[]).await.unwrap();
        }
    }
    let epoch = records.claim_session(&ctx, SESSION).await.unwrap();
    let rows = vec![fact(NOW, "canary-fact")];
    records
        .append_facts(&ctx, &append(epoch, 2, rows))
        .await
        .unwrap();
    let mut last = end(epoch, 3);
    last.notes[0].stub.name = phi("canary-stub");
    last.outbox.payload = Phi::new(b"canary-stub".to_vec());
    records.end_session(&ctx, &last).await.unwrap();
    let text = sections(["canary-section", "", ""]);
    records
        .save_note(&ctx, last.notes[0].note, 0, &text)
        .await
        .unwrap();
    let event = Event::done(Action::Access, Resource::CLINIC).with_details(phi("canary-details"));
    records.audit(&ctx, event).await.unwrap();
    store
}

/// How often a text stands in the files of the store.
fn found(store: &Store, text: &str) -> usize {
    std::fs::read_dir(store.folder.path())
        .unwrap()
        .map(|entry| std::fs::read(entry.unwrap().path()).unwrap())
        .map(|file| {
            file.windows(text.len())
                .filter(|part| *part == text.as_bytes())
                .count()
        })
        .sum()
}

#[tokio::test]
async fn no_canary_stands_in_the_files() {
    let store = with_canaries().await;
    let path = store.folder.path().join("quietroom.sqlite-wal");
    assert!(
        std::fs::metadata(path).unwrap().len() > 0,
        "the log is looked through too"
    );
    assert!(
        found(&store, "America/New_York") > 0,
        "what is not sealed is found"
    );
    let mut searched = CANARIES.to_vec();
    searched.extend(["203.0.113.77", "Jordan", "maya"]);
    for canary in &searched {
        assert_eq!(found(&store, canary), 0, "{canary} while open");
    }
    store.records.close().await;
    for canary in &searched {
        assert_eq!(found(&store, canary), 0, "{canary} after closing");
    }
}

#[tokio::test]
async fn the_canaries_can_be_read_by_the_entitled() {
    let store = with_canaries().await.reopened().await;
    let records = &store.records;
    let people = records.people(&server(NOW)).await.unwrap();
    assert!(
        people
            .iter()
            .any(|person| person.name == phi("canary-person"))
    );
    let staff = records
        .staff_by_username(CLINIC, &phi("canary-username"))
        .await;
    assert_eq!(staff.unwrap().unwrap().name, phi("canary-staff"));
    let credential = records.credential(CLINIC, MAYA).await.unwrap().unwrap();
    assert_eq!(credential.totp_secret.expose(), b"canary-totp");
    let facts = records.facts(&server(NOW), SESSION).await.unwrap();
    assert_eq!(facts[1].payload.expose(), b"canary-fact");
    let notes = records.notes_of(&server(NOW), MAYA).await.unwrap();
    assert_eq!(notes[0].name, phi("canary-stub"));
}

#[tokio::test]
async fn errors_name_the_constraint_and_no_value() {
    let store = booked().await;
    let records = &store.records;
    store
        .tamper(&["CREATE TRIGGER talkative BEFORE INSERT ON person
             BEGIN SELECT RAISE(ABORT, 'canary-person constraint failed: CANARY'); END"])
        .await;
    let person = PersonId(Uuid::from_u128(5));
    let error = records
        .create_person(&by_maya(NOW), person, &phi("canary-person"))
        .await
        .unwrap_err();
    for shown in [format!("{error}"), format!("{error:?}")] {
        assert!(!shown.to_lowercase().contains("canary"), "{shown}");
        assert!(shown.contains("1811"), "the code of a trigger: {shown}");
    }
}
