//! Join links and the devices that redeem them.

use crate::fixture::{
    CLINIC, DEVICE, HOST_SEAT, HOUR, JORDAN_SEAT, LINK, MAYA, NOW, OTHER_CLINIC, SAM_SEAT, SESSION,
    Store, append, booked, by_maya, fact, server,
};
use quietroom_protocol::{DeviceId, LinkId, Opaque, Role, SessionState};
use quietroom_records::{
    Actor, Append, Ctx, Error, LinkError, LinkRecord, NewDevice, NewLink, SessionChange, What,
};
use uuid::Uuid;

const TOKEN: [u8; 32] = [7; 32];
const KEY: [u8; 65] = [4; 65];
const NEWER: LinkId = LinkId(Uuid::from_u128(0xF2));

const fn link() -> NewLink {
    NewLink {
        link: LINK,
        session: SESSION,
        participant: JORDAN_SEAT,
        token_hash: TOKEN,
        expires_at: NOW.plus(3 * HOUR),
        sealed: None,
    }
}

const fn guest() -> Ctx {
    Ctx {
        organisation: CLINIC,
        actor: Actor::Unknown,
        source: None,
        now: NOW,
    }
}

async fn linked() -> Store {
    let store = booked().await;
    let made = store.records.create_link(&by_maya(NOW), &link()).await;
    made.unwrap();
    store
}

async fn seen(store: &Store) -> Option<LinkRecord> {
    let session = store.records.session(&server(NOW), SESSION).await.unwrap();
    let seats = session.unwrap().seats;
    let seat = seats.iter().find(|it| it.participant == JORDAN_SEAT);
    seat.unwrap().link.clone()
}

async fn change(store: &Store, next_seq: u64, state: SessionState) {
    let epoch = store
        .records
        .claim_session(&server(NOW), SESSION)
        .await
        .unwrap();
    let append = Append {
        change: SessionChange {
            times: None,
            state: Some(state),
        },
        ..append(epoch, next_seq, vec![fact(NOW, "changed")])
    };
    store
        .records
        .append_facts(&server(NOW), &append)
        .await
        .unwrap();
}

#[tokio::test]
async fn looking_at_a_link_changes_nothing() {
    let store = linked().await;
    let before = store.records.verify_audit(CLINIC).await.unwrap();
    for _ in 0..3 {
        let found = store.records.find_link(CLINIC, TOKEN, NOW).await.unwrap();
        assert_eq!(found.session, SESSION);
        assert_eq!(found.participant, JORDAN_SEAT);
        assert_eq!(found.role, Role::Client);
        assert_eq!(found.clinician, MAYA);
        assert_eq!(found.starts_at, NOW.plus(HOUR));
    }
    assert_eq!(store.records.verify_audit(CLINIC).await.unwrap(), before);
    assert!(!seen(&store).await.unwrap().redeemed);
}

#[tokio::test]
async fn a_redeemed_link_makes_a_device_in_its_seat() {
    let store = linked().await;
    let records = &store.records;
    let redeemed = records.redeem_link(&guest(), TOKEN, DEVICE, KEY).await;
    let redeemed = redeemed.unwrap();
    assert_eq!(redeemed.participant, JORDAN_SEAT);
    assert!(seen(&store).await.unwrap().redeemed);
    let device = records.device(CLINIC, SESSION, DEVICE).await.unwrap();
    let device = device.unwrap();
    assert_eq!(device.participant, JORDAN_SEAT);
    assert_eq!(device.role, Role::Client);
    assert_eq!(device.key, Some(KEY));
    let devices = records.devices(CLINIC, SESSION).await.unwrap();
    assert_eq!(devices, std::slice::from_ref(&device));
    assert_eq!(
        records.device(OTHER_CLINIC, SESSION, DEVICE).await.unwrap(),
        None
    );
}

#[tokio::test]
async fn a_device_is_never_taken_over() {
    let store = linked().await;
    let records = &store.records;
    records
        .redeem_link(&guest(), TOKEN, DEVICE, KEY)
        .await
        .unwrap();
    let again = records.redeem_link(&guest(), TOKEN, DEVICE, [5; 65]).await;
    assert_eq!(again, Err(LinkError::Store(Error::Taken(What::Device))));
    let other = DeviceId(Uuid::from_u128(0x92));
    assert!(
        records
            .redeem_link(&guest(), TOKEN, other, [5; 65])
            .await
            .is_ok()
    );
    let device = records.device(CLINIC, SESSION, DEVICE).await.unwrap();
    assert_eq!(device.unwrap().key, Some(KEY));
}

