//! At the door: knocking, stating, waiting, being let in or turned away.

use super::Session;
use super::fold::overlay;
use super::state::{AtDoor, Gone, Stage};
use crate::rules::{Action, allowed};
use crate::{Decision, Effect, Fact, Refusal, Seat, Who};
use quietroom_protocol::{
    Attestation, Check, DeviceId, GroupEpoch, IdentityMethod, OverReason, ParticipantId, Phi,
    Phrase, UtcMillis, check_display_name,
};
use std::collections::BTreeSet;

impl Session {
    /// Whether this device is in the session and its role lets people in.
    #[must_use]
    pub fn may_admit(&self, device: DeviceId) -> bool {
        self.allowed_inside(device, Action::Admit).is_ok()
    }

    /// A link was redeemed. Before admission a newer redemption takes the place of an older one;
    /// once a device of this seat is in, another one is a new knock beside it.
    pub(super) fn knock(
        &self,
        now: UtcMillis,
        participant: ParticipantId,
        device: DeviceId,
        name: Phi<String>,
        attestation: Attestation,
    ) -> Result<Decision, Refusal> {
        if self.phase.is_over() {
            return Err(Refusal::NotNow);
        }
        let seat = self.seat(participant).ok_or(Refusal::NoSuchDevice)?;
        if matches!(seat.who, Who::Staff(_)) || !allowed(seat.role, Action::Knock) {
            return Err(Refusal::NotAllowed);
        }
        if let Some(known) = self.devices.get(&device) {
            let repeated = known.participant == participant && known.waiting().is_some();
            return if repeated {
                Ok(Decision::default())
            } else {
                Err(Refusal::Invalid("device"))
            };
        }
        check_display_name(&name).map_err(|invalid| Refusal::Invalid(invalid.field))?;
        self.check_attestation(&attestation)?;

        let actor = self.actor(device);
        let mut decision = Decision::default();
        for older in self.waiting_devices(participant) {
            decision.record(now, actor, Fact::Replaced { device: older });
            decision.effects.push(Effect::Dismiss {
                device: older,
                reason: OverReason::Replaced,
            });
        }
        let knocked = Fact::Knocked {
            participant,
            device,
            name,
        };
        decision.record(now, actor, knocked);
        if attestation != Attestation::default() {
            let attested = Fact::Attested {
                device,
                attestation,
            };
            decision.record(now, actor, attested);
        }
        Ok(decision)
    }

    /// Completes or corrects what was stated; parts left out stay as they are.
    pub(super) fn attest(
        &self,
        now: UtcMillis,
        device: DeviceId,
        attestation: Attestation,
    ) -> Result<Decision, Refusal> {
        let (at_door, _) = self.at_door(device)?;
        self.check_attestation(&attestation)?;

        let mut attested = at_door.attested.clone();
        overlay(&mut attested, &attestation);
        if attested == at_door.attested {
            return Ok(Decision::default());
        }
        let fact = Fact::Attested {
            device,
            attestation,
        };
        Ok(Decision::of(now, self.actor(device), fact))
    }

    pub(super) fn say(
        &self,
        now: UtcMillis,
        device: DeviceId,
        phrase: Phrase,
    ) -> Result<Decision, Refusal> {
        let (at_door, _) = self.at_door(device)?;
        if at_door.said == Some(phrase) {
            return Ok(Decision::default());
        }
        let fact = Fact::Said { device, phrase };
        Ok(Decision::of(now, self.actor(device), fact))
    }

    pub(super) fn admit(
        &self,
        now: UtcMillis,
        by: DeviceId,
        device: DeviceId,
        identity: IdentityMethod,
        override_missing: bool,
        base: GroupEpoch,
    ) -> Result<Decision, Refusal> {
        self.allowed_inside(by, Action::Admit)?;
        // Let in meanwhile by someone else: the commit is still one of the present epoch, or none.
        if self.device(device)?.present().is_some() {
            return self.commit(now, by, base);
        }
        let (at_door, seat) = self.at_door(device)?;
        let missing = at_door.missing(seat.role);
        if !missing.is_empty() && !override_missing {
            return Err(Refusal::AttestationMissing(missing));
        }
        if !self.has_room_for(seat.participant) {
            return Err(Refusal::Full);
        }
        let fact = Fact::Admitted {
            device,
            identity,
            overridden: missing,
        };
        let committed = self.committed(by, base)?;
        let actor = self.actor(by);
        let mut decision = Decision::of(now, actor, fact);
        decision.record(now, actor, committed);
        Ok(decision)
    }

    pub(super) fn decline(
        &self,
        now: UtcMillis,
        by: DeviceId,
        device: DeviceId,
    ) -> Result<Decision, Refusal> {
        self.allowed_inside(by, Action::Admit)?;
        if self.device(device)?.stage == Stage::Gone(Gone::Declined) {
            return Ok(Decision::default());
        }
        self.at_door(device)?;
        let mut decision = Decision::of(now, self.actor(by), Fact::Declined { device });
        decision.effects.push(Effect::Dismiss {
            device,
            reason: OverReason::Declined,
        });
        Ok(decision)
    }

    /// The device as one that waits, and its seat.
    fn at_door(&self, device: DeviceId) -> Result<(&AtDoor, &Seat), Refusal> {
        let (device, seat) = self.device_and_seat(device)?;
        let at_door = device.waiting().ok_or(Refusal::NotNow)?;
        Ok((at_door, seat))
    }

    fn waiting_devices(&self, participant: ParticipantId) -> impl Iterator<Item = DeviceId> {
        self.devices
            .iter()
            .filter(move |(_, device)| {
                device.participant == participant && device.waiting().is_some()
            })
            .map(|(id, _)| *id)
    }

    fn check_attestation(&self, attestation: &Attestation) -> Result<(), Refusal> {
        attestation
            .check()
            .map_err(|invalid| Refusal::Invalid(invalid.field))?;
        match &attestation.consent {
            Some(consent) if consent.version != self.booking.consent_version => {
                Err(Refusal::Invalid("consent.version"))
            }
            _ => Ok(()),
        }
    }

    /// A guest who is lost for the moment keeps their place; a second device needs none.
    fn has_room_for(&self, participant: ParticipantId) -> bool {
        let inside: BTreeSet<ParticipantId> = self
            .devices
            .values()
            .filter(|device| device.present().is_some())
            .map(|device| device.participant)
            .filter(|participant| {
                self.seat(*participant)
                    .is_some_and(|seat| matches!(seat.who, Who::Person(_)))
            })
            .collect();
        inside.contains(&participant) || inside.len() < Self::MAX_GUESTS
    }
}

#[cfg(test)]
#[path = "admission_tests.rs"]
mod tests;
