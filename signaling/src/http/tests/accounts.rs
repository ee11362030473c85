//! Set-up, sign-in, and what ends them.

use super::harness::{Answer, Server};
use axum::http::{StatusCode, header};
use quietroom_protocol::{
    Phi, RefusalCode, StaffRole,
    api::{
        ConfirmSetUp, LinkSignIn, Me, SetUp, SetUpDone, SetUpSecret, SetUpToken, SetUpWho, SignIn,
    },
};
use std::time::Duration;
use totp_rs::{Builder, Secret};

const PASSWORD: &str = "a long enough password";

/// An account that was set up through its link.
struct Account {
    secret: String,
    recovery: Vec<Phi<String>>,
}

fn phi(text: impl Into<String>) -> Phi<String> {
    Phi::new(text.into())
}

fn code(server: &Server, secret: &str) -> String {
    let secret = Secret::try_from_base32(secret).unwrap();
    let totp = Builder::new()
        .with_secret(secret)
        .with_account_name("maya")
        .build()
        .unwrap();
    let seconds = u64::try_from(server.app.clock.now().0 / 1000).unwrap();
    totp.generate(seconds).to_string()
}

async fn set_up(server: &Server, token: &str) -> Account {
    let choose = SetUp {
        token: phi(token),
        password: phi(PASSWORD),
    };
    let chosen: SetUpSecret = server.post("/api/v1/setup", None, &choose).await.json();
    assert!(chosen.qr_svg.expose().contains("<svg"));
    let secret = chosen.secret.into_exposed();
    let confirm = ConfirmSetUp {
        token: phi(token),
        code: phi(code(server, &secret)),
    };
    let done = server.post("/api/v1/setup/confirm", None, &confirm).await;
    let recovery = done.json::<SetUpDone>().recovery_codes;
    // The step of the confirmation is used.
    server.app.clock.advance(Duration::from_secs(60));
    Account { secret, recovery }
}

async fn account(server: &Server) -> Account {
    let staff = server.hire("maya", StaffRole::Clinician).await;
    let token = server.set_up_token(staff).await;
    set_up(server, &token).await
}

async fn sign_in(server: &Server, username: &str, password: &str, code: &str) -> Answer {
    let body = SignIn {
        username: phi(username),
        password: phi(password),
        code: phi(code),
    };
    server.post("/api/v1/sign-in", None, &body).await
}

#[tokio::test]
async fn a_link_sets_an_account_up_and_the_account_signs_in() {
    let server = Server::demo().await;
    let staff = server.hire("maya", StaffRole::Clinician).await;
    let token = server.set_up_token(staff).await;
    let look = SetUpToken { token: phi(&token) };
    let who: SetUpWho = server.post("/api/v1/setup/look", None, &look).await.json();
    assert_eq!(who.username, phi("maya"));
    let account = set_up(&server, &token).await;
    assert_eq!(account.recovery.len(), 10);

    let answer = sign_in(&server, " Maya ", PASSWORD, &code(&server, &account.secret)).await;
    let me: Me = answer.json();
    assert_eq!((me.staff, me.idle_seconds), (staff, 15 * 60));
    let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.starts_with("__Host-quietroom="));
    assert!(cookie.ends_with("; Path=/; Secure; HttpOnly; SameSite=Strict"));
    let me = server.get("/api/v1/me", Some(&answer.cookie())).await;
    assert_eq!(me.json::<Me>().staff, staff);
}

#[tokio::test]
async fn a_set_up_link_works_once() {
    let server = Server::demo().await;
    let staff = server.hire("maya", StaffRole::Clinician).await;
    let token = server.set_up_token(staff).await;
    set_up(&server, &token).await;
    let look = SetUpToken { token: phi(&token) };
    let answer = server.post("/api/v1/setup/look", None, &look).await;
    assert_eq!(answer.refused(), RefusalCode::LinkEnded);
    let choose = SetUp {
        token: phi(&token),
        password: phi("another long password"),
    };
    let answer = server.post("/api/v1/setup", None, &choose).await;
    assert_eq!(answer.refused(), RefusalCode::LinkEnded);
}

