use crate::testing::{DESK, FIRST, MAYA, Play, booking, device, staff};
use crate::{Boards, Input, Seat, Who};
use quietroom_protocol::{DeviceId, Drawers, PersonId, Phi, Role, SessionKind, Source};
use std::collections::BTreeMap;
use uuid::Uuid;

const ALL: [Source; 3] = [Source::Microphone, Source::Camera, Source::Screen];
const NO_SCREEN: [Source; 2] = [Source::Microphone, Source::Camera];

fn of(device: DeviceId, sources: &[Source]) -> Vec<(DeviceId, Source)> {
    sources.iter().map(|source| (device, *source)).collect()
}

fn class() -> Play {
    Play::of(booking(
        SessionKind::GroupClass,
        &[
            ("Lee", Role::CoFacilitator),
            ("Jordan", Role::Client),
            ("Ana", Role::Interpreter),
        ],
    ))
}

#[test]
fn everyone_inside_receives_everyone_else() {
    let mut play = class();
    let (lee, jordan, ana) = (device(2), device(10), device(11));
    play.enter();
    assert_eq!(
        play.session.audience().listeners,
        BTreeMap::from([(DESK, vec![])])
    );
    play.tell(Input::Enter {
        staff: staff(1),
        device: lee,
    })
    .unwrap();
    play.knock(2, jordan).admit(jordan).knock(3, ana).admit(ana);
    let expected = BTreeMap::from([
        (
            DESK,
            [of(lee, &ALL), of(jordan, &ALL), of(ana, &NO_SCREEN)].concat(),
        ),
        (
            lee,
            [of(DESK, &ALL), of(jordan, &ALL), of(ana, &NO_SCREEN)].concat(),
        ),
        (
            jordan,
            [of(DESK, &ALL), of(lee, &ALL), of(ana, &NO_SCREEN)].concat(),
        ),
        (
            ana,
            [of(DESK, &ALL), of(lee, &ALL), of(jordan, &ALL)].concat(),
        ),
    ]);
    assert_eq!(play.session.audience().listeners, expected);
}

#[test]
fn the_waiting_the_lost_and_the_gone_are_in_no_list() {
    let mut play = class();
    let (jordan, ana) = (device(10), device(11));
    play.enter().knock(2, jordan).knock(3, ana).admit(jordan);
    let two = BTreeMap::from([(DESK, of(jordan, &ALL)), (jordan, of(DESK, &ALL))]);
    assert_eq!(play.session.audience().listeners, two);

    play.lost(jordan);
    let alone = BTreeMap::from([(DESK, vec![])]);
    assert_eq!(play.session.audience().listeners, alone);
    play.connected(jordan);
    assert_eq!(play.session.audience().listeners, two);

    play.leave(jordan);
    assert_eq!(play.session.audience().listeners, alone);
}

#[test]
fn a_person_with_two_devices_does_not_hear_their_own_voice() {
    let mut play = Play::of(booking(
        SessionKind::CaregiverCoaching,
        &[("Pat", Role::Caregiver)],
    ));
    let (room, phone) = (device(10), device(11));
    play.enter()
        .knock(1, room)
        .admit(room)
        .knock(1, phone)
        .admit(phone);
    let listeners = play.session.audience().listeners;
    assert_eq!(
        listeners[&phone],
        [of(DESK, &ALL), of(room, &[Source::Camera, Source::Screen])].concat()
    );
    assert_eq!(listeners[&DESK], [of(room, &ALL), of(phone, &ALL)].concat());
}

/// Walks every role through everything it can try, and compares with the table.
#[test]
fn what_a_role_may_do_is_what_the_table_says() {
    use crate::rules::{Action, allowed};
    for role in Role::ALL {
        for action in Action::ALL {
            let done = attempt(role, action);
            assert_eq!(done, allowed(role, action), "{role:?} {action:?}");
        }
    }
}

