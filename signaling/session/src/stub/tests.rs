use super::stubs;
use crate::testing::{
    CONSENT, DESK, MINUTE, Play, SECOND, SILENT, SOUND, START, VIDEO, admit, booking, device,
    knock, name, participant, staff, whole_attestation,
};
use crate::{Actor, Fact, Input, Recorded};
use quietroom_protocol::{
    Attestation, AttestationPart, AttestedStub, Cause, DeviceId, IdentityMethod, Interruption,
    Interval, Modality, NoteStub, NoteTemplate, OtherPresent, PersonId, Role, Section, SessionKind,
    Span, StubFlag, Traced, UtcMillis,
};
use uuid::Uuid;

const PHONE: DeviceId = device(10);
const LAPTOP: DeviceId = device(11);

fn interval(from: i64, to: i64, facts: &[u64]) -> Interval {
    Interval {
        from: START.plus(from),
        to: START.plus(to),
        facts: facts.to_vec(),
    }
}

fn traced<T>(value: T, facts: &[u64]) -> Traced<T> {
    Traced {
        value,
        facts: facts.to_vec(),
    }
}

fn one(play: &Play) -> NoteStub {
    let mut stubs = stubs(&play.booking, &play.facts);
    assert_eq!(stubs.len(), 1);
    stubs.remove(0)
}

fn flags(stub: &NoteStub) -> Vec<StubFlag> {
    stub.flags.iter().map(|flag| flag.value.clone()).collect()
}

/// The appointment of the note's picture: waits from 1:57, in at 2:01:30, drops once for 2:41.
#[test]
fn an_appointment_gives_the_whole_stub() {
    let mut play = Play::appointment();
    play.at(-3 * MINUTE).knock(1, PHONE); // 1 knocked, 2 attested
    play.at(MINUTE + 5 * SECOND).enter(); // 3 opened, 4 entered
    play.at(90 * SECOND).admit(PHONE); // 5
    play.media(DESK, VIDEO).media(PHONE, VIDEO); // 6, 7
    play.at(24 * MINUTE).lost(PHONE); // 8
    play.at(26 * MINUTE + 41 * SECOND).connected(PHONE); // 9
    play.at(30 * MINUTE).media(PHONE, SOUND); // 10
    play.at(33 * MINUTE + 12 * SECOND).media(PHONE, VIDEO); // 11
    play.at(58 * MINUTE + 22 * SECOND + 999).end(); // 12

    let end = 58 * MINUTE + 22 * SECOND + 999;
    let here = vec![
        interval(90 * SECOND, 24 * MINUTE, &[5, 8]),
        interval(26 * MINUTE + 41 * SECOND, end, &[9, 12]),
    ];
    let expected = NoteStub {
        session: play.booking.session,
        participant: participant(1),
        person: PersonId(Uuid::from_u128(0x9001)),
        name: name("Jordan"),
        kind: SessionKind::Individual,
        template: NoteTemplate::Dap,
        scheduled: Span {
            from: START,
            to: START.plus(60 * MINUTE),
        },
        time_zone: "America/New_York".to_owned(),
        actual: Some(traced(
            Span {
                from: START.plus(90 * SECOND),
                to: START.plus(end),
            },
            &[5, 12],
        )),
        clinician: name("Maya Okafor"),
        clinician_here: vec![interval(MINUTE + 5 * SECOND, end, &[4, 12])],
        waited: vec![interval(-3 * MINUTE, 90 * SECOND, &[1, 5])],
        here: here.clone(),
        together: here,
        // 56:52.999 minus 2:41, cut off.
        together_seconds: 54 * 60 + 11,
        interruptions: vec![Interruption {
            from: START.plus(24 * MINUTE),
            to: START.plus(26 * MINUTE + 41 * SECOND),
            cause: Cause::ClientConnection,
            facts: vec![8, 9],
        }],
        modality: Modality {
            video_seconds: 54 * 60 + 11 - 192,
            audio_only_seconds: 192,
            neither_seconds: 0,
            facts: vec![7, 10, 11],
        },
        attested: AttestedStub {
            state: Some(traced("OR".to_owned(), &[2])),
            place: Some(traced(quietroom_protocol::PlaceKind::Home, &[2])),
            consent: Some(traced(CONSENT.to_owned(), &[2])),
            emergency_contact_given: Some(traced(true, &[2])),
            identity: Some(traced(IdentityMethod::KnownToMe, &[5])),
            stated_at: Some(START.plus(-3 * MINUTE)),
        },
        others: Vec::new(),
        number_present: 1,
        flags: Vec::new(),
        sections: ["data", "assessment", "plan"]
            .map(|key| Section {
                key: key.to_owned(),
                text: name(""),
            })
            .to_vec(),
    };
    assert_eq!(one(&play), expected);

    let json = serde_json::to_string(&expected).unwrap();
    for sealed in ["Elm", "555 0100", "555 0101", "Rosa", "sister"] {
        assert!(!json.contains(sealed), "{sealed}");
    }
}