#[tokio::test]
async fn a_newer_link_ends_the_older() {
    let store = linked().await;
    let records = &store.records;
    let newer = NewLink {
        link: NEWER,
        token_hash: [8; 32],
        ..link()
    };
    records.create_link(&by_maya(NOW), &newer).await.unwrap();
    let old = records.redeem_link(&guest(), TOKEN, DEVICE, KEY).await;
    assert_eq!(old, Err(LinkError::Unknown));
    assert_eq!(seen(&store).await.unwrap().link, NEWER);
    let new = records.redeem_link(&guest(), [8; 32], DEVICE, KEY).await;
    assert_eq!(new.unwrap().link, NEWER);
    // The link of another seat is not touched.
    let sam = NewLink {
        link: LinkId(Uuid::from_u128(0xF3)),
        participant: SAM_SEAT,
        token_hash: [9; 32],
        ..link()
    };
    records.create_link(&by_maya(NOW), &sam).await.unwrap();
    assert!(records.find_link(CLINIC, [8; 32], NOW).await.is_ok());
}

#[tokio::test]
async fn what_the_clinician_sealed_comes_back_with_the_link() {
    let store = linked().await;
    assert_eq!(seen(&store).await.unwrap().sealed, None);
    let sealed = Opaque::new(b"sealed".to_vec());
    let newer = NewLink {
        link: NEWER,
        token_hash: [8; 32],
        sealed: Some(sealed.clone()),
        ..link()
    };
    let records = &store.records;
    records.create_link(&by_maya(NOW), &newer).await.unwrap();
    assert_eq!(seen(&store).await.unwrap().sealed, Some(sealed));
}

#[tokio::test]
async fn an_expired_or_unknown_link_is_refused() {
    let store = linked().await;
    let records = &store.records;
    let late = Ctx {
        now: NOW.plus(3 * HOUR),
        ..guest()
    };
    let expired = records.redeem_link(&late, TOKEN, DEVICE, KEY).await;
    assert_eq!(expired, Err(LinkError::Expired));
    let just = records
        .find_link(CLINIC, TOKEN, NOW.plus(3 * HOUR - 1))
        .await;
    assert!(just.is_ok());
    let unknown = records.redeem_link(&guest(), [1; 32], DEVICE, KEY).await;
    assert_eq!(unknown, Err(LinkError::Unknown));
    let foreign = records.find_link(OTHER_CLINIC, TOKEN, NOW).await;
    assert_eq!(foreign, Err(LinkError::Unknown));
    let device = records.device(CLINIC, SESSION, DEVICE).await.unwrap();
    assert_eq!(device, None);
}

#[tokio::test]
async fn a_session_that_is_over_takes_no_link() {
    for state in [
        SessionState::Ended,
        SessionState::Cancelled,
        SessionState::NoShow,
    ] {
        let store = linked().await;
        let records = &store.records;
        change(&store, 2, SessionState::Live).await;
        assert!(records.find_link(CLINIC, TOKEN, NOW).await.is_ok());
        change(&store, 3, state).await;
        let over = records.redeem_link(&guest(), TOKEN, DEVICE, KEY).await;
        assert_eq!(over, Err(LinkError::Over));
        let newer = NewLink {
            link: NEWER,
            token_hash: [8; 32],
            ..link()
        };
        let made = records.create_link(&by_maya(NOW), &newer).await;
        assert_eq!(made, Err(Error::NotFound(What::Seat)));
        assert_eq!(seen(&store).await.unwrap().link, LINK);
    }
}

#[tokio::test]
async fn staff_have_devices_but_no_links() {
    let store = booked().await;
    let records = &store.records;
    let for_staff = NewLink {
        participant: HOST_SEAT,
        ..link()
    };
    let made = records.create_link(&by_maya(NOW), &for_staff).await;
    assert_eq!(made, Err(Error::NotFound(What::Seat)));
    let tab = NewDevice {
        device: DEVICE,
        session: SESSION,
        participant: HOST_SEAT,
        key: None,
    };
    records.create_device(&by_maya(NOW), &tab).await.unwrap();
    let device = records.device(CLINIC, SESSION, DEVICE).await.unwrap();
    let device = device.unwrap();
    assert_eq!((device.role, device.key), (Role::Clinician, None));
}
