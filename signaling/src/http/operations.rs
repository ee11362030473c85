//! What operators and their machines ask: alive, ready, counters.

use super::{
    Refuse, Route,
    site::{self, Peer},
};
use crate::{authorize::Action, state::App};
use axum::{
    Extension,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use std::time::Duration;
use tokio::time::timeout;

/// How long the relay may take to count; then it is told as down.
const PATIENCE: Duration = Duration::from_secs(2);

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/livez", Action::ReadHealth, alive),
        Route::get("/readyz", Action::ReadHealth, ready),
        Route::get("/metrics", Action::ReadMetrics, metrics),
    ]
}

/// The process answers.
async fn alive() -> &'static str {
    "alive\n"
}

/// New people can be served: the record can be written, the relay is up, nothing drains.
async fn ready(State(app): State<App>) -> (StatusCode, &'static str) {
    if app.draining() {
        return (StatusCode::SERVICE_UNAVAILABLE, "draining\n");
    }
    if app.records.check_writable().await.is_err() {
        return (
            StatusCode::SERVICE_UNAVAILABLE,
            "the record cannot be written\n",
        );
    }
    if !app.relay.is_up() {
        return (StatusCode::SERVICE_UNAVAILABLE, "the relay is down\n");
    }
    (StatusCode::OK, "ready\n")
}

/// For this machine only; to others there is no such thing.
async fn metrics(
    State(app): State<App>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
) -> Result<Response, Refuse> {
    if !site::is_local(peer, &headers) {
        return Err(Refuse::not_found());
    }
    let relay = timeout(PATIENCE, app.relay.stats()).await;
    let relay = relay.ok().and_then(Result::ok);
    let text = app.metrics.render(relay.as_ref());
    let content_type = (header::CONTENT_TYPE, "text/plain; version=0.0.4");
    Ok(([content_type], text).into_response())
}
