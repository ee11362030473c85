//! Web sessions: who is signed in.

use crate::{Ctx, Error, Records};
use quietroom_protocol::{OrganisationId, StaffId, StaffRole, UtcMillis};

#[derive(Clone, Copy, Debug)]
pub struct NewWebSession {
    pub staff: StaffId,
    /// SHA-256 of the cookie's 256-bit token.
    pub token_hash: [u8; 32],
    /// Ends this long after the last use.
    pub idle_ms: i64,
    /// Ends then at the latest.
    pub expires_at: UtcMillis,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WebSession {
    pub staff: StaffId,
    pub role: StaffRole,
    pub last_used: UtcMillis,
    pub idle_ms: i64,
    pub expires_at: UtcMillis,
}

impl Records {
    /// Signs in.
    pub async fn open_web_session(&self, ctx: &Ctx, session: &NewWebSession) -> Result<(), Error> {
        todo!()
    }

    /// The session of a cookie; none when it is unknown, ended, idle too long or expired, or the
    /// account disabled. Does not count as use.
    pub async fn web_session(
        &self,
        organisation: OrganisationId,
        token_hash: [u8; 32],
        now: UtcMillis,
    ) -> Result<Option<WebSession>, Error> {
        todo!()
    }

    /// Counts as use, if the session is still good: false when it is not. Written at most every
    /// 15 s, so that requests are cheap.
    pub async fn touch_web_session(
        &self,
        organisation: OrganisationId,
        token_hash: [u8; 32],
        now: UtcMillis,
    ) -> Result<bool, Error> {
        todo!()
    }

    /// Signs out; false when it was not signed in.
    pub async fn revoke_web_session(&self, ctx: &Ctx, token_hash: [u8; 32]) -> Result<bool, Error> {
        todo!()
    }

    /// Signs a member of staff out everywhere; returns how many sessions ended.
    pub async fn revoke_web_sessions(&self, ctx: &Ctx, staff: StaffId) -> Result<u64, Error> {
        todo!()
    }
}
