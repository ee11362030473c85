//! What a session's groups said: kept in order with the facts, sealed, gone with the session.

use crate::fixture::{
    CLINIC, DEVICE, NOW, OTHER_CLINIC, SESSION, Store, append, booked, by_maya, end, fact, server,
};
use quietroom_protocol::{
    Delivered, Delivery, DeviceId, GroupEpoch, Opaque, Scope, SessionId, SessionState,
};
use quietroom_records::{
    Append, AppendError, Appended, Ctx, DeliveryRow, DeliveryTotals, Error, SessionChange, What,
};
use uuid::Uuid;

const LATER: DeviceId = DeviceId(Uuid::from_u128(0x92));

const fn at(group: u32, epoch: u32) -> GroupEpoch {
    GroupEpoch {
        scope: Scope::Session,
        group,
        epoch,
    }
}

fn row(seq: u64, at: GroupEpoch, what: Delivered, welcome_to: &[DeviceId]) -> DeliveryRow {
    DeliveryRow {
        delivery: Delivery {
            seq,
            from: DEVICE,
            at,
            what,
        },
        welcome_to: welcome_to.to_vec(),
    }
}

fn started(seq: u64, group: u32) -> DeliveryRow {
    row(seq, at(group, 0), Delivered::Started, &[])
}

fn commit(seq: u64, at: GroupEpoch, welcome_to: &[DeviceId]) -> DeliveryRow {
    let welcome = (!welcome_to.is_empty()).then(|| Opaque::new(b"canary-welcome".to_vec()));
    let commit = Opaque::new(format!("canary-commit {seq}").into_bytes());
    row(seq, at, Delivered::Commit { commit, welcome }, welcome_to)
}

fn content(seq: u64, at: GroupEpoch) -> DeliveryRow {
    let message = Opaque::new(b"canary-content".to_vec());
    row(seq, at, Delivered::Content { message }, &[])
}

/// Four deliveries, the second with a welcome; three of them with facts.
fn spoken() -> Vec<DeliveryRow> {
    vec![
        started(1, 1),
        commit(2, at(1, 0), &[DEVICE, LATER]),
        content(3, at(1, 1)),
        commit(4, at(1, 1), &[]),
    ]
}

fn with(epoch: u32, next_seq: u64, facts: usize, deliveries: Vec<DeliveryRow>) -> Append {
    Append {
        deliveries,
        ..append(epoch, next_seq, vec![fact(NOW, "of a group"); facts])
    }
}

async fn claimed(store: &Store) -> u32 {
    let claimed = store.records.claim_session(&server(NOW), SESSION).await;
    claimed.unwrap()
}

/// A store in which the group has said four things; the session's epoch.
async fn after_talking() -> (Store, u32) {
    let store = booked().await;
    let epoch = claimed(&store).await;
    let appended = store
        .records
        .append_facts(&server(NOW), &with(epoch, 2, 3, spoken()))
        .await;
    assert_eq!(appended, Ok(Appended::Now));
    (store, epoch)
}

async fn read(store: &Store, from: u64, count: u32) -> Vec<DeliveryRow> {
    let read = store
        .records
        .deliveries(&server(NOW), SESSION, from, count)
        .await;
    read.unwrap()
}

async fn count(store: &Store) -> u64 {
    let totals = store.records.delivery_totals(CLINIC, SESSION).await;
    totals.unwrap().count
}

#[tokio::test]
async fn deliveries_are_read_back_in_order_from_a_number_on() {
    let (store, _) = after_talking().await;
    let store = store.reopened().await;
    assert_eq!(read(&store, 1, 100).await, spoken());
    assert_eq!(read(&store, 3, 100).await, spoken()[2..]);
    assert_eq!(read(&store, 2, 2).await, spoken()[1..3]);
    assert_eq!(read(&store, 5, 100).await, []);
    let totals = DeliveryTotals {
        count: 4,
        bytes: spoken().iter().map(DeliveryRow::bytes).sum(),
    };
    assert_eq!(totals.bytes, 15 + 14 + 14 + 15);
    let found = store.records.delivery_totals(CLINIC, SESSION).await;
    assert_eq!(found, Ok(totals));
}

#[tokio::test]
async fn the_newest_welcome_of_a_device_is_found() {
    let (store, epoch) = after_talking().await;
    let newest = async |device| {
        let found = store.records.newest_welcome(CLINIC, SESSION, device).await;
        found.unwrap()
    };
    for device in [DEVICE, LATER] {
        assert_eq!(newest(device).await, Some(2));
    }
    assert_eq!(newest(DeviceId(Uuid::from_u128(0x93))).await, None);
    let again = with(epoch, 5, 0, vec![commit(5, at(1, 2), &[LATER])]);
    store
        .records
        .append_facts(&server(NOW), &again)
        .await
        .unwrap();
    assert_eq!(newest(LATER).await, Some(5));
    assert_eq!(newest(DEVICE).await, Some(2));
}

