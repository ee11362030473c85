//! Signing in and staying in: codes that work once, web sessions that end.

use crate::fixture::{
    CLINIC, CODES, HOUR, MAYA, MINUTE, NOW, OTHER_CLINIC, booked, by_maya, cookie, server, set_up,
    signed_in,
};
use quietroom_protocol::{StaffId, StaffRole};
use quietroom_records::{Ctx, Error, What};
use uuid::Uuid;

const TOKEN: [u8; 32] = [1; 32];
const COOKIE: [u8; 32] = [2; 32];

#[tokio::test]
async fn a_code_of_the_authenticator_works_once() {
    let store = set_up().await;
    let records = &store.records;
    let used = async |step| {
        records
            .use_totp_step(&server(NOW), MAYA, step)
            .await
            .unwrap()
    };
    assert!(!used(100).await, "the step of the set-up");
    assert!(used(101).await);
    assert!(!used(101).await);
    assert!(!used(99).await);
    assert!(used(105).await);
}

#[tokio::test]
async fn of_two_who_use_a_code_at_the_same_time_one_comes_in() {
    let store = set_up().await;
    let tries = (0..8).map(|_| {
        let records = store.records.clone();
        tokio::spawn(async move { records.use_totp_step(&server(NOW), MAYA, 200).await })
    });
    let mut used = 0;
    for one in tries.collect::<Vec<_>>() {
        used += u32::from(one.await.unwrap().unwrap());
    }
    assert_eq!(used, 1);
}

#[tokio::test]
async fn a_recovery_code_works_once() {
    let store = set_up().await;
    let records = &store.records;
    let used = async |code| {
        records
            .use_recovery_code(&server(NOW), MAYA, code)
            .await
            .unwrap()
    };
    assert!(used(CODES[0]).await);
    assert!(!used(CODES[0]).await);
    assert!(!used([99; 32]).await);
    let credential = records.credential(CLINIC, MAYA).await.unwrap().unwrap();
    assert_eq!(credential.recovery_codes_left, 1);
    assert!(used(CODES[1]).await);
}

#[tokio::test]
async fn a_web_session_ends_by_idleness_and_by_age() {
    let store = set_up().await;
    let records = &store.records;
    records
        .open_web_session(&by_maya(NOW), &cookie(COOKIE))
        .await
        .unwrap();
    let session = records
        .web_session(CLINIC, COOKIE, NOW)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((session.staff, session.role), (MAYA, StaffRole::Clinician));
    let idle = 15 * MINUTE;
    assert!(signed_in(&store, COOKIE, NOW.plus(idle - 1)).await);
    assert!(!signed_in(&store, COOKIE, NOW.plus(idle)).await);
    assert!(!signed_in(&store, [9; 32], NOW).await);

    let mut at = NOW;
    for _ in 0..5 {
        at = at.plus(10 * MINUTE);
        assert!(records.touch_web_session(CLINIC, COOKIE, at).await.unwrap());
    }
    assert!(signed_in(&store, COOKIE, NOW.plus(HOUR - 1)).await);
    let touched = records
        .touch_web_session(CLINIC, COOKIE, NOW.plus(HOUR))
        .await;
    assert_eq!(touched, Ok(false), "an hour is the limit, whatever the use");
    assert!(!signed_in(&store, COOKIE, NOW.plus(HOUR)).await);
}

#[tokio::test]
async fn looking_at_a_web_session_is_no_use_of_it() {
    let store = set_up().await;
    store
        .records
        .open_web_session(&by_maya(NOW), &cookie(COOKIE))
        .await
        .unwrap();
    for minute in 0..15 {
        assert!(signed_in(&store, COOKIE, NOW.plus(minute * MINUTE)).await);
    }
    assert!(!signed_in(&store, COOKIE, NOW.plus(15 * MINUTE)).await);
}

#[tokio::test]
async fn signing_out_ends_one_session_or_all() {
    let store = set_up().await;
    let records = &store.records;
    let ctx = by_maya(NOW);
    let tokens: [[u8; 32]; 3] = [[21; 32], [22; 32], [23; 32]];
    for token in tokens {
        records
            .open_web_session(&ctx, &cookie(token))
            .await
            .unwrap();
    }
    assert!(records.revoke_web_session(&ctx, tokens[0]).await.unwrap());
    assert!(!records.revoke_web_session(&ctx, tokens[0]).await.unwrap());
    assert!(!signed_in(&store, tokens[0], NOW).await);
    assert!(signed_in(&store, tokens[1], NOW).await);
    assert_eq!(records.revoke_web_sessions(&ctx, MAYA).await, Ok(2));
    assert!(!signed_in(&store, tokens[2], NOW).await);
}

#[tokio::test]
async fn a_disabled_account_is_signed_out_and_stays_out() {
    let store = set_up().await;
    let records = &store.records;
    let ctx = server(NOW);
    records
        .open_web_session(&ctx, &cookie(COOKIE))
        .await
        .unwrap();
    records
        .issue_sign_in_link(&ctx, MAYA, TOKEN, NOW.plus(HOUR))
        .await
        .unwrap();
    records.disable_staff(&ctx, MAYA).await.unwrap();
    assert!(records.staff(CLINIC, MAYA).await.unwrap().unwrap().disabled);
    assert!(!signed_in(&store, COOKIE, NOW).await);
    assert_eq!(records.use_sign_in_link(&ctx, TOKEN).await, Ok(None));
    let refused = Err(Error::NotFound(What::Staff));
    assert_eq!(
        records.open_web_session(&ctx, &cookie(COOKIE)).await,
        refused
    );
    let expires_at = NOW.plus(HOUR);
    assert_eq!(
        records.issue_set_up(&ctx, MAYA, [5; 32], expires_at).await,
        refused
    );
    assert_eq!(
        records
            .issue_sign_in_link(&ctx, MAYA, [5; 32], expires_at)
            .await,
        refused
    );
    records.enable_staff(&ctx, MAYA).await.unwrap();
    assert!(
        !signed_in(&store, COOKIE, NOW).await,
        "old sessions do not come back"
    );
    records
        .open_web_session(&ctx, &cookie(COOKIE))
        .await
        .unwrap();
    let nobody = StaffId(Uuid::from_u128(404));
    assert_eq!(records.disable_staff(&ctx, nobody).await, refused);
}

#[tokio::test]
async fn a_sign_in_link_works_once_and_in_time() {
    let store = booked().await;
    let records = &store.records;
    let ctx = server(NOW);
    let issue = async |token| {
        records
            .issue_sign_in_link(&ctx, MAYA, token, NOW.plus(HOUR))
            .await
            .unwrap();
    };
    issue(TOKEN).await;
    assert_eq!(records.use_sign_in_link(&ctx, [9; 32]).await, Ok(None));
    assert_eq!(records.use_sign_in_link(&ctx, TOKEN).await, Ok(Some(MAYA)));
    assert_eq!(records.use_sign_in_link(&ctx, TOKEN).await, Ok(None));
    issue([6; 32]).await;
    issue([7; 32]).await;
    assert_eq!(
        records.use_sign_in_link(&ctx, [6; 32]).await,
        Ok(None),
        "replaced"
    );
    let late = server(NOW.plus(HOUR));
    assert_eq!(
        records.use_sign_in_link(&late, [7; 32]).await,
        Ok(None),
        "expired"
    );
    let elsewhere = Ctx::server(OTHER_CLINIC, NOW);
    assert_eq!(
        records.use_sign_in_link(&elsewhere, [7; 32]).await,
        Ok(None)
    );
}
