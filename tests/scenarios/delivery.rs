//! The server as a delivery service that cannot read, against the real server.

use quietroom_protocol::{
    ClientMessage, Delivered, GroupEpoch, Opaque, RefusalCode, ServerMessage,
};
use quietroom_tests::clinic::group::{FIRST, commit};
use quietroom_tests::clinic::{ClassOfTwo, Demo, Staff, book_two, knock, refusal};

fn content(at: GroupEpoch, length: usize) -> ClientMessage {
    ClientMessage::Content {
        at,
        message: Opaque::new(vec![7; length]),
    }
}

fn committed(base: GroupEpoch) -> ClientMessage {
    ClientMessage::Commit {
        commit: commit(base, &[]),
    }
}

#[tokio::test]
async fn a_stale_commit_is_refused_and_nothing_is_delivered_of_it() {
    let clinic = ClassOfTwo::open().await;
    let mut host = clinic.host().await;
    let (_, mut guest) = clinic.join(&mut host, 0).await;
    guest.catch_up().await;
    let head = host.head().await;
    for base in [FIRST, head.next().unwrap()] {
        let answer = host.ask(committed(base)).await;
        assert_eq!(refusal(answer), RefusalCode::StaleEpoch);
    }
    // An admission by a stale commit does not happen either.
    let (second, mut waiting) = clinic.knock(1).await;
    host.knock_of(second.joined.device).await;
    let mut admission = host.admission(second.joined.device).await;
    if let ClientMessage::Admit { commit, .. } = &mut admission {
        commit.base = FIRST;
    }
    assert_eq!(refusal(host.ask(admission).await), RefusalCode::StaleEpoch);
    assert_eq!(
        refusal(waiting.ask(ClientMessage::CatchUp { after: 0 }).await),
        RefusalCode::NotAllowed
    );
    host.done(committed(head)).await;
    assert_eq!(guest.delivery().await.at, head, "nothing came between");
}

#[tokio::test]
async fn two_hosts_who_commit_at_once_leave_one_commit() {
    let clinic = ClassOfTwo::open().await;
    let mut desk = clinic.host().await;
    let mut laptop = clinic.host().await;
    let (at_desk, at_laptop) = (desk.head().await, laptop.head().await);
    assert_eq!(at_desk, at_laptop);
    for _ in 0..10 {
        let base = desk.head().await;
        assert_eq!(laptop.head().await, base);
        let (one, other) = tokio::join!(desk.ask(committed(base)), laptop.ask(committed(base)));
        let (done, refused) = match (one, other) {
            (done @ ServerMessage::Done { .. }, refused)
            | (refused, done @ ServerMessage::Done { .. }) => (done, refused),
            neither => panic!("one is taken: {neither:?}"),
        };
        assert!(matches!(done, ServerMessage::Done { .. }));
        assert_eq!(refusal(refused), RefusalCode::StaleEpoch);
    }
    let all = desk.catch_up().await;
    let commits = all
        .iter()
        .filter(|delivery| matches!(delivery.what, Delivered::Commit { .. }));
    let epochs: Vec<u32> = commits.map(|delivery| delivery.at.epoch).collect();
    assert_eq!(epochs, (0..10).collect::<Vec<u32>>());
}

#[tokio::test]
async fn who_comes_late_is_served_from_the_welcome_on() {
    let clinic = ClassOfTwo::open().await;
    let mut host = clinic.host().await;
    let (_, mut early) = clinic.join(&mut host, 0).await;
    let head = host.head().await;
    host.done(content(head, 100)).await;
    let (guest, mut late) = clinic.knock(1).await;
    host.let_in(guest.joined.device).await;
    host.done(content(head, 100)).await;

    let given = late.catch_up().await;
    assert_eq!(given.len(), 2, "{given:?}");
    assert!(matches!(
        given[0].what,
        Delivered::Commit {
            welcome: Some(_),
            ..
        }
    ));
    let all = early.catch_up().await;
    let welcomes = all.iter().filter(|delivery| {
        matches!(
            delivery.what,
            Delivered::Commit {
                welcome: Some(_),
                ..
            }
        )
    });
    assert_eq!(welcomes.count(), 1, "only its own welcome");
    assert_eq!(all.last(), given.last(), "one order for all");
}

