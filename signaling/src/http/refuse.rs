//! A refusal as an HTTP answer.

use crate::{
    account::{AuthenticatorFault, PasswordFault},
    authorize::Denied,
    random::NoRandomness,
};
use axum::{
    Json,
    http::{
        HeaderValue, StatusCode,
        header::{self, InvalidHeaderValue},
    },
    response::{IntoResponse, Response},
};
use quietroom_protocol::{RefusalCode, Refused};
use quietroom_records as records;

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
        let (code, retry_after) = (self.0.code, self.0.retry_after);
        let mut response = (status(self.0.code), Json(self.0)).into_response();
        if let Some(seconds) = retry_after {
            let seconds = HeaderValue::from(seconds);
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        // For the guard, which writes refusals of staff into the audit log.
        response.extensions_mut().insert(code);
        response
    }
}

impl From<Refused> for Refuse {
    fn from(refused: Refused) -> Self {
        Self(refused)
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

impl From<AuthenticatorFault> for Refuse {
    fn from(fault: AuthenticatorFault) -> Self {
        tracing::error!(error = %fault, "an authenticator cannot be used");
        Self::fault()
    }
}

impl From<PasswordFault> for Refuse {
    fn from(fault: PasswordFault) -> Self {
        tracing::error!(error = %fault, "a password cannot be checked");
        Self::fault()
    }
}

impl From<InvalidHeaderValue> for Refuse {
    fn from(_: InvalidHeaderValue) -> Self {
        Self::fault()
    }
}

impl From<records::Error> for Refuse {
    fn from(error: records::Error) -> Self {
        match &error {
            records::Error::NotFound(_) => Self::not_found(),
            records::Error::Taken(_) => Self::new(RefusalCode::Conflict, error.to_string()),
            records::Error::Busy | records::Error::Disk(_) => {
                tracing::error!(%error, "the record cannot be written");
                Self::new(RefusalCode::NotRecorded, "the record cannot be written").after(5)
            }
            _ => {
                tracing::error!(%error, "the records failed");
                Self::fault()
            }
        }
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
        RefusalCode::NotFound | RefusalCode::LinkEnded => StatusCode::NOT_FOUND,
        RefusalCode::SlowDown => StatusCode::TOO_MANY_REQUESTS,
        RefusalCode::Invalid | RefusalCode::AttestationMissing => StatusCode::UNPROCESSABLE_ENTITY,
        RefusalCode::Conflict
        | RefusalCode::NotNow
        | RefusalCode::StaleEpoch
        | RefusalCode::Full => StatusCode::CONFLICT,
        RefusalCode::WrongVersion => StatusCode::BAD_REQUEST,
        RefusalCode::NotRecorded | RefusalCode::NoRelay => StatusCode::SERVICE_UNAVAILABLE,
        RefusalCode::Fault => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
