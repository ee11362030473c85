//! A refusal as an HTTP answer.

use crate::{authorize::Denied, random::NoRandomness};
use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use quietroom_protocol::{RefusalCode, Refused};

/// A [`Refused`] body with the status that fits its code.
#[derive(Debug)]
pub struct Refuse(Refused);

impl Refuse {
    /// `reason` is a developer's sentence; it names fields, never their contents.
    pub fn new(code: RefusalCode, reason: impl Into<String>) -> Self {
        Self(Refused {
            code,
            reason: reason.into(),
            retry_after: None,
        })
    }

    #[must_use]
    pub fn not_found() -> Self {
        Self::new(RefusalCode::NotFound, "there is no such thing")
    }

    #[must_use]
    pub fn invalid(reason: impl Into<String>) -> Self {
        Self::new(RefusalCode::Invalid, reason)
    }

    #[must_use]
    pub fn fault() -> Self {
        Self::new(RefusalCode::Fault, "a fault of the server")
    }

    /// Trying again can help after `seconds`.
    #[must_use]
    pub fn after(mut self, seconds: u32) -> Self {
        self.0.retry_after = Some(seconds);
        self
    }

    #[must_use]
    pub const fn code(&self) -> RefusalCode {
        self.0.code
    }

    #[must_use]
    pub fn into_refused(self) -> Refused {
        self.0
    }
}

impl IntoResponse for Refuse {
    fn into_response(self) -> Response {
        let retry_after = self.0.retry_after;
        let mut response = (status(self.0.code), Json(self.0)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<Denied> for Refuse {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::NotSignedIn => Self::new(RefusalCode::NotSignedIn, "sign in first"),
            Denied::NotAllowed => Self::new(RefusalCode::NotAllowed, "the role does not allow it"),
        }
    }
}

impl From<NoRandomness> for Refuse {
    fn from(_: NoRandomness) -> Self {
        Self::fault()
    }
}

pub(super) async fn not_found() -> Refuse {
    Refuse::not_found()
}

const fn status(code: RefusalCode) -> StatusCode {
    match code {
        RefusalCode::NotSignedIn | RefusalCode::WrongCredentials => StatusCode::UNAUTHORIZED,
        RefusalCode::NotAllowed | RefusalCode::CrossSite | RefusalCode::TooEarly => {
            StatusCode::FORBIDDEN
        }
        RefusalCode::NotFound => StatusCode::NOT_FOUND,
        RefusalCode::LinkEnded => StatusCode::GONE,
        RefusalCode::SlowDown => StatusCode::TOO_MANY_REQUESTS,
        RefusalCode::Invalid | RefusalCode::AttestationMissing => StatusCode::UNPROCESSABLE_ENTITY,
        RefusalCode::Conflict | RefusalCode::NotNow | RefusalCode::Full => StatusCode::CONFLICT,
        RefusalCode::WrongVersion => StatusCode::BAD_REQUEST,
        RefusalCode::NotRecorded | RefusalCode::NoRelay => StatusCode::SERVICE_UNAVAILABLE,
        RefusalCode::Fault => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
