//! What must be refused, against the real server.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

use quietroom_protocol::api::{Look, LookToken, SessionSummary};
use quietroom_protocol::{
    Attestation, ClientMessage, Hello, Identity, IdentityMethod, OverReason, RefusalCode, Room,
    ServerMessage, SessionState, Source, SourceSection, VERSION,
};
use quietroom_tests::clinic::group::{FIRST, commit};
use quietroom_tests::clinic::{
    Demo, Guest, JoinSecret, Socket, SocketRefused, Staff, refusal, send,
};
use reqwest::StatusCode;
use tempfile::TempDir;

/// A demo, its clinician, and a session that is about to start with one client.
struct Clinic {
    demo: Demo,
    staff: Staff,
    session: SessionSummary,
    secret: JoinSecret,
    _folder: TempDir,
}

impl Clinic {
    async fn open() -> Self {
        let folder = TempDir::new().unwrap();
        let demo = Demo::start(&folder.path().join("demo")).await;
        let staff = Staff::sign_in(&demo.origin, &demo.sign_in).await.unwrap();
        let session = staff.book_client().await.unwrap();
        let seat = session.people[0].participant;
        let (secret, _) = staff.link(session.session, seat).await.unwrap();
        Self {
            demo,
            staff,
            session,
            secret,
            _folder: folder,
        }
    }

    async fn guest(&self) -> Guest {
        Guest::arrive(&self.demo.origin, &self.secret)
            .await
            .unwrap()
    }

    /// The clinician's socket, greeted.
    async fn host(&self) -> Socket {
        self.staff.enter(self.session.session).await.unwrap()
    }
}

fn over(message: ServerMessage) -> Option<OverReason> {
    match message {
        ServerMessage::Over { reason } => Some(reason),
        _ => None,
    }
}

fn room(message: ServerMessage) -> Option<Room> {
    match message {
        ServerMessage::Room { room } => Some(room),
        _ => None,
    }
}

#[tokio::test]
async fn a_link_used_again_before_admission_belongs_to_the_newer_device() {
    let clinic = Clinic::open().await;
    let first = clinic.guest().await;
    let mut first_socket = first.connect().await.unwrap();
    first_socket
        .until(|m| matches!(m, ServerMessage::Waiting { .. }).then_some(()))
        .await;
    let second = clinic.guest().await;
    assert_ne!(first.joined.device, second.joined.device);
    assert_eq!(first_socket.until(over).await, OverReason::Replaced);

    let mut host = clinic.host().await;
    let mut socket = second.connect().await.unwrap();
    let answer = host
        .ask(ClientMessage::Admit {
            device: first.joined.device,
            identity: IdentityMethod::KnownToMe,
            override_missing: false,
            commit: commit(FIRST, &[]),
        })
        .await;
    assert_eq!(refusal(answer), RefusalCode::NotNow);
    host.let_in(second.joined.device).await;
    socket.until(room).await;
}

#[tokio::test]
async fn a_link_used_again_after_admission_is_a_new_knock() {
    let clinic = Clinic::open().await;
    let first = clinic.guest().await;
    let mut first_socket = first.connect().await.unwrap();
    let mut host = clinic.host().await;
    host.let_in(first.joined.device).await;
    first_socket.until(room).await;

    let second = clinic.guest().await;
    let mut second_socket = second.connect().await.unwrap();
    let waiting = second_socket.next().await;
    assert!(
        matches!(waiting, ServerMessage::Waiting { .. }),
        "{waiting:?}"
    );
    let knock = host.knock_of(second.joined.device).await;
    assert!(knock.second_device);
    let answer = first_socket.ask(ClientMessage::Ping).await;
    assert!(matches!(answer, ServerMessage::Pong { .. }));
}

#[tokio::test]
async fn looking_at_a_link_or_opening_its_page_leaves_it_valid() {
    let clinic = Clinic::open().await;
    for path in ["/join", "/join?x=1"] {
        let page = reqwest::get(format!("{}{path}", clinic.demo.origin)).await;
        assert_eq!(page.unwrap().status(), StatusCode::OK);
    }
    let token = LookToken {
        token: clinic.secret.token(),
    };
    let origin = &clinic.demo.origin;
    let look: Look = send(origin, "/api/v1/join/look", &token).await.unwrap();
    assert_eq!(look.session, clinic.session.session);
    let path = format!("/api/v1/sessions/{}", clinic.session.session.0);
    let session: SessionSummary = clinic.staff.get(&path).await.unwrap();
    assert!(!session.people[0].link.as_ref().unwrap().redeemed);
    clinic.guest().await;
}

#[tokio::test]
async fn a_link_of_an_ended_session_is_over() {
    let clinic = Clinic::open().await;
    let mut host = clinic.host().await;
    host.until(room).await;
    host.done(ClientMessage::End).await;
    let token = LookToken {
        token: clinic.secret.token(),
    };
    let refused = send::<Look>(&clinic.demo.origin, "/api/v1/join/look", &token).await;
    let (status, refused) = refused.unwrap_err();
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(refused.unwrap().code, RefusalCode::LinkEnded);
}

