//! A clinician with people, sessions and links, over HTTP.

use super::harness::{Answer, Server};
use crate::account::{Token, sha256};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use quietroom_protocol::{
    Attestation, NoteTemplate, Opaque, Phi, Role, SessionId, SessionKind, StaffId, StaffRole,
    UtcMillis,
    api::{
        BookedPerson, CreateLink, CreatePerson, CreateSession, Join, LookToken, Person,
        SessionSummary,
    },
};

pub(super) const MINUTE: i64 = 60_000;

/// A clinic whose clinician is signed in.
pub(super) struct Calendar {
    pub(super) server: Server,
    pub(super) staff: StaffId,
    pub(super) cookie: String,
}

impl Calendar {
    pub(super) async fn new() -> Self {
        let server = Server::clinic(|_| {}).await;
        let (staff, cookie) = server.signed_in("maya", StaffRole::Clinician).await;
        Self {
            server,
            staff,
            cookie,
        }
    }

    pub(super) fn now(&self) -> UtcMillis {
        self.server.app.clock.now()
    }

    pub(super) async fn get(&self, path: &str) -> Answer {
        self.server.get(path, Some(&self.cookie)).await
    }

    pub(super) async fn post(&self, path: &str, body: &impl serde::Serialize) -> Answer {
        self.server.post(path, Some(&self.cookie), body).await
    }

    pub(super) async fn person(&self) -> Person {
        let name = Phi::new("Jordan".to_owned());
        let person = self.post("/api/v1/people", &CreatePerson { name }).await;
        person.json()
    }

    /// One hour with a new client, some minutes from now.
    pub(super) async fn request(&self, minutes: i64) -> CreateSession {
        let starts_at = self.now().plus(minutes * MINUTE);
        CreateSession {
            kind: SessionKind::Individual,
            template: NoteTemplate::Dap,
            starts_at,
            ends_at: starts_at.plus(60 * MINUTE),
            people: vec![BookedPerson {
                person: self.person().await.person,
                role: Role::Client,
            }],
        }
    }

    pub(super) async fn book(&self, minutes: i64) -> SessionSummary {
        let request = self.request(minutes).await;
        self.post("/api/v1/sessions", &request).await.json()
    }

    /// Does something to a session by its path.
    pub(super) async fn act(&self, session: SessionId, what: &str) -> Answer {
        let path = format!("/api/v1/sessions/{}/{what}", session.0);
        self.post(&path, &serde_json::json!({})).await
    }

    /// A new link for the first guest: its token.
    pub(super) async fn link(&self, session: &SessionSummary) -> Phi<String> {
        let token = Token::random(&self.server.app.random).unwrap();
        let request = CreateLink {
            participant: session.people[0].participant,
            token_hash: URL_SAFE_NO_PAD.encode(token.hash),
            sealed: Opaque::new(b"sealed".to_vec()),
        };
        let path = format!("/api/v1/sessions/{}/links", session.session.0);
        let made = self.post(&path, &request).await;
        assert!(made.status.is_success(), "{made:?}");
        token.text
    }

    pub(super) async fn look(&self, token: &Phi<String>) -> Answer {
        let token = token.clone();
        self.server
            .post("/api/v1/join/look", None, &LookToken { token })
            .await
    }

    pub(super) async fn join(&self, token: &Phi<String>) -> Answer {
        self.server
            .post("/api/v1/join", None, &joining(token))
            .await
    }
}

pub(super) fn joining(token: &Phi<String>) -> Join {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    Join {
        token: token.clone(),
        name: Phi::new("Jordan".to_owned()),
        device_key: URL_SAFE_NO_PAD.encode(pair.public_key().as_ref()),
        attestation: Attestation::default(),
    }
}

/// A token that no link has.
pub(super) fn unknown_token() -> Phi<String> {
    Phi::new(URL_SAFE_NO_PAD.encode(sha256(b"unknown")))
}
