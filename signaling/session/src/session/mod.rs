//! The state machine.

use crate::{Audience, Booking, Decision, Input, Recorded, Refusal};
use quietroom_protocol::{DeviceId, Knock, Room, SessionState, UtcMillis, Waiting};

/// A session: a fold of its facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    booking: Booking,
    state: SessionState,
}

impl Session {
    /// A booked session to which nothing has happened yet.
    #[must_use]
    pub fn new(booking: Booking) -> Self {
        Self {
            booking,
            state: SessionState::Scheduled,
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
    /// # Errors
    /// A [`Refusal`] when the input is not allowed, not possible now, or malformed.
    pub fn handle(&self, _now: UtcMillis, _input: Input) -> Result<Decision, Refusal> {
        Err(Refusal::NotNow)
    }

    /// Takes in a recorded fact: the only thing that changes a session.
    pub fn apply(&mut self, _recorded: &Recorded) {}

    /// The booking, with the times as they are now.
    #[must_use]
    pub const fn booking(&self) -> &Booking {
        &self.booking
    }

    #[must_use]
    pub const fn state(&self) -> SessionState {
        self.state
    }

    /// What a waiting guest is told; `None` for any other device.
    #[must_use]
    pub fn waiting_view(&self, _device: DeviceId) -> Option<Waiting> {
        None
    }

    /// What an admitted device is told; `None` for any other device.
    #[must_use]
    pub fn room_view(&self, _device: DeviceId) -> Option<Room> {
        None
    }

    /// Everyone who waits, in the order in which they knocked.
    #[must_use]
    pub fn knocks(&self) -> Vec<Knock> {
        Vec::new()
    }

    /// Whether this device is in the session and its role lets people in.
    #[must_use]
    pub fn may_admit(&self, _device: DeviceId) -> bool {
        false
    }

    /// Whether this device is in the session, connected or lost for the moment.
    #[must_use]
    pub fn admitted(&self, _device: DeviceId) -> bool {
        false
    }

    /// Who may receive what of whom now.
    #[must_use]
    pub fn audience(&self) -> Audience {
        Audience::default()
    }
}
