//! What is booked: the part of a session that is known before anyone comes.

use quietroom_protocol::{
    NoteTemplate, OrganisationId, ParticipantId, PersonId, Phi, Role, SessionId, SessionKind,
    StaffId, UtcMillis,
};

/// A booked session. Rescheduling is a fact; these are the times as they are now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Booking {
    pub organisation: OrganisationId,
    pub session: SessionId,
    pub kind: SessionKind,
    pub template: NoteTemplate,
    pub starts_at: UtcMillis,
    pub ends_at: UtcMillis,
    /// IANA name of the clinic's time zone.
    pub time_zone: String,
    /// The host first, then the guests as booked.
    pub seats: Vec<Seat>,
    /// Version of the consent text in force.
    pub consent_version: String,
}

impl Booking {
    /// The clinician whose session and note it is.
    #[must_use]
    pub fn host(&self) -> Option<&Seat> {
        self.seats.iter().find(|seat| seat.role == Role::Clinician)
    }

    #[must_use]
    pub fn seat(&self, participant: ParticipantId) -> Option<&Seat> {
        self.seats
            .iter()
            .find(|seat| seat.participant == participant)
    }
}

/// One place in the session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seat {
    pub participant: ParticipantId,
    pub who: Who,
    /// Name the clinic knows; a display name is typed at the door.
    pub name: Phi<String>,
    pub role: Role,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    Staff(StaffId),
    Person(PersonId),
}
