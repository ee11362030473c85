//! What every request passes and every answer carries, whatever the route.

use super::Refuse;
use crate::state::App;
use axum::{
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use quietroom_protocol::RefusalCode;
use std::net::IpAddr;

/// Where a request came from: the peer, or what the trusted proxy says. Never logged.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Source(pub IpAddr);

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[address]")
    }
}

/// The other end of the connection, put on every request by the listener.
#[derive(Clone, Copy)]
pub(crate) struct Peer(pub(crate) IpAddr);

pub(super) async fn check(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let response = match admit(&app, &mut request) {
        Ok(()) => next.run(request).await,
        Err(refused) => refused,
    };
    with_security_headers(response)
}

/// Whether `origin` is one that browsers reach this server by.
pub(super) fn is_our_origin(app: &App, origin: &str) -> bool {
    origin == app.config.server.public_origin
}

#[expect(clippy::result_large_err, reason = "the answer is sent as it is")]
fn admit(app: &App, request: &mut Request) -> Result<(), Response> {
    let _ = (app, request);
    Ok(())
}

fn with_security_headers(response: Response) -> Response {
    response
}
