//! What every request passes and every answer carries, whatever the route.

use super::{Refuse, Source};
use crate::{
    security_headers::SecurityHeaders,
    state::{App, Shell},
};
use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::{net::IpAddr, sync::atomic::Ordering};

/// Headers by which proxies tell on whose behalf they ask.
const FORWARDING: [&str; 7] = [
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-proto",
    "x-real-ip",
    "via",
];

/// Paths of operations: load balancers and collectors ask by address, not by name.
const OPERATIONS: [&str; 3] = ["/livez", "/readyz", "/metrics"];

/// The other end of the connection, put on every request by the listener.
#[derive(Clone, Copy)]
pub(crate) struct Peer(pub(crate) IpAddr);

impl<S: Send + Sync> FromRequestParts<S> for Source {
    type Rejection = Refuse;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refuse> {
        let source = parts.extensions.get::<Self>().copied();
        source.ok_or_else(Refuse::fault)
    }
}

pub(super) async fn check(
    State((app, headers)): State<(App, SecurityHeaders)>,
    mut request: Request,
    next: Next,
) -> Response {
    app.metrics.requests.fetch_add(1, Ordering::Relaxed);
    let mut response = match admit(&app, &request) {
        Ok(source) => {
            request.extensions_mut().insert(source);
            next.run(request).await
        }
        Err((status, reason)) => (status, reason).into_response(),
    };
    if response.status().is_client_error() {
        app.metrics.refused.fetch_add(1, Ordering::Relaxed);
    }
    headers.add_to(response.headers_mut());
    response
        .headers_mut()
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Whether `origin` is one that browsers reach this server by.
pub(super) fn is_our_origin(app: &Shell, origin: &str) -> bool {
    app.origins.iter().any(|ours| ours == origin)
}

/// Whether the request comes from this machine itself and no proxy stands between.
pub(super) fn is_local(peer: Peer, headers: &HeaderMap) -> bool {
    peer.0.to_canonical().is_loopback() && !forwarded(headers)
}

fn admit(app: &Shell, request: &Request) -> Result<Source, (StatusCode, &'static str)> {
    let headers = request.headers();
    let operations = OPERATIONS.contains(&request.uri().path());
    if !operations && !is_our_host(app, headers, request.uri()) {
        // Another name that leads here is how DNS rebinding begins.
        return Err((
            StatusCode::MISDIRECTED_REQUEST,
            "this server does not answer to that name\n",
        ));
    }
    if app.demo && forwarded(headers) {
        return Err((
            StatusCode::BAD_REQUEST,
            "a demonstration is not served through a proxy\n",
        ));
    }
    let Some(Peer(peer)) = request.extensions().get::<Peer>().copied() else {
        return Err((StatusCode::INTERNAL_SERVER_ERROR, "no peer\n"));
    };
    let peer = peer.to_canonical();
    if app.config.server.trusted_proxy != Some(peer) {
        return Ok(Source(peer));
    }
    match said_by_proxy(headers) {
        Some(source) => Ok(Source(source)),
        None if operations => Ok(Source(peer)),
        None => Err((
            StatusCode::BAD_REQUEST,
            "the proxy must send X-Forwarded-For\n",
        )),
    }
}

/// The last address is the one the trusted proxy saw itself; those before it are hearsay.
fn said_by_proxy(headers: &HeaderMap) -> Option<IpAddr> {
    let last = headers.get_all("x-forwarded-for").iter().next_back()?;
    let last = last.to_str().ok()?.rsplit(',').next()?.trim();
    last.parse::<IpAddr>().ok().map(|ip| ip.to_canonical())
}

fn forwarded(headers: &HeaderMap) -> bool {
    FORWARDING
        .iter()
        .any(|name| headers.contains_key(HeaderName::from_static(name)))
}

fn is_our_host(app: &Shell, headers: &HeaderMap, uri: &Uri) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else {
        return false;
    };
    let Ok(host) = host.to_str() else {
        return false;
    };
    // An absolute request target names the host as well (RFC 9112 section 3.2.2).
    let target = uri.authority().is_none_or(|authority| authority == host);
    target && app.origins.iter().any(|origin| has_host(origin, host))
}

fn has_host(origin: &str, host: &str) -> bool {
    let Some((scheme, authority)) = origin.split_once("://") else {
        return false;
    };
    let default_port = if scheme == "https" { ":443" } else { ":80" };
    let bare = host.strip_suffix(default_port).unwrap_or(host);
    authority.eq_ignore_ascii_case(host) || authority.eq_ignore_ascii_case(bare)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_may_name_the_default_port() {
        assert!(has_host("https://clinic.test", "clinic.test"));
        assert!(has_host("https://clinic.test", "Clinic.Test:443"));
        assert!(!has_host("https://clinic.test", "clinic.test:80"));
        assert!(!has_host("https://clinic.test", "evil.test"));
        assert!(has_host("http://localhost:8080", "localhost:8080"));
        assert!(!has_host("http://localhost:8080", "localhost"));
    }

    #[test]
    fn only_the_last_forwarded_address_counts() {
        let mut headers = HeaderMap::new();
        headers.append("x-forwarded-for", "10.0.0.1".parse().unwrap());
        headers.append("x-forwarded-for", "10.0.0.2, 192.0.2.7".parse().unwrap());
        assert_eq!(
            said_by_proxy(&headers),
            Some("192.0.2.7".parse::<IpAddr>().unwrap())
        );
    }
}
