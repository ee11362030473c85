use super::{LAPTOP, PHONE, flags, interval, one, traced};
use crate::Input;
use crate::stubs;
use crate::testing::{
    DESK, MINUTE, Play, START, VIDEO, admit, booking, device, knock, name, participant, staff,
    whole_attestation,
};
use quietroom_protocol::{Cause, Interruption, OtherPresent, Role, SessionKind, StubFlag};

#[test]
fn a_person_with_two_devices_is_there_while_either_is() {
    let mut play = Play::appointment();
    play.enter().knock(1, PHONE).admit(PHONE); // 5
    play.at(5 * MINUTE).knock(1, LAPTOP).admit(LAPTOP); // 6 knocked, 7 attested, 8 admitted
    play.media(LAPTOP, VIDEO); // 9
    play.at(10 * MINUTE).lost(PHONE); // 10
    play.at(20 * MINUTE).lost(LAPTOP); // 11
    play.at(22 * MINUTE).connected(PHONE); // 12
    play.at(30 * MINUTE).end(); // 13
    let stub = one(&play);
    assert_eq!(
        stub.here,
        [
            interval(0, 20 * MINUTE, &[5, 11]),
            interval(22 * MINUTE, 30 * MINUTE, &[12, 13])
        ]
    );
    assert_eq!(
        stub.interruptions,
        [Interruption {
            from: START.plus(20 * MINUTE),
            to: START.plus(22 * MINUTE),
            cause: Cause::ClientConnection,
            facts: vec![11, 12],
        }]
    );
    // The camera was the laptop's, from minute 5 to 20.
    assert_eq!(stub.modality.video_seconds, 15 * 60);
    assert_eq!(stub.modality.neither_seconds, 13 * 60);
    assert_eq!(stub.number_present, 1);
}

#[test]
fn coming_back_on_another_device_ends_the_interruption() {
    let mut play = Play::appointment();
    play.enter().knock(1, PHONE).admit(PHONE);
    play.at(10 * MINUTE).lost(PHONE); // 6
    play.at(12 * MINUTE).knock(1, LAPTOP); // 7, 8
    play.at(13 * MINUTE).admit(LAPTOP); // 9
    play.at(20 * MINUTE).end(); // 10
    let stub = one(&play);
    assert_eq!(
        stub.interruptions,
        [Interruption {
            from: START.plus(10 * MINUTE),
            to: START.plus(13 * MINUTE),
            cause: Cause::ClientConnection,
            facts: vec![6, 9],
        }]
    );
    assert_eq!(stub.waited, [interval(12 * MINUTE, 13 * MINUTE, &[7, 9])]);
}

#[test]
fn only_devices_that_were_let_in_count() {
    let mut play = Play::appointment();
    play.at(-10 * MINUTE).knock(1, PHONE);
    let mut from_ohio = whole_attestation();
    from_ohio.place.as_mut().unwrap().state = "OH".to_owned();
    play.at(2 * MINUTE);
    play.tell(knock(1, LAPTOP, from_ohio)).unwrap(); // 3 replaced, 4 knocked, 5 attested
    play.enter(); // 6, 7
    play.at(3 * MINUTE).admit(LAPTOP); // 8
    play.at(10 * MINUTE).end();
    let stub = one(&play);
    assert_eq!(stub.waited, [interval(2 * MINUTE, 3 * MINUTE, &[4, 8])]);
    assert_eq!(stub.attested.state, Some(traced("OH".to_owned(), &[5])));
    assert_eq!(
        stub.flags,
        [traced(StubFlag::CameLate { seconds: 120 }, &[4])]
    );
}

#[test]
fn others_are_named_with_their_time() {
    let mut play = Play::of(booking(
        SessionKind::Individual,
        &[
            ("Jordan", Role::Client),
            ("Dr. Alvarez", Role::Observer),
            ("Ana", Role::Interpreter),
        ],
    ));
    play.enter().knock(1, PHONE).admit(PHONE); // 1-5
    play.at(10 * MINUTE).knock(2, LAPTOP).admit(LAPTOP); // 6 7 8
    play.at(20 * MINUTE).leave(LAPTOP); // 9
    play.at(30 * MINUTE).end();
    let stub = one(&play);
    assert_eq!(
        stub.others,
        [OtherPresent {
            role: Role::Observer,
            name: name("Dr. Alvarez"),
            here: vec![interval(10 * MINUTE, 20 * MINUTE, &[8, 9])],
        }]
    );
    assert_eq!(stub.number_present, 1);
}

