//! Names, proxies and headers: what holds for every request.

use super::harness::{ORIGIN, Server, request};
use aws_lc_rs::digest::{SHA256, digest};
use axum::http::{Method, Request, StatusCode, header};
use base64::{Engine, engine::general_purpose::STANDARD};
use std::net::IpAddr;

fn proxied(server_host: &str) -> axum::http::request::Builder {
    Request::builder()
        .uri("/")
        .header(header::HOST, server_host)
}

#[tokio::test]
async fn a_demo_answers_to_names_of_the_loopback_only() {
    let server = Server::demo().await;
    for host in ["localhost:8080", "127.0.0.1:8080", "[::1]:8080"] {
        let answer = server.send(proxied(host), "").await;
        assert_eq!(answer.status, StatusCode::OK, "{host}");
    }
    for host in [
        "elsewhere.example",
        "elsewhere.example:8080",
        "localhost",
        "localhost:8081",
        "192.0.2.1:8080",
        "",
    ] {
        let answer = server.send(proxied(host), "").await;
        assert_eq!(answer.status, StatusCode::MISDIRECTED_REQUEST, "{host}");
    }
    let answer = server.send(Request::builder().uri("/"), "").await;
    assert_eq!(answer.status, StatusCode::MISDIRECTED_REQUEST, "no Host");
}

#[tokio::test]
async fn a_demo_refuses_forwarded_requests() {
    let server = Server::demo().await;
    for name in ["forwarded", "x-forwarded-for", "x-forwarded-host", "via"] {
        let request = request(Method::GET, "/").header(name, "192.0.2.1");
        let answer = server.send(request, "").await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{name}");
    }
}

#[tokio::test]
async fn only_the_trusted_proxy_says_where_a_request_comes_from() {
    let server = Server::clinic(|config| {
        config.server.public_origin = "https://clinic.example".to_owned();
        config.server.trusted_proxy = Some("127.0.0.1".parse().unwrap());
    })
    .await;
    let get = |forwarded: Option<&str>| {
        let request = proxied("clinic.example");
        match forwarded {
            Some(forwarded) => request.header("x-forwarded-for", forwarded),
            None => request,
        }
    };
    let proxy: IpAddr = "127.0.0.1".parse().unwrap();
    let other: IpAddr = "192.0.2.9".parse().unwrap();
    let answer = server.send_from(proxy, get(Some("192.0.2.1")), "").await;
    assert_eq!(answer.status, StatusCode::OK);
    let answer = server.send_from(proxy, get(None), "").await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    let answer = server.send_from(proxy, get(Some("nobody")), "").await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    let answer = server.send_from(other, get(Some("192.0.2.1")), "").await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn counters_are_for_this_machine_only() {
    let server = Server::clinic(|config| {
        config.server.trusted_proxy = Some("127.0.0.1".parse().unwrap());
    })
    .await;
    let metrics = || Request::builder().uri("/metrics");
    let answer = server.send(metrics(), "").await;
    assert_eq!(answer.status, StatusCode::OK);
    let text = String::from_utf8(answer.body).unwrap();
    assert!(text.contains("quietroom_http_requests_total 1\n"), "{text}");
    let remote = "192.0.2.9".parse().unwrap();
    let answer = server.send_from(remote, metrics(), "").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    let forwarded = metrics().header("x-forwarded-for", "127.0.0.1");
    let answer = server.send(forwarded, "").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_server_that_drains_is_alive_and_not_ready() {
    let server = Server::demo().await;
    assert_eq!(server.get("/readyz", None).await.status, StatusCode::OK);
    server.app.start_draining();
    let ready = server.get("/readyz", None).await;
    assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(server.get("/livez", None).await.status, StatusCode::OK);
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let server = Server::demo().await;
    for path in ["/", "/api/v1/me", "/nothing", "/livez"] {
        let answer = server.get(path, None).await;
        let get = |name: &str| answer.headers[name].to_str().unwrap().to_owned();
        let policy = get("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self' 'sha256-"));
        assert!(!policy.contains("unsafe"), "{policy}");
        assert!(policy.contains("require-trusted-types-for 'script'; trusted-types default;"));
        assert!(policy.contains("connect-src 'self' ws://localhost:8080 "));
        assert_eq!(get("referrer-policy"), "no-referrer");
        assert_eq!(get("x-content-type-options"), "nosniff");
        assert_eq!(get("cross-origin-opener-policy"), "same-origin");
        assert_eq!(get("cache-control"), "no-store", "{path}");
    }
}

#[tokio::test]
async fn the_policy_allows_the_page_its_import_map_alone() {
    let server = Server::demo().await;
    let answer = server.get("/join", None).await;
    let policy = answer.headers["content-security-policy"].to_str().unwrap();
    let page = std::str::from_utf8(&answer.body).unwrap();
    let map = quietroom_web::import_map(page).unwrap();
    let hash = STANDARD.encode(digest(&SHA256, map.as_bytes()));
    assert_eq!(policy.matches("'sha").count(), 1, "{policy}");
    assert!(
        policy.contains(&format!("script-src 'self' 'sha256-{hash}';")),
        "{policy}"
    );
}

#[tokio::test]
async fn the_hashes_of_the_client_are_told_to_everyone() {
    let server = Server::demo().await;
    let answer = server.get("/hashes.txt", None).await;
    assert_eq!(
        answer.headers[header::CONTENT_TYPE],
        "text/plain; charset=utf-8"
    );
    assert_eq!(answer.body, quietroom_web::hashes().unwrap().bytes.as_ref());
}

#[tokio::test]
async fn the_page_of_a_demo_says_so_and_hashed_files_are_kept() {
    let server = Server::demo().await;
    let page = server.get("/join", None).await;
    let html = String::from_utf8(page.body).unwrap();
    assert!(html.contains("<html data-demo"), "{html}");
    let script = html.split("\"/assets/").nth(1).unwrap();
    let script = format!("/assets/{}", script.split('"').next().unwrap());
    let file = server.get(&script, None).await;
    assert_eq!(file.status, StatusCode::OK);
    let kept = file.headers[header::CACHE_CONTROL].to_str().unwrap();
    assert_eq!(kept, "public, max-age=31536000, immutable");
    let missing = server.get("/assets/missing.js", None).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);

    let clinic = Server::clinic(|config| config.server.public_origin = ORIGIN.to_owned()).await;
    let html = String::from_utf8(clinic.get("/", None).await.body).unwrap();
    assert!(!html.contains("data-demo"), "{html}");
}
