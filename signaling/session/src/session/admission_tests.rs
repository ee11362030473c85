use crate::testing::{
    DESK, FIRST, MINUTE, Play, SECOND, admit, booking, device, knock, name, participant, staff,
    whole_attestation,
};
use crate::{Actor, Effect, Fact, Input, Refusal, Session};
use quietroom_protocol::{
    Attestation, AttestationPart, IdentityMethod, OverReason, Phi, Phrase, Role, SessionKind,
    SessionState,
};

const PHONE: quietroom_protocol::DeviceId = device(10);
const LAPTOP: quietroom_protocol::DeviceId = device(11);

#[test]
fn a_guest_waits_before_anyone_is_there_and_sees_no_one() {
    let mut play = Play::appointment();
    play.at(-3 * MINUTE).knock(1, PHONE);

    assert_eq!(play.session.state(), SessionState::Scheduled);
    let waiting = play.session.waiting_view(PHONE).unwrap();
    assert_eq!(waiting.clinician, name("Maya"));
    assert!(!waiting.clinician_here);
    assert_eq!(waiting.since, play.now);
    assert_eq!(waiting.missing, []);
    assert_eq!(play.session.room_view(PHONE), None);
    assert!(play.session.audience().listeners.is_empty());

    play.at(0).enter();
    assert_eq!(play.session.state(), SessionState::Open);
    assert!(play.session.waiting_view(PHONE).unwrap().clinician_here);
}

#[test]
fn a_knock_is_recorded_before_what_was_stated() {
    let mut play = Play::appointment();
    let decision = play.tell(knock(1, PHONE, whole_attestation())).unwrap();
    let actor = Actor::Device { device: PHONE };
    assert_eq!(
        decision.facts,
        [
            (
                play.now,
                actor,
                Fact::Knocked {
                    participant: participant(1),
                    device: PHONE,
                    name: name("Jo"),
                }
            ),
            (
                play.now,
                actor,
                Fact::Attested {
                    device: PHONE,
                    attestation: whole_attestation(),
                }
            ),
        ]
    );
    assert_eq!(decision.effects, []);
}

#[test]
fn a_knock_shows_state_and_kind_of_place_and_never_the_address() {
    let mut play = Play::appointment();
    play.enter().knock(1, PHONE);
    let knocks = play.session.knocks();
    assert_eq!(knocks.len(), 1);
    assert_eq!(knocks[0].name, name("Jo"));
    assert_eq!(knocks[0].booked_name, name("Jordan"));
    assert_eq!(knocks[0].state.as_deref(), Some("OR"));
    let shown = serde_json::to_string(&knocks).unwrap();
    for sealed in ["Elm", "555 0100", "555 0101", "Rosa", "sister"] {
        assert!(!shown.contains(sealed), "{sealed}");
    }
}

#[test]
fn a_newer_redemption_before_admission_takes_the_older_ones_place() {
    let mut play = Play::appointment();
    play.enter().knock(1, PHONE);
    let decision = play.tell(knock(1, LAPTOP, Attestation::default())).unwrap();

    assert_eq!(decision.facts[0].2, Fact::Replaced { device: PHONE });
    assert_eq!(
        decision.effects,
        [Effect::Dismiss {
            device: PHONE,
            reason: OverReason::Replaced,
        }]
    );
    assert_eq!(play.session.over(PHONE), Some(OverReason::Replaced));
    assert_eq!(play.session.knocks().len(), 1);
    assert_eq!(play.session.knocks()[0].device, LAPTOP);
    // It starts empty: what the older device stated is not the newer one's.
    assert_eq!(play.session.knocks()[0].missing.len(), 3);
    assert_eq!(play.tell(admit(DESK, PHONE)), Err(Refusal::NotNow));
}

