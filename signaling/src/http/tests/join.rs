//! Join links: seen by whoever holds one.

use super::calendar::{Calendar, MINUTE, joining, unknown_token};
use axum::http::StatusCode;
use quietroom_protocol::{
    ConsentGiven, Place, PlaceKind, RefusalCode,
    api::{Joined, Look, Readiness, SessionSummary},
};
use std::time::Duration;

async fn again(calendar: &Calendar, session: &SessionSummary) -> SessionSummary {
    let path = format!("/api/v1/sessions/{}", session.session.0);
    calendar.get(&path).await.json()
}

#[tokio::test]
async fn a_link_that_was_never_made_is_told_like_one_that_has_ended() {
    let calendar = Calendar::new().await;
    let session = calendar.book(5).await;
    let older = calendar.link(&session).await;
    let newer = calendar.link(&session).await;
    for token in [older, unknown_token()] {
        let answer = calendar.look(&token).await;
        assert_eq!(answer.refused(), RefusalCode::LinkEnded);
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        assert_eq!(
            calendar.join(&token).await.refused(),
            RefusalCode::LinkEnded
        );
    }
    let look: Look = calendar.look(&newer).await.json();
    assert_eq!(look.session, session.session);
}

#[tokio::test]
async fn a_look_tells_the_first_name_of_the_clinician_and_nothing_of_the_guest() {
    let calendar = Calendar::new().await;
    let session = calendar.book(5).await;
    let token = calendar.link(&session).await;
    let answer = calendar.look(&token).await;
    let look: Look = answer.json();
    assert_eq!(look.clinician.expose(), "Maya");
    let text = String::from_utf8(answer.body).unwrap();
    assert!(!text.contains("Jordan"), "{text}");
    let found = again(&calendar, &session).await;
    assert!(
        !found.people[0].link.as_ref().unwrap().redeemed,
        "it changed nothing"
    );
}

#[tokio::test]
async fn a_link_opens_a_quarter_of_an_hour_before_the_start() {
    let calendar = Calendar::new().await;
    let session = calendar.book(60).await;
    let token = calendar.link(&session).await;
    let look: Look = calendar.look(&token).await.json();
    assert_eq!(look.readiness, Readiness::TooEarly);
    assert_eq!(look.opens_at, session.starts_at.plus(-15 * MINUTE));
    assert_eq!(calendar.join(&token).await.refused(), RefusalCode::TooEarly);

    let wait = Duration::from_secs(45 * 60);
    calendar.server.app.clock.advance(wait);
    let look: Look = calendar.look(&token).await.json();
    assert_eq!(look.readiness, Readiness::Ready);
    let joined: Joined = calendar.join(&token).await.json();
    assert_eq!(joined.session, session.session);
}

#[tokio::test]
async fn a_link_used_twice_before_admission_belongs_to_the_newer_device() {
    let calendar = Calendar::new().await;
    let session = calendar.book(5).await;
    let token = calendar.link(&session).await;
    let first: Joined = calendar.join(&token).await.json();
    let second: Joined = calendar.join(&token).await.json();
    assert_ne!(first.device, second.device);
    let rooms = &calendar.server.app.rooms;
    let glance = rooms.glance(session.session).await.unwrap();
    let waiting: Vec<_> = glance.waiting.iter().map(|knock| knock.device).collect();
    assert_eq!(waiting, [second.device]);
}

#[tokio::test]
async fn what_cannot_be_accepted_leaves_the_link_unused() {
    let calendar = Calendar::new().await;
    let session = calendar.book(5).await;
    let token = calendar.link(&session).await;
    let good = joining(&token);
    let mut no_point = good.clone();
    // Bytes of the right length that lie on no curve.
    no_point.device_key = "A".repeat(87);
    no_point.device_key.replace_range(..2, "BP");
    let mut nameless = good.clone();
    nameless.name = String::new().into();
    let mut older_text = good.clone();
    older_text.attestation.consent = Some(ConsentGiven {
        version: "of long ago".to_owned(),
    });
    let mut nowhere = good;
    nowhere.attestation.place = Some(Place {
        state: "XX".to_owned(),
        kind: PlaceKind::Home,
        address: "12 Elm Street".to_owned().into(),
        call_back: "503 555 0100".to_owned().into(),
    });
    for join in [no_point, nameless, older_text, nowhere] {
        let answer = calendar.server.post("/api/v1/join", None, &join).await;
        assert_eq!(answer.refused(), RefusalCode::Invalid, "{join:?}");
        let text = String::from_utf8(answer.body).unwrap();
        assert!(!text.contains("Elm"), "a refusal repeats nothing: {text}");
    }
    let found = again(&calendar, &session).await;
    assert!(!found.people[0].link.as_ref().unwrap().redeemed);
    assert!(found.waiting.is_empty());
}

#[tokio::test]
async fn the_link_of_a_cancelled_session_has_ended() {
    let calendar = Calendar::new().await;
    let session = calendar.book(5).await;
    let token = calendar.link(&session).await;
    let cancelled = calendar.act(session.session, "cancel").await;
    assert!(cancelled.status.is_success(), "{cancelled:?}");
    assert_eq!(
        calendar.look(&token).await.refused(),
        RefusalCode::LinkEnded
    );
    assert_eq!(
        calendar.join(&token).await.refused(),
        RefusalCode::LinkEnded
    );
}

#[tokio::test]
async fn guessing_links_is_slowed_down() {
    let calendar = Calendar::new().await;
    let token = unknown_token();
    let mut answer = calendar.look(&token).await;
    for _ in 0..300 {
        answer = calendar.look(&token).await;
    }
    assert_eq!(answer.refused(), RefusalCode::SlowDown);
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
}