#[test]
fn nobody_admitted_gives_no_stub() {
    let mut play = Play::appointment();
    play.enter().knock(1, PHONE).at(20 * MINUTE).end();
    assert_eq!(stubs(&play.booking, &play.facts), []);
}

#[test]
fn time_together_is_only_while_both_are_there() {
    let mut play = Play::appointment();
    play.enter().knock(1, PHONE).admit(PHONE); // 1 opened 2 entered 3 knocked 4 attested 5 admitted
    play.at(10 * MINUTE).leave(DESK); // 6
    play.at(15 * MINUTE).enter(); // 7
    play.at(20 * MINUTE).leave(PHONE); // 8
    play.at(30 * MINUTE).end(); // 9
    let stub = one(&play);
    assert_eq!(stub.here, [interval(0, 20 * MINUTE, &[5, 8])]);
    assert_eq!(
        stub.clinician_here,
        [
            interval(0, 10 * MINUTE, &[2, 6]),
            interval(15 * MINUTE, 30 * MINUTE, &[7, 9])
        ]
    );
    assert_eq!(
        stub.together,
        [
            interval(0, 10 * MINUTE, &[2, 5, 6]),
            interval(15 * MINUTE, 20 * MINUTE, &[7, 8])
        ]
    );
    assert_eq!(stub.together_seconds, 15 * 60);
    // Leaving and coming back is no interruption.
    assert_eq!(stub.interruptions, []);
    // The last person there was the clinician, until the end.
    assert_eq!(stub.actual.unwrap().value.to, START.plus(30 * MINUTE));
}

#[test]
fn the_clinicians_drop_is_theirs() {
    let mut play = Play::appointment();
    play.enter().knock(1, PHONE).admit(PHONE);
    play.at(10 * MINUTE).lost(DESK); // 6
    play.at(11 * MINUTE).enter(); // 7
    play.at(20 * MINUTE).end();
    let stub = one(&play);
    assert_eq!(
        stub.interruptions,
        [Interruption {
            from: START.plus(10 * MINUTE),
            to: START.plus(11 * MINUTE),
            cause: Cause::ClinicianConnection,
            facts: vec![6, 7],
        }]
    );
    assert_eq!(stub.together_seconds, 19 * 60);
}

#[test]
fn who_drops_and_never_comes_back_was_there_until_then() {
    let mut play = Play::appointment();
    play.enter().knock(1, PHONE).admit(PHONE);
    play.at(50 * MINUTE).lost(PHONE); // 6
    play.at(55 * MINUTE).end();
    let stub = one(&play);
    assert_eq!(stub.here, [interval(0, 50 * MINUTE, &[5, 6])]);
    assert_eq!(stub.interruptions, []);
}

#[test]
fn a_restart_never_counts_as_service() {
    let mut play = Play::appointment();
    play.enter()
        .knock(1, PHONE)
        .admit(PHONE)
        .media(PHONE, VIDEO); // 6
    play.at(30 * MINUTE).restart(20 * MINUTE); // 7
    play.at(31 * MINUTE).enter(); // 8
    play.at(32 * MINUTE).connected(PHONE); // 9
    play.at(40 * MINUTE).end(); // 10
    let stub = one(&play);
    assert_eq!(
        stub.together,
        [
            interval(0, 20 * MINUTE, &[2, 5, 7]),
            interval(32 * MINUTE, 40 * MINUTE, &[9, 10])
        ]
    );
    assert_eq!(stub.together_seconds, 28 * 60);
    assert_eq!(stub.modality.video_seconds, 28 * 60);
    assert_eq!(
        stub.interruptions,
        [Interruption {
            from: START.plus(20 * MINUTE),
            to: START.plus(32 * MINUTE),
            cause: Cause::Server,
            facts: vec![7, 9],
        }]
    );
    assert_eq!(stub.flags, [traced(StubFlag::ServerRestarted, &[7])]);
}