#[tokio::test]
async fn a_set_up_link_expires() {
    let server = Server::demo().await;
    let staff = server.hire("maya", StaffRole::Clinician).await;
    let token = server.set_up_token(staff).await;
    server.app.clock.advance(Duration::from_secs(3601));
    let look = SetUpToken { token: phi(token) };
    let answer = server.post("/api/v1/setup/look", None, &look).await;
    assert_eq!(answer.refused(), RefusalCode::LinkEnded);
}

#[tokio::test]
async fn a_set_up_needs_the_code_of_its_own_secret() {
    let server = Server::demo().await;
    let staff = server.hire("maya", StaffRole::Clinician).await;
    let token = server.set_up_token(staff).await;
    let confirm = ConfirmSetUp {
        token: phi(&token),
        code: phi("000000"),
    };
    let early = server.post("/api/v1/setup/confirm", None, &confirm).await;
    assert_eq!(early.refused(), RefusalCode::NotNow);
    let choose = SetUp {
        token: phi(&token),
        password: phi(PASSWORD),
    };
    let chosen: SetUpSecret = server.post("/api/v1/setup", None, &choose).await.json();
    let right = code(&server, chosen.secret.expose());
    let wrong = ConfirmSetUp {
        token: phi(&token),
        code: phi(if right == "000000" {
            "000001"
        } else {
            "000000"
        }),
    };
    let answer = server.post("/api/v1/setup/confirm", None, &wrong).await;
    assert_eq!(answer.refused(), RefusalCode::WrongCredentials);
    let answer = sign_in(&server, "maya", PASSWORD, &right).await;
    assert_eq!(answer.refused(), RefusalCode::WrongCredentials);
}

#[tokio::test]
async fn a_code_signs_in_once() {
    let server = Server::demo().await;
    let account = account(&server).await;
    let code = code(&server, &account.secret);
    let first = sign_in(&server, "maya", PASSWORD, &code).await;
    assert_eq!(first.status, StatusCode::OK);
    let again = sign_in(&server, "maya", PASSWORD, &code).await;
    assert_eq!(again.refused(), RefusalCode::WrongCredentials);
}

#[tokio::test]
async fn a_recovery_code_signs_in_once() {
    let server = Server::demo().await;
    let account = account(&server).await;
    let recovery = account.recovery[3].expose();
    let first = sign_in(&server, "maya", PASSWORD, recovery).await;
    assert_eq!(first.status, StatusCode::OK);
    let again = sign_in(&server, "maya", PASSWORD, recovery).await;
    assert_eq!(again.refused(), RefusalCode::WrongCredentials);
    let other = sign_in(&server, "maya", PASSWORD, account.recovery[4].expose()).await;
    assert_eq!(other.status, StatusCode::OK);
}

