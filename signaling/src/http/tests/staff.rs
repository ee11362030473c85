//! Administration of accounts.

use super::harness::{Server, token_of};
use axum::http::StatusCode;
use quietroom_protocol::{
    Phi, RefusalCode, StaffId, StaffRole,
    api::{CreateStaff, SetUpLink, SetUpToken, StaffMember},
};
use quietroom_records::{Action, Outcome};

fn create(username: &str) -> CreateStaff {
    CreateStaff {
        username: Phi::new(username.to_owned()),
        name: Phi::new("Sam".to_owned()),
        role: StaffRole::Clinician,
    }
}

fn path(staff: StaffId, what: &str) -> String {
    format!("/api/v1/staff/{}/{what}", staff.0)
}

#[tokio::test]
async fn an_administrator_creates_an_account_with_a_link() {
    let server = Server::demo().await;
    let (_, admin) = server.signed_in("ada", StaffRole::Administrator).await;
    let answer = server
        .post("/api/v1/staff", Some(&admin), &create("sam"))
        .await;
    let link: SetUpLink = answer.json();
    let look = SetUpToken {
        token: Phi::new(token_of(&link)),
    };
    let look = server.post("/api/v1/setup/look", None, &look).await;
    assert_eq!(look.status, StatusCode::OK);
    let list: Vec<StaffMember> = server.get("/api/v1/staff", Some(&admin)).await.json();
    assert_eq!(list.len(), 2);
    let sam = list.iter().find(|member| member.staff == link.staff);
    assert!(!sam.unwrap().set_up);

    let answer = server
        .post("/api/v1/staff", Some(&admin), &create("sam"))
        .await;
    assert_eq!(answer.refused(), RefusalCode::Conflict);
    let answer = server
        .post("/api/v1/staff", Some(&admin), &create("Not A Name"))
        .await;
    assert_eq!(answer.refused(), RefusalCode::Invalid);
}

#[tokio::test]
async fn disabling_ends_every_sign_in_at_once_and_enabling_brings_none_back() {
    let server = Server::demo().await;
    let (_, admin) = server.signed_in("ada", StaffRole::Administrator).await;
    let (maya, cookie) = server.signed_in("maya", StaffRole::Clinician).await;
    let answer = server.post(&path(maya, "disable"), Some(&admin), &()).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    let me = server.get("/api/v1/me", Some(&cookie)).await;
    assert_eq!(me.refused(), RefusalCode::NotSignedIn);
    let answer = server.post(&path(maya, "reissue"), Some(&admin), &()).await;
    assert_eq!(answer.refused(), RefusalCode::Invalid);
    server.post(&path(maya, "enable"), Some(&admin), &()).await;
    let me = server.get("/api/v1/me", Some(&cookie)).await;
    assert_eq!(me.refused(), RefusalCode::NotSignedIn);
}

#[tokio::test]
async fn administrators_do_not_lock_themselves_out() {
    let server = Server::demo().await;
    let (ada, admin) = server.signed_in("ada", StaffRole::Administrator).await;
    let answer = server.post(&path(ada, "disable"), Some(&admin), &()).await;
    assert_eq!(answer.refused(), RefusalCode::NotAllowed);
    assert_eq!(
        server.get("/api/v1/me", Some(&admin)).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn a_new_link_ends_the_older() {
    let server = Server::demo().await;
    let (_, admin) = server.signed_in("ada", StaffRole::Administrator).await;
    let first: SetUpLink = server
        .post("/api/v1/staff", Some(&admin), &create("sam"))
        .await
        .json();
    let second: SetUpLink = server
        .post(&path(first.staff, "reissue"), Some(&admin), &())
        .await
        .json();
    for (link, works) in [(first, false), (second, true)] {
        let look = SetUpToken {
            token: Phi::new(token_of(&link)),
        };
        let answer = server.post("/api/v1/setup/look", None, &look).await;
        assert_eq!(answer.status.is_success(), works);
    }
}

#[tokio::test]
async fn there_is_no_account_of_an_unknown_id() {
    let server = Server::demo().await;
    let (_, admin) = server.signed_in("ada", StaffRole::Administrator).await;
    let unknown = StaffId(server.app.random.uuid().unwrap());
    for what in ["disable", "enable", "reissue"] {
        let answer = server.post(&path(unknown, what), Some(&admin), &()).await;
        assert_eq!(answer.refused(), RefusalCode::NotFound, "{what}");
    }
}

#[tokio::test]
async fn what_staff_do_and_try_is_in_the_audit_log() {
    let server = Server::demo().await;
    let (maya, clinician) = server.signed_in("maya", StaffRole::Clinician).await;
    let (_, admin) = server.signed_in("ada", StaffRole::Administrator).await;
    server.get("/api/v1/staff", Some(&clinician)).await;
    server.get("/api/v1/staff", Some(&admin)).await;
    server.post(&path(maya, "disable"), Some(&admin), &()).await;
    let records = &server.app.records;
    let entries = records.audit_events(&server.ctx(), 0, 100).await.unwrap();
    let has = |action: Action, outcome: Outcome| {
        entries
            .iter()
            .any(|entry| entry.action == action.as_str() && entry.outcome == outcome)
    };
    assert!(has(Action::Access, Outcome::Refused));
    assert!(has(Action::ReadStaff, Outcome::Done));
    assert!(has(Action::DisableStaff, Outcome::Done));
    assert!(has(Action::SignIn, Outcome::Done));
    let sourced = entries.iter().filter(|entry| entry.source.is_some());
    assert!(sourced.count() >= 3, "requests keep where they came from");
    records.verify_audit(server.app.organisation).await.unwrap();
}
