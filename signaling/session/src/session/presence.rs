//! Inside: coming in as staff, being heard, being lost and coming back, going.

use super::Session;
use super::state::{Gone, Heard, Stage};
use crate::rules::{self, Action, allowed};
use crate::{Actor, Decision, Effect, Fact, Refusal};
use quietroom_protocol::{
    DeviceId, GroupEpoch, MediaState, OverReason, ParticipantId, Role, StaffId, UtcMillis,
};

impl Session {
    /// Whether this device is in the session, heard or lost for the moment.
    #[must_use]
    pub fn admitted(&self, device: DeviceId) -> bool {
        self.devices
            .get(&device)
            .is_some_and(|device| device.present().is_some())
    }

    /// The seat of a device that is at the door or in.
    #[must_use]
    pub fn participant_here(&self, device: DeviceId) -> Option<ParticipantId> {
        let known = self.devices.get(&device)?;
        (!known.is_gone()).then_some(known.participant)
    }

    /// Why this device is out for good; `None` while it waits or is in, and for a stranger.
    #[must_use]
    pub fn over(&self, device: DeviceId) -> Option<OverReason> {
        match self.devices.get(&device)?.stage {
            Stage::Gone(how) => Some(how.reason()),
            Stage::Waiting(_) | Stage::Present(_) => None,
        }
    }

    /// Staff need no admission. A device that comes back is the same; one that had left comes
    /// in anew; someone who was removed stays out.
    pub(super) fn enter(
        &self,
        now: UtcMillis,
        staff: StaffId,
        device: DeviceId,
    ) -> Result<Decision, Refusal> {
        let seat = self.staff_seat(staff)?;
        if !allowed(seat.role, Action::Enter) {
            return Err(Refusal::NotAllowed);
        }
        if self.phase.is_over() {
            return Err(Refusal::NotNow);
        }
        let removed = self.devices.values().any(|other| {
            other.participant == seat.participant && other.stage == Stage::Gone(Gone::Removed)
        });
        if removed {
            return Err(Refusal::NotAllowed);
        }
        if let Some(known) = self.devices.get(&device) {
            if known.participant != seat.participant {
                return Err(Refusal::NoSuchDevice);
            }
            if !known.is_gone() {
                return self.connected(now, device);
            }
        }
        let actor = Actor::Staff { staff };
        let mut decision = Decision::default();
        if self.phase == super::Phase::Scheduled {
            decision.record(now, actor, Fact::Opened);
        }
        let entered = Fact::Entered {
            participant: seat.participant,
            device,
            name: seat.name.clone(),
        };
        decision.record(now, actor, entered);
        Ok(decision)
    }

    pub(super) fn connected(&self, now: UtcMillis, device: DeviceId) -> Result<Decision, Refusal> {
        match self.device(device)?.heard() {
            Some(Heard::Here { .. }) => Ok(Decision::default()),
            Some(Heard::Lost) => Ok(Decision::of(
                now,
                self.actor(device),
                Fact::Resumed { device },
            )),
            None => Err(Refusal::NotNow),
        }
    }

    /// The loss lies where the device was last heard: within its present connection, not after
    /// now.
    pub(super) fn lost(
        &self,
        now: UtcMillis,
        device: DeviceId,
        last_heard: UtcMillis,
    ) -> Result<Decision, Refusal> {
        let Some(Heard::Here { since }) = self.device(device)?.heard() else {
            return Ok(Decision::default());
        };
        let at = last_heard.min(now).max(since);
        Ok(Decision::of(
            at,
            Actor::Server,
            Fact::ConnectionLost { device },
        ))
    }

    pub(super) fn media(
        &self,
        now: UtcMillis,
        device: DeviceId,
        state: MediaState,
    ) -> Result<Decision, Refusal> {
        let (known, seat) = self.device_and_seat(device)?;
        let inside = known.present().ok_or(Refusal::NotAllowed)?;
        if !rules::may_switch_on(seat.role, state) {
            return Err(Refusal::NotAllowed);
        }
        if inside.media == state {
            return Ok(Decision::default());
        }
        let fact = Fact::Media { device, state };
        Ok(Decision::of(now, self.actor(device), fact))
    }

    pub(super) fn leave(&self, now: UtcMillis, device: DeviceId) -> Result<Decision, Refusal> {
        let fact = match self.device(device)?.stage {
            Stage::Waiting(_) => Fact::GaveUp { device },
            Stage::Present(_) => Fact::Left { device },
            Stage::Gone(_) => return Ok(Decision::default()),
        };
        let mut decision = Decision::of(now, self.actor(device), fact);
        decision.effects.push(Effect::Dismiss {
            device,
            reason: OverReason::Left,
        });
        Ok(decision)
    }

    /// Nobody takes the clinician out of their own session, nor themselves: that is leaving.
    pub(super) fn remove(
        &self,
        now: UtcMillis,
        by: DeviceId,
        device: DeviceId,
        base: Option<GroupEpoch>,
    ) -> Result<Decision, Refusal> {
        self.allowed_inside(by, Action::Admit)?;
        let (known, seat) = self.device_and_seat(device)?;
        if seat.role == Role::Clinician {
            return Err(Refusal::NotAllowed);
        }
        if by == device {
            return Err(Refusal::Invalid("device"));
        }
        match known.stage {
            Stage::Gone(Gone::Removed) => {
                return base.map_or_else(
                    || Ok(Decision::default()),
                    |base| self.commit(now, by, base),
                );
            }
            Stage::Waiting(_) | Stage::Gone(_) => return Err(Refusal::NotNow),
            Stage::Present(_) => {}
        }
        let committed = base.map(|base| self.committed(by, base)).transpose()?;
        let actor = self.actor(by);
        let mut decision = Decision::of(now, actor, Fact::Removed { device });
        if let Some(committed) = committed {
            decision.record(now, actor, committed);
        }
        decision.effects.push(Effect::Dismiss {
            device,
            reason: OverReason::Removed,
        });
        Ok(decision)
    }

    /// Whoever was heard before the server stopped is lost until they connect again.
    pub(super) fn restart(&self, now: UtcMillis, last_alive: UtcMillis) -> Decision {
        let any_heard = self
            .devices
            .values()
            .any(|device| device.heard().is_some_and(Heard::is_here));
        if !any_heard {
            return Decision::default();
        }
        let last_alive = last_alive.min(now);
        Decision::of(now, Actor::Server, Fact::ServerRestarted { last_alive })
    }

    /// The device is in, and its role may do this. Who speaks while the relay does not hear them
    /// still runs the room.
    pub(super) fn allowed_inside(&self, device: DeviceId, action: Action) -> Result<(), Refusal> {
        let (device, seat) = self.device_and_seat(device)?;
        if device.present().is_some() && allowed(seat.role, action) {
            Ok(())
        } else {
            Err(Refusal::NotAllowed)
        }
    }
}

#[cfg(test)]
#[path = "presence_tests.rs"]
mod tests;
