//! Join links and the devices that redeemed them.

use crate::{Ctx, Error, Records};
use quietroom_protocol::{
    DeviceId, LinkId, OrganisationId, ParticipantId, Role, SessionId, SessionState, StaffId,
    UtcMillis,
};

#[derive(Clone, Copy, Debug)]
pub struct NewLink {
    pub link: LinkId,
    pub session: SessionId,
    pub participant: ParticipantId,
    /// SHA-256 of the token.
    pub token_hash: [u8; 32],
    pub expires_at: UtcMillis,
}

/// What is known of a link: not the link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkRecord {
    pub link: LinkId,
    pub expires_at: UtcMillis,
    pub redeemed: bool,
}

/// A link that is good, and what it is for. No health information.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FoundLink {
    pub link: LinkId,
    pub session: SessionId,
    pub participant: ParticipantId,
    pub role: Role,
    pub clinician: StaffId,
    pub starts_at: UtcMillis,
    pub ends_at: UtcMillis,
    pub state: SessionState,
    pub expires_at: UtcMillis,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Redeemed {
    pub link: LinkId,
    pub session: SessionId,
    pub participant: ParticipantId,
}

/// A browser in a seat.
#[derive(Clone, Debug)]
pub struct NewDevice {
    pub device: DeviceId,
    pub session: SessionId,
    pub participant: ParticipantId,
    /// P-256 public key, 65 bytes uncompressed (SEC 1); staff have none.
    pub key: Option<[u8; 65]>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceRecord {
    pub device: DeviceId,
    pub session: SessionId,
    pub participant: ParticipantId,
    pub role: Role,
    pub key: Option<[u8; 65]>,
    pub created_at: UtcMillis,
}

/// Why a link does not work.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// Never issued, or a newer link took its place.
    #[error("the link is not known")]
    Unknown,
    #[error("the link has expired")]
    Expired,
    /// The session has ended, was cancelled or did not take place.
    #[error("the session is over")]
    Over,
    #[error(transparent)]
    Store(#[from] Error),
}

impl Records {
    /// Makes a seat's link; an older link of the seat ends.
    pub async fn create_link(&self, ctx: &Ctx, link: &NewLink) -> Result<(), Error> {
        todo!()
    }

    /// What a token is for; changes nothing.
    pub async fn find_link(
        &self,
        organisation: OrganisationId,
        token_hash: [u8; 32],
        now: UtcMillis,
    ) -> Result<FoundLink, LinkError> {
        todo!()
    }

    /// Redeems a link for a new device, if it is still good at this moment.
    pub async fn redeem_link(
        &self,
        ctx: &Ctx,
        token_hash: [u8; 32],
        device: DeviceId,
        key: [u8; 65],
    ) -> Result<Redeemed, LinkError> {
        todo!()
    }

    /// Registers a device that needs no link: a tab of a member of staff.
    pub async fn create_device(&self, ctx: &Ctx, device: &NewDevice) -> Result<(), Error> {
        todo!()
    }

    pub async fn device(
        &self,
        organisation: OrganisationId,
        session: SessionId,
        device: DeviceId,
    ) -> Result<Option<DeviceRecord>, Error> {
        todo!()
    }

    /// The devices of a session, oldest first.
    pub async fn devices(
        &self,
        organisation: OrganisationId,
        session: SessionId,
    ) -> Result<Vec<DeviceRecord>, Error> {
        todo!()
    }
}
