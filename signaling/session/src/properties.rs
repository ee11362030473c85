//! What holds in every state that any sequence of inputs can reach.

mod stub;

use crate::testing::{
    MAYA, SECOND, START, booking, device, knock, lost, participant, staff, whole_attestation,
};
use crate::{Booking, Decision, Fact, Input, Recorded, Session, rules, stubs};
use proptest::prelude::*;
use quietroom_protocol::{
    Attestation, DeviceId, Drawers, GroupEpoch, IdentityMethod, MediaState, Phrase, Role, Scope,
    SessionKind, SessionState, UtcMillis,
};
use std::collections::BTreeSet;
use stub::adds_up;

/// Devices 0 and 1 are the clinician's, 2 the co-facilitator's, the others guests'.
const DEVICES: u128 = 9;

/// One thing to try, at so many milliseconds after the one before.
#[derive(Clone, Debug)]
struct Step {
    wait: i64,
    input: Input,
    /// The facts are written this much later and marked so.
    late: bool,
    /// Whoever sends it knows the group's epoch.
    caught_up: bool,
}

impl Step {
    fn input(&self, session: &Session) -> Input {
        let input = self.input.clone();
        if self.caught_up {
            caught_up(session, input)
        } else {
            input
        }
    }
}

fn any_device() -> impl Strategy<Value = DeviceId> {
    (0..DEVICES).prop_map(device)
}

fn any_media() -> impl Strategy<Value = MediaState> {
    any::<(bool, bool, bool)>().prop_map(|(microphone, camera, screen)| MediaState {
        microphone,
        camera,
        screen,
    })
}

fn any_attestation() -> impl Strategy<Value = Attestation> {
    any::<(bool, bool, bool)>().prop_map(|(place, contact, consent)| {
        let whole = whole_attestation();
        Attestation {
            place: whole.place.filter(|_| place),
            emergency_contact: whole.emergency_contact.filter(|_| contact),
            consent: whole.consent.filter(|_| consent),
        }
    })
}

fn any_drawers() -> impl Strategy<Value = Drawers> {
    let participants = prop::collection::vec((0_u128..6).prop_map(participant), 0..4);
    prop_oneof![
        Just(Drawers::Facilitators),
        Just(Drawers::Everyone),
        participants.prop_map(|participants| Drawers::Chosen { participants }),
    ]
}

fn any_base() -> impl Strategy<Value = GroupEpoch> {
    (0_u32..3, 0_u32..4).prop_map(|(group, epoch)| GroupEpoch {
        scope: Scope::Session,
        group,
        epoch,
    })
}

/// The input as it is sent by someone who has caught up.
fn caught_up(session: &Session, mut input: Input) -> Input {
    let Some(head) = session.head(Scope::Session) else {
        if let Input::StartGroup { group, .. } = &mut input {
            *group = 1;
        }
        return input;
    };
    match &mut input {
        Input::Admit { base, .. } | Input::Commit { base, .. } => *base = head,
        Input::Remove { base, .. } => *base = base.map(|_| head),
        Input::StartGroup { group, .. } => *group = head.group + 1,
        _ => {}
    }
    input
}

