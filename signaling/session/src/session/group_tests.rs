use super::*;
use crate::testing::{DESK, FIRST, MAYA, Play, admit, booking, device, knock, staff};
use crate::{Actor, Input};
use quietroom_protocol::{Attestation, Role, SessionKind};

const PHONE: DeviceId = device(10);
const LEE: DeviceId = device(2);

fn at(group: u32, epoch: u32) -> GroupEpoch {
    GroupEpoch {
        group,
        epoch,
        ..FIRST
    }
}

fn start(by: DeviceId, group: u32) -> Input {
    Input::StartGroup {
        by,
        scope: Scope::Session,
        group,
    }
}

const fn commit(by: DeviceId, base: GroupEpoch) -> Input {
    Input::Commit { by, base }
}

fn committed(by: DeviceId, group: u32, epoch: u32) -> Fact {
    Fact::GroupCommitted {
        scope: Scope::Session,
        group,
        epoch,
        device: by,
    }
}

/// Maya at her desk, Lee who runs the room with her, and a client at the door.
fn class() -> Play {
    let mut play = Play::with_groups(booking(
        SessionKind::GroupClass,
        &[("Lee", Role::CoFacilitator), ("Jordan", Role::Client)],
    ));
    play.enter();
    let lee = Input::Enter {
        staff: staff(1),
        device: LEE,
    };
    play.tell(lee).unwrap();
    play.knock(2, PHONE);
    play
}

#[test]
fn nobody_is_admitted_before_a_group_is_started() {
    let mut play = class();
    assert_eq!(play.session.head(Scope::Session), None);
    for base in [at(0, 0), at(1, 0)] {
        assert_eq!(play.tell(commit(DESK, base)), Err(Refusal::StaleEpoch));
    }
    assert_eq!(play.tell(admit(DESK, PHONE)), Err(Refusal::StaleEpoch));
    assert!(!play.session.admitted(PHONE));
}

#[test]
fn the_host_starts_groups_one_after_the_other() {
    let mut play = class();
    for refused in [0, 2, u32::MAX] {
        let again = play.tell(start(DESK, refused));
        assert_eq!(again, Err(Refusal::StaleEpoch), "{refused}");
    }
    let decision = play.tell(start(DESK, 1)).unwrap();
    let fact = Fact::GroupStarted {
        scope: Scope::Session,
        group: 1,
        device: DESK,
    };
    assert_eq!(
        decision.facts,
        [(play.now, Actor::Staff { staff: MAYA }, fact)]
    );
    play.tell(commit(DESK, at(1, 0))).unwrap();
    assert_eq!(play.tell(start(DESK, 1)), Err(Refusal::StaleEpoch));
    play.tell(start(DESK, 2)).unwrap();
    assert_eq!(play.session.head(Scope::Session), Some(at(2, 0)));
    assert_eq!(play.tell(commit(DESK, at(1, 1))), Err(Refusal::StaleEpoch));
}

#[test]
fn an_epoch_takes_one_commit() {
    let mut play = class();
    play.tell(start(DESK, 1)).unwrap();
    play.tell(commit(LEE, at(1, 0))).unwrap();
    for base in [at(1, 0), at(1, 2), at(2, 1)] {
        for by in [DESK, LEE] {
            assert_eq!(play.tell(commit(by, base)), Err(Refusal::StaleEpoch));
        }
    }
    play.tell(commit(DESK, at(1, 1))).unwrap();
    assert_eq!(play.session.head(Scope::Session), Some(at(1, 2)));
    assert_eq!(
        play.last_facts(2),
        [committed(LEE, 1, 1), committed(DESK, 1, 2)]
    );
}

#[test]
fn an_admission_and_its_commit_are_one_decision() {
    let mut play = class();
    play.tell(start(DESK, 1)).unwrap();
    play.tell(commit(LEE, at(1, 0))).unwrap();
    // Made before Lee's commit: nobody comes in by it.
    assert_eq!(play.tell(admit(DESK, PHONE)), Err(Refusal::StaleEpoch));
    assert!(!play.session.admitted(PHONE));

    let now = Input::Admit {
        by: DESK,
        device: PHONE,
        identity: quietroom_protocol::IdentityMethod::KnownToMe,
        override_missing: false,
        base: at(1, 1),
    };
    play.tell(now.clone()).unwrap();
    assert!(matches!(
        play.last_facts(2).as_slice(),
        [Fact::Admitted { device: PHONE, .. }, after] if *after == committed(DESK, 1, 2)
    ));
    // Its answer was lost: what it asked for is there already.
    assert_eq!(play.tell(now), Err(Refusal::StaleEpoch));
}

