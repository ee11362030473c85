mod people;
mod time;

use super::stubs;
use crate::Input;
use crate::testing::{
    CONSENT, DESK, FIRST, MINUTE, Play, SECOND, SOUND, START, VIDEO, device, knock, name,
    participant,
};
use quietroom_protocol::{
    Attestation, AttestationPart, AttestedStub, Cause, DeviceId, IdentityMethod, Interruption,
    Interval, Modality, NoteStub, NoteTemplate, PersonId, Section, SessionKind, Span, StubFlag,
    Traced,
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
fn overrides_are_flagged_with_the_admission() {
    let mut play = Play::appointment();
    play.enter();
    play.tell(knock(1, PHONE, Attestation::default())).unwrap(); // 3
    play.tell(Input::Admit {
        by: DESK,
        device: PHONE,
        identity: IdentityMethod::DateOfBirthAndAddress,
        override_missing: true,
        base: FIRST,
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