fn any_input() -> impl Strategy<Value = Input> {
    let moment = (-60 * SECOND..600 * SECOND).prop_map(|ms| START.plus(ms));
    prop_oneof![
        6 => (2_u128..5, any_device(), any_attestation())
            .prop_map(|(seat, device, attestation)| knock(seat, device, attestation)),
        5 => (0_u128..2).prop_map(|number| Input::Enter { staff: MAYA, device: device(number) }),
        2 => any_device().prop_map(|device| Input::Enter { staff: staff(1), device }),
        5 => any_device().prop_map(|device| Input::Connected { device }),
        5 => (any_device(), moment.clone()).prop_map(|(device, at)| lost(device, at)),
        2 => (any_device(), any_attestation())
            .prop_map(|(device, attestation)| Input::Attest { device, attestation }),
        1 => any_device().prop_map(|device| Input::Say { device, phrase: Phrase::IAmHere }),
        8 => (0_u128..3, any_device(), any::<bool>(), any_base()).prop_map(
            |(by, on, override_missing, base)| Input::Admit {
                by: device(by),
                device: on,
                identity: IdentityMethod::KnownToMe,
                override_missing,
                base,
            }
        ),
        2 => (0_u128..4, 0_u32..4).prop_map(|(by, group)| Input::StartGroup {
            by: device(by),
            scope: Scope::Session,
            group,
        }),
        3 => (0_u128..4, any_base())
            .prop_map(|(by, base)| Input::Commit { by: device(by), base }),
        1 => (any_device(), any_device()).prop_map(|(by, device)| Input::Decline { by, device }),
        1 => (any_device(), any_device(), prop::option::of(any_base()))
            .prop_map(|(by, device, base)| Input::Remove { by, device, base }),
        5 => (any_device(), any_media()).prop_map(|(device, state)| Input::Media { device, state }),
        2 => (any_device(), any::<bool>()).prop_map(|(by, on)| Input::AllowChat { by, on }),
        2 => (any_device(), 0_u32..4).prop_map(|(by, board)| Input::OpenBoard { by, board }),
        2 => (any_device(), prop::option::of(0_u32..4))
            .prop_map(|(by, board)| Input::ShowBoard { by, board }),
        2 => (any_device(), any_drawers()).prop_map(|(by, who)| Input::AllowDrawing { by, who }),
        2 => any_device().prop_map(|device| Input::Leave { device }),
        1 => any_device().prop_map(|by| Input::End { by }),
        1 => moment.prop_map(|last_alive| Input::Restart { last_alive }),
        1 => (0_i64..1000).prop_map(|minutes| Input::Reschedule {
            staff: MAYA,
            starts_at: START.plus(minutes * 60 * SECOND),
            ends_at: START.plus((minutes + 50) * 60 * SECOND),
        }),
    ]
}

fn any_steps() -> impl Strategy<Value = Vec<Step>> {
    // Mostly forward, now and then a clock that is set back.
    let wait = prop_oneof![20 => 0..20 * SECOND, 1 => -30 * SECOND..0];
    let step = (
        wait,
        any_input(),
        prop::bool::weighted(0.05),
        prop::bool::weighted(0.8),
    )
        .prop_map(|(wait, input, late, caught_up)| Step {
            wait,
            input,
            late,
            caught_up,
        });
    prop::collection::vec(step, 0..80)
}

fn class(kind: SessionKind) -> Booking {
    booking(
        kind,
        &[
            ("Lee", Role::CoFacilitator),
            ("Jordan", Role::Client),
            ("Sam", Role::Client),
            ("Ana", Role::Interpreter),
        ],
    )
}

fn any_kind() -> impl Strategy<Value = SessionKind> {
    prop::sample::select(vec![
        SessionKind::Individual,
        SessionKind::GroupClass,
        SessionKind::CaregiverCoaching,
    ])
}

/// Plays the steps; after each one that was not refused, `look` sees state, facts and decision.
fn play(
    kind: SessionKind,
    steps: &[Step],
    mut look: impl FnMut(&Session, &[Recorded], &Decision),
) -> Vec<Recorded> {
    let mut session = Session::new(class(kind));
    let mut facts = Vec::new();
    let mut now = START;
    for step in steps {
        now = now.plus(step.wait);
        let before = session.clone();
        let Ok(decision) = session.handle(now, step.input(&session)) else {
            continue;
        };
        assert_eq!(session, before, "deciding changes nothing");
        for (at, actor, fact) in decision.facts.clone() {
            let by_itself = matches!(fact, Fact::ConnectionLost { .. } | Fact::Left { .. });
            let recorded = Recorded {
                seq: facts.len() as u64 + 1,
                at,
                late: (step.late && by_itself).then(|| now.plus(5 * SECOND)),
                actor,
                epoch: 1,
                fact,
            };
            session.apply(&recorded);
            facts.push(recorded);
        }
        look(&session, &facts, &decision);
    }
    facts
}