#[test]
fn a_second_device_after_admission_knocks_and_the_first_stays() {
    let mut play = Play::appointment();
    play.enter().knock(1, PHONE).admit(PHONE).knock(1, LAPTOP);

    assert!(play.session.admitted(PHONE));
    assert!(!play.session.admitted(LAPTOP));
    assert!(play.session.knocks()[0].second_device);
    assert_eq!(play.session.room_view(LAPTOP), None);

    play.admit(LAPTOP);
    assert_eq!(play.session.room_view(DESK).unwrap().present.len(), 3);
}

#[test]
fn the_same_knock_twice_is_one() {
    let mut play = Play::appointment();
    play.knock(1, PHONE);
    let again = play.tell(knock(1, PHONE, whole_attestation())).unwrap();
    assert_eq!(again, crate::Decision::default());
}

#[test]
fn a_device_of_another_seat_cannot_be_taken_over_by_a_knock() {
    let mut play = Play::of(booking(
        SessionKind::GroupClass,
        &[("Jordan", Role::Client), ("Sam", Role::Client)],
    ));
    play.knock(1, PHONE);
    assert_eq!(
        play.tell(knock(2, PHONE, whole_attestation())),
        Err(Refusal::Invalid("device"))
    );
}

#[test]
fn nobody_knocks_at_a_seat_of_staff_or_at_none() {
    let mut play = Play::of(booking(
        SessionKind::GroupClass,
        &[("Lee", Role::CoFacilitator)],
    ));
    for seat in [0, 1] {
        assert_eq!(
            play.tell(knock(seat, PHONE, whole_attestation())),
            Err(Refusal::NotAllowed)
        );
    }
    assert_eq!(
        play.tell(knock(7, PHONE, whole_attestation())),
        Err(Refusal::NoSuchDevice)
    );
}

#[test]
fn malformed_input_is_refused_by_field_and_changes_nothing() {
    let mut play = Play::appointment();
    let before = play.session.clone();
    let mut long_name = knock(1, PHONE, whole_attestation());
    if let Input::Knock { name, .. } = &mut long_name {
        *name = Phi::new("x".repeat(61));
    }
    assert_eq!(play.tell(long_name), Err(Refusal::Invalid("name")));

    let mut nowhere = whole_attestation();
    nowhere.place.as_mut().unwrap().state = "XX".to_owned();
    assert_eq!(
        play.tell(knock(1, PHONE, nowhere)),
        Err(Refusal::Invalid("place.state"))
    );

    let mut old_text = whole_attestation();
    old_text.consent.as_mut().unwrap().version = "2019-3".to_owned();
    assert_eq!(
        play.tell(knock(1, PHONE, old_text)),
        Err(Refusal::Invalid("consent.version"))
    );
    assert_eq!(play.session, before);
}

#[test]
fn missing_attestations_stop_admission_until_overridden_and_that_is_a_fact() {
    let mut play = Play::appointment();
    play.enter();
    let mut part = whole_attestation();
    part.place = None;
    part.emergency_contact = None;
    play.tell(knock(1, PHONE, part)).unwrap();
    let missing = vec![AttestationPart::Place, AttestationPart::EmergencyContact];
    assert_eq!(play.session.knocks()[0].missing, missing);
    assert_eq!(
        play.tell(admit(DESK, PHONE)),
        Err(Refusal::AttestationMissing(missing.clone()))
    );

    let decision = play
        .tell(Input::Admit {
            by: DESK,
            device: PHONE,
            identity: IdentityMethod::PhotoId,
            override_missing: true,
            base: FIRST,
        })
        .unwrap();
    assert_eq!(
        decision.facts[..1],
        [(
            play.now,
            Actor::Staff {
                staff: crate::testing::MAYA
            },
            Fact::Admitted {
                device: PHONE,
                identity: IdentityMethod::PhotoId,
                overridden: missing,
            }
        )]
    );
}