#[test]
fn no_byte_of_another_member_is_in_the_stub_of_a_class() {
    let mut play = Play::of(booking(
        SessionKind::GroupClass,
        &[
            ("Jordan", Role::Client),
            ("Samantha Quill", Role::Client),
            ("Pat Quill", Role::Caregiver),
            ("Lee", Role::CoFacilitator),
            ("Ana", Role::Interpreter),
            ("Zoltan", Role::Observer),
        ],
    ));
    play.enter();
    play.tell(Input::Enter {
        staff: staff(4),
        device: device(2),
    })
    .unwrap();
    for seat in [1, 2, 3, 5, 6] {
        play.knock(seat, device(10 + seat)).admit(device(10 + seat));
    }
    play.at(50 * MINUTE).end();
    let stubs = stubs(&play.booking, &play.facts);
    assert_eq!(stubs.len(), 2);
    let stub = &stubs[0];
    assert_eq!(stub.name, name("Jordan"));
    assert_eq!(stub.number_present, 3);
    let named: Vec<&str> = stub
        .others
        .iter()
        .map(|other| other.name.expose().as_str())
        .collect();
    assert_eq!(named, ["Lee", "Ana"]);

    let json = serde_json::to_string(stub).unwrap();
    for seat in [2, 3, 6] {
        let seat = &play.booking.seats[seat];
        let crate::Who::Person(person) = seat.who else {
            panic!("a guest")
        };
        let mut words: Vec<String> = seat
            .name
            .expose()
            .split_whitespace()
            .map(str::to_owned)
            .collect();
        words.push(seat.participant.0.to_string());
        words.push(person.0.to_string());
        for word in words {
            assert!(!json.contains(&word), "{word}");
        }
    }
    for seat in 1..=6 {
        assert!(!json.contains(&device(10 + seat).0.to_string()));
    }
    // The same words are found where they belong.
    let hers = serde_json::to_string(&stubs[1]).unwrap();
    assert!(hers.contains("Samantha Quill") && !hers.contains("Jordan"));
}

#[test]
fn coaching_for_an_absent_client_is_measured_on_the_caregivers() {
    let mut play = Play::of(booking(
        SessionKind::CaregiverCoaching,
        &[
            ("Remy", Role::Client),
            ("Pat", Role::Caregiver),
            ("Kim", Role::Caregiver),
        ],
    ));
    play.enter(); // 1 2
    play.knock(2, PHONE).admit(PHONE); // 3 4 5
    play.at(10 * MINUTE).knock(3, LAPTOP).admit(LAPTOP); // 6 7 8
    play.at(20 * MINUTE).leave(PHONE); // 9
    play.at(30 * MINUTE).end(); // 10
    let stub = one(&play);
    assert_eq!(stub.name, name("Remy"));
    assert_eq!(stub.participant, participant(1));
    assert_eq!(stub.here, [interval(0, 30 * MINUTE, &[5, 10])]);
    assert_eq!(stub.together_seconds, 30 * 60);
    assert_eq!(stub.attested.state, Some(traced("OR".to_owned(), &[4])));
    assert_eq!(stub.flags, [traced(StubFlag::CaregiversMeasured, &[5, 8])]);
    assert_eq!(
        stub.others,
        [
            OtherPresent {
                role: Role::Caregiver,
                name: name("Pat"),
                here: vec![interval(0, 20 * MINUTE, &[5, 9])],
            },
            OtherPresent {
                role: Role::Caregiver,
                name: name("Kim"),
                here: vec![interval(10 * MINUTE, 30 * MINUTE, &[8, 10])],
            }
        ]
    );
}

#[test]
fn coaching_with_the_client_there_is_measured_on_the_client() {
    let mut play = Play::of(booking(
        SessionKind::CaregiverCoaching,
        &[("Remy", Role::Client), ("Pat", Role::Caregiver)],
    ));
    play.enter().knock(2, PHONE).admit(PHONE);
    play.at(10 * MINUTE).knock(1, LAPTOP).admit(LAPTOP);
    play.at(30 * MINUTE).end();
    let stub = one(&play);
    assert_eq!(stub.together_seconds, 20 * 60);
    assert_eq!(flags(&stub), [StubFlag::CameLate { seconds: 600 }]);
    assert_eq!(stub.others.len(), 1);
    assert_eq!(stub.number_present, 2);
}

#[test]
fn coaching_without_a_booked_client_gives_each_caregiver_one() {
    let mut play = Play::of(booking(
        SessionKind::CaregiverCoaching,
        &[
            ("Pat", Role::Caregiver),
            ("Kim", Role::Caregiver),
            ("Lou", Role::Caregiver),
        ],
    ));
    play.enter().knock(1, PHONE).admit(PHONE);
    play.knock(2, LAPTOP).admit(LAPTOP);
    play.at(30 * MINUTE).end();
    let stubs = stubs(&play.booking, &play.facts);
    let names: Vec<_> = stubs.iter().map(|stub| stub.name.clone()).collect();
    assert_eq!(names, [name("Pat"), name("Kim")]);
}

#[test]
fn a_caregiver_alone_makes_no_stub_of_an_individual_session() {
    let mut play = Play::of(booking(
        SessionKind::Individual,
        &[("Jordan", Role::Client), ("Pat", Role::Caregiver)],
    ));
    play.enter().knock(2, PHONE);
    play.tell(admit(DESK, PHONE)).unwrap();
    play.at(MINUTE).end();
    assert_eq!(stubs(&play.booking, &play.facts), []);
}
