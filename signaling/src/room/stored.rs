//! Facts as the records hold them.

use quietroom_protocol::UtcMillis;
use quietroom_records::{FactRow, StoredFact};
use quietroom_session::{self as core, Fact, Recorded};
use serde::{Deserialize, Serialize};

/// What is stored of a fact, besides its times, sequence and epoch.
#[derive(Serialize, Deserialize)]
struct Payload {
    actor: core::Actor,
    fact: Fact,
}

/// A stored fact as the session core knows it.
pub(super) fn decode(stored: StoredFact) -> Result<Recorded, serde_json::Error> {
    let Payload { actor, fact } = serde_json::from_slice(stored.payload.expose())?;
    Ok(Recorded {
        seq: stored.seq,
        at: stored.at,
        late: stored.late,
        actor,
        epoch: stored.epoch,
        fact,
    })
}

/// A fact as it is stored.
///
/// # Errors
/// Never for the facts there are: each has a JSON form.
pub(crate) fn encode(
    at: UtcMillis,
    late: Option<UtcMillis>,
    actor: core::Actor,
    fact: Fact,
) -> Result<FactRow, serde_json::Error> {
    let payload = serde_json::to_vec(&Payload { actor, fact })?;
    Ok(FactRow {
        at,
        late,
        payload: payload.into(),
    })
}