#[test]
fn an_override_with_nothing_missing_overrides_nothing() {
    let mut play = Play::appointment();
    play.enter().knock(1, PHONE);
    play.tell(Input::Admit {
        by: DESK,
        device: PHONE,
        identity: IdentityMethod::KnownToMe,
        override_missing: true,
        base: FIRST,
    })
    .unwrap();
    assert_eq!(
        play.last_facts(1),
        [Fact::Admitted {
            device: PHONE,
            identity: IdentityMethod::KnownToMe,
            overridden: Vec::new(),
        }]
    );
}

#[test]
fn what_is_stated_later_completes_and_corrects() {
    let mut play = Play::appointment();
    let mut consent_only = whole_attestation();
    consent_only.place = None;
    consent_only.emergency_contact = None;
    play.tell(knock(1, PHONE, consent_only.clone())).unwrap();

    let rest = Attestation {
        consent: None,
        ..whole_attestation()
    };
    let input = Input::Attest {
        device: PHONE,
        attestation: rest,
    };
    play.tell(input.clone()).unwrap();
    assert_eq!(play.session.waiting_view(PHONE).unwrap().missing, []);
    assert_eq!(play.tell(input).unwrap(), crate::Decision::default());

    let mut moved = whole_attestation();
    moved.place.as_mut().unwrap().state = "WA".to_owned();
    play.tell(Input::Attest {
        device: PHONE,
        attestation: moved,
    })
    .unwrap();
    assert_eq!(play.session.knocks()[0].state.as_deref(), Some("WA"));
}

#[test]
fn only_the_treated_have_to_attest() {
    let mut play = Play::of(booking(
        SessionKind::Family,
        &[("Ana", Role::Interpreter), ("Pat", Role::Caregiver)],
    ));
    play.enter();
    play.tell(knock(1, device(10), Attestation::default()))
        .unwrap();
    play.tell(knock(2, device(11), Attestation::default()))
        .unwrap();
    let knocks = play.session.knocks();
    assert_eq!(knocks[0].missing, []);
    assert_eq!(knocks[1].missing.len(), 3);
}

#[test]
fn phrases_are_for_the_waiting_only() {
    let mut play = Play::appointment();
    play.enter().knock(1, PHONE);
    let say = Input::Say {
        device: PHONE,
        phrase: Phrase::NeedAMinute,
    };
    assert_eq!(play.tell(say.clone()).unwrap().facts.len(), 1);
    assert_eq!(play.tell(say.clone()).unwrap().facts.len(), 0);
    assert_eq!(play.session.knocks()[0].said, Some(Phrase::NeedAMinute));

    play.admit(PHONE);
    assert_eq!(play.tell(say), Err(Refusal::NotNow));
    let say_of = |device| Input::Say {
        device,
        phrase: Phrase::IAmHere,
    };
    assert_eq!(play.tell(say_of(DESK)), Err(Refusal::NotNow));
    assert_eq!(play.tell(say_of(LAPTOP)), Err(Refusal::NoSuchDevice));
}

#[test]
fn the_waiting_send_nothing_and_let_no_one_in() {
    let mut play = Play::of(booking(
        SessionKind::GroupClass,
        &[("Jordan", Role::Client), ("Sam", Role::Client)],
    ));
    play.enter().knock(1, PHONE).knock(2, LAPTOP);
    let attempts = [
        Input::Media {
            device: PHONE,
            state: crate::testing::VIDEO,
        },
        admit(PHONE, LAPTOP),
        admit(PHONE, PHONE),
        Input::Decline {
            by: PHONE,
            device: LAPTOP,
        },
        Input::Remove {
            by: PHONE,
            device: DESK,
            base: None,
        },
        Input::StartGroup {
            by: PHONE,
            scope: FIRST.scope,
            group: 2,
        },
        Input::Commit {
            by: PHONE,
            base: FIRST,
        },
        Input::End { by: PHONE },
    ];
    for attempt in attempts {
        assert_eq!(
            play.tell(attempt.clone()),
            Err(Refusal::NotAllowed),
            "{attempt:?}"
        );
    }
    assert!(!play.session.may_admit(PHONE));
}

