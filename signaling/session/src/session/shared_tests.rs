use crate::testing::{DESK, MAYA, Play, booking, device, staff};
use crate::{Actor, Fact, Input, Refusal, Session};
use quietroom_protocol::{DeviceId, Role, SessionKind};

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
