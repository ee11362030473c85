//! What was drawn in a session: kept in order, sealed, gone with the session.

use crate::fixture::{
    CLINIC, DEVICE, NOW, OTHER_CLINIC, SESSION, Store, append, booked, by_maya, end, fact, server,
};
use quietroom_protocol::{BoardEntry, DeviceId, Opaque, OrganisationId, SessionId, SessionState};
use quietroom_records::{
    Append, AppendError, BoardKept, BoardSnapshotRow, Ctx, Error, SessionChange, What,
};
use uuid::Uuid;

const OTHER: DeviceId = DeviceId(Uuid::from_u128(0x92));

fn entry(board: u32, seq: u64) -> BoardEntry {
    BoardEntry {
        board,
        seq,
        from: if seq.is_multiple_of(2) { OTHER } else { DEVICE },
        entry: Opaque::new(format!("canary-entry {board}/{seq}").into_bytes()),
    }
}

fn snapshot(board: u32, upto: u64) -> BoardSnapshotRow {
    BoardSnapshotRow {
        board,
        upto,
        from: DEVICE,
        snapshot: Opaque::new(format!("canary-snapshot {board}/{upto}").into_bytes()),
    }
}

/// Five entries on board 1, two on board 2.
fn drawn() -> Vec<BoardEntry> {
    let first = (1..=5).map(|seq| entry(1, seq));
    first.chain((1..=2).map(|seq| entry(2, seq))).collect()
}

async fn after_drawing() -> (Store, u32) {
    let store = booked().await;
    let claimed = store.records.claim_session(&server(NOW), SESSION).await;
    let epoch = claimed.unwrap();
    add(&store, epoch, &drawn()).await.unwrap();
    (store, epoch)
}

async fn add(store: &Store, epoch: u32, entries: &[BoardEntry]) -> Result<(), AppendError> {
    let records = &store.records;
    records
        .append_entries(&server(NOW), SESSION, epoch, entries)
        .await
}

async fn keep(store: &Store, epoch: u32, row: &BoardSnapshotRow) -> Result<(), AppendError> {
    let records = &store.records;
    records
        .keep_snapshot(&server(NOW), SESSION, epoch, row)
        .await
}

async fn read(store: &Store, board: u32, from: u64, count: u32) -> Vec<BoardEntry> {
    let read = store
        .records
        .board_entries(&server(NOW), SESSION, board, from, count)
        .await;
    read.unwrap()
}

async fn newest(store: &Store, board: u32) -> Option<BoardSnapshotRow> {
    let read = store
        .records
        .board_snapshot(&server(NOW), SESSION, board)
        .await;
    read.unwrap()
}

async fn kept(store: &Store) -> Vec<BoardKept> {
    store.records.boards_kept(CLINIC, SESSION).await.unwrap()
}

#[tokio::test]
async fn entries_are_read_back_in_order_from_a_number_on() {
    let (store, _) = after_drawing().await;
    let store = store.reopened().await;
    assert_eq!(read(&store, 1, 1, 100).await, drawn()[..5]);
    assert_eq!(read(&store, 1, 3, 2).await, drawn()[2..4]);
    assert_eq!(read(&store, 2, 1, 100).await, drawn()[5..]);
    assert_eq!(read(&store, 1, 6, 100).await, []);
    assert_eq!(read(&store, 3, 1, 100).await, []);
    assert_eq!(newest(&store, 1).await, None);
    let expected = [(1, 5), (2, 2)].map(|(board, count)| BoardKept {
        board,
        entries: vec![16; count],
        ..BoardKept::default()
    });
    assert_eq!(kept(&store).await, expected);
}

#[tokio::test]
async fn a_snapshot_takes_the_place_of_the_entries_up_to_it_on_its_board_only() {
    let (store, epoch) = after_drawing().await;
    for upto in [2, 3] {
        keep(&store, epoch, &snapshot(1, upto)).await.unwrap();
        let last = usize::try_from(upto).unwrap();
        assert_eq!(read(&store, 1, 1, 100).await, drawn()[last..5]);
        assert_eq!(newest(&store, 1).await, Some(snapshot(1, upto)));
    }
    assert_eq!(read(&store, 2, 1, 100).await, drawn()[5..]);
    keep(&store, epoch, &snapshot(2, 2)).await.unwrap();
    let store = store.reopened().await;
    let expected = [(1, 3, 2), (2, 2, 0)].map(|(board, upto, count)| BoardKept {
        board,
        upto,
        snapshot_bytes: 19,
        entries: vec![16; count],
    });
    assert_eq!(kept(&store).await, expected);
}

#[tokio::test]
async fn a_number_is_given_once_and_entries_that_come_together_stand_together() {
    let (store, epoch) = after_drawing().await;
    let refused = add(&store, epoch, &[entry(1, 6), entry(2, 2)]).await;
    let taken = AppendError::Store(Error::Taken(What::BoardEntry));
    assert_eq!(refused, Err(taken));
    assert_eq!(read(&store, 1, 1, 100).await.len(), 5);
    add(&store, epoch, &[entry(1, 6), entry(2, 3)])
        .await
        .unwrap();
}

