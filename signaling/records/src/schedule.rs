//! Booked sessions and their seats.

use crate::{Ctx, Error, FactRow, LinkRecord, Records};
use quietroom_protocol::{
    NoteId, NoteTemplate, OrganisationId, ParticipantId, PersonId, Phi, Role, SessionId,
    SessionKind, SessionState, StaffId, UtcMillis,
};

/// A session to book.
#[derive(Clone, Debug)]
pub struct NewSession {
    pub session: SessionId,
    pub kind: SessionKind,
    pub template: NoteTemplate,
    pub starts_at: UtcMillis,
    pub ends_at: UtcMillis,
    /// The host, whose day and notes these are.
    pub clinician: StaffId,
    /// The host's seat first, then the guests as booked.
    pub seats: Vec<Seat>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seat {
    pub participant: ParticipantId,
    pub holder: Holder,
    pub role: Role,
}

/// Whose seat it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    Staff(StaffId),
    Person(PersonId),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRecord {
    pub session: SessionId,
    pub kind: SessionKind,
    pub template: NoteTemplate,
    pub starts_at: UtcMillis,
    pub ends_at: UtcMillis,
    pub state: SessionState,
    pub clinician: StaffId,
    /// In the order in which they were booked.
    pub seats: Vec<SeatRecord>,
    /// Its notes, once it has ended.
    pub notes: Vec<NoteId>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeatRecord {
    pub participant: ParticipantId,
    pub holder: Holder,
    /// Name the clinic knows them by.
    pub name: Phi<String>,
    pub role: Role,
    /// The newest link, also when it has expired.
    pub link: Option<LinkRecord>,
}

impl Records {
    /// Books a session with its first facts (sequence 1 on, epoch 0).
    pub async fn create_session(
        &self,
        ctx: &Ctx,
        session: &NewSession,
        facts: &[FactRow],
    ) -> Result<(), Error> {
        todo!()
    }

    /// Audited.
    pub async fn session(
        &self,
        ctx: &Ctx,
        session: SessionId,
    ) -> Result<Option<SessionRecord>, Error> {
        todo!()
    }

    /// The clinician's sessions that start in `[from, to)`, in order. Audited.
    pub async fn sessions_of(
        &self,
        ctx: &Ctx,
        clinician: StaffId,
        from: UtcMillis,
        to: UtcMillis,
    ) -> Result<Vec<SessionRecord>, Error> {
        todo!()
    }

    /// Whose session it is, for authorization. Not health information, not audited.
    pub async fn clinician_of(
        &self,
        organisation: OrganisationId,
        session: SessionId,
    ) -> Result<Option<StaffId>, Error> {
        todo!()
    }

    /// Sessions that are open or live: those that a restart has to take up again.
    pub async fn open_sessions(
        &self,
        organisation: OrganisationId,
    ) -> Result<Vec<SessionId>, Error> {
        todo!()
    }
}
