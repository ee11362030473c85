use crate::testing::{
    DESK, MAYA, MINUTE, Play, START, booking, device, knock, staff, whole_attestation,
};
use crate::{Decision, Effect, Fact, Input, Refusal};
use quietroom_protocol::{DeviceId, OverReason, Role, SessionKind, SessionState};

const PHONE: DeviceId = device(10);

fn reschedule(from: i64, to: i64) -> Input {
    Input::Reschedule {
        staff: MAYA,
        starts_at: START.plus(from),
        ends_at: START.plus(to),
    }
}

const CANCEL: Input = Input::Cancel { staff: MAYA };
const NO_SHOW: Input = Input::MarkNoShow { staff: MAYA };

#[test]
fn a_new_time_is_a_fact_and_the_booking_follows() {
    let mut play = Play::appointment();
    play.tell(reschedule(60 * MINUTE, 90 * MINUTE)).unwrap();
    assert_eq!(play.session.booking().starts_at, START.plus(60 * MINUTE));
    assert_eq!(play.session.state(), SessionState::Scheduled);
    assert_eq!(
        play.tell(reschedule(60 * MINUTE, 90 * MINUTE)).unwrap(),
        Decision::default()
    );
}

#[test]
fn times_out_of_range_are_refused() {
    let mut play = Play::appointment();
    for (from, to) in [
        (0, 4 * MINUTE),
        (0, 9 * 60 * MINUTE),
        (0, -MINUTE),
        (-60 * MINUTE, 0),
    ] {
        assert_eq!(
            play.tell(reschedule(from, to)),
            Err(Refusal::Invalid("ends_at")),
            "{from} {to}"
        );
    }
}

#[test]
fn a_session_moves_while_no_staff_are_in() {
    let mut play = Play::appointment();
    play.enter();
    let tomorrow = reschedule(24 * 60 * MINUTE, 25 * 60 * MINUTE);
    assert_eq!(play.tell(tomorrow.clone()), Err(Refusal::NotNow));
    // A closed laptop is not there, and comes in anew for the new time.
    play.lost(DESK);
    play.tell(tomorrow).unwrap();
    assert_eq!(play.session.state(), SessionState::Scheduled);
    assert!(!play.session.admitted(DESK));
    play.enter();
    assert_eq!(play.session.state(), SessionState::Open);
}

#[test]
fn only_the_clinician_keeps_the_calendar() {
    let mut play = Play::of(booking(
        SessionKind::GroupClass,
        &[("Lee", Role::CoFacilitator), ("Jordan", Role::Client)],
    ));
    let lee = staff(1);
    for input in [
        Input::Cancel { staff: lee },
        Input::MarkNoShow { staff: lee },
        Input::Reschedule {
            staff: lee,
            starts_at: START,
            ends_at: START.plus(30 * MINUTE),
        },
    ] {
        assert_eq!(play.tell(input), Err(Refusal::NotAllowed));
    }
    assert_eq!(
        play.tell(Input::Cancel { staff: staff(9) }),
        Err(Refusal::NoSuchDevice)
    );
}

#[test]
fn cancelling_sends_everyone_away_and_writes_no_stub() {
    let mut play = Play::appointment();
    play.enter().knock(1, PHONE);
    let decision = play.tell(CANCEL).unwrap();
    let dismissed = |device| Effect::Dismiss {
        device,
        reason: OverReason::Cancelled,
    };
    assert_eq!(decision.effects, [dismissed(DESK), dismissed(PHONE)]);
    assert_eq!(play.session.state(), SessionState::Cancelled);
    assert_eq!(play.tell(CANCEL).unwrap(), Decision::default());
    assert_eq!(play.tell(NO_SHOW), Err(Refusal::NotNow));
    assert_eq!(
        play.tell(knock(1, device(11), whole_attestation())),
        Err(Refusal::NotNow)
    );
    assert_eq!(
        play.tell(Input::Enter {
            staff: MAYA,
            device: DESK
        }),
        Err(Refusal::NotNow)
    );
}

#[test]
fn a_session_that_is_live_is_ended_not_cancelled() {
    let mut play = Play::appointment();
    play.enter().knock(1, PHONE).admit(PHONE);
    for input in [CANCEL, NO_SHOW, reschedule(60 * MINUTE, 90 * MINUTE)] {
        assert_eq!(play.tell(input), Err(Refusal::NotNow));
    }
}

#[test]
fn a_no_show_is_known_from_the_start_on_and_not_while_the_client_waits() {
    let mut play = Play::appointment();
    play.at(-1).enter();
    assert_eq!(play.tell(NO_SHOW), Err(Refusal::NotNow));
    play.at(0).knock(1, PHONE);
    assert_eq!(play.tell(NO_SHOW), Err(Refusal::NotNow));
    play.leave(PHONE);
    let decision = play.tell(NO_SHOW).unwrap();
    assert_eq!(play.last_facts(1), [Fact::NoShow]);
    assert_eq!(
        decision.effects,
        [Effect::Dismiss {
            device: DESK,
            reason: OverReason::Ended,
        }]
    );
    assert_eq!(play.session.state(), SessionState::NoShow);
    assert_eq!(play.tell(NO_SHOW).unwrap(), Decision::default());
}

#[test]
fn the_end_writes_stubs_before_anyone_is_told() {
    let mut play = Play::appointment();
    play.enter()
        .knock(1, PHONE)
        .admit(PHONE)
        .knock(1, device(11));
    let decision = play.tell(Input::End { by: DESK }).unwrap();
    let dismissed = |device| Effect::Dismiss {
        device,
        reason: OverReason::Ended,
    };
    assert_eq!(
        decision.effects,
        [
            Effect::WriteStubs,
            dismissed(DESK),
            dismissed(PHONE),
            dismissed(device(11)),
        ]
    );
    assert_eq!(play.session.state(), SessionState::Ended);
    assert_eq!(play.session.over(PHONE), Some(OverReason::Ended));
    assert!(play.session.audience().listeners.is_empty());

    assert_eq!(
        play.tell(Input::End { by: DESK }).unwrap(),
        Decision::default()
    );
    assert_eq!(
        play.tell(Input::End { by: PHONE }),
        Err(Refusal::NotAllowed)
    );
    play.lost(PHONE).leave(PHONE);
    assert_eq!(play.last_facts(1), [Fact::Ended]);
}

#[test]
fn a_client_does_not_end_it() {
    let mut play = Play::appointment();
    play.enter().knock(1, PHONE).admit(PHONE);
    assert_eq!(
        play.tell(Input::End { by: PHONE }),
        Err(Refusal::NotAllowed)
    );
}