#[test]
fn ending_the_next_day_after_a_crash_adds_nothing() {
    let mut play = Play::appointment();
    play.enter().knock(1, PHONE).admit(PHONE);
    play.at(30 * MINUTE).restart(20 * MINUTE);
    play.at(20 * 60 * MINUTE).enter();
    play.at(20 * 60 * MINUTE + SECOND).end();
    let stub = one(&play);
    assert_eq!(stub.here, [interval(0, 20 * MINUTE, &[5, 6])]);
    assert_eq!(stub.together_seconds, 20 * 60);
    assert_eq!(stub.interruptions, []);
    assert_eq!(flags(&stub), [StubFlag::ServerRestarted]);
}

#[test]
fn what_is_connected_after_the_last_heartbeat_counts_nothing() {
    let mut play = Play::appointment();
    play.enter().knock(1, PHONE).at(10 * SECOND).admit(PHONE);
    play.at(MINUTE).restart(5 * SECOND);
    play.at(2 * MINUTE).enter().connected(PHONE);
    play.at(3 * MINUTE).end();
    let stub = one(&play);
    assert_eq!(stub.here, [interval(2 * MINUTE, 3 * MINUTE, &[8, 9])]);
    assert_eq!(stub.together_seconds, 60);
}

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
fn waiting_is_split_where_the_device_was_lost() {
    let mut play = Play::appointment();
    play.knock(1, PHONE); // 1, 2
    play.at(MINUTE).lost(PHONE); // 3
    play.at(2 * MINUTE).connected(PHONE); // 4
    play.at(4 * MINUTE)
        .enter()
        .admit(PHONE)
        .at(5 * MINUTE)
        .end(); // 5 6 7 8
    let stub = one(&play);
    assert_eq!(
        stub.waited,
        [
            interval(0, MINUTE, &[1, 3]),
            interval(2 * MINUTE, 4 * MINUTE, &[4, 7])
        ]
    );
    assert_eq!(stub.interruptions, []);
}

#[test]
fn let_in_while_lost_is_here_from_the_return_on() {
    let mut play = Play::appointment();
    play.enter().knock(1, PHONE); // 1 2 3 4
    play.at(MINUTE).lost(PHONE); // 5
    play.at(2 * MINUTE).admit(PHONE); // 6
    play.at(3 * MINUTE).connected(PHONE); // 7
    play.at(4 * MINUTE).end(); // 8
    let stub = one(&play);
    assert_eq!(stub.here, [interval(3 * MINUTE, 4 * MINUTE, &[7, 8])]);
    assert_eq!(stub.interruptions, []);
}

#[test]
fn overrides_are_flagged_with_the_admission() {
    let mut play = Play::appointment();
    play.enter();
    play.tell(knock(1, PHONE, Attestation::default())).unwrap(); // 3
    play.tell(Input::Admit {
        by: DESK,
        device: PHONE,
        identity: IdentityMethod::DateOfBirthAndAddress,
        override_missing: true,
    })
    .unwrap(); // 4
    play.at(MINUTE).end();
    let stub = one(&play);
    let missing = vec![
        AttestationPart::Place,
        AttestationPart::EmergencyContact,
        AttestationPart::Consent,
    ];
    assert_eq!(
        stub.flags,
        [traced(StubFlag::AttestationOverridden { missing }, &[4])]
    );
    assert_eq!(
        stub.attested,
        AttestedStub {
            identity: Some(traced(IdentityMethod::DateOfBirthAndAddress, &[4])),
            ..AttestedStub::default()
        }
    );
}

#[test]
fn late_is_told_in_whole_seconds_from_one_on() {
    for (ms, expected) in [(999, None), (1_000, Some(1)), (1_999, Some(1))] {
        let mut play = Play::appointment();
        play.enter().at(ms).knock(1, PHONE).admit(PHONE);
        play.at(MINUTE).end();
        let late = expected.map(|seconds| StubFlag::CameLate { seconds });
        assert_eq!(flags(&one(&play)), Vec::from_iter(late), "{ms}");
    }
}