#[tokio::test]
async fn a_log_with_a_gap_is_not_taken_for_whole() {
    let (store, _) = after_drawing().await;
    store
        .tamper(&["DELETE FROM board_entry WHERE board = 1 AND seq = 3"])
        .await;
    let found = store.records.boards_kept(CLINIC, SESSION).await;
    assert_eq!(found, Err(Error::Unreadable(What::BoardEntry)));
}

#[tokio::test]
async fn a_room_that_was_taken_over_cannot_draw() {
    let (store, stale) = after_drawing().await;
    let claimed = store.records.claim_session(&server(NOW), SESSION).await;
    let refused = Err(AppendError::Stale {
        epoch: claimed.unwrap(),
    });
    assert_eq!(add(&store, stale, &[entry(1, 6)]).await, refused);
    assert_eq!(keep(&store, stale, &snapshot(1, 5)).await, refused);
    assert_eq!(read(&store, 1, 1, 100).await.len(), 5);
}

#[tokio::test]
async fn the_end_of_a_session_deletes_them_and_an_end_that_fails_keeps_them() {
    let (store, epoch) = after_drawing().await;
    keep(&store, epoch, &snapshot(1, 2)).await.unwrap();
    let before = kept(&store).await;
    let mut twice = end(epoch, 2);
    let again = twice.notes[0].clone();
    twice.notes.push(again);
    let refused = store.records.end_session(&by_maya(NOW), &twice).await;
    assert!(refused.is_err());
    assert_eq!(kept(&store).await, before);
    let ended = store
        .records
        .end_session(&by_maya(NOW), &end(epoch, 2))
        .await;
    ended.unwrap();
    nothing_is_left(&store).await;
}

#[tokio::test]
async fn a_session_called_off_or_not_attended_deletes_them_too() {
    for state in [SessionState::Cancelled, SessionState::NoShow] {
        let (store, epoch) = after_drawing().await;
        keep(&store, epoch, &snapshot(1, 2)).await.unwrap();
        let over = Append {
            change: SessionChange {
                times: None,
                state: Some(state),
            },
            ..append(epoch, 2, vec![fact(NOW, "over")])
        };
        let records = &store.records;
        records.append_facts(&server(NOW), &over).await.unwrap();
        nothing_is_left(&store).await;
    }
}

async fn nothing_is_left(store: &Store) {
    assert_eq!(kept(store).await, []);
    assert_eq!(read(store, 1, 1, 100).await, []);
    assert_eq!(newest(store, 1).await, None);
}

#[tokio::test]
async fn another_session_or_clinic_has_none_of_them() {
    let (store, _) = after_drawing().await;
    let records = &store.records;
    let places: [(OrganisationId, SessionId); 2] = [
        (CLINIC, SessionId(Uuid::from_u128(404))),
        (OTHER_CLINIC, SESSION),
    ];
    for (organisation, session) in places {
        let kept = records.boards_kept(organisation, session).await;
        assert_eq!(kept, Ok(vec![]));
        let ctx = Ctx::server(organisation, NOW);
        let none = Error::NotFound(What::Session);
        let read = records.board_entries(&ctx, session, 1, 1, 100).await;
        assert_eq!(read, Err(none.clone()));
        let newest = records.board_snapshot(&ctx, session, 1).await;
        assert_eq!(newest, Err(none));
    }
}

#[tokio::test]
async fn they_stand_sealed_in_the_file_and_where_they_were_put() {
    let (store, epoch) = after_drawing().await;
    keep(&store, epoch, &snapshot(1, 2)).await.unwrap();
    let mut raw = store.raw().await;
    for statement in [
        "SELECT count(*) FROM board_entry WHERE instr(payload, 'canary') > 0",
        "SELECT count(*) FROM board_snapshot WHERE instr(payload, 'canary') > 0",
    ] {
        let found: i64 = sqlx::query_scalar(statement)
            .fetch_one(&mut raw)
            .await
            .unwrap();
        assert_eq!(found, 0);
    }
    store
        .tamper(&[
            "UPDATE board_entry SET seq = 7 WHERE board = 1 AND seq = 5",
            "UPDATE board_entry SET board = 9 WHERE board = 2 AND seq = 1",
            "UPDATE board_snapshot SET upto = 1",
        ])
        .await;
    for (board, from) in [(1, 7), (9, 1)] {
        let read = store
            .records
            .board_entries(&server(NOW), SESSION, board, from, 100)
            .await;
        assert!(matches!(read, Err(Error::Seal(_))), "{read:?}");
    }
    let read = store.records.board_snapshot(&server(NOW), SESSION, 1).await;
    assert!(matches!(read, Err(Error::Seal(_))), "{read:?}");
}
