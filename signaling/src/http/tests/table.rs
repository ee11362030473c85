//! Every route, tried by everyone.

use super::harness::{ORIGIN, Server, request, with};
use crate::http::table;
use axum::http::{Method, StatusCode, header};
use quietroom_protocol::StaffRole::{Administrator, Auditor, Clinician};
use std::collections::BTreeSet;

/// Who may use a route, beyond what the handler then asks of the thing itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum May {
    Anyone,
    Staff,
    Clinicians,
    Administrators,
}
use May::{Administrators, Anyone, Clinicians, Staff};

/// Written out once more, by hand: a route that is not here fails, and so does one that is gone.
const EXPECTED: &[(&str, &str, May)] = &[
    ("GET", "/", Anyone),
    ("GET", "/sign-in", Anyone),
    ("GET", "/setup", Anyone),
    ("GET", "/join", Anyone),
    ("GET", "/session/{session}", Anyone),
    ("GET", "/new", Anyone),
    ("GET", "/notes", Anyone),
    ("GET", "/notes/{note}", Anyone),
    ("GET", "/staff", Anyone),
    ("GET", "/assets/{*path}", Anyone),
    ("GET", "/hashes.txt", Anyone),
    ("GET", "/livez", Anyone),
    ("GET", "/readyz", Anyone),
    ("GET", "/metrics", Anyone),
    ("POST", "/api/v1/setup/look", Anyone),
    ("POST", "/api/v1/setup", Anyone),
    ("POST", "/api/v1/setup/confirm", Anyone),
    ("POST", "/api/v1/sign-in", Anyone),
    ("POST", "/api/v1/sign-in/link", Anyone),
    ("POST", "/api/v1/sign-out", Staff),
    ("GET", "/api/v1/me", Staff),
    ("GET", "/api/v1/staff", Administrators),
    ("POST", "/api/v1/staff", Administrators),
    ("POST", "/api/v1/staff/{staff}/disable", Administrators),
    ("POST", "/api/v1/staff/{staff}/enable", Administrators),
    ("POST", "/api/v1/staff/{staff}/reissue", Administrators),
    ("POST", "/api/v1/join/look", Anyone),
    ("POST", "/api/v1/join", Anyone),
    ("GET", "/api/v1/day", Clinicians),
    ("GET", "/api/v1/people", Clinicians),
    ("POST", "/api/v1/people", Clinicians),
    ("POST", "/api/v1/sessions", Clinicians),
    ("GET", "/api/v1/sessions/{session}", Clinicians),
    ("POST", "/api/v1/sessions/{session}/reschedule", Clinicians),
    ("POST", "/api/v1/sessions/{session}/cancel", Clinicians),
    ("POST", "/api/v1/sessions/{session}/no-show", Clinicians),
    ("POST", "/api/v1/sessions/{session}/links", Clinicians),
    ("GET", "/api/v1/identity", Clinicians),
    ("POST", "/api/v1/identity", Clinicians),
    ("GET", "/api/v1/notes", Clinicians),
    ("GET", "/api/v1/notes/{note}", Clinicians),
    ("PUT", "/api/v1/notes/{note}", Clinicians),
    ("GET", "/api/v1/ws", Anyone),
];

/// Of nothing there is.
const ID: &str = "00000000-0000-4000-8000-000000000000";

#[test]
fn the_table_is_the_one_expected() {
    let built: BTreeSet<(String, &str)> = table()
        .iter()
        .map(|route| (route.method.to_string(), route.path))
        .collect();
    let expected: BTreeSet<(String, &str)> = EXPECTED
        .iter()
        .map(|(method, path, _)| ((*method).to_owned(), *path))
        .collect();
    assert_eq!(built, expected);
    assert_eq!(table().len(), EXPECTED.len(), "no route twice");
}

#[tokio::test]
async fn every_route_lets_in_those_it_should_and_nobody_else() {
    let server = Server::demo().await;
    let askers = [
        (None, None),
        (Some(Clinician), Some("clinician")),
        (Some(Administrator), Some("administrator")),
        (Some(Auditor), Some("auditor")),
    ];
    for (role, username) in askers {
        for (number, (method, path, may)) in EXPECTED.iter().enumerate() {
            // Each try has an account of its own: signing out is among them.
            let cookie = match (role, username) {
                (Some(role), Some(username)) => {
                    let username = format!("{username}-{number}");
                    Some(server.signed_in(&username, role).await.1)
                }
                _ => None,
            };
            let expected = match (may, role) {
                (Anyone, _) | (Staff, Some(_)) => None,
                (Clinicians, Some(Clinician)) | (Administrators, Some(Administrator)) => None,
                (_, None) => Some(StatusCode::UNAUTHORIZED),
                (_, Some(_)) => Some(StatusCode::FORBIDDEN),
            };
            let method: Method = method.parse().unwrap();
            let filled: Vec<&str> = path
                .split('/')
                .map(|part| if part.starts_with('{') { ID } else { part })
                .collect();
            let filled = filled.join("/");
            let request = with(request(method, &filled), cookie.as_deref())
                .header(header::ORIGIN, ORIGIN)
                .header(header::CONTENT_TYPE, "application/json");
            let status = server.send(request, "{}").await.status;
            let denied = [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN].contains(&status);
            match expected {
                Some(expected) => assert_eq!(status, expected, "{filled} {role:?}"),
                None => assert!(!denied, "{filled} {role:?}: {status}"),
            }
        }
    }
}

#[tokio::test]
async fn what_is_not_in_the_table_is_not_found() {
    let server = Server::demo().await;
    let (_, cookie) = server.signed_in("maya", Clinician).await;
    for path in [
        "/api/v1",
        "/api/v1/audit",
        "/api",
        "/session",
        "/index.html",
    ] {
        let answer = server.get(path, Some(&cookie)).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
    // A path that is known does not tell by which methods.
    let answer = server.send(request(Method::DELETE, "/api/v1/me"), "").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}
