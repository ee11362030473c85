//! What is to be sent to the clinic's other systems.

use crate::{Error, Records};
use quietroom_protocol::{OrganisationId, Phi, SessionId};
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxRow {
    /// Makes a delivery recognizable when it is repeated.
    pub id: Uuid,
    pub session: SessionId,
    /// `session_ended`.
    pub kind: String,
    pub payload: Phi<Vec<u8>>,
}

impl Records {
    /// Rows not delivered yet, oldest first, at most `limit`.
    pub async fn outbox(
        &self,
        organisation: OrganisationId,
        limit: u32,
    ) -> Result<Vec<OutboxRow>, Error> {
        todo!()
    }
}
