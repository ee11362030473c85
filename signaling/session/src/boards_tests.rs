use super::*;
use crate::testing::{DESK, Play, SECOND, START, booking, device};
use crate::{Input, Refusal};
use proptest::prelude::*;
use quietroom_protocol::{Drawers, Role, SessionKind};

const JORDAN: DeviceId = device(10);
const ANA: DeviceId = device(11);
const KIB: usize = 1024;

/// Maya, a client and an observer, with two boards.
fn session() -> Session {
    let seats = [("Jordan", Role::Client), ("Ana", Role::Observer)];
    let mut play = Play::of(booking(SessionKind::Family, &seats));
    play.enter().knock(1, JORDAN).admit(JORDAN);
    play.knock(2, ANA).admit(ANA);
    for board in 1..=2 {
        play.tell(Input::OpenBoard { by: DESK, board }).unwrap();
    }
    play.session
}

/// The session once only facilitators draw.
fn locked() -> Session {
    let mut session = session();
    session.apply(&crate::Recorded {
        seq: 1_000,
        at: START,
        late: None,
        actor: crate::Actor::Server,
        epoch: 1,
        fact: crate::Fact::DrawingAllowed {
            who: Drawers::Facilitators,
        },
    });
    session
}

/// Boards with so many entries of so many bytes on board 1.
fn with(entries: usize, bytes: u32) -> Boards {
    let log = BoardLog {
        entries: vec![bytes; entries].into(),
        ..BoardLog::default()
    };
    Boards::restore(BTreeMap::from([(1, log)]))
}

fn draw(boards: &mut Boards, session: &Session, now: UtcMillis, by: DeviceId) -> bool {
    let taken = boards.append(session, now, by, 1, 100).is_ok();
    if taken {
        boards.appended(now, by, 1, 100);
    }
    taken
}

#[test]
fn entries_are_numbered_within_their_board() {
    let session = session();
    let mut boards = Boards::default();
    for (board, seq) in [(1, 1), (1, 2), (2, 1), (1, 3), (2, 2)] {
        let next = boards.append(&session, START, DESK, board, 100);
        assert_eq!(next, Ok(seq));
        // Asked again before it is durable, it is the same.
        assert_eq!(boards.append(&session, START, DESK, board, 100), next);
        boards.appended(START, DESK, board, 100);
        assert_eq!(boards.last(board), seq);
    }
}

#[test]
fn who_may_not_draw_where_there_is_no_board_or_too_much_is_refused() {
    let (open, locked) = (session(), locked());
    let boards = with(3, 100);
    let append = |session, by, board, bytes| boards.append(session, START, by, board, bytes);
    let snapshot =
        |session, by, board, upto, bytes| boards.snapshot(session, START, by, board, upto, bytes);
    for (session, by, refused) in [
        (&open, DESK, None),
        (&open, JORDAN, None),
        (&open, ANA, Some(Refusal::NotAllowed)),
        (&open, device(99), Some(Refusal::NotAllowed)),
        (&locked, DESK, None),
        (&locked, JORDAN, Some(Refusal::NotAllowed)),
        (&locked, ANA, Some(Refusal::NotAllowed)),
    ] {
        assert_eq!(append(session, by, 1, 1).err(), refused, "{by:?}");
        assert_eq!(snapshot(session, by, 1, 3, 1).err(), refused, "{by:?}");
    }
    for board in [0, 3, u32::MAX] {
        let none = Refusal::NoSuchBoard;
        assert_eq!(append(&open, DESK, board, 1), Err(none.clone()));
        assert_eq!(snapshot(&open, DESK, board, 1, 1), Err(none));
    }
    assert_eq!(append(&open, DESK, 1, MAX_ENTRY), Ok(4));
    assert_eq!(snapshot(&open, DESK, 1, 3, MAX_SNAPSHOT), Ok(()));
    for bytes in [0, MAX_ENTRY + 1] {
        assert_eq!(
            append(&open, DESK, 1, bytes),
            Err(Refusal::Invalid("entry"))
        );
    }
    for bytes in [0, MAX_SNAPSHOT + 1] {
        let refused = Err(Refusal::Invalid("snapshot"));
        assert_eq!(snapshot(&open, DESK, 1, 3, bytes), refused);
    }
}

