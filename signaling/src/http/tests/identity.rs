//! A clinician's identity key, kept wrapped.

use super::calendar::Calendar;
use super::harness::{ORIGIN, request, with};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use axum::http::{Method, header};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use quietroom_protocol::{
    Opaque, RefusalCode, StaffRole,
    api::{IdentityFound, IdentityRecord, KeepIdentity, Link, SessionSummary},
};

const PATH: &str = "/api/v1/identity";

fn key() -> String {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    URL_SAFE_NO_PAD.encode(pair.public_key().as_ref())
}

fn keep(public_key: &str, replaces: Option<&str>) -> KeepIdentity {
    KeepIdentity {
        public_key: public_key.to_owned(),
        wrapped: Opaque::new(b"wrapped".to_vec()),
        replaces: replaces.map(str::to_owned),
    }
}

async fn found(calendar: &Calendar) -> Option<IdentityRecord> {
    let found: IdentityFound = calendar.get(PATH).await.json();
    found.identity
}

#[tokio::test]
async fn a_clinician_keeps_an_identity_and_finds_it_elsewhere() {
    let calendar = Calendar::new().await;
    assert_eq!(found(&calendar).await, None);
    let first = key();
    let kept: IdentityRecord = calendar.post(PATH, &keep(&first, None)).await.json();
    assert_eq!(kept.public_key, first);
    assert_eq!(kept.created_at, calendar.now());
    assert_eq!(found(&calendar).await, Some(kept));
    // It is nobody else's.
    let other = calendar.server.signed_in("lee", StaffRole::Clinician).await;
    let others: IdentityFound = calendar.server.get(PATH, Some(&other.1)).await.json();
    assert_eq!(others.identity, None);
}

#[tokio::test]
async fn an_identity_is_replaced_only_by_who_knows_which() {
    let calendar = Calendar::new().await;
    let (first, second) = (key(), key());
    calendar.post(PATH, &keep(&first, None)).await;
    for wrong in [None, Some(second.as_str())] {
        let refused = calendar.post(PATH, &keep(&second, wrong)).await;
        assert_eq!(refused.refused(), RefusalCode::NotNow);
    }
    let replaced = calendar.post(PATH, &keep(&second, Some(&first))).await;
    let replaced: IdentityRecord = replaced.json();
    assert_eq!(found(&calendar).await, Some(replaced));
    let again = calendar.post(PATH, &keep(&first, Some(&second))).await;
    assert_eq!(again.refused(), RefusalCode::Conflict);
}

#[tokio::test]
async fn what_is_no_key_or_too_large_is_refused() {
    let calendar = Calendar::new().await;
    let no_point = format!("BA{}", "A".repeat(85));
    let mut large = keep(&key(), None);
    large.wrapped = Opaque::new(vec![0; 1025]);
    for refused in [keep(&no_point, None), keep("AAAA", None), large] {
        let answer = calendar.post(PATH, &refused).await;
        assert_eq!(answer.refused(), RefusalCode::Invalid);
    }
    assert_eq!(found(&calendar).await, None);
}

#[tokio::test]
async fn another_site_cannot_keep_one() {
    let calendar = Calendar::new().await;
    let body = serde_json::to_string(&keep(&key(), None)).unwrap();
    for origin in [Some("https://elsewhere.example"), None] {
        let mut request = with(request(Method::POST, PATH), Some(&calendar.cookie))
            .header(header::CONTENT_TYPE, "application/json");
        if let Some(origin) = origin {
            assert_ne!(origin, ORIGIN);
            request = request.header(header::ORIGIN, origin);
        }
        let answer = calendar.server.send(request, &body).await;
        assert_eq!(answer.refused(), RefusalCode::CrossSite);
    }
    assert_eq!(found(&calendar).await, None);
}

#[tokio::test]
async fn what_is_sealed_with_a_link_is_given_to_the_clinician_of_the_session() {
    let calendar = Calendar::new().await;
    let session = calendar.book(10).await;
    calendar.link(&session).await;
    let path = format!("/api/v1/sessions/{}", session.session.0);
    let read: SessionSummary = calendar.get(&path).await.json();
    let link: &Link = read.people[0].link.as_ref().unwrap();
    assert_eq!(link.sealed, Some(Opaque::new(b"sealed".to_vec())));
    let other = calendar.server.signed_in("lee", StaffRole::Clinician).await;
    let answer = calendar.server.get(&path, Some(&other.1)).await;
    assert_eq!(answer.refused(), RefusalCode::NotAllowed);
}
