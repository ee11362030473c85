//! What a request passes before the handler of its route: same origin, who asks, `authorize`.

use super::{Refuse, signed_in, site};
use crate::{
    authorize::{Action, Resource, authorize},
    state::App,
};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, header},
    middleware::Next,
    response::Response,
};
use quietroom_protocol::RefusalCode;

pub(super) async fn check(
    State((app, action)): State<(App, Action)>,
    mut request: Request,
    next: Next,
) -> Result<Response, Refuse> {
    if changes_something(&request) {
        same_origin(&app, request.headers())?;
    }
    let actor = signed_in::actor(&app, request.headers()).await?;
    authorize(&actor.actor(), action, &Resource::Clinic)?;
    request.extensions_mut().insert(actor);
    Ok(next.run(request).await)
}

/// Methods that change state, and the WebSocket upgrade, which is a GET but speaks afterwards.
fn changes_something(request: &Request) -> bool {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    !reads || request.headers().contains_key(header::UPGRADE)
}

/// `Origin` must be ours; `Sec-Fetch-Site`, where the browser sends it, must say the same.
fn same_origin(app: &App, headers: &HeaderMap) -> Result<(), Refuse> {
    let cross_site = || Refuse::new(RefusalCode::CrossSite, "the request came from another site");
    let origin = headers
        .get(header::ORIGIN)
        .and_then(|origin| origin.to_str().ok())
        .ok_or_else(cross_site)?;
    if !site::is_our_origin(app, origin) {
        return Err(cross_site());
    }
    match headers.get("sec-fetch-site") {
        Some(site) if site != "same-origin" => Err(cross_site()),
        _ => Ok(()),
    }
}
