//! Headers that every answer carries, prepared once.

use aws_lc_rs::digest::{SHA256, digest};
use axum::http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{
        CONTENT_SECURITY_POLICY, InvalidHeaderValue, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
        X_CONTENT_TYPE_OPTIONS,
    },
};
use base64::{Engine, engine::general_purpose::STANDARD};
use quietroom_web as web;
use std::sync::Arc;

/// Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct SecurityHeaders(Arc<[(HeaderName, HeaderValue)]>);

impl SecurityHeaders {
    /// For a server that browsers reach by these origins.
    ///
    /// # Errors
    /// When an origin has characters that no header can carry.
    pub(crate) fn new(origins: &[String]) -> Result<Self, InvalidHeaderValue> {
        let mut headers = vec![
            (
                CONTENT_SECURITY_POLICY,
                HeaderValue::try_from(content_security_policy(origins))?,
            ),
            (
                HeaderName::from_static("permissions-policy"),
                HeaderValue::from_static(
                    "camera=(self), microphone=(self), display-capture=(self), geolocation=(), \
                     payment=(), usb=()",
                ),
            ),
            (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
            (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
            (
                HeaderName::from_static("cross-origin-opener-policy"),
                HeaderValue::from_static("same-origin"),
            ),
            (
                HeaderName::from_static("cross-origin-resource-policy"),
                HeaderValue::from_static("same-origin"),
            ),
        ];
        if origins.iter().all(|origin| origin.starts_with("https://")) {
            headers.push((
                STRICT_TRANSPORT_SECURITY,
                HeaderValue::from_static("max-age=31536000"),
            ));
        }
        Ok(Self(headers.into()))
    }

    pub(crate) fn add_to(&self, headers: &mut HeaderMap) {
        for (name, value) in self.0.iter() {
            headers.insert(name, value.clone());
        }
    }
}

/// The page holds one element with content of its own, the import map with the hashes of the
/// scripts; it is allowed by its hash. Strings become scripts nowhere but in the client's default
/// policy, which lets it start its own workers.
///
/// Sockets are named as well: not every browser takes `'self'` to mean them. An IPv6 address cannot
/// be named there (CSP Level 3, section 2.3.1: `host-char` has no colon); browsers would complain.
fn content_security_policy(origins: &[String]) -> String {
    let sockets: Vec<String> = origins
        .iter()
        .filter(|origin| !origin.contains('['))
        .map(|origin| origin.replacen("http", "ws", 1))
        .collect();
    let import_map = import_map_hash().map_or_else(String::new, |hash| format!(" '{hash}'"));
    format!(
        "default-src 'none'; script-src 'self'{import_map}; style-src 'self'; img-src 'self' data: blob:; \
         media-src 'self' blob:; font-src 'self'; connect-src 'self' {}; worker-src 'self'; \
         require-trusted-types-for 'script'; trusted-types default; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
        sockets.join(" ")
    )
}

/// As a source of a content security policy (CSP Level 3, section 2.3.1: `hash-source`).
fn import_map_hash() -> Option<String> {
    let page = web::index()?;
    let map = web::import_map(std::str::from_utf8(&page.bytes).ok()?)?;
    let hash = STANDARD.encode(digest(&SHA256, map.as_bytes()));
    Some(format!("sha256-{hash}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_sockets_of_every_origin_that_can_be_named() {
        let origins = ["http://localhost:8080", "http://[::1]:8080"].map(str::to_owned);
        let policy = content_security_policy(&origins);
        assert!(
            policy.contains("connect-src 'self' ws://localhost:8080; "),
            "{policy}"
        );
    }
}
