//! How each fact changes a session. A fact that does not fit is passed over: the log is believed,
//! never argued with, and never a reason to stop.

use super::Session;
use super::state::{AtDoor, Device, Gone, Heard, Inside, Phase, Stage};
use crate::{Fact, Recorded};
use quietroom_protocol::{
    Attestation, DeviceId, GroupEpoch, MAX_BOARDS, MediaState, OverReason, Scope, UtcMillis,
};

pub(super) fn apply(session: &mut Session, recorded: &Recorded) {
    let Recorded { seq, at, fact, .. } = recorded;
    match fact {
        Fact::Scheduled { starts_at, ends_at } => move_to(session, *starts_at, *ends_at),
        Fact::Rescheduled { starts_at, ends_at } => {
            move_to(session, *starts_at, *ends_at);
            back_to_scheduled(session);
        }
        Fact::Cancelled => close(session, Phase::Cancelled, OverReason::Cancelled),
        Fact::NoShow => close(session, Phase::NoShow, OverReason::Ended),
        Fact::Ended => close(session, Phase::Ended, OverReason::Ended),
        Fact::Opened => open(session),
        Fact::Knocked {
            participant,
            device,
            name,
        } => {
            let at_door = AtDoor {
                order: *seq,
                since: *at,
                heard: Heard::Here { since: *at },
                attested: Attestation::default(),
                said: None,
            };
            let knocked = Device {
                participant: *participant,
                name: name.clone(),
                stage: Stage::Waiting(at_door),
            };
            session.devices.insert(*device, knocked);
        }
        Fact::Entered {
            participant,
            device,
            name,
        } => {
            let inside = Inside {
                order: *seq,
                heard: Heard::Here { since: *at },
                media: MediaState::default(),
            };
            let entered = Device {
                participant: *participant,
                name: name.clone(),
                stage: Stage::Present(inside),
            };
            session.devices.insert(*device, entered);
        }
        Fact::Attested {
            device,
            attestation,
        } => {
            if let Some(at_door) = at_door(session, *device) {
                overlay(&mut at_door.attested, attestation);
            }
        }
        Fact::Said { device, phrase } => {
            if let Some(at_door) = at_door(session, *device) {
                at_door.said = Some(*phrase);
            }
        }
        Fact::Admitted { device, .. } => admit(session, *seq, *at, *device),
        Fact::Media { device, state } => {
            if let Some(Stage::Present(inside)) = stage(session, *device) {
                inside.media = *state;
            }
        }
        Fact::ConnectionLost { device } => lose(session, *at, *device),
        Fact::Resumed { device } => {
            if let Some(heard) = heard(session, *device) {
                *heard = Heard::Here { since: *at };
            }
        }
        Fact::Replaced { device } => go(session, *device, Gone::Replaced),
        Fact::GaveUp { device } => go(session, *device, Gone::GaveUp),
        Fact::Declined { device } => go(session, *device, Gone::Declined),
        Fact::Left { device } => go(session, *device, Gone::Left),
        Fact::Removed { device } => go(session, *device, Gone::Removed),
        Fact::GroupStarted { scope, group, .. } => reach(session, *scope, *group, 0),
        Fact::GroupCommitted {
            scope,
            group,
            epoch,
            ..
        } => reach(session, *scope, *group, *epoch),
        Fact::BoardOpened { board } => {
            session.shared.open = session.shared.open.max(*board).min(MAX_BOARDS);
        }
        Fact::BoardShown { board } => session.shared.shown = *board,
        Fact::DrawingAllowed { who } => session.shared.drawers = Some(who.clone()),
        Fact::ChatAllowed { on } => session.shared.chat = *on,
        Fact::ServerRestarted { .. } => {
            for heard in session.devices.values_mut().filter_map(Device::heard_mut) {
                *heard = Heard::Lost;
            }
        }
    }
}

fn reach(session: &mut Session, scope: Scope, group: u32, epoch: u32) {
    let head = GroupEpoch {
        scope,
        group,
        epoch,
    };
    session.groups.insert(scope, head);
}

/// Each part given takes the place of what was said of it before.
pub(crate) fn overlay(attested: &mut Attestation, given: &Attestation) {
    let Attestation {
        place,
        emergency_contact,
        consent,
    } = given;
    if place.is_some() {
        attested.place.clone_from(place);
    }
    if emergency_contact.is_some() {
        attested.emergency_contact.clone_from(emergency_contact);
    }
    if consent.is_some() {
        attested.consent.clone_from(consent);
    }
}

const fn move_to(session: &mut Session, starts_at: UtcMillis, ends_at: UtcMillis) {
    session.booking.starts_at = starts_at;
    session.booking.ends_at = ends_at;
}

/// Staff had looked in and gone again: the door closes until they come for the new time.
fn back_to_scheduled(session: &mut Session) {
    if session.phase != Phase::Open {
        return;
    }
    session.phase = Phase::Scheduled;
    for device in session.devices.values_mut() {
        if device.present().is_some() {
            device.stage = Stage::Gone(Gone::Left);
        }
    }
}

fn open(session: &mut Session) {
    if session.phase == Phase::Scheduled {
        session.phase = Phase::Open;
    }
}

fn admit(session: &mut Session, seq: u64, at: UtcMillis, device: DeviceId) {
    let Some(stage) = stage(session, device) else {
        return;
    };
    let Stage::Waiting(at_door) = stage else {
        return;
    };
    *stage = Stage::Present(Inside {
        order: seq,
        heard: at_door.heard,
        media: MediaState::default(),
    });
    if matches!(session.phase, Phase::Scheduled | Phase::Open) {
        session.phase = Phase::Live { since: at };
    }
}

/// A loss that is written late may lie before the connection there is now: that one stands.
fn lose(session: &mut Session, at: UtcMillis, device: DeviceId) {
    let Some(heard) = heard(session, device) else {
        return;
    };
    if !matches!(heard, Heard::Here { since } if at < *since) {
        *heard = Heard::Lost;
    }
}

fn go(session: &mut Session, device: DeviceId, how: Gone) {
    let Some(stage) = stage(session, device) else {
        return;
    };
    if !matches!(stage, Stage::Gone(_)) {
        *stage = Stage::Gone(how);
    }
}

fn close(session: &mut Session, phase: Phase, reason: OverReason) {
    session.phase = phase;
    for device in session.devices.values_mut() {
        if !device.is_gone() {
            device.stage = Stage::Gone(Gone::Over(reason));
        }
    }
}

fn stage(session: &mut Session, device: DeviceId) -> Option<&mut Stage> {
    session
        .devices
        .get_mut(&device)
        .map(|device| &mut device.stage)
}

fn at_door(session: &mut Session, device: DeviceId) -> Option<&mut AtDoor> {
    match stage(session, device)? {
        Stage::Waiting(at_door) => Some(at_door),
        Stage::Present(_) | Stage::Gone(_) => None,
    }
}

fn heard(session: &mut Session, device: DeviceId) -> Option<&mut Heard> {
    session.devices.get_mut(&device)?.heard_mut()
}
