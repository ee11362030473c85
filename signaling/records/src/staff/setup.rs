//! One-time links: to set an account up, and (demo) to sign in.

use super::StaffRecord;
use crate::{Ctx, Error, Records};
use quietroom_protocol::{OrganisationId, Phi, StaffId, UtcMillis};

/// What a set-up link has gathered before it is confirmed.
#[derive(Clone, Debug)]
pub struct NewCredential {
    /// PHC string (argon2id).
    pub password_hash: Phi<String>,
    /// RFC 6238 secret, raw bytes.
    pub totp_secret: Phi<Vec<u8>>,
}

#[derive(Clone, Debug)]
pub struct PendingSetUp {
    pub staff: StaffRecord,
    /// Chosen, not confirmed yet.
    pub credential: Option<NewCredential>,
}

impl Records {
    /// Issues a set-up link; an older one of the account ends.
    pub async fn issue_set_up(
        &self,
        ctx: &Ctx,
        staff: StaffId,
        token_hash: [u8; 32],
        expires_at: UtcMillis,
    ) -> Result<(), Error> {
        todo!()
    }

    /// What a set-up link is for; none when it is unknown, used, replaced, expired or its account
    /// disabled. Changes nothing.
    pub async fn look_set_up(
        &self,
        organisation: OrganisationId,
        token_hash: [u8; 32],
        now: UtcMillis,
    ) -> Result<Option<PendingSetUp>, Error> {
        todo!()
    }

    /// Keeps the chosen password and authenticator secret with the link; false when it is not good.
    pub async fn choose_set_up(
        &self,
        ctx: &Ctx,
        token_hash: [u8; 32],
        credential: &NewCredential,
    ) -> Result<bool, Error> {
        todo!()
    }

    /// Uses the link up: what was chosen becomes the account's credential, `totp_step` counts as
    /// used, the recovery codes (hashes) replace the old ones and every web session of the account
    /// ends. None when the link is not good any more or nothing was chosen.
    pub async fn confirm_set_up(
        &self,
        ctx: &Ctx,
        token_hash: [u8; 32],
        totp_step: u64,
        recovery: &[[u8; 32]],
    ) -> Result<Option<StaffId>, Error> {
        todo!()
    }

    /// Issues a one-time sign-in link (demo).
    pub async fn issue_sign_in_link(
        &self,
        ctx: &Ctx,
        staff: StaffId,
        token_hash: [u8; 32],
        expires_at: UtcMillis,
    ) -> Result<(), Error> {
        todo!()
    }

    /// Uses a sign-in link up; none when it is not good.
    pub async fn use_sign_in_link(
        &self,
        ctx: &Ctx,
        token_hash: [u8; 32],
    ) -> Result<Option<StaffId>, Error> {
        todo!()
    }
}
