//! One order for all, and who may draw.

use crate::clinic::{allow, gather, gather_to_draw};
use quietroom_protocol::{ClientMessage, Drawers, RefusalCode, Room, ServerMessage};
use quietroom_tests::clinic::board::{entry, seqs, snapshot, stroke};
use quietroom_tests::clinic::{ClassOfTwo, Socket, book_two, knock, refusal};

const ROUNDS: u8 = 12;

async fn room(socket: &mut Socket, wanted: impl Fn(&Room) -> bool) -> Room {
    socket
        .until(|message| match message {
            ServerMessage::Room { room } => Some(room).filter(&wanted),
            _ => None,
        })
        .await
}

#[tokio::test]
async fn three_who_draw_at_once_see_the_same_order_their_own_entries_too() {
    let clinic = ClassOfTwo::open().await;
    let mut sockets = gather_to_draw(&clinic).await;
    for socket in &mut sockets {
        assert_eq!(socket.follow(1, 0).await, []);
    }
    let drawing = sockets
        .into_iter()
        .zip(1_u8..)
        .map(async |(mut socket, who)| {
            let mut numbers = Vec::new();
            for round in 0..ROUNDS {
                numbers.push(socket.append(1, vec![who, round]).await);
            }
            assert!(numbers.is_sorted(), "each one's own stay in order");
            socket
        });
    let sockets = futures_util::future::join_all(drawing).await;
    let mut seen = Vec::new();
    for mut socket in sockets {
        let drawn = socket.drawn_by_now().await;
        let expected: Vec<u64> = (1..=3 * u64::from(ROUNDS)).collect();
        assert_eq!(seqs(&drawn), expected);
        assert_eq!(socket.follow(1, 0).await, drawn, "what is kept is the same");
        seen.push(drawn);
    }
    assert!(seen.iter().all(|drawn| *drawn == seen[0]));
}

#[tokio::test]
async fn whoever_is_locked_is_refused_and_nobody_sees_a_trace() {
    let clinic = ClassOfTwo::open().await;
    let [mut host, mut jordan, mut sam] = gather(&clinic).await;
    for socket in [&mut host, &mut jordan, &mut sam] {
        socket.follow(1, 0).await;
    }
    let locked = room(&mut jordan, |room| room.boards.open == 1).await.boards;
    assert_eq!(locked.drawers, Drawers::Facilitators);
    assert!(!locked.may_draw);
    for ask in [
        entry(1, b"locked".to_vec()),
        snapshot(1, 1, b"locked".to_vec()),
        ClientMessage::OpenBoard { board: 2 },
        ClientMessage::ShowBoard { board: Some(1) },
        allow(Drawers::Everyone),
        ClientMessage::AllowChat { on: false },
    ] {
        let what = format!("{ask:?}");
        let code = refusal(jordan.ask(ask).await);
        assert_eq!(code, RefusalCode::NotAllowed, "{what}");
    }
    jordan.say(stroke(1, b"locked".to_vec())).await;
    jordan.drawn_by_now().await;

    // Handed over to one of them.
    let participants = vec![clinic.session.people[0].participant];
    host.done(allow(Drawers::Chosen { participants })).await;
    room(&mut jordan, |room| room.boards.may_draw).await;
    assert_eq!(jordan.append(1, b"mine".to_vec()).await, 1);
    let code = refusal(sam.ask(entry(1, b"not mine".to_vec())).await);
    assert_eq!(code, RefusalCode::NotAllowed);
    assert_eq!(host.append(1, b"the clinician's".to_vec()).await, 2);
    for socket in [&mut host, &mut jordan, &mut sam] {
        assert_eq!(seqs(&socket.drawn_by_now().await), [1, 2]);
        assert_eq!(socket.strokes(), 0);
    }
    // And taken back.
    host.done(allow(Drawers::Facilitators)).await;
    let code = refusal(jordan.ask(entry(1, b"late".to_vec())).await);
    assert_eq!(code, RefusalCode::NotAllowed);
}

#[tokio::test]
async fn strokes_reach_the_others_who_follow_and_are_not_kept() {
    let clinic = ClassOfTwo::open().await;
    let [mut host, mut jordan, mut sam] = gather_to_draw(&clinic).await;
    host.follow(1, 0).await;
    jordan.follow(1, 0).await;
    for _ in 0..10 {
        jordan.say(stroke(1, vec![1; 200])).await;
    }
    jordan.drawn_by_now().await;
    host.drawn_by_now().await;
    assert_eq!((host.strokes(), jordan.strokes()), (10, 0));
    assert_eq!(sam.follow(1, 0).await, []);
    assert_eq!(sam.strokes(), 0);
}

#[tokio::test]
async fn everyone_is_told_which_board_is_shown_and_that_the_chat_is_off() {
    let clinic = ClassOfTwo::open().await;
    let [mut host, mut jordan, _] = gather(&clinic).await;
    let hidden = refusal(host.ask(ClientMessage::ShowBoard { board: Some(2) }).await);
    assert_eq!(hidden, RefusalCode::NotFound);
    host.done(ClientMessage::ShowBoard { board: Some(1) }).await;
    host.done(ClientMessage::AllowChat { on: false }).await;
    let told = room(&mut jordan, |room| !room.chat).await;
    assert_eq!(told.boards.shown, Some(1));
    host.done(ClientMessage::ShowBoard { board: None }).await;
    room(&mut jordan, |room| room.boards.shown.is_none()).await;
}

#[tokio::test]
async fn nothing_is_reachable_from_another_session() {
    let clinic = ClassOfTwo::open().await;
    let [mut host, mut jordan, _] = gather_to_draw(&clinic).await;
    host.follow(1, 0).await;
    jordan.append(1, b"of the first class".to_vec()).await;

    let elsewhere = book_two(&clinic.staff).await;
    let mut other_host = clinic.staff.enter(elsewhere.session).await.unwrap();
    let (guest, mut other) = knock(&clinic.staff, &elsewhere, 0).await;
    other_host.let_in(guest.joined.device).await;
    let follow = ClientMessage::BoardCatchUp { board: 1, after: 0 };
    for socket in [&mut other_host, &mut other] {
        let code = refusal(socket.ask(follow.clone()).await);
        assert_eq!(
            code,
            RefusalCode::NotFound,
            "the board is of the other session"
        );
    }
    other_host.done(ClientMessage::OpenBoard { board: 1 }).await;
    other_host.done(allow(Drawers::Everyone)).await;
    for socket in [&mut other_host, &mut other] {
        assert_eq!(socket.follow(1, 0).await, []);
    }
    assert_eq!(other.append(1, b"of the second class".to_vec()).await, 1);
    jordan.append(1, b"of the first class again".to_vec()).await;
    jordan.say(stroke(1, b"of the first class".to_vec())).await;
    jordan.drawn_by_now().await;
    assert_eq!(seqs(&host.drawn_by_now().await), [1, 2]);
    for socket in [&mut other_host, &mut other] {
        assert_eq!(seqs(&socket.drawn_by_now().await), [1]);
        assert_eq!(socket.follow(1, 0).await.len(), 1);
        assert_eq!(socket.strokes(), 0);
    }
}
