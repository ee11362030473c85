//! The clinician's calendar and notes.

use super::calendar::{Calendar, MINUTE};
use super::harness::{ORIGIN, request, with};
use crate::room::{Asker, Heard, OUTBOUND, Speaker};
use axum::http::{Method, header};
use quietroom_protocol::{
    ClientMessage, DeviceId, GroupEpoch, NoteId, PersonId, RefusalCode, Request, Scope,
    SessionState, StaffRole,
    api::{Day, NoteSummary, NoteView, Reschedule, SaveNote, Saved, SessionSummary},
};
use quietroom_records::Actor;
use quietroom_session::Input;
use std::time::Duration;
use tokio::sync::mpsc;
use uuid::Uuid;

#[tokio::test]
async fn a_booked_session_is_in_the_day_until_it_is_moved_out() {
    let calendar = Calendar::new().await;
    let session = calendar.book(60).await;
    assert_eq!(session.state, SessionState::Scheduled);
    let (from, to) = (calendar.now().0, calendar.now().plus(120 * MINUTE).0);
    let path = format!("/api/v1/day?from={from}&to={to}");
    let day: Day = calendar.get(&path).await.json();
    let listed: Vec<_> = day.sessions.iter().map(|it| it.session).collect();
    assert_eq!(listed, [session.session]);

    let moved = Reschedule {
        starts_at: session.starts_at.plus(24 * 60 * MINUTE),
        ends_at: session.ends_at.plus(24 * 60 * MINUTE),
    };
    let path_of = format!("/api/v1/sessions/{}/reschedule", session.session.0);
    let answer: SessionSummary = calendar.post(&path_of, &moved).await.json();
    assert_eq!(answer.starts_at, moved.starts_at);
    let day: Day = calendar.get(&path).await.json();
    assert!(day.sessions.is_empty());
}

#[tokio::test]
async fn a_session_that_cannot_be_is_not_booked() {
    let calendar = Calendar::new().await;
    let mut past = calendar.request(-120).await;
    let mut stranger = calendar.request(5).await;
    stranger.people[0].person = PersonId(Uuid::from_u128(1));
    let answer = calendar.post("/api/v1/sessions", &past).await;
    assert_eq!(answer.refused(), RefusalCode::Invalid);
    let answer = calendar.post("/api/v1/sessions", &stranger).await;
    assert_eq!(answer.refused(), RefusalCode::NotFound);
    past.ends_at = past.starts_at;
    let answer = calendar.post("/api/v1/sessions", &past).await;
    assert_eq!(answer.refused(), RefusalCode::Invalid);
}

#[tokio::test]
async fn sessions_of_another_clinician_are_out_of_reach() {
    let calendar = Calendar::new().await;
    let session = calendar.book(5).await;
    let server = &calendar.server;
    let (_, other) = server.signed_in("rosa", StaffRole::Clinician).await;
    let path = format!("/api/v1/sessions/{}", session.session.0);
    let read = server.get(&path, Some(&other)).await;
    assert_eq!(read.refused(), RefusalCode::NotAllowed);
    for what in ["cancel", "no-show"] {
        let body = serde_json::json!({});
        let answer = server
            .post(&format!("{path}/{what}"), Some(&other), &body)
            .await;
        assert_eq!(answer.refused(), RefusalCode::NotAllowed, "{what}");
    }
    let found: SessionSummary = calendar.get(&path).await.json();
    assert_eq!(found.state, SessionState::Scheduled);
}

#[tokio::test]
async fn a_no_show_is_marked_from_the_start_on() {
    let calendar = Calendar::new().await;
    let session = calendar.book(5).await;
    let early = calendar.act(session.session, "no-show").await;
    assert_eq!(early.refused(), RefusalCode::NotNow);
    let wait = Duration::from_secs(10 * 60);
    calendar.server.app.clock.advance(wait);
    let marked: SessionSummary = calendar.act(session.session, "no-show").await.json();
    assert_eq!(marked.state, SessionState::NoShow);
}

