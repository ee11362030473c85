//! Who asks, for which organisation, when.

use quietroom_protocol::{DeviceId, OrganisationId, Phi, StaffId, UtcMillis};
use std::net::IpAddr;

/// The frame of every call: what the audit event is made of, and the time that expiry is judged by.
#[derive(Clone, Debug)]
pub struct Ctx {
    pub organisation: OrganisationId,
    pub actor: Actor,
    /// Where the request came from; kept sealed in the audit event.
    pub source: Option<Phi<IpAddr>>,
    pub now: UtcMillis,
}

impl Ctx {
    /// The server acting by itself, or for a request whose sender is not known.
    #[must_use]
    pub const fn server(organisation: OrganisationId, now: UtcMillis) -> Self {
        Self {
            organisation,
            actor: Actor::Server,
            source: None,
            now,
        }
    }
}

/// Who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    Staff(StaffId),
    /// A guest's browser.
    Device(DeviceId),
    /// Someone who has not said who they are: a sign-in attempt, a link being looked at.
    Unknown,
    /// The operator at the command line.
    Operator,
    Server,
}