#[test]
fn declined_is_told_once_and_may_ask_again() {
    let mut play = Play::appointment();
    play.enter().knock(1, PHONE);
    let decline = Input::Decline {
        by: DESK,
        device: PHONE,
    };
    let decision = play.tell(decline.clone()).unwrap();
    assert_eq!(
        decision.effects,
        [Effect::Dismiss {
            device: PHONE,
            reason: OverReason::Declined,
        }]
    );
    assert_eq!(play.tell(decline).unwrap(), crate::Decision::default());
    assert_eq!(play.session.waiting_view(PHONE), None);
    assert_eq!(play.session.state(), SessionState::Open);
    assert_eq!(
        play.tell(Input::Connected { device: PHONE }),
        Err(Refusal::NotNow)
    );

    play.knock(1, LAPTOP);
    assert!(!play.session.knocks()[0].second_device);
}

#[test]
fn admission_makes_it_live_and_again_changes_nothing() {
    let mut play = Play::appointment();
    play.enter().knock(1, PHONE).at(90 * SECOND).admit(PHONE);
    assert_eq!(play.session.state(), SessionState::Live);
    let room = play.session.room_view(PHONE).unwrap();
    assert_eq!(room.live_since, Some(play.now));
    assert_eq!(room.you, PHONE);
    let order: Vec<_> = room.present.iter().map(|present| present.device).collect();
    assert_eq!(order, [DESK, PHONE]);

    let again = play.tell(admit(DESK, PHONE)).unwrap();
    assert!(matches!(
        again.facts.as_slice(),
        [(_, _, Fact::GroupCommitted { .. })]
    ));
    assert_eq!(
        play.tell(Input::Decline {
            by: DESK,
            device: PHONE
        }),
        Err(Refusal::NotNow)
    );
}

#[test]
fn a_clinician_whom_the_relay_lost_still_runs_the_room() {
    let mut play = Play::appointment();
    play.enter().knock(1, PHONE).lost(DESK);
    assert!(!play.session.waiting_view(PHONE).unwrap().clinician_here);
    assert!(play.session.may_admit(DESK));
    play.admit(PHONE).end();
    assert_eq!(play.session.state(), SessionState::Ended);
}

#[test]
fn thirty_guests_fit_and_the_thirty_first_waits() {
    let people: Vec<(String, Role)> = (1..=31)
        .map(|n| (format!("Guest {n}"), Role::Client))
        .collect();
    let people: Vec<(&str, Role)> = people
        .iter()
        .map(|(name, role)| (name.as_str(), *role))
        .collect();
    let mut play = Play::of(booking(SessionKind::GroupClass, &people));
    play.enter();
    for seat in 1..=31 {
        play.knock(seat, device(100 + seat));
    }
    for seat in 1..=30 {
        play.admit(device(100 + seat));
    }
    assert_eq!(Session::MAX_GUESTS, 30);
    assert_eq!(play.tell(admit(DESK, device(131))), Err(Refusal::Full));

    // A second device of someone inside takes no place; a lost one keeps theirs.
    play.knock(1, device(201)).admit(device(201));
    play.lost(device(102));
    assert_eq!(play.tell(admit(DESK, device(131))), Err(Refusal::Full));
    play.leave(device(102)).admit(device(131));
}

#[test]
fn a_co_facilitator_lets_people_in() {
    let mut play = Play::of(booking(
        SessionKind::GroupClass,
        &[("Lee", Role::CoFacilitator), ("Jordan", Role::Client)],
    ));
    let lee = device(2);
    play.tell(Input::Enter {
        staff: staff(1),
        device: lee,
    })
    .unwrap();
    assert_eq!(play.session.state(), SessionState::Open);
    play.knock(2, PHONE);
    // Staff are there, and yet not the clinician.
    assert!(!play.session.waiting_view(PHONE).unwrap().clinician_here);
    let decision = play.tell(admit(lee, PHONE)).unwrap();
    assert_eq!(decision.facts[0].1, Actor::Staff { staff: staff(1) });
}
