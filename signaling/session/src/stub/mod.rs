//! Note stubs: a pure fold of the facts.

use crate::{Booking, Recorded};
use quietroom_protocol::NoteStub;

/// The stubs of a session that has ended: one per client seat that was ever admitted.
///
/// In caregiver coaching without a client in the session: one for the booked client, else one per
/// caregiver.
#[must_use]
pub fn stubs(_booking: &Booking, _facts: &[Recorded]) -> Vec<NoteStub> {
    Vec::new()
}
