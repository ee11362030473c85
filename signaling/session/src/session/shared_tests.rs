use crate::testing::{DESK, MAYA, Play, booking, device, participant, staff};
use crate::{Actor, Fact, Input, Refusal, Session};
use quietroom_protocol::{DeviceId, Drawers, MAX_BOARDS, Role, SessionKind};

const LEE: DeviceId = device(2);

/// Maya at her desk, Lee who runs the room with her, and on device 10 and up one of each other
/// role.
fn class(kind: SessionKind) -> Play {
    let mut play = Play::of(booking(
        kind,
        &[
            ("Lee", Role::CoFacilitator),
            ("Jordan", Role::Client),
            ("Rosa", Role::Caregiver),
            ("Ana", Role::Observer),
            ("Ivo", Role::Interpreter),
        ],
    ));
    play.enter();
    let lee = Input::Enter {
        staff: staff(1),
        device: LEE,
    };
    play.tell(lee).unwrap();
    for seat in 2..6 {
        play.knock(seat, guest(seat)).admit(guest(seat));
    }
    play
}

/// The device of the guest in that seat.
const fn guest(seat: u128) -> DeviceId {
    device(8 + seat)
}

/// What every device is told is the same, and what the facts alone give.
fn chat(play: &Play) -> bool {
    let restored = Session::restore(play.booking.clone(), &play.facts);
    let rooms = [DESK, LEE, guest(2), guest(5)].map(|device| play.session.room_view(device));
    let told: Vec<bool> = rooms.iter().flatten().map(|room| room.chat).collect();
    assert!(told.len() >= 3 && told.iter().all(|chat| *chat == told[0]));
    assert_eq!(restored.room_view(DESK).unwrap().chat, told[0]);
    told[0]
}

#[test]
fn the_chat_is_on_until_a_facilitator_turns_it_off() {
    let mut play = class(SessionKind::GroupClass);
    assert!(chat(&play));
    let decision = play
        .tell(Input::AllowChat {
            by: DESK,
            on: false,
        })
        .unwrap();
    let by_maya = Actor::Staff { staff: MAYA };
    let fact = Fact::ChatAllowed { on: false };
    assert_eq!(decision.facts, [(play.now, by_maya, fact)]);
    assert!(!chat(&play));
    // The same again is no news.
    let again = play.tell(Input::AllowChat { by: LEE, on: false }).unwrap();
    assert_eq!(again.facts, []);
    play.tell(Input::AllowChat { by: LEE, on: true }).unwrap();
    assert!(chat(&play));
}

#[test]
fn nobody_else_turns_the_chat_on_or_off() {
    let mut play = class(SessionKind::GroupClass);
    for seat in 2..6 {
        let by = guest(seat);
        let refused = play.tell(Input::AllowChat { by, on: false });
        assert_eq!(refused, Err(Refusal::NotAllowed), "seat {seat}");
    }
    let stranger = Input::AllowChat {
        by: device(99),
        on: false,
    };
    assert_eq!(play.tell(stranger), Err(Refusal::NoSuchDevice));
    assert!(chat(&play));
    play.leave(LEE);
    let gone = play.tell(Input::AllowChat { by: LEE, on: false });
    assert!(gone.is_err());
    assert!(chat(&play));
}

const fn open(by: DeviceId, board: u32) -> Input {
    Input::OpenBoard { by, board }
}

const fn show(by: DeviceId, board: Option<u32>) -> Input {
    Input::ShowBoard { by, board }
}

const fn allow(by: DeviceId, who: Drawers) -> Input {
    Input::AllowDrawing { by, who }
}

fn chosen(seats: &[u128]) -> Drawers {
    Drawers::Chosen {
        participants: seats.iter().copied().map(participant).collect(),
    }
}

/// Who draws: Maya, Lee, Jordan, Rosa, Ana, Ivo.
fn draws(play: &Play) -> [bool; 6] {
    let devices = [DESK, LEE, guest(2), guest(3), guest(4), guest(5)];
    devices.map(|device| {
        let told = play.session.room_view(device).unwrap().boards.may_draw;
        assert_eq!(told, play.session.may_draw(device));
        told
    })
}

#[test]
fn boards_are_opened_one_after_the_other_up_to_20() {
    let mut play = class(SessionKind::GroupClass);
    for refused in [0, 2, u32::MAX] {
        let out_of_order = play.tell(open(DESK, refused));
        assert_eq!(out_of_order, Err(Refusal::Overtaken), "{refused}");
    }
    for board in 1..=MAX_BOARDS {
        assert!(!play.session.has_board(board));
        let by = if board % 2 == 0 { LEE } else { DESK };
        play.tell(open(by, board)).unwrap();
        assert!(play.session.has_board(board));
        assert_eq!(play.tell(open(by, board)), Err(Refusal::Overtaken));
    }
    let one_more = play.tell(open(DESK, MAX_BOARDS + 1));
    assert_eq!(one_more, Err(Refusal::BoardsFull));
    assert!(!play.session.has_board(0) && !play.session.has_board(MAX_BOARDS + 1));
    assert_eq!(
        play.session.room_view(DESK).unwrap().boards.open,
        MAX_BOARDS
    );
}

