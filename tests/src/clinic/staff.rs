//! A member of staff: an HTTP client with a cookie.

use crate::clinic::{JoinSecret, Socket, SocketRefused, now};
use quietroom_protocol::api::{
    BookedPerson, CreateLink, CreatePerson, CreateSession, Link, LinkSignIn, Me, Person,
    SessionSummary,
};
use quietroom_protocol::{
    NoteTemplate, Opaque, ParticipantId, Phi, Refused, Role, SessionId, SessionKind, UtcMillis,
};
use reqwest::{Method, StatusCode};
use serde::{Serialize, de::DeserializeOwned};

/// A body, or the refusal with its status.
pub type Answer<T> = Result<T, (StatusCode, Option<Refused>)>;

#[derive(Clone, Debug)]
pub struct Staff {
    pub origin: String,
    /// `name=value` of the session cookie.
    pub cookie: String,
    http: reqwest::Client,
}

impl Staff {
    /// Signs in with the one-time link of a demo.
    ///
    /// # Errors
    /// The server's refusal.
    ///
    /// # Panics
    /// When the server does not answer, or answers without a cookie.
    pub async fn sign_in(origin: &str, token: &str) -> Answer<Self> {
        let http = reqwest::Client::new();
        let response = http
            .post(format!("{origin}/api/v1/sign-in/link"))
            .header("origin", origin)
            .json(&LinkSignIn {
                token: Phi::new(token.to_owned()),
            })
            .send()
            .await
            .expect("the server answers");
        let cookie = response
            .headers()
            .get("set-cookie")
            .and_then(|c| c.to_str().ok())
            .and_then(|c| c.split(';').next())
            .map(str::to_owned);
        read::<Me>(response).await?;
        Ok(Self {
            origin: origin.to_owned(),
            cookie: cookie.expect("signing in sets a cookie"),
            http,
        })
    }

    /// # Errors
    /// The server's refusal.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Answer<T> {
        self.ask(Method::GET, path, &()).await
    }

    /// # Errors
    /// The server's refusal.
    pub async fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Answer<T> {
        self.ask(Method::POST, path, body).await
    }

    /// # Errors
    /// The server's refusal.
    ///
    /// # Panics
    /// When the server does not answer.
    pub async fn ask<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: &impl Serialize,
    ) -> Answer<T> {
        let mut request = self
            .http
            .request(method.clone(), format!("{}{path}", self.origin))
            .header("cookie", &self.cookie);
        if method != Method::GET {
            request = request.header("origin", &self.origin).json(body);
        }
        read(request.send().await.expect("the server answers")).await
    }

    /// Books an individual session that starts at `starts_at`, for people of the given roles.
    ///
    /// # Errors
    /// The server's refusal.
    pub async fn book(
        &self,
        kind: SessionKind,
        template: NoteTemplate,
        starts_at: UtcMillis,
        people: &[(&str, Role)],
    ) -> Answer<SessionSummary> {
        let mut booked = Vec::new();
        for (name, role) in people {
            let create = CreatePerson {
                name: Phi::new((*name).to_owned()),
            };
            let person: Person = self.post("/api/v1/people", &create).await?;
            booked.push(BookedPerson {
                person: person.person,
                role: *role,
            });
        }
        let create = CreateSession {
            kind,
            template,
            starts_at,
            ends_at: starts_at.plus(50 * 60_000),
            people: booked,
        };
        self.post("/api/v1/sessions", &create).await
    }

    /// Books one client for a session that starts in a minute.
    ///
    /// # Errors
    /// The server's refusal.
    pub async fn book_client(&self) -> Answer<SessionSummary> {
        let starts_at = now().plus(60_000);
        let people = [("Jordan", Role::Client)];
        self.book(
            SessionKind::Individual,
            NoteTemplate::Dap,
            starts_at,
            &people,
        )
        .await
    }

    /// Opens the WebSocket of a session, greeted.
    ///
    /// # Errors
    /// The status with which the upgrade was refused.
    pub async fn enter(&self, session: SessionId) -> Result<Socket, SocketRefused> {
        let mut socket = self.socket().await?;
        socket.hello_as_staff(session, None).await;
        Ok(socket)
    }

    /// Makes a join link for one seat.
    ///
    /// # Errors
    /// The server's refusal.
    pub async fn link(
        &self,
        session: SessionId,
        participant: ParticipantId,
    ) -> Answer<(JoinSecret, Link)> {
        let secret = JoinSecret::random();
        let create = CreateLink {
            participant,
            token_hash: secret.token_hash(),
            sealed: Opaque::new(b"sealed by the clinician".to_vec()),
        };
        let path = format!("/api/v1/sessions/{}/links", session.0);
        let link = self.post(&path, &create).await?;
        Ok((secret, link))
    }

    /// Opens the WebSocket with this member's cookie; no `Hello` is sent yet.
    ///
    /// # Errors
    /// The status with which the upgrade was refused.
    pub async fn socket(&self) -> Result<Socket, SocketRefused> {
        Socket::open(&self.origin, Some(&self.origin), Some(&self.cookie)).await
    }
}

/// Sends one request without a cookie: what a guest's page, or a stranger, can do.
///
/// # Errors
/// The server's refusal.
///
/// # Panics
/// When the server does not answer.
pub async fn send<T: DeserializeOwned>(
    origin: &str,
    path: &str,
    body: &impl Serialize,
) -> Answer<T> {
    let response = reqwest::Client::new()
        .post(format!("{origin}{path}"))
        .header("origin", origin)
        .json(body)
        .send()
        .await
        .expect("the server answers");
    read(response).await
}

async fn read<T: DeserializeOwned>(response: reqwest::Response) -> Answer<T> {
    let status = response.status();
    let body = response.bytes().await.expect("a body");
    if !status.is_success() {
        return Err((status, serde_json::from_slice(&body).ok()));
    }
    let body: &[u8] = if body.is_empty() { b"null" } else { &body };
    Ok(serde_json::from_slice(body).expect("the body is what the protocol says"))
}
