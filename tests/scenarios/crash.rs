//! kill -9 at two points of each step of a session, then a restart: nothing that was acknowledged is lost, and
//! there is one stub for the client.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test stops where it fails"
)]

use quietroom_protocol::api::{NoteSummary, NoteView, SessionSummary};
use quietroom_protocol::{
    ClientMessage, Delivered, Delivery, GroupEpoch, MediaState, Opaque, ServerMessage,
    SessionState, StubFlag,
};
use quietroom_tests::clinic::board::seqs;
use quietroom_tests::clinic::group::FIRST;
use quietroom_tests::clinic::{Demo, Guest, JoinSecret, Socket, Staff};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::mpsc;

/// What the server has acknowledged, in the order of the script.
#[derive(Debug)]
enum Acknowledged {
    Booked(SessionSummary),
    Linked(JoinSecret),
    Joined(Arc<Guest>),
    Admitted,
    /// The host's commit, of this epoch.
    Committed(GroupEpoch),
    /// The guest's content.
    Said(Opaque),
    /// A board is open, and everyone is shown it.
    BoardShown,
    /// The guest's entry on it.
    Drawn(u64),
    CameraOn,
    CameraOff,
    MicrophoneOff,
    MicrophoneOn,
    CameraAgain,
    Ended,
}

/// What the guest draws.
const DRAWN: &[u8] = b"nobody but the group sees this";

/// How many acknowledgements the whole script gives.
const STEPS: usize = 14;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_at_two_points_of_each_step() {
    let points = if std::env::var_os("QUIETROOM_FULL").is_some() {
        100
    } else {
        2 * STEPS
    };
    for point in 0..points {
        let after = point % STEPS + 1;
        // The first round kills at once, the others while the next step is under way.
        let delay = match point / STEPS {
            0 => Duration::ZERO,
            _ => Duration::from_micros(StdRng::seed_from_u64(point as u64).random_range(50..6_000)),
        };
        live_through(after, delay).await;
        println!("killed {delay:?} after acknowledgement {after}: nothing lost");
    }
}

async fn live_through(after: usize, delay: Duration) {
    let folder = TempDir::new().unwrap();
    let folder = folder.path().join("demo");
    let demo = Demo::start(&folder).await;
    let staff = Staff::sign_in(&demo.origin, &demo.sign_in).await.unwrap();
    let (tell, mut told) = mpsc::channel(STEPS);
    let script = tokio::spawn(play(staff, tell));
    let mut acknowledged = Vec::new();
    while acknowledged.len() < after {
        acknowledged.push(told.recv().await.expect("the script goes on"));
    }
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    script.abort();
    let port = demo.port;
    demo.kill().await;
    while let Ok(more) = told.try_recv() {
        acknowledged.push(more);
    }
    recover(&folder, port, &acknowledged).await;
}

/// One appointment from booking to its end.
async fn play(staff: Staff, tell: mpsc::Sender<Acknowledged>) {
    let say = async |step| tell.send(step).await.unwrap();
    let session = staff.book_client().await.unwrap();
    let (id, seat) = (session.session, session.people[0].participant);
    say(Acknowledged::Booked(session)).await;
    let (secret, _) = staff.link(id, seat).await.unwrap();
    say(Acknowledged::Linked(secret.clone())).await;
    let guest = Arc::new(Guest::arrive(&staff.origin, &secret).await.unwrap());
    say(Acknowledged::Joined(guest.clone())).await;
    let mut guest_socket = guest.connect().await.unwrap();
    let mut host = staff.enter(id).await.unwrap();
    host.let_in(guest.joined.device).await;
    say(Acknowledged::Admitted).await;
    let base = host.head().await;
    let commit = host.move_on().await;
    host.done(commit).await;
    say(Acknowledged::Committed(base)).await;
    let at = guest_socket.head().await;
    let message = Opaque::new(b"nobody but the group reads this".to_vec());
    let content = ClientMessage::Content {
        at,
        message: message.clone(),
    };
    guest_socket.done(content).await;
    say(Acknowledged::Said(message)).await;
    host.done(ClientMessage::OpenBoard { board: 1 }).await;
    host.done(ClientMessage::ShowBoard { board: Some(1) }).await;
    say(Acknowledged::BoardShown).await;
    let seq = guest_socket.append(1, DRAWN.to_vec()).await;
    say(Acknowledged::Drawn(seq)).await;
    for (step, microphone, camera) in [
        (Acknowledged::CameraOn, true, true),
        (Acknowledged::CameraOff, true, false),
        (Acknowledged::MicrophoneOff, false, false),
        (Acknowledged::MicrophoneOn, true, false),
        (Acknowledged::CameraAgain, true, true),
    ] {
        let state = MediaState {
            microphone,
            camera,
            screen: false,
        };
        guest_socket.done(ClientMessage::Media { state }).await;
        say(step).await;
    }
    host.done(ClientMessage::End).await;
    say(Acknowledged::Ended).await;
}