#[tokio::test]
async fn whatever_is_wrong_the_answer_is_the_same() {
    let server = Server::demo().await;
    let account = account(&server).await;
    server.hire("not-set-up", StaffRole::Clinician).await;
    let right = code(&server, &account.secret);
    let tries = [
        ("maya", "not the password", right.as_str()),
        ("maya", PASSWORD, "not a code"),
        ("nobody", PASSWORD, right.as_str()),
        ("not-set-up", PASSWORD, right.as_str()),
        ("", "", ""),
    ];
    let mut answers = Vec::new();
    for (username, password, code) in tries {
        let answer = sign_in(&server, username, password, code).await;
        assert_eq!(answer.refused(), RefusalCode::WrongCredentials);
        answers.push(answer.body);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1);
    // None of it used the code up.
    let answer = sign_in(&server, "maya", PASSWORD, &right).await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn an_account_is_locked_after_ten_wrong_tries_and_opens_again() {
    let server = Server::demo().await;
    let account = account(&server).await;
    for _ in 0..10 {
        let answer = sign_in(&server, "maya", "wrong", "000000").await;
        assert_eq!(answer.refused(), RefusalCode::WrongCredentials);
    }
    let right = code(&server, &account.secret);
    let locked = sign_in(&server, "maya", PASSWORD, &right).await;
    assert_eq!(locked.refused(), RefusalCode::SlowDown);
    assert_eq!(locked.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(locked.headers.contains_key(header::RETRY_AFTER));
    server.app.clock.advance(Duration::from_secs(15 * 60 + 1));
    let right = code(&server, &account.secret);
    let answer = sign_in(&server, "maya", PASSWORD, &right).await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn an_address_that_guesses_at_many_accounts_is_slowed_down() {
    let server = Server::demo().await;
    for number in 0..60 {
        let look = SetUpToken {
            token: phi("A".repeat(42) + if number % 2 == 0 { "A" } else { "E" }),
        };
        let answer = server.post("/api/v1/setup/look", None, &look).await;
        assert_eq!(answer.refused(), RefusalCode::LinkEnded);
    }
    let answer = sign_in(&server, "maya", PASSWORD, "000000").await;
    assert_eq!(answer.refused(), RefusalCode::SlowDown);
}

#[tokio::test]
async fn a_sign_in_ends_when_it_is_idle() {
    let server = Server::demo().await;
    let (_, cookie) = server.signed_in("maya", StaffRole::Clinician).await;
    for _ in 0..3 {
        server.app.clock.advance(Duration::from_secs(14 * 60));
        let answer = server.get("/api/v1/me", Some(&cookie)).await;
        assert_eq!(answer.status, StatusCode::OK, "use keeps it alive");
    }
    server.app.clock.advance(Duration::from_secs(15 * 60 + 1));
    let answer = server.get("/api/v1/me", Some(&cookie)).await;
    assert_eq!(answer.refused(), RefusalCode::NotSignedIn);
}

#[tokio::test]
async fn a_sign_in_ends_after_twelve_hours_however_busy() {
    let server = Server::demo().await;
    let (_, cookie) = server.signed_in("maya", StaffRole::Clinician).await;
    for _ in 0..71 {
        server.app.clock.advance(Duration::from_secs(10 * 60));
        let answer = server.get("/api/v1/me", Some(&cookie)).await;
        assert_eq!(answer.status, StatusCode::OK);
    }
    server.app.clock.advance(Duration::from_secs(10 * 60 + 1));
    let answer = server.get("/api/v1/me", Some(&cookie)).await;
    assert_eq!(answer.refused(), RefusalCode::NotSignedIn);
}

#[tokio::test]
async fn signing_out_ends_the_cookie() {
    let server = Server::demo().await;
    let (_, cookie) = server.signed_in("maya", StaffRole::Clinician).await;
    let answer = server.post("/api/v1/sign-out", Some(&cookie), &()).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    assert_eq!(answer.cookie(), "__Host-quietroom=");
    let answer = server.get("/api/v1/me", Some(&cookie)).await;
    assert_eq!(answer.refused(), RefusalCode::NotSignedIn);
}

#[tokio::test]
async fn the_link_of_a_demo_signs_in_once_and_nowhere_else() {
    for demo in [true, false] {
        let server = match demo {
            true => Server::demo().await,
            false => Server::clinic(|_| {}).await,
        };
        let staff = server.hire("maya", StaffRole::Clinician).await;
        let token = crate::account::Token::random(&server.app.random).unwrap();
        let expires_at = server.app.clock.now().plus(60_000);
        let records = &server.app.records;
        records
            .issue_sign_in_link(&server.ctx(), staff, token.hash, expires_at)
            .await
            .unwrap();
        let body = LinkSignIn { token: token.text };
        let first = server.post("/api/v1/sign-in/link", None, &body).await;
        if !demo {
            assert_eq!(first.refused(), RefusalCode::NotFound);
            continue;
        }
        assert_eq!(first.json::<Me>().staff, staff);
        let again = server.post("/api/v1/sign-in/link", None, &body).await;
        assert_eq!(again.refused(), RefusalCode::LinkEnded);
    }
}