/// Whether someone of `role` succeeds, with nothing but the role in the way.
fn attempt(role: Role, action: crate::rules::Action) -> bool {
    use crate::rules::Action;
    use crate::testing::{admit, knock, participant, whole_attestation};
    use quietroom_protocol::MediaState;

    // Seat 1 is of staff, seat 2 of a guest, both with the role; seat 3 is a client's.
    let mut booking = booking(
        SessionKind::GroupClass,
        &[("Lee", role), ("Lou", role), ("Jordan", Role::Client)],
    );
    let seat = |number, who| Seat {
        participant: participant(number),
        who,
        name: Phi::new("Lee".to_owned()),
        role,
    };
    booking.seats[1] = seat(1, Who::Staff(staff(1)));
    booking.seats[2] = seat(2, Who::Person(PersonId(Uuid::from_u128(0x9002))));
    let mut play = Play::of(booking);
    let (lee, jordan) = (device(2), device(10));

    let enter = Input::Enter {
        staff: staff(1),
        device: lee,
    };
    let on = |microphone, screen| Input::Media {
        device: lee,
        state: MediaState {
            microphone,
            camera: microphone,
            screen,
        },
    };
    match action {
        Action::Enter => return play.tell(enter).is_ok(),
        Action::Knock => return play.tell(knock(2, lee, whole_attestation())).is_ok(),
        Action::Schedule => return play.tell(Input::Cancel { staff: staff(1) }).is_ok(),
        _ => {}
    }
    // Inside by whichever door is open to the role.
    play.tell(Input::Enter {
        staff: MAYA,
        device: DESK,
    })
    .unwrap();
    if play.tell(enter).is_err() {
        play.knock(2, lee).admit(lee);
    }
    play.knock(3, jordan);
    match action {
        Action::Admit => {
            let admitted = play.tell(admit(lee, jordan)).is_ok();
            let remove = Input::Remove {
                by: lee,
                device: jordan,
                base: None,
            };
            if !admitted {
                play.admit(jordan);
            }
            assert_eq!(play.tell(remove).is_ok(), admitted, "{role:?} removes");
            play.knock(3, device(11));
            let decline = Input::Decline {
                by: lee,
                device: device(11),
            };
            assert_eq!(play.tell(decline).is_ok(), admitted, "{role:?} declines");
            admitted
        }
        Action::Commit => {
            let base = FIRST;
            play.tell(Input::Commit { by: lee, base }).is_ok()
        }
        Action::StartGroup => {
            let start = Input::StartGroup {
                by: lee,
                scope: FIRST.scope,
                group: 2,
            };
            play.tell(start).is_ok()
        }
        Action::Speak => play.tell(on(true, false)).is_ok(),
        Action::ShareScreen => play.tell(on(false, true)).is_ok(),
        Action::AllowChat => play.tell(Input::AllowChat { by: lee, on: false }).is_ok(),
        Action::LeadBoards => leads_boards(&mut play, lee),
        Action::Draw => {
            let board = 1;
            play.tell(Input::OpenBoard { by: DESK, board }).unwrap();
            let who = Drawers::Everyone;
            play.tell(Input::AllowDrawing { by: DESK, who }).unwrap();
            let drawn = Boards::default().append(&play.session, play.now, lee, board, 1);
            drawn.is_ok()
        }
        Action::Leave => play.tell(Input::Leave { device: lee }).is_ok(),
        Action::End => play.tell(Input::End { by: lee }).is_ok(),
        Action::Enter | Action::Knock | Action::Schedule => unreachable!(),
    }
}

/// Whether `lee` may open and show boards and say who draws: all of it, or none.
fn leads_boards(play: &mut Play, lee: DeviceId) -> bool {
    use Input::{AllowDrawing, OpenBoard, ShowBoard};
    let opens = play.tell(OpenBoard { by: lee, board: 1 }).is_ok();
    if !opens {
        play.tell(OpenBoard { by: DESK, board: 1 }).unwrap();
    }
    let who = Drawers::Everyone;
    for input in [
        ShowBoard {
            by: lee,
            board: Some(1),
        },
        AllowDrawing { by: lee, who },
    ] {
        assert_eq!(play.tell(input.clone()).is_ok(), opens, "{input:?}");
    }
    opens
}