#[test]
fn a_board_that_is_open_is_shown_to_everyone_or_none_is() {
    let mut play = class(SessionKind::GroupClass);
    assert_eq!(play.tell(show(DESK, Some(1))), Err(Refusal::NoSuchBoard));
    play.tell(open(DESK, 1)).unwrap();
    for board in [Some(0), Some(2)] {
        assert_eq!(play.tell(show(DESK, board)), Err(Refusal::NoSuchBoard));
    }
    for shown in [Some(1), None] {
        let decision = play.tell(show(LEE, shown)).unwrap();
        assert_eq!(decision.facts[0].2, Fact::BoardShown { board: shown });
        assert_eq!(play.tell(show(DESK, shown)).unwrap().facts, []);
        for device in [DESK, guest(2), guest(4)] {
            let boards = play.session.room_view(device).unwrap().boards;
            assert_eq!((boards.open, boards.shown), (1, shown));
        }
    }
}

#[test]
fn who_draws_is_of_the_kind_until_a_facilitator_says_otherwise() {
    let nobody_else = [true, true, false, false, false, false];
    let everyone = [true, true, true, true, false, false];
    for (kind, at_first) in [
        (SessionKind::GroupClass, nobody_else),
        (SessionKind::Supervision, nobody_else),
        (SessionKind::Individual, everyone),
        (SessionKind::Family, everyone),
        (SessionKind::CaregiverCoaching, everyone),
    ] {
        let mut play = class(kind);
        assert_eq!(draws(&play), at_first, "{kind:?}");
        for (who, expected) in [
            (Drawers::Everyone, everyone),
            (Drawers::Facilitators, nobody_else),
            (chosen(&[3]), [true, true, false, true, false, false]),
            (chosen(&[]), nobody_else),
        ] {
            play.tell(allow(LEE, who.clone())).unwrap();
            assert_eq!(draws(&play), expected, "{kind:?} {who:?}");
            assert_eq!(play.tell(allow(DESK, who)).unwrap().facts, []);
        }
    }
}

#[test]
fn only_who_can_draw_can_be_chosen() {
    let mut play = class(SessionKind::GroupClass);
    for seat in [4, 5] {
        let watches = play.tell(allow(DESK, chosen(&[2, seat])));
        let refusal = Refusal::Invalid("who.chosen.participants");
        assert_eq!(watches, Err(refusal), "seat {seat}");
    }
    let nobody = play.tell(allow(DESK, chosen(&[2, 77])));
    assert_eq!(nobody, Err(Refusal::NoSuchDevice));
    assert_eq!(draws(&play), [true, true, false, false, false, false]);
}

#[test]
fn nobody_else_opens_or_shows_boards_or_says_who_draws() {
    let mut play = class(SessionKind::Family);
    play.tell(open(DESK, 1)).unwrap();
    for seat in 2..6 {
        let by = guest(seat);
        for input in [
            open(by, 2),
            show(by, Some(1)),
            allow(by, Drawers::Facilitators),
        ] {
            let refused = play.tell(input.clone());
            assert_eq!(refused, Err(Refusal::NotAllowed), "{input:?}");
        }
    }
}

#[test]
fn whoever_waits_or_is_gone_draws_nothing() {
    let mut play = class(SessionKind::Family);
    let waiting = device(50);
    play.knock(2, waiting);
    assert!(!play.session.may_draw(waiting));
    assert!(play.session.may_draw(guest(2)));
    play.leave(guest(2));
    assert!(!play.session.may_draw(guest(2)));
    play.end();
    assert!(!play.session.may_draw(DESK));
}

#[test]
fn a_restart_leaves_the_boards_as_they_were() {
    let mut play = class(SessionKind::GroupClass);
    play.tell(open(DESK, 1)).unwrap();
    play.tell(show(DESK, Some(1))).unwrap();
    play.tell(allow(DESK, chosen(&[2]))).unwrap();
    let before = play.session.room_view(DESK).unwrap().boards;
    play.restart(0).connected(DESK);
    assert_eq!(play.session.room_view(DESK).unwrap().boards, before);
    let restored = Session::restore(play.booking.clone(), &play.facts);
    assert_eq!(restored.room_view(DESK).unwrap().boards, before);
}
