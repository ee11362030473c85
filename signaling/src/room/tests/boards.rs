use super::fixture::*;
use crate::room::{OUTBOUND, Speaker};
use quietroom_protocol::{
    BoardEntry, ClientMessage, Drawers, Opaque, ParticipantId, RefusalCode, ServerMessage,
};
use quietroom_records::Ctx;
use std::time::Duration;

fn bytes(text: &str) -> Opaque {
    Opaque::new(text.as_bytes().to_vec())
}

fn entry(board: u32, text: &str) -> ClientMessage {
    let entry = bytes(text);
    ClientMessage::BoardAppend { board, entry }
}

fn stroke(board: u32, text: &str) -> ClientMessage {
    let stroke = bytes(text);
    ClientMessage::BoardStroke { board, stroke }
}

fn snapshot(board: u32, upto: u64, text: &str) -> ClientMessage {
    ClientMessage::BoardSnapshot {
        board,
        upto,
        snapshot: bytes(text),
    }
}

const fn follow(board: u32, after: u64) -> ClientMessage {
    ClientMessage::BoardCatchUp { board, after }
}

fn seqs(drawn: &[ServerMessage]) -> Vec<u64> {
    let entries = drawn.iter().filter_map(|message| match message {
        ServerMessage::BoardEntry { entry } => Some(entry.seq),
        _ => None,
    });
    entries.collect()
}

fn strokes(drawn: &[ServerMessage]) -> usize {
    let stroke = |message: &&ServerMessage| matches!(message, ServerMessage::BoardStroke { .. });
    drawn.iter().filter(stroke).count()
}

impl Tab {
    async fn append(&mut self, board: u32, text: &str) -> u64 {
        match self.ask(entry(board, text)).await {
            ServerMessage::Appended { seq, .. } => seq,
            other => panic!("appended, not {other:?}"),
        }
    }

    /// All that is kept of a board after an entry; it is followed from then on.
    async fn kept(&mut self, board: u32, after: u64) -> Vec<ServerMessage> {
        self.drawn.clear();
        self.done(follow(board, after)).await;
        std::mem::take(&mut self.drawn)
    }

    /// What has come of boards when the room has done everything that was said before.
    async fn drawn_by_now(&mut self) -> Vec<ServerMessage> {
        self.ask(ClientMessage::Ping).await;
        std::mem::take(&mut self.drawn)
    }
}

/// A clinician who has opened a board, and two guests.
async fn three(clinic: &Clinic) -> [Tab; 3] {
    let mut clinician = clinic.clinician().await;
    let one = clinic.admitted(&mut clinician, guest_seat(1)).await;
    let other = clinic.admitted(&mut clinician, guest_seat(2)).await;
    clinician.done(ClientMessage::OpenBoard { board: 1 }).await;
    [clinician, one, other]
}

#[tokio::test]
async fn entries_of_three_come_to_all_in_one_order_their_own_too() {
    let clinic = Clinic::new().await;
    let mut tabs = three(&clinic).await;
    for tab in &mut tabs {
        assert_eq!(tab.kept(1, 0).await, []);
    }
    let mut expected = Vec::new();
    for round in 0..4 {
        for tab in &mut tabs {
            let text = format!("{round} of {}", tab.device.0);
            let seq = tab.append(1, &text).await;
            let (from, entry) = (tab.device, bytes(&text));
            let board = 1;
            expected.push(ServerMessage::BoardEntry {
                entry: BoardEntry {
                    board,
                    seq,
                    from,
                    entry,
                },
            });
        }
    }
    assert_eq!(seqs(&expected), (1..=12).collect::<Vec<u64>>());
    for tab in &mut tabs {
        assert_eq!(tab.drawn_by_now().await, expected);
    }
}

#[tokio::test]
async fn everyone_is_told_of_boards_and_whether_they_may_draw() {
    let clinic = Clinic::new().await;
    let [mut clinician, mut one, mut other] = three(&clinic).await;
    clinician
        .done(ClientMessage::ShowBoard { board: Some(1) })
        .await;
    let chosen = |participants: &[ParticipantId]| ClientMessage::AllowDrawing {
        who: Drawers::Chosen {
            participants: participants.to_vec(),
        },
    };
    clinician.done(chosen(&[guest_seat(2)])).await;
    for (tab, may_draw) in [
        (&mut clinician, true),
        (&mut one, false),
        (&mut other, true),
    ] {
        let boards = tab
            .until(|message| match message {
                ServerMessage::Room { room } => Some(room.boards.clone())
                    .filter(|boards| matches!(boards.drawers, Drawers::Chosen { .. })),
                _ => None,
            })
            .await;
        assert_eq!((boards.open, boards.shown), (1, Some(1)));
        assert_eq!(boards.may_draw, may_draw);
    }
    other.kept(1, 0).await;
    assert_eq!(
        one.refused(entry(1, "locked")).await,
        RefusalCode::NotAllowed
    );
    assert_eq!(
        one.refused(snapshot(1, 1, "locked")).await,
        RefusalCode::NotAllowed
    );
    one.say(stroke(1, "locked")).await;
    one.ask(ClientMessage::Ping).await;
    assert_eq!(other.drawn_by_now().await, []);
    // Who may not draw watches all the same.
    one.kept(1, 0).await;
    other.append(1, "drawn").await;
    assert_eq!(seqs(&one.drawn_by_now().await), [1]);
    for ask in [
        ClientMessage::OpenBoard { board: 2 },
        ClientMessage::ShowBoard { board: None },
        chosen(&[guest_seat(1)]),
    ] {
        assert_eq!(one.refused(ask).await, RefusalCode::NotAllowed);
    }
}