/// Devices let in or entered, by the facts alone.
fn ever_let_in(facts: &[Recorded]) -> BTreeSet<DeviceId> {
    facts
        .iter()
        .filter_map(|recorded| match recorded.fact {
            Fact::Admitted { device, .. } | Fact::Entered { device, .. } => Some(device),
            _ => None,
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn nobody_unadmitted_sends_receives_or_sees_anyone(
        kind in any_kind(),
        steps in any_steps(),
    ) {
        play(kind, &steps, |session, facts, _| {
            let let_in = ever_let_in(facts);
            let audience = session.audience();
            for (listener, heard) in &audience.listeners {
                assert!(let_in.contains(listener));
                for (speaker, _) in heard {
                    assert!(let_in.contains(speaker));
                    assert!(audience.listeners.contains_key(speaker));
                    assert_ne!(speaker, listener);
                }
            }
            for number in 0..DEVICES {
                let device = device(number);
                let room = session.room_view(device);
                assert_eq!(room.is_some(), session.admitted(device));
                if let Some(room) = room {
                    assert!(room.present.iter().all(|present| let_in.contains(&present.device)));
                }
                if !let_in.contains(&device) {
                    assert!(!session.admitted(device) && !session.may_admit(device));
                }
                // A device is in one place only.
                let places = [
                    session.waiting_view(device).is_some(),
                    session.admitted(device),
                    session.over(device).is_some(),
                ];
                assert!(places.iter().filter(|there| **there).count() <= 1);
            }
            if !matches!(session.state(), SessionState::Open | SessionState::Live) {
                assert!(audience.listeners.is_empty());
            }
        });
    }

    #[test]
    fn the_facts_alone_give_the_state(kind in any_kind(), steps in any_steps()) {
        play(kind, &steps, |session, facts, _| {
            assert_eq!(&Session::restore(class(kind), facts), session);
        });
    }

    #[test]
    fn one_seat_has_at_most_one_device_at_the_door(kind in any_kind(), steps in any_steps()) {
        play(kind, &steps, |session, _, _| {
            let knocks = session.knocks();
            let seats: BTreeSet<_> = knocks.iter().map(|knock| knock.participant).collect();
            assert_eq!(seats.len(), knocks.len());
        });
    }

    #[test]
    fn each_epoch_is_begun_once_and_no_admission_goes_without_a_commit(
        kind in any_kind(),
        steps in any_steps(),
    ) {
        let mut head: Option<GroupEpoch> = None;
        let facts = play(kind, &steps, |_, _, decision| {
            let count = |wanted: fn(&Fact) -> bool| {
                decision.facts.iter().filter(|(_, _, fact)| wanted(fact)).count()
            };
            let commits = count(|fact| matches!(fact, Fact::GroupCommitted { .. }));
            assert!(commits <= 1);
            assert!(count(|fact| matches!(fact, Fact::Admitted { .. })) <= commits);
        });
        for recorded in facts {
            match recorded.fact {
                Fact::GroupStarted { scope, group, .. } => {
                    prop_assert_eq!(group, head.map_or(1, |head| head.group + 1));
                    head = Some(GroupEpoch { scope, group, epoch: 0 });
                }
                Fact::GroupCommitted { scope, group, epoch, .. } => {
                    let next = GroupEpoch { scope, group, epoch };
                    prop_assert_eq!(head.and_then(GroupEpoch::next), Some(next));
                    head = Some(next);
                }
                _ => {}
            }
        }
    }

    #[test]
    fn a_board_that_is_shown_is_open_and_only_who_is_in_and_may_draws(
        kind in any_kind(),
        steps in any_steps(),
    ) {
        play(kind, &steps, |session, facts, _| {
            for number in 0..DEVICES {
                let device = device(number);
                let Some(room) = session.room_view(device) else {
                    assert!(!session.may_draw(device));
                    continue;
                };
                let boards = room.boards;
                assert!(boards.shown.is_none_or(|board| session.has_board(board)));
                let opened = facts
                    .iter()
                    .filter(|recorded| matches!(recorded.fact, Fact::BoardOpened { .. }));
                assert_eq!(opened.count(), boards.open as usize);
                let own = room.present.iter().find(|present| present.device == device);
                let role = own.unwrap().role;
                assert!(boards.may_draw || !rules::leads(role));
                assert!(!boards.may_draw || rules::allowed(role, rules::Action::Draw));
                if boards.drawers == Drawers::Facilitators {
                    assert_eq!(boards.may_draw, rules::leads(role));
                }
            }
        });
    }

    #[test]
    fn nothing_follows_the_end(kind in any_kind(), steps in any_steps()) {
        let facts = play(kind, &steps, |_, _, _| {});
        let ended = facts.iter().position(|recorded| recorded.fact == Fact::Ended);
        if let Some(ended) = ended {
            prop_assert_eq!(ended + 1, facts.len());
        }
    }

    #[test]
    fn saying_it_again_records_nothing(kind in any_kind(), steps in any_steps()) {
        let mut session = Session::new(class(kind));
        let mut now = START;
        let mut seq = 0;
        for step in steps {
            now = now.plus(step.wait.max(0));
            let input = step.input(&session);
            let Ok(decision) = session.handle(now, input.clone()) else { continue };
            for (at, actor, fact) in decision.facts {
                seq += 1;
                session.apply(&Recorded { seq, at, late: None, actor, epoch: 1, fact });
            }
            if let Ok(again) = session.handle(now, input.clone()) {
                prop_assert_eq!(again.facts, vec![], "{:?}", input);
            }
        }
    }

    #[test]
    fn a_stub_adds_up(kind in any_kind(), steps in any_steps()) {
        let facts = play(kind, &steps, |_, _, _| {});
        for stub in stubs(&class(kind), &facts) {
            adds_up(&stub, &facts);
        }
    }

    #[test]
    fn any_log_gives_a_state_and_stubs_without_a_panic(
        facts in prop::collection::vec((any::<i64>(), any_fact(), any::<bool>()), 0..60),
    ) {
        let facts: Vec<Recorded> = (1..)
            .zip(facts)
            .map(|(seq, (at, fact, late))| Recorded {
                seq,
                at: UtcMillis(at),
                late: late.then_some(UtcMillis(at)),
                actor: crate::Actor::Server,
                epoch: 1,
                fact,
            })
            .collect();
        let session = Session::restore(class(SessionKind::Individual), &facts);
        let _ = (session.audience(), session.knocks(), session.room_view(device(0)));
        for stub in stubs(session.booking(), &facts) {
            assert!(stub.together_seconds >= 0);
        }
    }

    #[test]
    fn no_time_makes_deciding_panic(now in any::<i64>(), moment in any::<i64>(), input in any_input()) {
        let mut session = Session::new(class(SessionKind::Individual));
        for prior in [
            Input::Enter { staff: MAYA, device: device(0) },
            knock(2, device(3), whole_attestation()),
            Input::Lost { device: device(3), last_heard: UtcMillis(moment) },
            Input::Restart { last_alive: UtcMillis(moment) },
            Input::Reschedule { staff: MAYA, starts_at: UtcMillis(moment), ends_at: UtcMillis(now) },
            input,
        ] {
            if let Ok(decision) = session.handle(UtcMillis(now), prior) {
                for (at, actor, fact) in decision.facts {
                    session.apply(&Recorded { seq: 1, at, late: None, actor, epoch: 1, fact });
                }
            }
        }
    }
}

fn any_fact() -> impl Strategy<Value = Fact> {
    prop_oneof![
        (0_u128..6, any_device()).prop_map(|(seat, device)| Fact::Knocked {
            participant: participant(seat),
            device,
            name: crate::testing::name("Jo"),
        }),
        (0_u128..6, any_device()).prop_map(|(seat, device)| Fact::Entered {
            participant: participant(seat),
            device,
            name: crate::testing::name("Lee"),
        }),
        any_device().prop_map(|device| Fact::Admitted {
            device,
            identity: IdentityMethod::PhotoId,
            overridden: Vec::new(),
        }),
        (any_device(), any_attestation()).prop_map(|(device, attestation)| Fact::Attested {
            device,
            attestation,
        }),
        (any_device(), any_media()).prop_map(|(device, state)| Fact::Media { device, state }),
        any_device().prop_map(|device| Fact::ConnectionLost { device }),
        any_device().prop_map(|device| Fact::Resumed { device }),
        any_device().prop_map(|device| Fact::Left { device }),
        any_device().prop_map(|device| Fact::Replaced { device }),
        any::<i64>().prop_map(|ms| Fact::ServerRestarted {
            last_alive: UtcMillis(ms)
        }),
        (0_u32..3, any::<u32>(), any_device()).prop_map(|(group, epoch, device)| {
            Fact::GroupCommitted {
                scope: Scope::Session,
                group,
                epoch,
                device,
            }
        }),
        any::<bool>().prop_map(|on| Fact::ChatAllowed { on }),
        any::<u32>().prop_map(|board| Fact::BoardOpened { board }),
        any::<Option<u32>>().prop_map(|board| Fact::BoardShown { board }),
        any_drawers().prop_map(|who| Fact::DrawingAllowed { who }),
        Just(Fact::Opened),
        Just(Fact::Ended),
    ]
}
