//! The state machine.
//!
//! `state` holds what a session is, `fold` how a fact changes it. Deciding is split by place:
//! `admission` at the door, `presence` inside, `group` for who shares keys, `shared` for what people
//! write together, `course` for the session as a whole.

mod admission;
mod course;
mod fold;
mod group;
mod presence;
mod shared;
mod state;
mod views;

pub(crate) use state::Device;
pub use views::first_name;

use crate::{Actor, Booking, Decision, Input, Recorded, Refusal, Seat, Who};
use quietroom_protocol::{DeviceId, GroupEpoch, ParticipantId, Scope, StaffId, UtcMillis};
use shared::Shared;
use state::Phase;
use std::collections::BTreeMap;

/// A session: a fold of its facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    booking: Booking,
    phase: Phase,
    /// Every device that ever knocked or entered.
    devices: BTreeMap<DeviceId, Device>,
    /// The present group of each scope that has one.
    groups: BTreeMap<Scope, GroupEpoch>,
    shared: Shared,
}

impl Session {
    /// Guests who can be in a session at once. Staff come on top: they are not turned away at
    /// their own door.
    pub const MAX_GUESTS: usize = 30;

    /// A booked session to which nothing has happened yet.
    #[must_use]
    pub const fn new(booking: Booking) -> Self {
        Self {
            booking,
            phase: Phase::Scheduled,
            devices: BTreeMap::new(),
            groups: BTreeMap::new(),
            shared: Shared::new(),
        }
    }

    /// The session that these facts, in order of `seq`, have made of `booking`.
    #[must_use]
    pub fn restore(booking: Booking, facts: &[Recorded]) -> Self {
        let mut session = Self::new(booking);
        for recorded in facts {
            session.apply(recorded);
        }
        session
    }

    /// Decides what follows from `input`; changes nothing.
    ///
    /// What a shell may say twice (connected, lost, left, ended …) is answered by an empty
    /// [`Decision`] the second time. What carries a commit is refused then: its epoch is over.
    ///
    /// # Errors
    /// A [`Refusal`] when the input is not allowed, not possible now, or malformed.
    pub fn handle(&self, now: UtcMillis, input: Input) -> Result<Decision, Refusal> {
        match input {
            Input::Reschedule {
                staff,
                starts_at,
                ends_at,
            } => self.reschedule(now, staff, starts_at, ends_at),
            Input::Cancel { staff } => self.cancel(now, staff),
            Input::MarkNoShow { staff } => self.mark_no_show(now, staff),
            Input::Knock {
                participant,
                device,
                name,
                attestation,
            } => self.knock(now, participant, device, name, attestation),
            Input::Attest {
                device,
                attestation,
            } => self.attest(now, device, attestation),
            Input::Say { device, phrase } => self.say(now, device, phrase),
            Input::Admit {
                by,
                device,
                identity,
                override_missing,
                base,
            } => self.admit(now, by, device, identity, override_missing, base),
            Input::Decline { by, device } => self.decline(now, by, device),
            Input::Enter { staff, device } => self.enter(now, staff, device),
            Input::Connected { device } => self.connected(now, device),
            Input::Lost {
                device, last_heard, ..
            } => self.lost(now, device, last_heard),
            Input::Media { device, state } => self.media(now, device, state),
            Input::Leave { device } => self.leave(now, device),
            Input::Remove { by, device, base } => self.remove(now, by, device, base),
            Input::StartGroup { by, scope, group } => self.start_group(now, by, scope, group),
            Input::Commit { by, base } => self.commit(now, by, base),
            Input::OpenBoard { by, board } => self.open_board(now, by, board),
            Input::ShowBoard { by, board } => self.show_board(now, by, board),
            Input::AllowDrawing { by, who } => self.allow_drawing(now, by, who),
            Input::AllowChat { by, on } => self.allow_chat(now, by, on),
            Input::End { by } => self.end(now, by),
            Input::Restart { last_alive } => Ok(self.restart(now, last_alive)),
        }
    }

    /// Takes in a recorded fact: the only thing that changes a session.
    pub fn apply(&mut self, recorded: &Recorded) {
        fold::apply(self, recorded);
    }

    /// The booking, with the times as they are now.
    #[must_use]
    pub const fn booking(&self) -> &Booking {
        &self.booking
    }

    pub(crate) const fn devices(&self) -> &BTreeMap<DeviceId, Device> {
        &self.devices
    }

    pub(crate) fn seat(&self, participant: ParticipantId) -> Option<&Seat> {
        self.booking.seat(participant)
    }

    fn device(&self, device: DeviceId) -> Result<&Device, Refusal> {
        self.devices.get(&device).ok_or(Refusal::NoSuchDevice)
    }

    /// The device and the seat it belongs to.
    fn device_and_seat(&self, device: DeviceId) -> Result<(&Device, &Seat), Refusal> {
        let device = self.device(device)?;
        let seat = self.seat(device.participant).ok_or(Refusal::NoSuchDevice)?;
        Ok((device, seat))
    }

    fn staff_seat(&self, staff: StaffId) -> Result<&Seat, Refusal> {
        self.booking
            .seats
            .iter()
            .find(|seat| seat.who == Who::Staff(staff))
            .ok_or(Refusal::NoSuchDevice)
    }

    fn actor(&self, device: DeviceId) -> Actor {
        match self.device_and_seat(device) {
            Ok((
                _,
                Seat {
                    who: Who::Staff(staff),
                    ..
                },
            )) => Actor::Staff { staff: *staff },
            _ => Actor::Device { device },
        }
    }
}
