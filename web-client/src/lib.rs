//! The built web client, embedded.

use rust_embed::RustEmbed;
use std::borrow::Cow;

/// A file of the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asset {
    pub bytes: Cow<'static, [u8]>,
    pub content_type: &'static str,
}

/// The file at `path`, `assets/…` or `index.html`, without a leading slash.
#[must_use]
pub fn asset(path: &str) -> Option<Asset> {
    let file = Client::get(path)?;
    Some(Asset {
        bytes: file.data,
        content_type: content_type(path),
    })
}

/// The one page; every address of the client shows it.
#[must_use]
pub fn index() -> Option<Asset> {
    asset("index.html")
}

#[derive(RustEmbed)]
#[folder = "$QUIETROOM_WEB_DIST"]
struct Client;

/// The types that the client is made of; anything else is offered as bytes.
fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        Some("wasm") => "application/wasm",
        Some("json" | "webmanifest") => "application/json",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_embedded() {
        let index = index().unwrap();
        assert!(
            index.bytes.starts_with(b"<!doctype html>") || index.bytes.starts_with(b"<!DOCTYPE")
        );
        assert_eq!(index.content_type, "text/html; charset=utf-8");
    }

    #[test]
    fn nothing_outside_the_client_is_a_file_of_it() {
        assert_eq!(asset("../Cargo.toml"), None);
        assert_eq!(asset("/etc/passwd"), None);
    }
}