/// Starts again on the same port, finds what was acknowledged, and brings the session to its end.
async fn recover(folder: &Path, port: u16, acknowledged: &[Acknowledged]) {
    let demo = Demo::start_on(folder, port).await;
    let staff = Staff::sign_in(&demo.origin, &demo.sign_in).await.unwrap();
    let (mut session, mut secret, mut guest) = (None, None, None);
    let (mut admitted, mut ended) = (false, false);
    let (mut shown, mut drawn) = (false, None);
    let mut delivered = Vec::new();
    for step in acknowledged {
        match step {
            Acknowledged::Booked(s) => session = Some(s.clone()),
            Acknowledged::Linked(s) => secret = Some(s.clone()),
            Acknowledged::Joined(g) => guest = Some(g.clone()),
            Acknowledged::Admitted => admitted = true,
            Acknowledged::Committed(base) => delivered.push((*base, None)),
            Acknowledged::Said(message) => delivered.push((FIRST, Some(message.clone()))),
            Acknowledged::BoardShown => shown = true,
            Acknowledged::Drawn(seq) => drawn = Some(*seq),
            Acknowledged::Ended => ended = true,
            _ => {}
        }
    }
    let session = session.expect("booking is the first step");
    let path = format!("/api/v1/sessions/{}", session.session.0);
    let found: SessionSummary = staff.get(&path).await.unwrap();
    assert_eq!(found.starts_at, session.starts_at);
    if secret.is_some() {
        assert!(found.people[0].link.is_some(), "the link is kept");
    }
    if guest.is_some() {
        assert!(
            found.people[0].link.as_ref().unwrap().redeemed,
            "the knock is kept"
        );
    }
    if ended {
        assert_eq!(found.state, SessionState::Ended);
    }

    if found.state != SessionState::Ended {
        let seat = session.people[0].participant;
        let mut host = staff.enter(session.session).await.unwrap();
        check_deliveries(&host.catch_up().await, admitted, &delivered);
        if shown {
            check_board(&mut host, drawn).await;
        }
        let guest = match guest {
            Some(guest) => guest,
            None => {
                let (secret, _) = staff.link(session.session, seat).await.unwrap();
                Arc::new(Guest::arrive(&staff.origin, &secret).await.unwrap())
            }
        };
        let mut socket = guest.connect().await.unwrap();
        let first = socket
            .until(|m| match m {
                ServerMessage::Room { .. } => Some(true),
                ServerMessage::Waiting { .. } => Some(false),
                _ => None,
            })
            .await;
        assert!(first || !admitted, "an admitted device is still admitted");
        if !first {
            host.let_in(guest.joined.device).await;
        }
        host.done(ClientMessage::End).await;
    }
    // An end that was under way may have been recorded before the kill, and not been heard of.
    let crashed_inside = admitted && found.state != SessionState::Ended;
    check_note(&staff, &session, crashed_inside).await;
    assert!(demo.stop().await.success());
}

/// The board is open still, with what was acknowledged on it and at most one entry more.
async fn check_board(host: &mut Socket, drawn: Option<u64>) {
    let kept = seqs(&host.follow(1, 0).await);
    assert!(kept.is_empty() || kept == [1], "no gap: {kept:?}");
    assert!(
        drawn.is_none_or(|seq| kept.contains(&seq)),
        "the entry is kept"
    );
    assert_eq!(host.append(1, DRAWN.to_vec()).await, kept.len() as u64 + 1);
}

/// Every commit and content that was acknowledged is there, in order, and no epoch has two.
fn check_deliveries(
    found: &[Delivery],
    admitted: bool,
    acknowledged: &[(GroupEpoch, Option<Opaque>)],
) {
    let mut head = None;
    for (delivery, seq) in found.iter().zip(1..) {
        assert_eq!(delivery.seq, seq, "no gap");
        match &delivery.what {
            Delivered::Started => head = Some(delivery.at),
            Delivered::Commit { .. } => {
                assert_eq!(head, Some(delivery.at), "one commit for an epoch");
                head = delivery.at.next();
            }
            Delivered::Content { .. } => {}
        }
    }
    assert!(
        head.is_some_and(|head| head.epoch > 0) || !admitted,
        "an admission is kept with its commit"
    );
    for (base, said) in acknowledged {
        let kept = found.iter().any(|delivery| match (&delivery.what, said) {
            (Delivered::Commit { .. }, None) => delivery.at == *base,
            (Delivered::Content { message }, Some(said)) => message == said,
            _ => false,
        });
        assert!(kept, "what a group said is kept");
    }
}

async fn check_note(staff: &Staff, session: &SessionSummary, crashed_inside: bool) {
    let notes: Vec<NoteSummary> = staff.get("/api/v1/notes").await.unwrap();
    let notes: Vec<_> = notes
        .iter()
        .filter(|n| n.session == session.session)
        .collect();
    assert_eq!(notes.len(), 1, "one stub for the client");
    let path = format!("/api/v1/notes/{}", notes[0].note.0);
    let note: NoteView = staff.get(&path).await.unwrap();
    assert_eq!(note.stub.participant, session.people[0].participant);
    assert!(
        note.sections.iter().all(|s| s.text.expose().is_empty()),
        "a stub fills no section"
    );
    let restarted = note
        .stub
        .flags
        .iter()
        .any(|f| f.value == StubFlag::ServerRestarted);
    assert!(restarted || !crashed_inside, "the restart is in the record");
    for pair in note.stub.here.windows(2) {
        assert!(pair[0].to <= pair[1].from, "intervals do not overlap");
    }
}
