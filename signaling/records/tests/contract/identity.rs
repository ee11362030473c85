//! Identity keys of clinicians: one in use, those before it kept.

use crate::fixture::{CLINIC, MAYA, MINUTE, NOW, Store, booked, by_maya, phi, server};
use quietroom_protocol::{Opaque, StaffId, StaffRole, UtcMillis};
use quietroom_records::{Error, IdentityRow, KeepOutcome, NewIdentity, NewStaff, What};
use uuid::Uuid;

const LEE: StaffId = StaffId(Uuid::from_u128(0xA2));

fn identity(staff: StaffId, key: u8, replaces: Option<u8>) -> NewIdentity {
    NewIdentity {
        staff,
        public_key: [key; 65],
        wrapped: Opaque::new(vec![key; 40]),
        replaces: replaces.map(|key| [key; 65]),
    }
}

fn row(key: u8, created_at: UtcMillis) -> IdentityRow {
    IdentityRow {
        public_key: [key; 65],
        wrapped: Opaque::new(vec![key; 40]),
        created_at,
    }
}

async fn kept(store: &Store, new: NewIdentity, now: UtcMillis) -> KeepOutcome {
    let kept = store.records.keep_identity(&by_maya(now), &new).await;
    kept.unwrap()
}

async fn in_use(store: &Store) -> Option<IdentityRow> {
    store.records.identity(&by_maya(NOW), MAYA).await.unwrap()
}

#[tokio::test]
async fn a_kept_identity_is_found_and_audited() {
    let store = booked().await;
    assert_eq!(in_use(&store).await, None);
    let kept = kept(&store, identity(MAYA, 1, None), NOW).await;
    assert_eq!(kept, KeepOutcome::Kept(row(1, NOW)));
    let store = store.reopened().await;
    assert_eq!(in_use(&store).await, Some(row(1, NOW)));
    let events = store.records.audit_events(&server(NOW), 0, 1000).await;
    let actions: Vec<String> = events.unwrap().into_iter().map(|it| it.action).collect();
    for action in ["staff.keep_identity", "staff.read_identity"] {
        assert!(actions.iter().any(|it| it == action), "{action}");
    }
}

#[tokio::test]
async fn an_identity_takes_the_place_of_the_one_it_names() {
    let store = booked().await;
    kept(&store, identity(MAYA, 1, None), NOW).await;
    for wrong in [None, Some(2), Some(3)] {
        let refused = kept(&store, identity(MAYA, 2, wrong), NOW).await;
        assert_eq!(refused, KeepOutcome::OtherInUse, "{wrong:?}");
        assert_eq!(in_use(&store).await, Some(row(1, NOW)));
    }
    let later = NOW.plus(MINUTE);
    let next = kept(&store, identity(MAYA, 2, Some(1)), later).await;
    assert_eq!(next, KeepOutcome::Kept(row(2, later)));
    assert_eq!(in_use(&store).await, Some(row(2, later)));
    let mut raw = store.raw().await;
    let history: i64 = sqlx::query_scalar("SELECT count(*) FROM staff_identity")
        .fetch_one(&mut raw)
        .await
        .unwrap();
    assert_eq!(history, 2);
}

#[tokio::test]
async fn keeping_it_again_changes_nothing() {
    let store = booked().await;
    kept(&store, identity(MAYA, 1, None), NOW).await;
    let before = store.records.verify_audit(CLINIC).await.unwrap();
    let again = kept(&store, identity(MAYA, 1, None), NOW.plus(MINUTE)).await;
    assert_eq!(again, KeepOutcome::Kept(row(1, NOW)));
    assert_eq!(store.records.verify_audit(CLINIC).await.unwrap(), before);
}

#[tokio::test]
async fn a_key_is_of_one_person_once() {
    let store = booked().await;
    let lee = NewStaff {
        staff: LEE,
        username: phi("lee"),
        name: phi("Lee"),
        role: StaffRole::Clinician,
    };
    let records = &store.records;
    records.create_staff(&server(NOW), &lee).await.unwrap();
    kept(&store, identity(MAYA, 1, None), NOW).await;
    kept(&store, identity(MAYA, 2, Some(1)), NOW).await;
    for taken in [identity(LEE, 2, None), identity(MAYA, 1, Some(2))] {
        let refused = records.keep_identity(&by_maya(NOW), &taken).await;
        assert_eq!(refused, Err(Error::Taken(What::Identity)));
    }
    assert_eq!(in_use(&store).await, Some(row(2, NOW)));
    let stranger = identity(StaffId(Uuid::from_u128(404)), 9, None);
    let refused = records.keep_identity(&by_maya(NOW), &stranger).await;
    assert_eq!(refused, Err(Error::NotFound(What::Staff)));
}
