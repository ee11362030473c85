use crate::testing::{
    DESK, MAYA, MINUTE, Play, SECOND, SOUND, START, VIDEO, booking, device, knock, lost, staff,
    whole_attestation,
};
use crate::{Actor, Decision, Effect, Fact, Input, Recorded, Refusal};
use quietroom_protocol::{
    Connection, DeviceId, MediaState, OverReason, Role, SessionKind, SessionState,
};

const PHONE: DeviceId = device(10);

fn live() -> Play {
    let mut play = Play::appointment();
    play.enter().knock(1, PHONE).admit(PHONE);
    play
}

fn connection_of(play: &Play, device: DeviceId) -> Connection {
    let room = play.session.room_view(DESK).unwrap();
    room.present
        .iter()
        .find(|present| present.device == device)
        .unwrap()
        .connection
}

#[test]
fn the_first_member_of_staff_opens_the_session() {
    let mut play = Play::appointment();
    play.enter();
    assert_eq!(play.facts[0].fact, Fact::Opened);
    assert_eq!(play.facts[0].actor, Actor::Staff { staff: MAYA });
    assert!(matches!(play.facts[1].fact, Fact::Entered { device, .. } if device == DESK));
    assert!(play.session.admitted(DESK) && play.session.may_admit(DESK));

    let second_tab = Input::Enter {
        staff: MAYA,
        device: device(2),
    };
    let decision = play.tell(second_tab).unwrap();
    assert_eq!(decision.facts.len(), 1);
}

#[test]
fn staff_without_a_seat_or_with_anothers_device_stay_out() {
    let mut play = live();
    let enter = |staff, device| Input::Enter { staff, device };
    assert_eq!(
        play.tell(enter(staff(9), device(9))),
        Err(Refusal::NoSuchDevice)
    );
    assert_eq!(play.tell(enter(MAYA, PHONE)), Err(Refusal::NoSuchDevice));
}

#[test]
fn a_reload_is_the_same_person_and_the_break_is_recorded() {
    let mut play = live();
    play.media(PHONE, VIDEO);
    let before = play.session.room_view(DESK).unwrap();

    play.at(10 * MINUTE).lost(PHONE);
    assert_eq!(connection_of(&play, PHONE), Connection::Lost);
    assert!(play.session.admitted(PHONE));
    assert!(!play.session.audience().listeners.contains_key(&PHONE));

    play.at(10 * MINUTE + 3 * SECOND).connected(PHONE);
    assert_eq!(play.session.room_view(DESK).unwrap(), before);
    assert_eq!(
        play.last_facts(2),
        [
            Fact::ConnectionLost { device: PHONE },
            Fact::Resumed { device: PHONE }
        ]
    );
}

#[test]
fn connected_twice_and_lost_twice_are_recorded_once() {
    let mut play = live();
    assert_eq!(
        play.tell(Input::Connected { device: PHONE }).unwrap(),
        Decision::default()
    );
    play.lost(PHONE);
    let now = play.now;
    assert_eq!(play.tell(lost(PHONE, now)).unwrap(), Decision::default());
    play.connected(PHONE);
    assert_eq!(
        play.tell(Input::Connected { device: PHONE }).unwrap(),
        Decision::default()
    );
    let again = Input::Enter {
        staff: MAYA,
        device: DESK,
    };
    assert_eq!(play.tell(again).unwrap(), Decision::default());
}

#[test]
fn a_loss_lies_where_the_device_was_last_heard() {
    let mut play = live();
    play.at(30 * SECOND);
    let decision = play.tell(lost(PHONE, START.plus(18 * SECOND))).unwrap();
    assert_eq!(
        decision.facts,
        [(
            START.plus(18 * SECOND),
            Actor::Server,
            Fact::ConnectionLost { device: PHONE }
        )]
    );
    play.at(60 * SECOND).connected(PHONE);

    // Never before the present connection, never in the future.
    let early = play.session.handle(play.now, lost(PHONE, START)).unwrap();
    assert_eq!(early.facts[0].0, play.now);
    let late = play
        .session
        .handle(play.now, lost(PHONE, START.plus(MINUTE * 9)));
    assert_eq!(late.unwrap().facts[0].0, play.now);
}

#[test]
fn a_loss_written_late_does_not_undo_a_return() {
    let mut play = live();
    play.at(60 * SECOND).lost(PHONE);
    play.at(70 * SECOND).connected(PHONE);
    let seq = play.facts.len() as u64 + 1;
    play.record(Recorded {
        seq,
        at: START.plus(65 * SECOND),
        late: Some(START.plus(80 * SECOND)),
        actor: Actor::Server,
        epoch: 1,
        fact: Fact::ConnectionLost { device: PHONE },
    });
    assert_eq!(connection_of(&play, PHONE), Connection::Here);
}

#[test]
fn a_restart_loses_everyone_until_they_connect_again() {
    let mut play = live();
    play.knock(1, device(11));
    play.at(10 * MINUTE).restart(9 * MINUTE);
    assert_eq!(
        play.last_facts(1),
        [Fact::ServerRestarted {
            last_alive: START.plus(9 * MINUTE)
        }]
    );
    assert!(play.session.audience().listeners.is_empty());
    assert_eq!(play.session.knocks()[0].connection, Connection::Lost);
    assert_eq!(play.session.state(), SessionState::Live);

    let again = Input::Restart {
        last_alive: START.plus(9 * MINUTE),
    };
    assert_eq!(play.tell(again).unwrap(), Decision::default());

    play.enter().connected(PHONE);
    assert_eq!(
        play.last_facts(2),
        [
            Fact::Resumed { device: DESK },
            Fact::Resumed { device: PHONE }
        ]
    );
    assert_eq!(play.session.audience().listeners.len(), 2);
}