#[test]
fn forty_come_at_once_then_two_a_second_and_each_device_has_its_own_time() {
    let session = session();
    let mut boards = Boards::default();
    for _ in 0..40 {
        assert!(draw(&mut boards, &session, START, DESK));
    }
    let refused = boards.append(&session, START, DESK, 1, 100);
    assert_eq!(refused, Err(Refusal::TooFast));
    let refused = boards.snapshot(&session, START, DESK, 1, 40, 100);
    assert_eq!(refused, Err(Refusal::TooFast));
    assert!(draw(&mut boards, &session, START, JORDAN));
    let drawn = |boards: &mut Boards, ms| {
        let tries = 0..10;
        tries
            .filter(|_| draw(boards, &session, START.plus(ms), DESK))
            .count()
    };
    assert_eq!(drawn(&mut boards, 499), 0);
    assert_eq!(drawn(&mut boards, 500), 1);
    assert_eq!(drawn(&mut boards, 2_000), 3);
    assert_eq!(drawn(&mut boards, 60 * SECOND), 10);
}

#[test]
fn a_clock_that_is_set_back_locks_nobody_out() {
    let session = session();
    let mut boards = Boards::default();
    for _ in 0..40 {
        assert!(draw(&mut boards, &session, START, DESK));
    }
    assert!(!draw(&mut boards, &session, START.plus(-SECOND), DESK));
    let before = START.plus(-3_600 * SECOND);
    assert!(draw(&mut boards, &session, before, DESK));
}

#[test]
fn boards_are_full_by_number_and_by_bytes() {
    let session = session();
    let most = usize::try_from(Boards::MAX_ENTRIES).unwrap();
    let append = |boards: &Boards, board, bytes| boards.append(&session, START, DESK, board, bytes);
    assert!(append(&with(most - 1, 1), 2, 1).is_ok());
    assert_eq!(append(&with(most, 1), 2, 1), Err(Refusal::BoardsFull));
    // 511 of 64 KiB leave room for one more.
    let nearly = with(511, u32::try_from(MAX_ENTRY).unwrap());
    assert!(append(&nearly, 2, MAX_ENTRY).is_ok());
    let mut full = nearly;
    full.appended(START, DESK, 2, 1);
    assert_eq!(append(&full, 1, MAX_ENTRY), Err(Refusal::BoardsFull));
    assert!(append(&full, 1, MAX_ENTRY - 1).is_ok());
}

#[test]
fn a_snapshot_makes_room_and_numbers_go_on() {
    let session = session();
    let most = usize::try_from(Boards::MAX_ENTRIES).unwrap();
    let mut boards = with(most, 1);
    let snapshot = |boards: &Boards, upto| boards.snapshot(&session, START, DESK, 1, upto, KIB);
    assert_eq!(
        snapshot(&boards, Boards::MAX_ENTRIES + 1),
        Err(Refusal::Invalid("upto"))
    );
    assert_eq!(snapshot(&boards, 0), Err(Refusal::Overtaken));
    let upto = Boards::MAX_ENTRIES - 1;
    assert_eq!(snapshot(&boards, upto), Ok(()));
    boards.snapshotted(START, DESK, 1, upto, KIB);
    assert_eq!((boards.upto(1), boards.last(1)), (upto, upto + 1));
    for older in [1, upto] {
        assert_eq!(snapshot(&boards, older), Err(Refusal::Overtaken));
    }
    assert_eq!(
        boards.append(&session, START, DESK, 1, 1),
        Ok(Boards::MAX_ENTRIES + 1)
    );
    assert_eq!(snapshot(&boards, upto + 1), Ok(()));
}

#[test]
fn snapshots_of_all_boards_take_8_mib_together() {
    let session = session();
    let log = |bytes| BoardLog {
        snapshot_bytes: bytes,
        entries: vec![1].into(),
        ..BoardLog::default()
    };
    let held = Boards::MAX_SNAPSHOT_BYTES - MAX_SNAPSHOT as u64;
    let boards = Boards::restore(BTreeMap::from([(1, log(1_000_000)), (2, log(held))]));
    let snapshot = |board, bytes| boards.snapshot(&session, START, DESK, board, 1, bytes);
    // The one that it takes the place of does not count.
    assert_eq!(snapshot(1, MAX_SNAPSHOT), Ok(()));
    let log = |bytes| BTreeMap::from([(1, log(0)), (2, log(bytes))]);
    let boards = Boards::restore(log(held + 1));
    let refused = boards.snapshot(&session, START, DESK, 1, 1, MAX_SNAPSHOT);
    assert_eq!(refused, Err(Refusal::BoardsFull));
}

