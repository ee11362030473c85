//! Requests that another site makes a browser send.

use super::harness::{Answer, ORIGIN, Server, request, with};
use axum::http::{Method, StatusCode, header, request::Builder};
use quietroom_protocol::{RefusalCode, StaffRole};

async fn sign_out(server: &Server, change: impl FnOnce(Builder) -> Builder) -> Answer {
    let (_, cookie) = server.signed_in("maya", StaffRole::Clinician).await;
    let request = with(request(Method::POST, "/api/v1/sign-out"), Some(&cookie));
    let answer = server.send(change(request), "").await;
    let me = server.get("/api/v1/me", Some(&cookie)).await;
    assert_eq!(
        me.status.is_success(),
        !answer.status.is_success(),
        "a refused request changed nothing"
    );
    answer
}

#[tokio::test]
async fn a_post_of_our_own_page_is_taken() {
    let server = Server::demo().await;
    let ours = |request: Builder| {
        request
            .header(header::ORIGIN, ORIGIN)
            .header("sec-fetch-site", "same-origin")
    };
    assert_eq!(sign_out(&server, ours).await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn a_post_from_another_origin_is_refused() {
    for origin in [
        "https://elsewhere.example",
        "null",
        "http://localhost:8081",
        "https://localhost:8080",
        "http://localhost:8080.elsewhere.example",
    ] {
        let server = Server::demo().await;
        let answer = sign_out(&server, |request| request.header(header::ORIGIN, origin)).await;
        assert_eq!(answer.refused(), RefusalCode::CrossSite, "{origin}");
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
    }
}

#[tokio::test]
async fn a_post_without_origin_is_refused() {
    let server = Server::demo().await;
    let answer = sign_out(&server, |request| request).await;
    assert_eq!(answer.refused(), RefusalCode::CrossSite);
}

#[tokio::test]
async fn a_post_that_the_browser_calls_cross_site_is_refused() {
    for site in ["cross-site", "same-site", "none"] {
        let server = Server::demo().await;
        let cross = |request: Builder| {
            request
                .header(header::ORIGIN, ORIGIN)
                .header("sec-fetch-site", site)
        };
        assert_eq!(
            sign_out(&server, cross).await.refused(),
            RefusalCode::CrossSite,
            "{site}"
        );
    }
}

#[tokio::test]
async fn a_websocket_upgrade_from_another_origin_is_refused() {
    let server = Server::demo().await;
    let (_, cookie) = server.signed_in("maya", StaffRole::Clinician).await;
    for origin in [None, Some("https://elsewhere.example"), Some("null")] {
        let request = with(request(Method::GET, "/api/v1/ws"), Some(&cookie))
            .header(header::CONNECTION, "upgrade")
            .header(header::UPGRADE, "websocket")
            .header("sec-websocket-version", "13")
            .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
        let request = match origin {
            Some(origin) => request.header(header::ORIGIN, origin),
            None => request,
        };
        let answer = server.send(request, "").await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{origin:?}");
    }
}

#[tokio::test]
async fn a_body_that_is_not_json_is_refused() {
    let server = Server::demo().await;
    let request = request(Method::POST, "/api/v1/sign-in")
        .header(header::ORIGIN, ORIGIN)
        .header(header::CONTENT_TYPE, "text/plain");
    let answer = server
        .send(request, r#"{"username":"a","password":"b","code":"c"}"#)
        .await;
    assert_eq!(answer.refused(), RefusalCode::Invalid);
}

#[tokio::test]
async fn a_refused_body_is_not_repeated() {
    let server = Server::demo().await;
    let answer = server
        .post("/api/v1/sign-in", None, &["Jordan", "555-0142"])
        .await;
    assert_eq!(answer.refused(), RefusalCode::Invalid);
    let body = String::from_utf8(answer.body).unwrap();
    assert!(!body.contains("Jordan") && !body.contains("555"), "{body}");
}
