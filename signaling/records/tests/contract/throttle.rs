//! Rate limits and lockouts.

use crate::fixture::{CLINIC, MINUTE, NOW, OTHER_CLINIC, booked};
use quietroom_records::{Limit, Throttle};

const LIMIT: Limit = Limit {
    hits: 3,
    window_ms: MINUTE,
};
const KEY: [u8; 32] = [1; 32];

#[tokio::test]
async fn hits_beyond_the_limit_wait_for_the_end_of_the_window() {
    let store = booked().await;
    let hit = async |at| {
        store
            .records
            .throttle_hit(CLINIC, KEY, NOW.plus(at), LIMIT)
            .await
            .unwrap()
    };
    for at in [0, 10_000, 20_000] {
        assert_eq!(hit(at).await, Throttle::Allowed);
    }
    assert_eq!(hit(20_000).await, Throttle::Retry { after_ms: 40_000 });
    assert_eq!(hit(59_999).await, Throttle::Retry { after_ms: 1 });
    assert_eq!(hit(60_000).await, Throttle::Allowed);
}

#[tokio::test]
async fn looking_counts_nothing() {
    let store = booked().await;
    let records = &store.records;
    for _ in 0..3 {
        let look = records.throttle_look(CLINIC, KEY, NOW, LIMIT).await;
        assert_eq!(look, Ok(Throttle::Allowed));
        records.throttle_hit(CLINIC, KEY, NOW, LIMIT).await.unwrap();
    }
    let look = records.throttle_look(CLINIC, KEY, NOW, LIMIT).await;
    assert_eq!(look, Ok(Throttle::Retry { after_ms: MINUTE }));
    let look = records
        .throttle_look(CLINIC, KEY, NOW.plus(MINUTE), LIMIT)
        .await;
    assert_eq!(look, Ok(Throttle::Allowed));
}

#[tokio::test]
async fn a_lockout_survives_a_restart_and_ends_when_cleared() {
    let mut store = booked().await;
    for _ in 0..3 {
        store
            .records
            .throttle_hit(CLINIC, KEY, NOW, LIMIT)
            .await
            .unwrap();
    }
    store = store.reopened().await;
    let records = &store.records;
    let hit = async |organisation, key| {
        records
            .throttle_hit(organisation, key, NOW, LIMIT)
            .await
            .unwrap()
    };
    assert_eq!(hit(CLINIC, KEY).await, Throttle::Retry { after_ms: MINUTE });
    assert_eq!(hit(CLINIC, [2; 32]).await, Throttle::Allowed);
    assert_eq!(hit(OTHER_CLINIC, KEY).await, Throttle::Allowed);
    records.throttle_clear(CLINIC, KEY).await.unwrap();
    assert_eq!(hit(CLINIC, KEY).await, Throttle::Allowed);
}

#[tokio::test]
async fn hits_at_the_same_time_are_all_counted() {
    let store = booked().await;
    let hits = (0..12).map(|_| {
        let records = store.records.clone();
        tokio::spawn(async move { records.throttle_hit(CLINIC, KEY, NOW, LIMIT).await })
    });
    let mut allowed = 0;
    for hit in hits.collect::<Vec<_>>() {
        allowed += u32::from(hit.await.unwrap().unwrap() == Throttle::Allowed);
    }
    assert_eq!(allowed, LIMIT.hits);
}
