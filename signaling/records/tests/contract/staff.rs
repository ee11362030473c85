//! Accounts of staff and their set-up.

use crate::fixture::{
    CLINIC, CODES, HOUR, MAYA, NOW, OTHER_CLINIC, booked, chosen, cookie, phi, server, set_up,
    signed_in,
};
use quietroom_protocol::{StaffId, StaffRole};
use quietroom_records::{Ctx, Error, NewStaff, What};
use uuid::Uuid;

const TOKEN: [u8; 32] = [1; 32];
const COOKIE: [u8; 32] = [2; 32];

#[tokio::test]
async fn an_account_is_found_by_its_username_in_its_clinic_only() {
    let store = booked().await;
    let records = &store.records;
    let found = records.staff_by_username(CLINIC, &phi("maya")).await;
    let found = found.unwrap().unwrap();
    assert_eq!(found.staff, MAYA);
    assert_eq!(found.name, phi("Maya"));
    assert_eq!(found.role, StaffRole::Clinician);
    assert!(!found.disabled && !found.set_up);
    assert_eq!(records.staff(CLINIC, MAYA).await.unwrap(), Some(found));
    for (clinic, name) in [(CLINIC, "mayA"), (CLINIC, "may"), (OTHER_CLINIC, "maya")] {
        let nobody = records.staff_by_username(clinic, &phi(name)).await;
        assert_eq!(nobody.unwrap(), None);
    }
}

#[tokio::test]
async fn a_username_is_used_once_in_a_clinic() {
    let store = booked().await;
    let second = NewStaff {
        staff: StaffId(Uuid::from_u128(0xA2)),
        username: phi("maya"),
        name: phi("Another Maya"),
        role: StaffRole::Auditor,
    };
    let records = &store.records;
    let taken = records.create_staff(&server(NOW), &second).await;
    assert_eq!(taken, Err(Error::Taken(What::Staff)));
    assert_eq!(records.staff_list(CLINIC).await.unwrap().len(), 1);
    let elsewhere = Ctx::server(OTHER_CLINIC, NOW);
    records.create_staff(&elsewhere, &second).await.unwrap();
}

#[tokio::test]
async fn an_account_is_set_up_once() {
    let store = set_up().await;
    let records = &store.records;
    let credential = records.credential(CLINIC, MAYA).await.unwrap().unwrap();
    assert_eq!(
        credential.password_hash,
        chosen("$argon2id$1").password_hash
    );
    assert_eq!(credential.totp_secret, chosen("").totp_secret);
    assert_eq!(
        (credential.totp_step, credential.recovery_codes_left),
        (100, 2)
    );
    assert!(records.staff(CLINIC, MAYA).await.unwrap().unwrap().set_up);

    assert!(
        records
            .look_set_up(CLINIC, TOKEN, NOW)
            .await
            .unwrap()
            .is_none()
    );
    let again = records
        .choose_set_up(&server(NOW), TOKEN, &chosen("$argon2id$2"))
        .await;
    assert_eq!(again, Ok(false));
    let again = records.confirm_set_up(&server(NOW), TOKEN, 101, &[]).await;
    assert_eq!(again, Ok(None));
    let kept = records.credential(CLINIC, MAYA).await.unwrap().unwrap();
    assert_eq!(kept, credential);
}

#[tokio::test]
async fn a_set_up_link_carries_what_was_chosen_until_it_is_confirmed() {
    let store = booked().await;
    let records = &store.records;
    let ctx = server(NOW);
    records
        .issue_set_up(&ctx, MAYA, TOKEN, NOW.plus(HOUR))
        .await
        .unwrap();
    let pending = records
        .look_set_up(CLINIC, TOKEN, NOW)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(pending.staff.staff, MAYA);
    assert!(pending.credential.is_none());
    // Nothing chosen: nothing to confirm.
    assert_eq!(records.confirm_set_up(&ctx, TOKEN, 1, &[]).await, Ok(None));
    for password in ["$argon2id$1", "$argon2id$2"] {
        assert!(
            records
                .choose_set_up(&ctx, TOKEN, &chosen(password))
                .await
                .unwrap()
        );
        let pending = records
            .look_set_up(CLINIC, TOKEN, NOW)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(pending.credential.unwrap().password_hash, phi(password));
    }
    assert!(records.credential(CLINIC, MAYA).await.unwrap().is_none());
}

#[tokio::test]
async fn a_set_up_link_ends_with_time_a_newer_one_or_the_account() {
    let store = booked().await;
    let records = &store.records;
    let ctx = server(NOW);
    let good = async |token, at| {
        records
            .look_set_up(CLINIC, token, at)
            .await
            .unwrap()
            .is_some()
    };
    records
        .issue_set_up(&ctx, MAYA, TOKEN, NOW.plus(HOUR))
        .await
        .unwrap();
    assert!(good(TOKEN, NOW.plus(HOUR - 1)).await);
    assert!(!good(TOKEN, NOW.plus(HOUR)).await);
    records
        .issue_set_up(&ctx, MAYA, [3; 32], NOW.plus(HOUR))
        .await
        .unwrap();
    assert!(!good(TOKEN, NOW).await);
    assert!(good([3; 32], NOW).await);
    records.disable_staff(&ctx, MAYA).await.unwrap();
    records.enable_staff(&ctx, MAYA).await.unwrap();
    assert!(!good([3; 32], NOW).await, "it does not come back");
    let late = server(NOW.plus(HOUR));
    records
        .issue_set_up(&ctx, MAYA, [4; 32], NOW.plus(HOUR))
        .await
        .unwrap();
    assert!(
        records
            .choose_set_up(&ctx, [4; 32], &chosen("x"))
            .await
            .unwrap()
    );
    assert_eq!(
        records.confirm_set_up(&late, [4; 32], 1, &[]).await,
        Ok(None)
    );
}

#[tokio::test]
async fn setting_up_again_replaces_everything_and_signs_out() {
    let store = set_up().await;
    let records = &store.records;
    let ctx = server(NOW);
    records
        .open_web_session(&ctx, &cookie(COOKIE))
        .await
        .unwrap();
    records
        .issue_set_up(&ctx, MAYA, [3; 32], NOW.plus(HOUR))
        .await
        .unwrap();
    assert!(
        records
            .choose_set_up(&ctx, [3; 32], &chosen("$argon2id$2"))
            .await
            .unwrap()
    );
    assert!(signed_in(&store, COOKIE, NOW).await);
    records
        .confirm_set_up(&ctx, [3; 32], 7, &[[13; 32]])
        .await
        .unwrap();
    assert!(!signed_in(&store, COOKIE, NOW).await);
    let credential = records.credential(CLINIC, MAYA).await.unwrap().unwrap();
    assert_eq!(credential.password_hash, phi("$argon2id$2"));
    assert_eq!(
        (credential.totp_step, credential.recovery_codes_left),
        (7, 1)
    );
    assert!(
        !records
            .use_recovery_code(&ctx, MAYA, CODES[0])
            .await
            .unwrap()
    );
}
