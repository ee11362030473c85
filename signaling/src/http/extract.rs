//! Bodies, path segments and queries, refused without repeating what they contain.

use super::Refuse;
use axum::{
    extract::{FromRequest, FromRequestParts, Request},
    http::{header, request::Parts},
};
use quietroom_protocol::Check;
use serde::de::DeserializeOwned;

/// Largest body of a request, bytes: thirty booked guests or a note with room to spare.
const MAX_BODY: usize = 512 * 1024;

/// A JSON body of `Content-Type: application/json`, with every field checked.
#[derive(Debug)]
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned + Check, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Refuse;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refuse> {
        if !is_json(&request) {
            return Err(Refuse::invalid("the body must be application/json"));
        }
        let bytes = axum::body::to_bytes(request.into_body(), MAX_BODY)
            .await
            .map_err(|_| Refuse::invalid("the body is too large or did not come whole"))?;
        // serde_json repeats the value in its message; the place alone says enough.
        let value: T = serde_json::from_slice(&bytes).map_err(|error| {
            let place = format!("line {}, column {}", error.line(), error.column());
            Refuse::invalid(format!("the body is not what is expected at {place}"))
        })?;
        value
            .check()
            .map_err(|invalid| Refuse::invalid(invalid.to_string()))?;
        Ok(Self(value))
    }
}

/// A path's parameters; one that cannot be read names nothing.
#[derive(Debug)]
pub(crate) struct Path<T>(pub(crate) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Refuse;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refuse> {
        let path = axum::extract::Path::from_request_parts(parts, state).await;
        path.map(|axum::extract::Path(value)| Self(value))
            .map_err(|_| Refuse::not_found())
    }
}

/// A query string.
#[derive(Debug)]
pub(crate) struct Query<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Refuse;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refuse> {
        let query = axum::extract::Query::from_request_parts(parts, state).await;
        query
            .map(|axum::extract::Query(value)| Self(value))
            .map_err(|_| Refuse::invalid("the query is not what is expected"))
    }
}

fn is_json(request: &Request) -> bool {
    let content_type = request.headers().get(header::CONTENT_TYPE);
    content_type
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
}
