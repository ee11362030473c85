//! Passwords, authenticators and recovery codes.

use crate::{Ctx, Error, Records};
use quietroom_protocol::{OrganisationId, Phi, StaffId};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// PHC string.
    pub password_hash: Phi<String>,
    /// RFC 6238 secret, raw bytes.
    pub totp_secret: Phi<Vec<u8>>,
    /// Time steps up to this one are used (RFC 6238 section 5.2).
    pub totp_step: u64,
    pub recovery_codes_left: u32,
}

impl Records {
    /// None when the account has not been set up.
    pub async fn credential(
        &self,
        organisation: OrganisationId,
        staff: StaffId,
    ) -> Result<Option<Credential>, Error> {
        todo!()
    }

    /// Uses a time step; false when it or a later one was used before.
    pub async fn use_totp_step(&self, ctx: &Ctx, staff: StaffId, step: u64) -> Result<bool, Error> {
        todo!()
    }

    /// Uses a recovery code (its hash); false when it is not one, or used.
    pub async fn use_recovery_code(
        &self,
        ctx: &Ctx,
        staff: StaffId,
        code_hash: [u8; 32],
    ) -> Result<bool, Error> {
        todo!()
    }
}
