//! Rate limits and lockouts that survive a restart.

use crate::{Error, Records};
use quietroom_protocol::{OrganisationId, UtcMillis};

/// At most `hits` within `window_ms` after the first of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    pub hits: u32,
    pub window_ms: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Throttle {
    Allowed,
    Retry { after_ms: i64 },
}

impl Records {
    /// Counts a hit. `key` is a hash of what is limited (an address, a username): no plain value.
    pub async fn throttle_hit(
        &self,
        organisation: OrganisationId,
        key: [u8; 32],
        now: UtcMillis,
        limit: Limit,
    ) -> Result<Throttle, Error> {
        todo!()
    }

    /// Whether a hit would be allowed, without counting one.
    pub async fn throttle_look(
        &self,
        organisation: OrganisationId,
        key: [u8; 32],
        now: UtcMillis,
        limit: Limit,
    ) -> Result<Throttle, Error> {
        todo!()
    }

    /// Forgets the hits of a key.
    pub async fn throttle_clear(
        &self,
        organisation: OrganisationId,
        key: [u8; 32],
    ) -> Result<(), Error> {
        todo!()
    }
}
