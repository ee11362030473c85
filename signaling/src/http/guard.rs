//! What a request passes before the handler of its route: same origin, who asks, `authorize`.

use super::{Refuse, Source, signed_in, site};
use crate::{
    authorize::{Action, Actor, Resource, authorize},
    state::App,
};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use quietroom_protocol::{Phi, RefusalCode};
use quietroom_records as records;

pub(super) async fn check(
    State((app, action)): State<(App, Action)>,
    mut request: Request,
    next: Next,
) -> Result<Response, Refuse> {
    if changes_something(&request) {
        same_origin(&app, request.headers())?;
    }
    let source = request.extensions().get::<Source>().copied();
    let source = source.ok_or_else(Refuse::fault)?;
    let signed_in = signed_in::resolve(&app, request.headers(), source).await?;
    let actor = signed_in.map_or(Actor::Stranger, |signed_in| signed_in.actor());
    if let Some(signed_in) = signed_in {
        request.extensions_mut().insert(signed_in);
    }
    let response = match authorize(&actor, action, &Resource::Clinic) {
        Ok(()) => next.run(request).await,
        Err(denied) => Refuse::from(denied).into_response(),
    };
    let refused = response.extensions().get::<RefusalCode>();
    if let (Some(signed_in), Some(RefusalCode::NotAllowed)) = (signed_in, refused) {
        // What staff try and may not is theirs to explain: it goes into the audit log.
        let event = records::Event::refused(records::Action::Access, records::Resource::CLINIC)
            .with_details(Phi::new(format!("{action:?}")));
        app.records.audit(&signed_in.ctx(&app), event).await?;
    }
    Ok(response)
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
