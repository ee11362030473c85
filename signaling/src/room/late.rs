//! What could not be recorded.

use super::message::{in_words, not_recorded};
use quietroom_protocol::{Refused, UtcMillis};
use quietroom_session::{Input, Refusal};

/// Something that happened by itself and could not be recorded when it happened.
#[derive(Debug)]
pub(super) struct Late {
    pub(super) input: Input,
    pub(super) since: UtcMillis,
}

/// Why nothing happened.
#[derive(Debug, thiserror::Error)]
pub(super) enum Undone {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error("it could not be recorded")]
    NotRecorded,
}

impl From<Undone> for Refused {
    fn from(undone: Undone) -> Self {
        match undone {
            Undone::Refused(refusal) => in_words(&refusal),
            Undone::NotRecorded => not_recorded(),
        }
    }
}