#[tokio::test]
async fn whoever_waits_is_given_nothing_and_draws_nothing() {
    let clinic = Clinic::new().await;
    let [mut clinician, ..] = three(&clinic).await;
    clinician.kept(1, 0).await;
    let mut waiting = clinic.guest(guest_seat(1)).await;
    for ask in [follow(1, 0), entry(1, "early"), snapshot(1, 1, "early")] {
        let what = format!("{ask:?}");
        let code = waiting.refused(ask).await;
        assert_eq!(code, RefusalCode::NotAllowed, "{what}");
    }
    waiting.say(stroke(1, "early")).await;
    clinician.append(1, "drawn").await;
    assert_eq!(waiting.drawn_by_now().await, []);
    let come = clinician.drawn_by_now().await;
    assert_eq!((seqs(&come), strokes(&come)), (vec![1], 0));
}

#[tokio::test]
async fn a_board_that_is_not_open_is_not_there() {
    let clinic = Clinic::new().await;
    let [mut clinician, mut guest, _] = three(&clinic).await;
    for board in [0, 2] {
        for ask in [follow(board, 0), entry(board, "x"), snapshot(board, 1, "x")] {
            assert_eq!(guest.refused(ask).await, RefusalCode::NotFound);
        }
    }
    let again = ClientMessage::OpenBoard { board: 1 };
    assert_eq!(clinician.refused(again).await, RefusalCode::Conflict);
}

#[tokio::test]
async fn strokes_go_to_the_others_who_follow_and_are_never_answered_or_kept() {
    let clinic = Clinic::new().await;
    let [mut clinician, mut one, mut other] = three(&clinic).await;
    for tab in [&mut clinician, &mut one] {
        tab.kept(1, 0).await;
    }
    one.say(stroke(1, "under way")).await;
    assert_eq!(one.drawn_by_now().await, []);
    let expected = ServerMessage::BoardStroke {
        board: 1,
        from: one.device,
        stroke: bytes("under way"),
    };
    assert_eq!(clinician.drawn_by_now().await, [expected]);
    assert_eq!(other.drawn_by_now().await, [], "it does not follow");
    assert_eq!(other.kept(1, 0).await, []);
}

#[tokio::test]
async fn a_slow_socket_misses_strokes_and_nothing_else() {
    let clinic = Clinic::new().await;
    let [mut clinician, mut slow, _] = three(&clinic).await;
    for tab in [&mut clinician, &mut slow] {
        tab.kept(1, 0).await;
    }
    let all = 2 * OUTBOUND;
    for _ in 0..all {
        clinician.say(stroke(1, "moves")).await;
    }
    clinician.append(1, "finished").await;
    let come = slow.drawn_by_now().await;
    assert_eq!(seqs(&come), [1], "it was not cut off");
    assert!(
        (1..all).contains(&strokes(&come)),
        "some, and never so many that an entry has no room: {}",
        strokes(&come)
    );
}

#[tokio::test]
async fn who_comes_late_is_given_the_snapshot_and_what_follows_it() {
    let clinic = Clinic::new().await;
    let [mut clinician, mut guest, mut late] = three(&clinic).await;
    for number in 1..=6 {
        assert_eq!(guest.append(1, &number.to_string()).await, number);
    }
    clinician.done(snapshot(1, 4, "the first four")).await;
    for older in [1, 4] {
        let code = guest.refused(snapshot(1, older, "older")).await;
        assert_eq!(code, RefusalCode::Conflict);
    }
    let code = guest.refused(snapshot(1, 7, "ahead")).await;
    assert_eq!(code, RefusalCode::Invalid);

    let come = late.kept(1, 0).await;
    let first = ServerMessage::BoardSnapshotted {
        board: 1,
        upto: 4,
        from: clinician.device,
        snapshot: bytes("the first four"),
    };
    assert_eq!(come[0], first);
    assert_eq!(seqs(&come), [5, 6]);
    // Whoever has come as far is not given it again.
    assert_eq!(seqs(&late.kept(1, 4).await), [5, 6]);
    assert_eq!(seqs(&late.kept(1, 5).await), [6]);
    assert_eq!(late.kept(1, 6).await, []);
    assert_eq!(late.kept(1, u64::MAX).await, []);
    assert_eq!(late.kept(1, 3).await[0], first);
    assert_eq!(clinician.append(1, "7").await, 7);
    assert_eq!(seqs(&late.drawn_by_now().await), [7]);
}