#[test]
fn a_rescheduled_session_is_late_against_its_new_time() {
    let mut play = Play::appointment();
    play.tell(Input::Reschedule {
        staff: crate::testing::MAYA,
        starts_at: START.plus(60 * MINUTE),
        ends_at: START.plus(90 * MINUTE),
    })
    .unwrap();
    play.at(58 * MINUTE).enter().knock(1, PHONE).admit(PHONE);
    play.at(80 * MINUTE).end();
    let stub = one(&play);
    assert_eq!(stub.scheduled.from, START.plus(60 * MINUTE));
    assert_eq!(stub.flags, []);
}

#[test]
fn a_loss_written_after_the_end_still_ends_the_interval() {
    let mut play = Play::appointment();
    play.enter().knock(1, PHONE).admit(PHONE);
    play.at(50 * MINUTE).end(); // 6
    play.facts.push(Recorded {
        seq: 7,
        at: START.plus(40 * MINUTE),
        late: Some(START.plus(51 * MINUTE)),
        actor: Actor::Server,
        epoch: 1,
        fact: Fact::ConnectionLost { device: PHONE },
    });
    let stub = one(&play);
    assert_eq!(stub.here, [interval(0, 40 * MINUTE, &[5, 7])]);
    assert_eq!(stub.flags, [traced(StubFlag::RecordedLate, &[7])]);
}

#[test]
fn a_clock_set_back_makes_nothing_negative() {
    let mut play = Play::appointment();
    play.at(10 * MINUTE).enter().knock(1, PHONE).admit(PHONE);
    play.at(5 * MINUTE).lost(PHONE).connected(PHONE);
    play.at(7 * MINUTE).end();
    let stub = one(&play);
    assert_eq!(stub.here, [interval(5 * MINUTE, 7 * MINUTE, &[7, 8])]);
    assert_eq!(stub.together_seconds, 0);
}

#[test]
fn modality_is_what_the_client_had_on_while_together() {
    let mut play = Play::appointment();
    play.enter().knock(1, PHONE).admit(PHONE);
    play.at(MINUTE).media(PHONE, VIDEO);
    play.at(3 * MINUTE).media(PHONE, SOUND);
    play.at(4 * MINUTE).lost(PHONE);
    play.at(5 * MINUTE).connected(PHONE);
    play.at(6 * MINUTE).media(PHONE, SILENT);
    play.at(8 * MINUTE + 500).end();
    let stub = one(&play);
    assert_eq!(
        stub.modality,
        Modality {
            video_seconds: 2 * 60,
            audio_only_seconds: 2 * 60,
            neither_seconds: 3 * 60,
            facts: vec![6, 7, 10],
        }
    );
    assert_eq!(stub.together_seconds, 7 * 60);
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

#[test]
fn daylight_saving_changes_nothing() {
    // 2026-11-01T05:30Z, half an hour before New York falls back, for an hour.
    let autumn = UtcMillis(1_793_511_000_000);
    let shift = autumn.since(UtcMillis(0)) - START.since(UtcMillis(0));
    let played = |shift: i64, zone: &str| {
        let mut booking = booking(SessionKind::Individual, &[("Jordan", Role::Client)]);
        booking.starts_at = START.plus(shift);
        booking.ends_at = START.plus(shift + 60 * MINUTE);
        booking.time_zone = zone.to_owned();
        let mut play = Play::of(booking);
        play.at(shift).enter().knock(1, PHONE).admit(PHONE);
        play.at(shift + 60 * MINUTE).end();
        one(&play)
    };
    let stub = played(shift, "America/New_York");
    assert_eq!(stub.together_seconds, 3600);
    assert_eq!(
        stub.together_seconds,
        played(0, "America/New_York").together_seconds
    );
    let elsewhere = NoteStub {
        time_zone: stub.time_zone.clone(),
        ..played(shift, "Asia/Kolkata")
    };
    assert_eq!(elsewhere, stub);
}

#[test]
fn sections_follow_the_template_and_are_empty() {
    for template in NoteTemplate::ALL {
        let mut play = Play::appointment();
        play.booking.template = template;
        play.enter().knock(1, PHONE).admit(PHONE).at(MINUTE).end();
        let sections = one(&play).sections;
        let keys: Vec<&str> = sections
            .iter()
            .map(|section| section.key.as_str())
            .collect();
        assert_eq!(keys, template.sections());
        assert!(
            sections
                .iter()
                .all(|section| section.text.expose().is_empty())
        );
    }
}