#[tokio::test]
async fn another_sessions_devices_are_given_nothing() {
    let clinic = ClassOfTwo::open().await;
    let mut host = clinic.host().await;
    let (_, mut guest) = clinic.join(&mut host, 0).await;
    guest.catch_up().await;

    let elsewhere = book_two(&clinic.staff).await;
    let mut other_host = clinic.staff.enter(elsewhere.session).await.unwrap();
    let (other, mut other_guest) = knock(&clinic.staff, &elsewhere, 0).await;
    other_host.let_in(other.joined.device).await;
    let own = other_guest.catch_up().await;
    assert_eq!(own.len(), 1);

    let head = host.head().await;
    host.done(content(head, 100)).await;
    host.done(committed(head)).await;
    assert!(matches!(
        guest.delivery().await.what,
        Delivered::Content { .. }
    ));
    for socket in [&mut other_host, &mut other_guest] {
        let answer = socket.ask(ClientMessage::Ping).await;
        assert!(matches!(answer, ServerMessage::Pong { .. }));
    }
    assert_eq!(other_guest.catch_up().await, own);
    // Nor can a device of one session be added by naming it in the welcome of another.
    let head = host.head().await;
    let named = ClientMessage::Commit {
        commit: commit(head, &[other.joined.device]),
    };
    host.done(named).await;
    assert_eq!(other_guest.catch_up().await, own);
}

#[tokio::test]
async fn what_is_too_large_is_refused_with_the_field_and_changes_nothing() {
    let clinic = ClassOfTwo::open().await;
    let mut host = clinic.host().await;
    let head = host.head().await;
    let mut large = commit(head, &[]);
    large.commit = Opaque::new(vec![0; 32 * 1024 + 1]);
    let commit = ClientMessage::Commit { commit: large };
    let package = ClientMessage::Package {
        package: Opaque::new(vec![0; 8 * 1024 + 1]),
        binding: None,
    };
    let tries = [
        (commit, "commit"),
        (package, "package"),
        (content(head, 32 * 1024 + 1), "message"),
    ];
    for (message, field) in tries {
        let ServerMessage::Refused { refused, .. } = host.ask(message).await else {
            panic!("{field} is taken")
        };
        assert_eq!(refused.code, RefusalCode::Invalid);
        assert!(refused.reason.contains(field), "{}", refused.reason);
    }
    assert_eq!(host.head().await, head);
    host.done(content(head, 32 * 1024)).await;
}

#[tokio::test]
async fn a_killed_server_has_head_and_deliveries_again() {
    let clinic = ClassOfTwo::open().await;
    let mut host = clinic.host().await;
    let (guest, _socket) = clinic.knock(0).await;
    host.let_in(guest.joined.device).await;
    let head = host.head().await;
    host.done(content(head, 1000)).await;
    let before = host.catch_up().await;

    let (folder, port) = (clinic.folder.path().join("demo"), clinic.demo.port);
    clinic.demo.kill().await;
    let demo = Demo::start_on(&folder, port).await;
    let staff = Staff::sign_in(&demo.origin, &demo.sign_in).await.unwrap();
    let mut host = staff.enter(clinic.session.session).await.unwrap();
    assert_eq!(host.catch_up().await, before);
    assert_eq!(host.head().await, head);
    let stale = host.ask(committed(FIRST)).await;
    assert_eq!(refusal(stale), RefusalCode::StaleEpoch);
    host.done(committed(head)).await;
    let mut again = guest.connect().await.unwrap();
    assert_eq!(again.catch_up().await.len(), 3);
}