#[test]
fn the_server_cannot_have_been_alive_later_than_now() {
    let mut play = live();
    play.at(MINUTE).restart(5 * MINUTE);
    assert_eq!(
        play.last_facts(1),
        [Fact::ServerRestarted {
            last_alive: START.plus(MINUTE)
        }]
    );
}

#[test]
fn media_is_recorded_when_it_changes() {
    let mut play = live();
    play.media(PHONE, VIDEO);
    let same = Input::Media {
        device: PHONE,
        state: VIDEO,
    };
    assert_eq!(play.tell(same.clone()).unwrap(), Decision::default());
    let room = play.session.room_view(DESK).unwrap();
    assert_eq!(room.present[1].media, VIDEO);

    play.lost(PHONE).media(PHONE, SOUND).connected(PHONE);
    let room = play.session.room_view(DESK).unwrap();
    assert_eq!(room.present[1].media, SOUND);
}

#[test]
fn an_interpreter_shows_no_screen() {
    let mut play = Play::of(booking(SessionKind::Family, &[("Ana", Role::Interpreter)]));
    play.enter()
        .knock(1, PHONE)
        .admit(PHONE)
        .media(PHONE, VIDEO);
    let screen = Input::Media {
        device: PHONE,
        state: MediaState {
            screen: true,
            ..VIDEO
        },
    };
    assert_eq!(play.tell(screen), Err(Refusal::NotAllowed));
}

#[test]
fn who_leaves_is_out_and_knocks_again() {
    let mut play = live();
    let leave = Input::Leave { device: PHONE };
    let decision = play.tell(leave.clone()).unwrap();
    assert_eq!(
        decision.effects,
        [Effect::Dismiss {
            device: PHONE,
            reason: OverReason::Left,
        }]
    );
    assert_eq!(play.tell(leave).unwrap(), Decision::default());
    assert!(!play.session.admitted(PHONE));
    assert_eq!(play.session.over(PHONE), Some(OverReason::Left));
    assert_eq!(play.session.state(), SessionState::Live);
    play.knock(1, device(11));
    assert!(!play.session.admitted(device(11)));
}

#[test]
fn who_goes_from_the_door_gave_up() {
    let mut play = Play::appointment();
    play.knock(1, PHONE).leave(PHONE);
    assert_eq!(play.last_facts(1), [Fact::GaveUp { device: PHONE }]);
    assert_eq!(play.session.knocks(), []);
}

#[test]
fn staff_who_left_come_back_on_the_same_device() {
    let mut play = live();
    play.leave(DESK);
    assert_eq!(play.session.room_view(PHONE).unwrap().present.len(), 1);
    play.enter();
    assert!(matches!(play.last_facts(1)[0], Fact::Entered { .. }));
    assert!(play.session.may_admit(DESK));
}

#[test]
fn a_removed_guest_is_out_and_a_removed_member_of_staff_stays_out() {
    let mut play = Play::of(booking(
        SessionKind::GroupClass,
        &[("Lee", Role::CoFacilitator), ("Jordan", Role::Client)],
    ));
    let lee = device(2);
    let lee_enters = |device| Input::Enter {
        staff: staff(1),
        device,
    };
    play.enter().knock(2, PHONE).admit(PHONE);
    play.tell(lee_enters(lee)).unwrap();

    let remove = |by, device| Input::Remove {
        by,
        device,
        base: None,
    };
    assert_eq!(play.tell(remove(PHONE, lee)), Err(Refusal::NotAllowed));
    assert_eq!(play.tell(remove(lee, DESK)), Err(Refusal::NotAllowed));
    assert_eq!(play.tell(remove(lee, lee)), Err(Refusal::Invalid("device")));

    let decision = play.tell(remove(lee, PHONE)).unwrap();
    assert_eq!(
        decision.effects,
        [Effect::Dismiss {
            device: PHONE,
            reason: OverReason::Removed,
        }]
    );
    assert_eq!(play.tell(remove(lee, PHONE)).unwrap(), Decision::default());

    play.tell(remove(DESK, lee)).unwrap();
    for device in [lee, device(3)] {
        assert_eq!(play.tell(lee_enters(device)), Err(Refusal::NotAllowed));
    }
    assert_eq!(play.tell(Input::End { by: lee }), Err(Refusal::NotAllowed));
}

#[test]
fn strangers_are_no_device_of_the_session() {
    let mut play = live();
    let stranger = device(99);
    let now = play.now;
    for input in [
        Input::Connected { device: stranger },
        Input::Leave { device: stranger },
        lost(stranger, now),
        Input::Media {
            device: stranger,
            state: VIDEO,
        },
    ] {
        assert_eq!(
            play.tell(input.clone()),
            Err(Refusal::NoSuchDevice),
            "{input:?}"
        );
    }
    assert_eq!(play.session.over(stranger), None);
    assert_eq!(play.session.room_view(stranger), None);
    assert_eq!(play.session.waiting_view(stranger), None);
}

#[test]
fn admitted_while_lost_is_here_only_when_back() {
    let mut play = Play::appointment();
    play.enter();
    play.tell(knock(1, PHONE, whole_attestation())).unwrap();
    play.lost(PHONE).admit(PHONE);
    assert_eq!(connection_of(&play, PHONE), Connection::Lost);
    assert!(!play.session.audience().listeners.contains_key(&PHONE));
    play.connected(PHONE);
    assert!(play.session.audience().listeners.contains_key(&PHONE));
}
