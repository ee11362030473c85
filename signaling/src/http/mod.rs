//! HTTP: one table of routes, and what every request passes on its way to a handler.
//!
//! [`table`] lists every route with the action it performs; [`router`] is built from nothing else.
//! A request passes the checks of the whole site (`site`: Host, forwarding headers, security
//! headers), then those of its route (`guard`: same origin, who asks, `authorize`).

mod accounts;
mod extract;
mod guard;
mod identity;
mod join;
mod notes;
mod operations;
mod pages;
mod refuse;
mod route;
mod schedule;
mod signed_in;
mod site;
mod staff;
#[cfg(test)]
mod tests;
mod throttle;
mod ws;

pub use crate::source::Source;
pub use refuse::Refuse;
pub use route::Route;
pub use signed_in::SignedIn;
pub(crate) use site::Peer;

use crate::{security_headers::SecurityHeaders, state::App};
use axum::{Router, http::header::InvalidHeaderValue, middleware};

/// Every route there is.
#[must_use]
pub fn table() -> Vec<Route> {
    let mut table = Vec::new();
    table.extend(pages::routes());
    table.extend(operations::routes());
    table.extend(accounts::routes());
    table.extend(staff::routes());
    table.extend(join::routes());
    table.extend(schedule::routes());
    table.extend(identity::routes());
    table.extend(notes::routes());
    table.extend(ws::routes());
    table
}

/// The table as a service. Whatever is not in it is not found.
///
/// # Errors
/// When the public origin has characters that no header can carry.
pub fn router(app: App) -> Result<Router, InvalidHeaderValue> {
    let headers = SecurityHeaders::new(&app.origins)?;
    let site = middleware::from_fn_with_state((app.clone(), headers), site::check);
    let router = table()
        .into_iter()
        .fold(Router::new(), |router, route| route.add_to(router, &app))
        .fallback(refuse::not_found)
        .method_not_allowed_fallback(refuse::not_found)
        .layer(site)
        .with_state(app);
    Ok(router)
}