#[tokio::test]
async fn a_note_is_read_and_written_by_its_author_and_never_overwritten_unseen() {
    let calendar = Calendar::new().await;
    let session = calendar.book(5).await;
    hold(&calendar, &session).await;
    let notes: Vec<NoteSummary> = calendar.get("/api/v1/notes").await.json();
    let [listed] = notes.as_slice() else {
        panic!("one note: {notes:?}");
    };
    assert_eq!(listed.empty_sections, 3);
    let path = format!("/api/v1/notes/{}", listed.note.0);
    let note: NoteView = calendar.get(&path).await.json();
    assert_eq!(note.stub.session, session.session);

    let mut save = SaveNote {
        version: note.version,
        sections: note.sections,
    };
    save.sections[0].text = "Practiced breathing.".to_owned().into();
    let saved: Saved = put(&calendar, listed.note, &calendar.cookie, &save)
        .await
        .json();
    let unseen = put(&calendar, listed.note, &calendar.cookie, &save).await;
    assert_eq!(unseen.refused(), RefusalCode::Conflict);
    let mut other_sections = SaveNote {
        version: saved.version,
        ..save.clone()
    };
    other_sections.sections.pop();
    let misfit = put(&calendar, listed.note, &calendar.cookie, &other_sections).await;
    assert_eq!(misfit.refused(), RefusalCode::Invalid);
    let note: NoteView = calendar.get(&path).await.json();
    assert_eq!(note.sections, save.sections);

    let (_, other) = calendar
        .server
        .signed_in("rosa", StaffRole::Clinician)
        .await;
    let read = calendar.server.get(&path, Some(&other)).await;
    assert_eq!(read.refused(), RefusalCode::NotAllowed);
    let written = put(&calendar, listed.note, &other, &save).await;
    assert_eq!(written.refused(), RefusalCode::NotAllowed);
}

async fn put(
    calendar: &Calendar,
    note: NoteId,
    cookie: &str,
    save: &SaveNote,
) -> super::harness::Answer {
    let path = format!("/api/v1/notes/{}", note.0);
    let request = with(request(Method::PUT, &path), Some(cookie))
        .header(header::ORIGIN, ORIGIN)
        .header(header::CONTENT_TYPE, "application/json");
    let body = serde_json::to_string(save).unwrap();
    calendar.server.send(request, &body).await
}

/// The clinician comes, lets the guest in, and ends the session.
async fn hold(calendar: &Calendar, session: &SessionSummary) {
    let token = calendar.link(session).await;
    let joined: quietroom_protocol::api::Joined = calendar.join(&token).await.json();
    let rooms = &calendar.server.app.rooms;
    let staff = calendar.staff;
    let asker = Asker {
        actor: Actor::Staff(staff),
        source: None,
    };
    let host = DeviceId(Uuid::from_u128(5));
    let (outbound, mut messages) = mpsc::channel(OUTBOUND);
    let speaker = Speaker::Staff {
        staff,
        device: host,
    };
    let attached = rooms
        .attach(
            session.session,
            speaker,
            asker.clone(),
            outbound,
            Heard::default(),
        )
        .await
        .unwrap();
    let start = Input::StartGroup {
        by: host,
        scope: Scope::Session,
        group: 1,
    };
    rooms
        .act(session.session, asker.clone(), start)
        .await
        .unwrap();
    let admit = Input::Admit {
        by: host,
        device: joined.device,
        identity: quietroom_protocol::IdentityMethod::KnownToMe,
        override_missing: true,
        base: GroupEpoch {
            scope: Scope::Session,
            group: 1,
            epoch: 0,
        },
    };
    rooms.act(session.session, asker, admit).await.unwrap();
    let end = Request {
        id: 1,
        message: ClientMessage::End,
    };
    attached.say(end).await.unwrap();
    // The socket's queue ends when the session has.
    while messages.recv().await.is_some() {}
}
