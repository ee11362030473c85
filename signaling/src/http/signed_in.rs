//! Who asks: the session cookie, and the extractor of signed-in staff.

use super::{Refuse, Source};
use crate::{
    account::Token,
    authorize::{Action, Actor, Resource, authorize},
    state::App,
};
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, header, header::InvalidHeaderValue, request::Parts},
};
use quietroom_protocol::{Phi, RefusalCode, StaffId, StaffRole};
use quietroom_records::Ctx;

/// `__Host-`: Secure, this host only, path `/` (RFC 6265bis section 4.1.3.2).
const COOKIE: &str = "__Host-quietroom";

const ATTRIBUTES: &str = "Path=/; Secure; HttpOnly; SameSite=Strict";

/// The member of staff whose cookie came with the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedIn {
    pub staff: StaffId,
    pub role: StaffRole,
    /// Hash of the cookie's token, the name of the sign-in in the records.
    pub token_hash: [u8; 32],
    pub source: Source,
}

impl SignedIn {
    #[must_use]
    pub const fn actor(&self) -> Actor {
        Actor::Staff {
            staff: self.staff,
            role: self.role,
        }
    }

    /// The frame of this request's calls to the records.
    #[must_use]
    pub fn ctx(&self, app: &App) -> Ctx {
        app.ctx(quietroom_records::Actor::Staff(self.staff), self.source)
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
        let signed_in = parts.extensions.get::<Self>().copied();
        signed_in.ok_or_else(|| Refuse::new(RefusalCode::NotSignedIn, "sign in first"))
    }
}

/// Resolves the cookie, which counts as use. An unknown or expired one is a stranger's.
pub(super) async fn resolve(
    app: &App,
    headers: &HeaderMap,
    source: Source,
) -> Result<Option<SignedIn>, Refuse> {
    let Some(token_hash) = token_hash(headers) else {
        return Ok(None);
    };
    let now = app.clock.now();
    let found = app
        .records
        .web_session(app.organisation, token_hash, now)
        .await?;
    let Some(session) = found else {
        return Ok(None);
    };
    let good = app
        .records
        .touch_web_session(app.organisation, token_hash, now)
        .await?;
    Ok(good.then_some(SignedIn {
        staff: session.staff,
        role: session.role,
        token_hash,
        source,
    }))
}

/// The hash of the token in our cookie, if one was sent.
pub(super) fn token_hash(headers: &HeaderMap) -> Option<[u8; 32]> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(name, value)| (name == COOKIE).then_some(value))
        .and_then(Token::hash_of)
}

/// `Set-Cookie` that signs in; the browser forgets it when it closes.
pub(super) fn set_cookie(token: &Phi<String>) -> Result<HeaderValue, InvalidHeaderValue> {
    let mut value = HeaderValue::try_from(format!("{COOKIE}={}; {ATTRIBUTES}", token.expose()))?;
    value.set_sensitive(true);
    Ok(value)
}

/// `Set-Cookie` that signs out.
pub(super) fn clear_cookie() -> Result<HeaderValue, InvalidHeaderValue> {
    HeaderValue::try_from(format!("{COOKIE}=; {ATTRIBUTES}; Max-Age=0"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    #[test]
    fn the_cookie_is_found_among_others() {
        let token = Token::random(&Random::system()).unwrap();
        let mut headers = HeaderMap::new();
        let cookie = format!("a=b; {COOKIE}={}; c=d", token.text.expose());
        headers.insert(header::COOKIE, cookie.parse().unwrap());
        assert_eq!(token_hash(&headers), Some(token.hash));
    }

    #[test]
    fn a_cookie_without_the_prefix_is_not_ours() {
        let token = Token::random(&Random::system()).unwrap();
        let mut headers = HeaderMap::new();
        let cookie = format!("quietroom={}", token.text.expose());
        headers.insert(header::COOKIE, cookie.parse().unwrap());
        assert_eq!(token_hash(&headers), None);
    }
}
