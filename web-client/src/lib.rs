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

/// What the build says of its files, one a line: SHA-256 in hexadecimal, path, SHA-384 as an
/// `integrity` attribute has it. Two spaces between, as `sha256sum` writes them.
#[must_use]
pub fn hashes() -> Option<Asset> {
    asset("hashes.txt")
}

/// The import map inside `page`, without its element: what a content security policy hashes.
#[must_use]
pub fn import_map(page: &str) -> Option<&str> {
    let (_, rest) = page.split_once(r#"<script type="importmap">"#)?;
    rest.split_once("</script>").map(|(map, _)| map)
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
    use aws_lc_rs::digest::{SHA256, SHA384, digest};
    use base64::{Engine, engine::general_purpose::STANDARD};
    use std::collections::BTreeSet;

    #[test]
    fn the_page_is_embedded() {
        let index = index().unwrap();
        assert!(
            index.bytes.starts_with(b"<!doctype html>") || index.bytes.starts_with(b"<!DOCTYPE")
        );
        assert_eq!(index.content_type, "text/html; charset=utf-8");
    }

    #[test]
    fn every_file_is_listed_with_its_true_hashes() {
        let listed = String::from_utf8(hashes().unwrap().bytes.into_owned()).unwrap();
        let mut paths = BTreeSet::new();
        for line in listed.lines() {
            let parts: Vec<&str> = line.split("  ").collect();
            let [sha256, path, sha384] = parts[..] else {
                panic!("{line}");
            };
            let file = Client::get(path).unwrap().data;
            assert_eq!(sha256, hex(digest(&SHA256, &file).as_ref()), "{path}");
            assert_eq!(sha384, integrity(&file), "{path}");
            assert!(paths.insert(path.to_owned()), "{path} is listed twice");
        }
        let embedded = Client::iter().map(Cow::into_owned);
        let embedded: BTreeSet<String> = embedded.filter(|path| path != "hashes.txt").collect();
        assert_eq!(paths, embedded);
    }

    #[test]
    fn the_page_names_the_hash_of_all_that_it_loads() {
        let page = String::from_utf8(index().unwrap().bytes.into_owned()).unwrap();
        let mut found = 0;
        for element in page.split('<') {
            let loads = element.starts_with("script ") && element.contains(" src=")
                || element.starts_with("link ")
                    && (element.contains("stylesheet") || element.contains("modulepreload"));
            if !loads {
                continue;
            }
            let attribute = |name: &str| {
                let (_, rest) = element.split_once(&format!(" {name}=\"")).unwrap();
                rest.split_once('"').unwrap().0
            };
            let path = if element.starts_with("script ") {
                attribute("src")
            } else {
                attribute("href")
            };
            let file = asset(path.trim_start_matches('/')).unwrap();
            assert_eq!(attribute("integrity"), integrity(&file.bytes), "{path}");
            found += 1;
        }
        assert!(found >= 2, "{page}");
        // One element stands inside the page: the import map.
        assert_eq!(
            page.matches("<script").count(),
            page.matches(" src=").count() + 1
        );
    }

    #[test]
    fn the_import_map_names_the_hash_of_every_script_module() {
        let page = String::from_utf8(index().unwrap().bytes.into_owned()).unwrap();
        let map = import_map(&page).unwrap();
        let scripts = Client::iter().filter(|path| path.ends_with(".js"));
        for path in scripts.filter(|path| !path.contains("worker")) {
            let line = format!(
                "\"/{path}\":\"{}\"",
                integrity(&Client::get(&path).unwrap().data)
            );
            assert!(map.contains(&line), "{path}");
        }
    }

    fn integrity(bytes: &[u8]) -> String {
        format!("sha384-{}", STANDARD.encode(digest(&SHA384, bytes)))
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn nothing_outside_the_client_is_a_file_of_it() {
        assert_eq!(asset("../Cargo.toml"), None);
        assert_eq!(asset("/etc/passwd"), None);
    }
}