#[test]
fn what_refuses_an_admission_refuses_its_commit() {
    let mut play = class();
    play.tell(start(DESK, 1)).unwrap();
    play.tell(Input::Leave { device: PHONE }).unwrap();
    play.tell(knock(2, device(11), Attestation::default()))
        .unwrap();
    for guest in [PHONE, device(11), device(99)] {
        let refused = play.tell(admit(DESK, guest)).unwrap_err();
        assert_ne!(refused, Refusal::StaleEpoch);
    }
    assert_eq!(play.session.head(Scope::Session), Some(FIRST));
}

#[test]
fn two_who_let_the_same_device_in_make_one_admission() {
    let mut play = class();
    play.tell(start(DESK, 1)).unwrap();
    let by = |by, base| Input::Admit {
        by,
        device: PHONE,
        identity: quietroom_protocol::IdentityMethod::KnownToMe,
        override_missing: false,
        base,
    };
    play.tell(by(LEE, at(1, 0))).unwrap();
    assert_eq!(play.tell(by(DESK, at(1, 0))), Err(Refusal::StaleEpoch));
    // With a commit of the present epoch, which may be anything, only the group moves on.
    let decision = play.tell(by(DESK, at(1, 1))).unwrap();
    assert_eq!(decision.facts.len(), 1);
    assert_eq!(play.last_facts(1), [committed(DESK, 1, 2)]);
}

#[test]
fn a_removal_takes_the_leaf_out_with_it_or_has_none_to_take() {
    let mut play = class();
    play.tell(start(DESK, 1)).unwrap();
    play.tell(admit(DESK, PHONE)).unwrap();
    let remove = |base| Input::Remove {
        by: DESK,
        device: PHONE,
        base,
    };
    assert_eq!(play.tell(remove(Some(at(1, 0)))), Err(Refusal::StaleEpoch));
    assert!(play.session.admitted(PHONE));
    play.tell(remove(Some(at(1, 1)))).unwrap();
    assert_eq!(
        play.last_facts(2),
        [Fact::Removed { device: PHONE }, committed(DESK, 1, 2)]
    );
    assert_eq!(play.tell(remove(None)).unwrap(), Decision::default());
}

#[test]
fn roles_decide_who_starts_and_commits() {
    let mut play = class();
    play.tell(start(DESK, 1)).unwrap();
    play.tell(admit(DESK, PHONE)).unwrap();
    assert_eq!(play.tell(start(LEE, 2)), Err(Refusal::NotAllowed));
    for stranger in [PHONE, device(11)] {
        let head = play.session.head(Scope::Session).unwrap();
        assert!(play.tell(start(stranger, 2)).is_err());
        assert!(play.tell(commit(stranger, head)).is_err());
        assert!(!play.session.may_commit(stranger));
    }
    assert!(play.session.may_commit(DESK) && play.session.may_commit(LEE));
    play.tell(Input::Leave { device: LEE }).unwrap();
    let head = play.session.head(Scope::Session).unwrap();
    assert_eq!(play.tell(commit(LEE, head)), Err(Refusal::NotAllowed));
}

#[test]
fn content_is_of_the_present_group_and_from_those_inside() {
    let mut play = class();
    assert_eq!(play.session.may_send(DESK, FIRST), Err(Refusal::StaleEpoch));
    play.tell(start(DESK, 1)).unwrap();
    assert_eq!(
        play.session.may_send(PHONE, FIRST),
        Err(Refusal::NotAllowed)
    );
    play.tell(admit(DESK, PHONE)).unwrap();
    for sent in [at(1, 0), at(1, 1)] {
        assert_eq!(play.session.may_send(PHONE, sent), Ok(()));
    }
    for early in [at(1, 2), at(2, 0), at(0, 0)] {
        assert_eq!(
            play.session.may_send(PHONE, early),
            Err(Refusal::StaleEpoch)
        );
    }
    play.tell(start(DESK, 2)).unwrap();
    assert_eq!(
        play.session.may_send(PHONE, at(1, 1)),
        Err(Refusal::StaleEpoch)
    );
}

#[test]
fn a_restart_and_a_takeover_come_to_the_same_head() {
    let mut play = class();
    play.tell(start(DESK, 1)).unwrap();
    play.tell(admit(DESK, PHONE)).unwrap();
    play.restart(1_000);
    let again = Session::restore(play.booking.clone(), &play.facts);
    assert_eq!(again, play.session);
    assert_eq!(again.head(Scope::Session), Some(at(1, 1)));
}
