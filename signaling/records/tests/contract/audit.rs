//! The audit log: what is in it stays in it, and tampering shows.

use crate::fixture::{
    CLINIC, JORDAN, MAYA, NOW, OTHER_CLINIC, Store, booked, by_maya, phi, server,
};
use quietroom_protocol::OrganisationId;
use quietroom_records::{
    Action, Actor, AuditBroken, AuditFault, AuditHead, Ctx, Error, Event, Outcome, Resource, What,
};
use uuid::Uuid;

/// Lifts the rules that the database itself enforces, as someone with the file in hands would.
const LIFT: [&str; 5] = [
    "DROP TRIGGER audit_event_is_never_changed",
    "DROP TRIGGER audit_event_is_only_shredded",
    "DROP TRIGGER audit_event_is_never_deleted",
    "DROP TRIGGER audit_head_only_grows",
    "DROP TRIGGER audit_head_is_never_deleted",
];

async fn verify(store: &Store) -> Result<AuditHead, AuditFault> {
    store.records.verify_audit(CLINIC).await
}

/// What verifying finds after the statements.
async fn after(statements: &[&'static str]) -> AuditBroken {
    let store = booked().await;
    let whole = verify(&store).await.unwrap();
    assert!(whole.seq >= 5, "there is something to tamper with");
    store.tamper(&LIFT).await;
    assert_eq!(
        verify(&store).await,
        Ok(whole),
        "without rules it still holds"
    );
    store.tamper(statements).await;
    match verify(&store).await {
        Err(AuditFault::Broken(broken)) => broken,
        other => panic!("{statements:?}: {other:?}"),
    }
}

#[tokio::test]
async fn an_event_says_who_did_what_to_what_when_and_from_where() {
    let store = booked().await;
    let records = &store.records;
    let before = verify(&store).await.unwrap().seq;
    let event = Event::refused(Action::Access, Resource::person(JORDAN))
        .with_details(phi("GET /api/v1/people"));
    records.audit(&by_maya(NOW), event).await.unwrap();
    let entries = records
        .audit_events(&server(NOW), before, 10)
        .await
        .unwrap();
    let entry = &entries[0];
    assert_eq!(entry.seq, before + 1);
    assert_eq!(entry.at, NOW);
    assert_eq!(entry.actor, Actor::Staff(MAYA));
    assert_eq!(entry.action, Action::Access.as_str());
    assert_eq!(entry.resource_kind, "person");
    assert_eq!(entry.resource, Some(JORDAN.0));
    assert_eq!(entry.outcome, Outcome::Refused);
    assert_eq!(entry.source, Some(phi("203.0.113.77")));
    assert_eq!(entry.details, Some(phi("GET /api/v1/people")));
}

#[tokio::test]
async fn each_clinic_has_a_log_of_its_own() {
    let store = booked().await;
    let other = store.records.verify_audit(OTHER_CLINIC).await.unwrap();
    assert_eq!(other.seq, 1, "its making");
    let ctx = Ctx::server(OTHER_CLINIC, NOW);
    let entries = store.records.audit_events(&ctx, 0, 10).await.unwrap();
    assert_eq!(entries[0].action, Action::CreateOrganisation.as_str());
    assert_eq!(entries.len(), 2);
}

#[tokio::test]
async fn a_changed_event_shows() {
    for change in [
        "UPDATE audit_event SET actor = NULL, actor_kind = 'server' WHERE seq = 4",
        "UPDATE audit_event SET at = at + 1 WHERE seq = 4",
        "UPDATE audit_event SET action = 'person.list' WHERE seq = 4",
        "UPDATE audit_event SET resource = x'00' WHERE seq = 4",
        "UPDATE audit_event SET outcome = 'refused' WHERE seq = 4",
        "UPDATE audit_event SET details = x'00' WHERE seq = 4",
        "UPDATE audit_event SET details = NULL WHERE seq = 4",
        "UPDATE audit_event SET hash = zeroblob(32) WHERE seq = 4",
    ] {
        assert_eq!(
            after(&[change]).await,
            AuditBroken::Changed { seq: 4 },
            "{change}"
        );
    }
}

#[tokio::test]
async fn a_missing_event_shows() {
    let gone = after(&["DELETE FROM audit_event WHERE seq = 1"]).await;
    assert_eq!(gone, AuditBroken::Missing { seq: 1 });
    let gone = after(&["DELETE FROM audit_event WHERE seq = 3"]).await;
    assert_eq!(gone, AuditBroken::Missing { seq: 3 });
}

#[tokio::test]
async fn events_in_another_order_show() {
    let swapped = after(&[
        "UPDATE audit_event SET seq = 1000 WHERE seq = 3",
        "UPDATE audit_event SET seq = 3 WHERE seq = 4",
        "UPDATE audit_event SET seq = 4 WHERE seq = 1000",
    ])
    .await;
    assert_eq!(swapped, AuditBroken::Changed { seq: 3 });
    let closed_up = after(&[
        "DELETE FROM audit_event WHERE seq = 2",
        "UPDATE audit_event SET seq = seq - 1 WHERE seq > 2 AND organisation = x'000000000000000000000000000000c1'",
    ])
    .await;
    assert_eq!(closed_up, AuditBroken::Changed { seq: 2 });
}

#[tokio::test]
async fn a_log_cut_off_at_its_end_shows() {
    let cut = after(&["DELETE FROM audit_event WHERE seq > 3"]).await;
    assert_eq!(cut, AuditBroken::NotTheHead { seq: 3 });
    let headless = after(&["DELETE FROM audit_head"]).await;
    assert!(matches!(headless, AuditBroken::NotTheHead { .. }));
    // A head that fits the shorter chain, but that nobody could authenticate without the key.
    let forged = after(&[
        "DELETE FROM audit_event WHERE seq > 3",
        "UPDATE audit_head SET (seq, hash) =
             (SELECT seq, hash FROM audit_event WHERE seq = 3)
         WHERE organisation = x'000000000000000000000000000000c1'",
    ])
    .await;
    assert_eq!(forged, AuditBroken::NotTheHead { seq: 3 });
    let emptied = after(&["DELETE FROM audit_event"]).await;
    assert_eq!(emptied, AuditBroken::NotTheHead { seq: 0 });
}

#[tokio::test]
async fn a_cut_off_end_still_shows_after_the_log_went_on() {
    let store = booked().await;
    let head = verify(&store).await.unwrap().seq;
    store.tamper(&LIFT).await;
    store
        .tamper(&["DELETE FROM audit_event WHERE seq = (SELECT max(seq) FROM audit_event)"])
        .await;
    store.records.people(&by_maya(NOW)).await.unwrap();
    assert_eq!(
        verify(&store).await,
        Err(AuditBroken::Missing { seq: head }.into())
    );
}

#[tokio::test]
async fn nothing_goes_on_over_a_forged_head() {
    let store = booked().await;
    store.tamper(&LIFT).await;
    store.tamper(&["UPDATE audit_head SET seq = seq - 1"]).await;
    let refused = store.records.people(&by_maya(NOW)).await;
    assert_eq!(refused, Err(Error::AuditTampered));
}

#[tokio::test]
async fn the_database_itself_refuses_to_change_the_log() {
    let store = booked().await;
    let mut raw = store.raw().await;
    for statement in [
        "UPDATE audit_event SET at = 0",
        "UPDATE audit_event SET details = NULL",
        "UPDATE audit_event SET data_key = x'00'",
        "DELETE FROM audit_event",
        "DELETE FROM audit_head",
        "UPDATE audit_head SET seq = seq - 1",
    ] {
        let refused = sqlx::query(statement).execute(&mut raw).await.unwrap_err();
        assert!(
            refused.to_string().contains("append-only"),
            "{statement}: {refused}"
        );
    }
    assert!(verify(&store).await.is_ok());
}

#[tokio::test]
async fn a_shredded_event_leaves_the_chain_whole() {
    let store = booked().await;
    let whole = verify(&store).await.unwrap();
    store
        .tamper(&["UPDATE audit_event SET data_key = NULL"])
        .await;
    assert_eq!(verify(&store).await, Ok(whole));
    let entries = store
        .records
        .audit_events(&server(NOW), 0, 100)
        .await
        .unwrap();
    assert!(entries.iter().all(|entry| entry.source.is_none()));
}

#[tokio::test]
async fn events_of_many_at_once_form_one_chain() {
    let store = booked().await;
    let before = verify(&store).await.unwrap().seq;
    let tasks = (0..200).map(|_| {
        let records = store.records.clone();
        tokio::spawn(async move { records.people(&by_maya(NOW)).await.map(drop) })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap().unwrap();
    }
    assert_eq!(verify(&store).await.unwrap().seq, before + 200);
}

#[tokio::test]
async fn one_who_cannot_be_audited_does_not_hold_up_the_others() {
    let store = booked().await;
    let nowhere = Ctx::server(OrganisationId(Uuid::from_u128(404)), NOW);
    let event = || Event::done(Action::ReadPeople, Resource::CLINIC);
    let here = server(NOW);
    let (lost, kept) = tokio::join!(
        store.records.audit(&nowhere, event()),
        store.records.audit(&here, event()),
    );
    assert_eq!(lost, Err(Error::NotFound(What::Organisation)));
    assert_eq!(kept, Ok(()));
}

#[tokio::test]
async fn a_failed_write_leaves_no_event() {
    let store = booked().await;
    let before = verify(&store).await.unwrap();
    let taken = store
        .records
        .create_person(&by_maya(NOW), JORDAN, &phi("Sam"))
        .await;
    assert!(taken.is_err());
    assert_eq!(verify(&store).await, Ok(before));
}

#[test]
fn no_two_actions_share_a_word() {
    let mut words: Vec<_> = Action::ALL.iter().map(|action| action.as_str()).collect();
    words.sort_unstable();
    words.dedup();
    assert_eq!(words.len(), Action::ALL.len());
}
