//! Too large, too fast, too many.

use crate::clinic::gather_to_draw;
use quietroom_protocol::{
    ClientMessage, MAX_BOARDS, MAX_ENTRY, MAX_SNAPSHOT, MAX_STROKE, RefusalCode, ServerMessage,
};
use quietroom_tests::clinic::board::{entry, seqs, snapshot, stroke};
use quietroom_tests::clinic::{ClassOfTwo, refusal};

#[tokio::test]
async fn what_is_too_large_is_refused_with_the_field_and_changes_nothing() {
    let clinic = ClassOfTwo::open().await;
    let [mut host, mut jordan, _] = gather_to_draw(&clinic).await;
    host.follow(1, 0).await;
    assert_eq!(jordan.append(1, vec![1; MAX_ENTRY]).await, 1);
    for (message, field) in [
        (entry(1, vec![0; MAX_ENTRY + 1]), "entry"),
        (entry(1, Vec::new()), "entry"),
        (stroke(1, vec![0; MAX_STROKE + 1]), "stroke"),
        (snapshot(1, 1, vec![0; MAX_SNAPSHOT + 1]), "snapshot"),
    ] {
        let ServerMessage::Refused { refused, .. } = jordan.ask(message).await else {
            panic!("{field} is taken")
        };
        assert_eq!(refused.code, RefusalCode::Invalid);
        assert!(refused.reason.contains(field), "{}", refused.reason);
    }
    assert_eq!(seqs(&host.drawn_by_now().await), [1]);
    jordan.done(snapshot(1, 1, vec![2; MAX_SNAPSHOT])).await;
    let kept = host.follow(1, 0).await;
    let [ServerMessage::BoardSnapshotted { snapshot, .. }] = kept.as_slice() else {
        panic!("one snapshot: {kept:?}")
    };
    assert_eq!(snapshot.len(), MAX_SNAPSHOT);
    assert_eq!(host.strokes(), 0);
}

#[tokio::test]
async fn what_is_too_fast_is_refused_and_the_others_draw_on() {
    let clinic = ClassOfTwo::open().await;
    let [mut host, mut jordan, mut sam] = gather_to_draw(&clinic).await;
    host.follow(1, 0).await;
    let mut taken = 0;
    let refused = loop {
        match jordan.ask(entry(1, vec![1; 100])).await {
            ServerMessage::Appended { seq, .. } => taken = seq,
            ServerMessage::Refused { refused, .. } => break refused,
            other => panic!("an answer: {other:?}"),
        }
    };
    assert!((40..60).contains(&taken), "{taken}");
    assert_eq!(refused.code, RefusalCode::SlowDown);
    assert_eq!(refused.retry_after, Some(1));
    assert_eq!(sam.append(1, vec![2]).await, taken + 1);
    let expected: Vec<u64> = (1..=taken + 1).collect();
    assert_eq!(seqs(&host.drawn_by_now().await), expected);
}

#[tokio::test]
async fn strokes_that_are_too_fast_are_left_out_silently() {
    let clinic = ClassOfTwo::open().await;
    let [mut host, mut jordan, _] = gather_to_draw(&clinic).await;
    host.follow(1, 0).await;
    for _ in 0..400 {
        jordan.say(stroke(1, vec![1; 20])).await;
    }
    // Nothing is refused, and the socket is still good for everything else.
    assert_eq!(jordan.append(1, vec![1]).await, 1);
    host.drawn_by_now().await;
    assert!((1..400).contains(&host.strokes()), "{}", host.strokes());
}

#[tokio::test]
async fn there_are_20_boards_and_what_is_not_open_is_not_there() {
    let clinic = ClassOfTwo::open().await;
    let [mut host, mut jordan, _] = gather_to_draw(&clinic).await;
    for board in [0, 2, MAX_BOARDS + 1] {
        for ask in [
            entry(board, vec![1]),
            snapshot(board, 1, vec![1]),
            ClientMessage::BoardCatchUp { board, after: 0 },
        ] {
            assert_eq!(refusal(jordan.ask(ask).await), RefusalCode::NotFound);
        }
    }
    for board in [1, 3] {
        let out_of_order = host.ask(ClientMessage::OpenBoard { board }).await;
        assert_eq!(refusal(out_of_order), RefusalCode::Conflict);
    }
    for board in 2..=MAX_BOARDS {
        host.done(ClientMessage::OpenBoard { board }).await;
    }
    let board = MAX_BOARDS + 1;
    let one_more = host.ask(ClientMessage::OpenBoard { board }).await;
    assert_eq!(refusal(one_more), RefusalCode::Full);
    assert_eq!(jordan.append(MAX_BOARDS, vec![1]).await, 1);
}

#[tokio::test]
async fn snapshots_of_all_boards_are_full_at_8_mib() {
    let clinic = ClassOfTwo::open().await;
    let mut sockets = gather_to_draw(&clinic).await;
    for board in 2..=9 {
        let open = ClientMessage::OpenBoard { board };
        sockets[0].done(open).await;
    }
    for board in 1..=9_u32 {
        let socket = &mut sockets[board as usize % 3];
        socket.append(board, vec![1]).await;
        let whole = snapshot(board, 1, vec![2; MAX_SNAPSHOT]);
        if board <= 8 {
            socket.done(whole).await;
        } else {
            assert_eq!(refusal(socket.ask(whole).await), RefusalCode::Full);
        }
    }
}
