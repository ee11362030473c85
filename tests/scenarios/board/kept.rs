//! What is kept: for who comes late, and over a crash.

use quietroom_protocol::{ClientMessage, Drawers, RefusalCode, ServerMessage};
use quietroom_tests::clinic::board::{seqs, snapshot};
use quietroom_tests::clinic::{ClassOfTwo, Demo, Staff, refusal};

#[tokio::test]
async fn who_comes_late_is_given_the_snapshot_then_the_rest_then_what_follows() {
    let clinic = ClassOfTwo::open().await;
    let mut host = clinic.host().await;
    let (_, mut jordan) = clinic.join(&mut host, 0).await;
    host.done(ClientMessage::OpenBoard { board: 1 }).await;
    let who = Drawers::Everyone;
    host.done(ClientMessage::AllowDrawing { who }).await;
    for number in 1..=12_u8 {
        jordan.append(1, vec![number; 1_000]).await;
    }
    host.done(snapshot(1, 9, b"the first nine".to_vec())).await;
    let overtaken = jordan.ask(snapshot(1, 9, b"again".to_vec())).await;
    assert_eq!(refusal(overtaken), RefusalCode::Conflict);

    let (_, mut late) = clinic.join(&mut host, 1).await;
    let kept = late.follow(1, 0).await;
    assert!(matches!(
        kept[0],
        ServerMessage::BoardSnapshotted {
            board: 1,
            upto: 9,
            ..
        }
    ));
    assert_eq!(seqs(&kept), [10, 11, 12]);
    assert_eq!(seqs(&late.follow(1, 10).await), [11, 12]);
    assert_eq!(jordan.append(1, vec![13]).await, 13);
    assert_eq!(seqs(&late.drawn_by_now().await), [13]);
}

#[tokio::test]
async fn a_killed_server_has_the_same_boards_again() {
    let clinic = ClassOfTwo::open().await;
    let mut host = clinic.host().await;
    let (guest, mut jordan) = clinic.join(&mut host, 0).await;
    for board in [1, 2] {
        host.done(ClientMessage::OpenBoard { board }).await;
    }
    host.done(ClientMessage::ShowBoard { board: Some(2) }).await;
    let participants = vec![clinic.session.people[0].participant];
    let who = Drawers::Chosen { participants };
    host.done(ClientMessage::AllowDrawing { who: who.clone() })
        .await;
    host.done(ClientMessage::AllowChat { on: false }).await;
    for number in 1..=6_u8 {
        jordan.append(1, vec![number; 500]).await;
        host.append(2, vec![number; 500]).await;
    }
    host.done(snapshot(1, 4, vec![9; 5_000])).await;
    let before = [host.follow(1, 0).await, host.follow(2, 0).await];
    assert_eq!((before[0].len(), before[1].len()), (3, 6));

    let (folder, port) = (clinic.folder.path().join("demo"), clinic.demo.port);
    clinic.demo.kill().await;
    let demo = Demo::start_on(&folder, port).await;
    let staff = Staff::sign_in(&demo.origin, &demo.sign_in).await.unwrap();
    let mut host = staff.enter(clinic.session.session).await.unwrap();
    let mut jordan = guest.connect().await.unwrap();
    let room = jordan
        .until(|message| match message {
            ServerMessage::Room { room } => Some(room),
            _ => None,
        })
        .await;
    assert_eq!((room.boards.open, room.boards.shown), (2, Some(2)));
    assert_eq!(room.boards.drawers, who);
    assert!(room.boards.may_draw && !room.chat);
    for socket in [&mut host, &mut jordan] {
        let after = [socket.follow(1, 0).await, socket.follow(2, 0).await];
        assert_eq!(after, before);
    }
    assert_eq!(jordan.append(1, vec![7]).await, 7);
    assert_eq!(seqs(&host.drawn_by_now().await), [7]);
}