#[tokio::test]
async fn a_welcome_is_given_to_those_it_is_for() {
    let row = commit(2, at(1, 0), &[LATER]);
    assert_eq!(row.for_device(LATER), row.delivery);
    let Delivered::Commit { welcome, commit } = row.for_device(DEVICE).what else {
        panic!("a commit")
    };
    assert_eq!(welcome, None);
    assert!(!commit.is_empty());
}

#[tokio::test]
async fn facts_and_deliveries_are_written_together_or_not_at_all() {
    let (store, epoch) = after_talking().await;
    // The same epoch once more, the same start, the same number: each is refused with its fact.
    let fork = [
        commit(5, at(1, 1), &[]),
        started(5, 1),
        content(4, at(1, 1)),
    ];
    for delivery in fork {
        let refused = store
            .records
            .append_facts(&server(NOW), &with(epoch, 5, 1, vec![delivery]))
            .await;
        let taken = Err(AppendError::Store(Error::Taken(What::Delivery)));
        assert_eq!(refused, taken);
        let facts = store.records.facts(&server(NOW), SESSION).await.unwrap();
        assert_eq!((facts.len(), count(&store).await), (4, 4));
    }
    let next = with(epoch, 5, 1, vec![commit(5, at(1, 2), &[])]);
    let appended = store.records.append_facts(&server(NOW), &next).await;
    assert_eq!(appended, Ok(Appended::Now));
}

#[tokio::test]
async fn a_room_that_was_taken_over_cannot_add_a_delivery() {
    let (store, stale) = after_talking().await;
    let epoch = claimed(&store).await;
    for facts in [0, 1] {
        let delivery = vec![commit(5, at(1, 2), &[])];
        let refused = store
            .records
            .append_facts(&server(NOW), &with(stale, 5, facts, delivery))
            .await;
        assert_eq!(refused, Err(AppendError::Stale { epoch }));
    }
    assert_eq!(count(&store).await, 4);
}

#[tokio::test]
async fn the_end_of_a_session_deletes_them() {
    let (store, epoch) = after_talking().await;
    let ended = store
        .records
        .end_session(&by_maya(NOW), &end(epoch, 5))
        .await;
    ended.unwrap();
    assert_eq!(count(&store).await, 0);
    assert_eq!(read(&store, 1, 100).await, []);
}

#[tokio::test]
async fn an_end_that_fails_keeps_them() {
    let (store, epoch) = after_talking().await;
    let mut twice = end(epoch, 5);
    let again = twice.notes[0].clone();
    twice.notes.push(again);
    let refused = store.records.end_session(&by_maya(NOW), &twice).await;
    assert!(refused.is_err());
    assert_eq!(read(&store, 1, 100).await, spoken());
}

#[tokio::test]
async fn a_session_called_off_or_not_attended_deletes_them_too() {
    for state in [SessionState::Cancelled, SessionState::NoShow] {
        let (store, epoch) = after_talking().await;
        let over = Append {
            change: SessionChange {
                times: None,
                state: Some(state),
            },
            ..with(epoch, 5, 1, vec![])
        };
        store
            .records
            .append_facts(&server(NOW), &over)
            .await
            .unwrap();
        assert_eq!(count(&store).await, 0, "{state:?}");
    }
}

#[tokio::test]
async fn another_session_or_clinic_has_none_of_them() {
    let (store, _) = after_talking().await;
    let records = &store.records;
    let nowhere = SessionId(Uuid::from_u128(404));
    let empty = DeliveryTotals::default();
    for (organisation, session) in [(CLINIC, nowhere), (OTHER_CLINIC, SESSION)] {
        let totals = records.delivery_totals(organisation, session).await;
        assert_eq!(totals, Ok(empty));
        let welcome = records.newest_welcome(organisation, session, DEVICE).await;
        assert_eq!(welcome, Ok(None));
        let ctx = Ctx::server(organisation, NOW);
        let read = records.deliveries(&ctx, session, 1, 100).await;
        assert_eq!(read, Err(Error::NotFound(What::Session)));
    }
}

#[tokio::test]
async fn they_stand_sealed_in_the_file_and_where_they_were_put() {
    let (store, _) = after_talking().await;
    for column in ["payload", "welcome"] {
        let mut raw = store.raw().await;
        let statement = match column {
            "payload" => "SELECT count(*) FROM delivery WHERE instr(payload, 'canary') > 0",
            _ => "SELECT count(*) FROM delivery WHERE instr(welcome, 'canary') > 0",
        };
        let found: i64 = sqlx::query_scalar(statement)
            .fetch_one(&mut raw)
            .await
            .unwrap();
        assert_eq!(found, 0, "{column}");
    }
    store
        .tamper(&["UPDATE delivery SET epoch = 7 WHERE seq = 4"])
        .await;
    let read = store
        .records
        .deliveries(&server(NOW), SESSION, 1, 100)
        .await;
    assert!(matches!(read, Err(Error::Seal(_))), "{read:?}");
}
