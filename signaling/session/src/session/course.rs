//! The session as a whole: moved, called off, not attended, ended.

use super::Session;
use super::state::{Device, Phase};
use crate::rules::{Action, allowed};
use crate::{Actor, Decision, Effect, Fact, Refusal};
use quietroom_protocol::{
    DeviceId, OverReason, Role, SessionState, StaffId, UtcMillis, check_times,
};

impl Session {
    #[must_use]
    pub const fn state(&self) -> SessionState {
        match self.phase {
            Phase::Scheduled => SessionState::Scheduled,
            Phase::Open => SessionState::Open,
            Phase::Live { .. } => SessionState::Live,
            Phase::Ended => SessionState::Ended,
            Phase::Cancelled => SessionState::Cancelled,
            Phase::NoShow => SessionState::NoShow,
        }
    }

    /// Nothing more can happen.
    #[must_use]
    pub const fn is_over(&self) -> bool {
        self.phase.is_over()
    }

    /// Possible while nobody has been admitted and no staff are in.
    pub(super) fn reschedule(
        &self,
        now: UtcMillis,
        staff: StaffId,
        starts_at: UtcMillis,
        ends_at: UtcMillis,
    ) -> Result<Decision, Refusal> {
        self.may_schedule(staff)?;
        check_times(starts_at, ends_at).map_err(|invalid| Refusal::Invalid(invalid.field))?;
        if ends_at <= now {
            return Err(Refusal::Invalid("ends_at"));
        }
        if (starts_at, ends_at) == (self.booking.starts_at, self.booking.ends_at) {
            return Ok(Decision::default());
        }
        let staff_are_in = self.devices.values().any(Device::is_here);
        match self.phase {
            Phase::Scheduled => {}
            Phase::Open if !staff_are_in => {}
            _ => return Err(Refusal::NotNow),
        }
        let fact = Fact::Rescheduled { starts_at, ends_at };
        Ok(Decision::of(now, Actor::Staff { staff }, fact))
    }

    /// Possible while nobody has been admitted.
    pub(super) fn cancel(&self, now: UtcMillis, staff: StaffId) -> Result<Decision, Refusal> {
        self.may_schedule(staff)?;
        match self.phase {
            Phase::Cancelled => return Ok(Decision::default()),
            Phase::Scheduled | Phase::Open => {}
            Phase::Live { .. } | Phase::Ended | Phase::NoShow => return Err(Refusal::NotNow),
        }
        let mut decision = Decision::of(now, Actor::Staff { staff }, Fact::Cancelled);
        self.dismiss_all(&mut decision, OverReason::Cancelled);
        Ok(decision)
    }

    /// Possible from the scheduled start on, when nobody was admitted and none of those who are
    /// treated waits at the door.
    pub(super) fn mark_no_show(&self, now: UtcMillis, staff: StaffId) -> Result<Decision, Refusal> {
        self.may_schedule(staff)?;
        match self.phase {
            Phase::NoShow => return Ok(Decision::default()),
            Phase::Scheduled | Phase::Open => {}
            Phase::Live { .. } | Phase::Ended | Phase::Cancelled => return Err(Refusal::NotNow),
        }
        if now < self.booking.starts_at || self.family_waits() {
            return Err(Refusal::NotNow);
        }
        let mut decision = Decision::of(now, Actor::Staff { staff }, Fact::NoShow);
        self.dismiss_all(&mut decision, OverReason::Ended);
        Ok(decision)
    }

    pub(super) fn end(&self, now: UtcMillis, by: DeviceId) -> Result<Decision, Refusal> {
        if self.phase == Phase::Ended {
            let (_, seat) = self.device_and_seat(by)?;
            return if allowed(seat.role, Action::End) {
                Ok(Decision::default())
            } else {
                Err(Refusal::NotAllowed)
            };
        }
        self.allowed_inside(by, Action::End)?;
        let mut decision = Decision::of(now, self.actor(by), Fact::Ended);
        decision.effects.push(Effect::WriteStubs);
        self.dismiss_all(&mut decision, OverReason::Ended);
        Ok(decision)
    }

    fn may_schedule(&self, staff: StaffId) -> Result<(), Refusal> {
        if allowed(self.staff_seat(staff)?.role, Action::Schedule) {
            Ok(())
        } else {
            Err(Refusal::NotAllowed)
        }
    }

    fn family_waits(&self) -> bool {
        self.devices.values().any(|device| {
            device
                .waiting()
                .is_some_and(|at_door| at_door.heard.is_here())
                && self
                    .seat(device.participant)
                    .is_some_and(|seat| matches!(seat.role, Role::Client | Role::Caregiver))
        })
    }

    fn dismiss_all(&self, decision: &mut Decision, reason: OverReason) {
        let still_there = self.devices.iter().filter(|(_, device)| !device.is_gone());
        decision
            .effects
            .extend(still_there.map(|(id, _)| Effect::Dismiss {
                device: *id,
                reason,
            }));
    }
}

#[cfg(test)]
#[path = "course_tests.rs"]
mod tests;