#[tokio::test]
async fn a_websocket_from_another_site_is_refused() {
    let clinic = Clinic::open().await;
    let cookie = Some(clinic.staff.cookie.as_str());
    for origin in [Some("https://elsewhere.example"), Some("null"), None] {
        let socket = Socket::open(&clinic.demo.origin, origin, cookie).await;
        assert_eq!(socket.unwrap_err(), SocketRefused(403), "{origin:?}");
    }
    clinic.host().await.until(room).await;
}

#[tokio::test]
async fn a_guest_of_another_session_is_refused() {
    let clinic = Clinic::open().await;
    let other = clinic.staff.book_client().await.unwrap();
    let guest = clinic.guest().await;
    let mut socket = Socket::open(&clinic.demo.origin, Some(&clinic.demo.origin), None)
        .await
        .unwrap();
    let ServerMessage::Challenge { nonce, .. } = socket.next().await else {
        panic!("no challenge");
    };
    let hello = Hello {
        session: other.session,
        ..guest.hello(&nonce)
    };
    let answer = socket.ask(ClientMessage::Hello(hello)).await;
    assert!(
        matches!(
            refusal(answer),
            RefusalCode::NotFound | RefusalCode::NotAllowed | RefusalCode::NotSignedIn
        ),
        "refused as someone else's"
    );
}

#[tokio::test]
async fn a_signature_for_another_challenge_is_refused() {
    let clinic = Clinic::open().await;
    let guest = clinic.guest().await;
    let mut socket = Socket::open(&clinic.demo.origin, Some(&clinic.demo.origin), None)
        .await
        .unwrap();
    let ServerMessage::Challenge { .. } = socket.next().await else {
        panic!("no challenge");
    };
    let hello = guest.hello("another challenge");
    let answer = socket.ask(ClientMessage::Hello(hello)).await;
    let _ = refusal(answer);
}

#[tokio::test]
async fn staff_without_a_cookie_are_refused() {
    let clinic = Clinic::open().await;
    let mut socket = Socket::open(&clinic.demo.origin, Some(&clinic.demo.origin), None)
        .await
        .unwrap();
    socket.next().await;
    let hello = Hello {
        version: VERSION,
        session: clinic.session.session,
        identity: Identity::Staff { device: None },
    };
    let answer = socket.ask(ClientMessage::Hello(hello)).await;
    assert_eq!(refusal(answer), RefusalCode::NotSignedIn);
}

#[tokio::test]
async fn a_waiting_guest_gets_no_roster_and_can_send_no_media() {
    let clinic = Clinic::open().await;
    let guest = clinic.guest().await;
    let mut socket = guest.connect().await.unwrap();
    let mut host = clinic.host().await;
    host.until(room).await;
    host.knock_of(guest.joined.device).await;
    let publish = ClientMessage::Publish {
        offer: "v=0".to_owned(),
        sources: vec![SourceSection {
            mid: "0".to_owned(),
            source: Source::Microphone,
        }],
    };
    for message in [
        publish,
        ClientMessage::RestartReceive,
        ClientMessage::Answer {
            generation: 1,
            answer: "v=0".to_owned(),
        },
        ClientMessage::Show { wants: Vec::new() },
        ClientMessage::Admit {
            device: guest.joined.device,
            identity: IdentityMethod::KnownToMe,
            override_missing: true,
            commit: commit(FIRST, &[]),
        },
        ClientMessage::End,
    ] {
        let shown = format!("{message:?}");
        let answer = socket.ask(message).await;
        assert_eq!(refusal(answer), RefusalCode::NotAllowed, "{shown}");
    }
    assert!(matches!(
        socket.ask(ClientMessage::Ping).await,
        ServerMessage::Pong { .. }
    ));
    // Everything that was kept while asking is of the waiting room.
    while let Some(message) = socket.held() {
        assert!(
            matches!(message, ServerMessage::Waiting { .. }),
            "{message:?}"
        );
    }
}

#[tokio::test]
async fn missing_attestations_need_an_override() {
    let clinic = Clinic::open().await;
    let guest = Guest::join(
        &clinic.demo.origin,
        &clinic.secret,
        "Jordan",
        Attestation::default(),
    )
    .await
    .unwrap();
    let mut socket = guest.connect().await.unwrap();
    let mut host = clinic.host().await;
    let knock = host.knock_of(guest.joined.device).await;
    assert_eq!(knock.missing.len(), 3);
    let base = host.head().await;
    let admit = |override_missing| ClientMessage::Admit {
        device: guest.joined.device,
        identity: IdentityMethod::PhotoId,
        override_missing,
        commit: commit(base, &[guest.joined.device]),
    };
    let answer = host.ask(admit(false)).await;
    assert_eq!(refusal(answer), RefusalCode::AttestationMissing);
    host.done(admit(true)).await;
    assert_eq!(socket.until(room).await.state, SessionState::Live);
}