/// Something that one of three devices tries on one of four boards, so long after the try before.
#[derive(Clone, Debug)]
enum Try {
    Append(usize),
    Snapshot(u64, usize),
}

fn any_try() -> impl Strategy<Value = (i64, usize, u32, Try)> {
    let what = prop_oneof![
        4 => (0..2 * MAX_ENTRY).prop_map(Try::Append),
        2 => (1_usize..200).prop_map(Try::Append),
        1 => (0_u64..60, 0..2 * MAX_SNAPSHOT).prop_map(|(upto, bytes)| Try::Snapshot(upto, bytes)),
    ];
    let wait = prop_oneof![20 => 0..2 * SECOND, 1 => -30 * SECOND..0];
    (wait, 0_usize..3, 0_u32..4, what)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn numbers_have_no_gap_limits_hold_and_what_is_kept_gives_the_same_again(
        tries in prop::collection::vec(any_try(), 0..200),
        locks in any::<bool>(),
    ) {
        let session = if locks { locked() } else { session() };
        let mut boards = Boards::default();
        let mut now = START;
        let mut numbers: BTreeMap<u32, u64> = BTreeMap::new();
        for (wait, who, board, what) in tries {
            now = now.plus(wait);
            let by = [DESK, JORDAN, ANA][who];
            let before = boards.clone();
            match what {
                Try::Append(bytes) => {
                    let decided = boards.append(&session, now, by, board, bytes);
                    prop_assert_eq!(&boards, &before, "deciding changes nothing");
                    let Ok(seq) = decided else { continue };
                    prop_assert!(session.may_draw(by) && session.has_board(board));
                    let last = numbers.entry(board).or_default();
                    prop_assert_eq!(seq, *last + 1);
                    *last = seq;
                    boards.appended(now, by, board, bytes);
                }
                Try::Snapshot(upto, bytes) => {
                    let decided = boards.snapshot(&session, now, by, board, upto, bytes);
                    prop_assert_eq!(&boards, &before, "deciding changes nothing");
                    if decided.is_err() { continue }
                    prop_assert!(session.may_draw(by) && session.has_board(board));
                    prop_assert!(upto > boards.upto(board) && upto <= boards.last(board));
                    boards.snapshotted(now, by, board, upto, bytes);
                }
            }
            let logs = boards.logs.values();
            let entries: u64 = logs.clone().map(|log| log.entries.len() as u64).sum();
            let bytes: u64 = logs.clone().map(BoardLog::entry_bytes).sum();
            let snapshots: u64 = logs.map(|log| log.snapshot_bytes).sum();
            prop_assert!(entries <= Boards::MAX_ENTRIES);
            prop_assert!(bytes <= Boards::MAX_ENTRY_BYTES);
            prop_assert!(snapshots <= Boards::MAX_SNAPSHOT_BYTES);
            let restored = Boards::restore(boards.logs.clone());
            for (board, last) in &numbers {
                prop_assert_eq!(restored.last(*board), *last);
            }
        }
    }

    #[test]
    fn nobody_draws_faster_than_two_a_second_and_forty(
        waits in prop::collection::vec(0_i64..700, 0..300),
    ) {
        let session = session();
        let mut boards = Boards::default();
        let mut now = START;
        let mut taken = 0;
        for wait in waits {
            now = now.plus(wait);
            taken += i64::from(draw(&mut boards, &session, now, DESK));
            prop_assert!(taken <= 40 + now.since(START) / 500);
        }
    }

    #[test]
    fn no_time_makes_it_panic(times in prop::collection::vec(any::<i64>(), 0..20)) {
        let session = session();
        let mut boards = Boards::default();
        for time in times {
            draw(&mut boards, &session, UtcMillis(time), DESK);
        }
    }
}