#[tokio::test]
async fn more_than_a_socket_holds_comes_in_order_with_a_snapshot_taken_meanwhile() {
    const DRAWN: u64 = 400;
    let clinic = Clinic::new().await;
    let [mut clinician, mut guest, mut late] = three(&clinic).await;
    for number in 0..DRAWN {
        clinic.clock.advance(Duration::from_secs(1));
        let tab = if number % 2 == 0 {
            &mut clinician
        } else {
            &mut guest
        };
        tab.append(1, &number.to_string()).await;
    }
    late.say(follow(1, 0)).await;
    clinician.done(snapshot(1, DRAWN - 50, "most of it")).await;
    guest.append(1, "meanwhile").await;
    late.until(|message| matches!(message, ServerMessage::Done { id: 99 }).then_some(()))
        .await;
    late.drawn_by_now().await;
    let all = late.kept(1, 0).await;
    assert_eq!(seqs(&all), (DRAWN - 49..=DRAWN + 1).collect::<Vec<u64>>());
}

#[tokio::test]
async fn forty_at_once_then_they_are_refused_with_the_time_to_wait() {
    let clinic = Clinic::new().await;
    let [mut clinician, mut guest, _] = three(&clinic).await;
    for seq in 1..=40 {
        assert_eq!(guest.append(1, "x").await, seq);
    }
    let ServerMessage::Refused { refused, .. } = guest.ask(entry(1, "x")).await else {
        panic!("too fast")
    };
    assert_eq!(refused.code, RefusalCode::SlowDown);
    assert_eq!(refused.retry_after, Some(1));
    assert_eq!(clinician.append(1, "x").await, 41);
    clinic.clock.advance(Duration::from_millis(500));
    assert_eq!(guest.append(1, "x").await, 42);
    assert_eq!(guest.refused(entry(1, "x")).await, RefusalCode::SlowDown);
}

#[tokio::test]
async fn who_is_removed_is_given_nothing_more() {
    let clinic = Clinic::new().await;
    let [mut clinician, mut guest, _] = three(&clinic).await;
    guest.kept(1, 0).await;
    let remove = ClientMessage::Remove {
        device: guest.device,
        commit: None,
    };
    clinician.done(remove).await;
    clinician.append(1, "they are gone").await;
    let rest = guest.rest().await;
    assert!(seqs(&rest).is_empty(), "{rest:?}");
}

#[tokio::test]
async fn a_room_that_was_taken_over_hands_on_nothing() {
    let clinic = Clinic::new().await;
    let [mut clinician, mut guest, _] = three(&clinic).await;
    guest.kept(1, 0).await;
    let ctx = Ctx::server(ORGANISATION, clinic.clock.now());
    clinic.records.claim_session(&ctx, SESSION).await.unwrap();
    let code = clinician.refused(entry(1, "stale")).await;
    assert_eq!(code, RefusalCode::NotRecorded);
    let kept = clinic.records.boards_kept(ORGANISATION, SESSION).await;
    assert_eq!(kept, Ok(vec![]));
    assert!(seqs(&guest.rest().await).is_empty());
}

#[tokio::test]
async fn after_a_restart_the_boards_go_on_where_they_were() {
    let mut clinic = Clinic::new().await;
    clinic.rooms.start().await.unwrap();
    let [mut clinician, mut guest, _] = three(&clinic).await;
    for number in 1..=5 {
        guest.append(1, &number.to_string()).await;
    }
    clinician.done(snapshot(1, 3, "three")).await;
    let before = clinician.kept(1, 0).await;
    assert_eq!(before.len(), 3);
    let device = guest.device;
    clinic.crash_and_restart().await;

    let mut again = clinic.clinician().await;
    assert_eq!(again.kept(1, 0).await, before);
    let mut guest = clinic.connect(Speaker::Guest { device }).await.unwrap();
    assert_eq!(guest.kept(1, 0).await, before);
    assert_eq!(guest.append(1, "6").await, 6);
    assert_eq!(seqs(&again.drawn_by_now().await), [6]);
    let code = again.refused(snapshot(1, 3, "older")).await;
    assert_eq!(code, RefusalCode::Conflict);
}

#[tokio::test]
async fn the_end_deletes_what_was_drawn() {
    let clinic = Clinic::new().await;
    let [mut clinician, mut guest, _] = three(&clinic).await;
    for _ in 0..3 {
        guest.append(1, "x").await;
    }
    clinician.done(snapshot(1, 2, "two")).await;
    clinician.done(ClientMessage::End).await;
    let kept = clinic.records.boards_kept(ORGANISATION, SESSION).await;
    assert_eq!(kept, Ok(vec![]));
}
