//! A server without sockets: requests go straight into the router.

use crate::{
    account::Token,
    clock::Clock,
    http::{Peer, router},
    random::Random,
    relay::{
        scripted::{Life, script, settings},
        supervise,
    },
    room::{Rooms, RoomsSetup},
    state::{App, Parts, Shell},
    turn::Turn,
};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode, header, request},
};
use media_relay_control::{Command, Event, RelayStats};
use quietroom_config::Config;
use quietroom_protocol::{
    OrganisationId, Phi, RefusalCode, Refused, StaffId, StaffRole, UtcMillis, api::SetUpLink,
};
use quietroom_records::{Ctx, KeyEncryptionKey, NewStaff, NewWebSession, OpenOptions, Records};
use serde::{Serialize, de::DeserializeOwned};
use std::net::{IpAddr, Ipv4Addr};
use tempfile::TempDir;
use tower::ServiceExt;

pub(super) const ORIGIN: &str = "http://localhost:8080";

/// A running server and its clock.
pub(super) struct Server {
    pub(super) app: App,
    router: Router,
    _folder: TempDir,
}

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Server {
    pub(super) async fn demo() -> Self {
        Self::start(true, |_| {}).await
    }

    /// One that serves a clinic, with its configuration changed by `change`.
    pub(super) async fn clinic(change: impl FnOnce(&mut Config)) -> Self {
        Self::start(false, change).await
    }

    async fn start(demo: bool, change: impl FnOnce(&mut Config)) -> Self {
        let folder = TempDir::new().unwrap();
        let data = folder.path().join("data");
        let mut config = Config::demo(data.clone(), 8080, "UTC".to_owned());
        change(&mut config);
        let clock = Clock::manual(UtcMillis(1_790_000_000_000));
        let random = Random::system();
        let key = KeyEncryptionKey::create(&folder.path().join("key")).unwrap();
        let options = OpenOptions {
            demo,
            now: clock.now(),
        };
        let records = Records::open(&data, key, options).await.unwrap();
        let organisation = OrganisationId(random.uuid().unwrap());
        let ctx = Ctx::server(organisation, clock.now());
        records
            .create_organisation(&ctx, "Clinic", "UTC")
            .await
            .unwrap();
        let relay = relay().await;
        let rooms = Rooms::new(RoomsSetup {
            organisation,
            records: records.clone(),
            relay: relay.clone(),
            turn: Turn::new(&config, &random).unwrap(),
            clock: clock.clone(),
            random: random.clone(),
            time_zone: "UTC".to_owned(),
            consent_version: config.consent.version.clone(),
        });
        let app = Shell::new(Parts {
            config,
            demo,
            organisation,
            records,
            clock,
            random,
            relay,
            rooms,
        });
        Self {
            router: router(app.clone()).unwrap(),
            app,
            _folder: folder,
        }
    }

    pub(super) fn ctx(&self) -> Ctx {
        Ctx::server(self.app.organisation, self.app.clock.now())
    }

    /// An account, not set up.
    pub(super) async fn hire(&self, username: &str, role: StaffRole) -> StaffId {
        let staff = StaffId(self.app.random.uuid().unwrap());
        let new = NewStaff {
            staff,
            username: Phi::new(username.to_owned()),
            name: Phi::new("Maya".to_owned()),
            role,
        };
        let records = &self.app.records;
        records.create_staff(&self.ctx(), &new).await.unwrap();
        staff
    }

    /// An account that is signed in; returns its cookie.
    pub(super) async fn signed_in(&self, username: &str, role: StaffRole) -> (StaffId, String) {
        let staff = self.hire(username, role).await;
        let token = Token::random(&self.app.random).unwrap();
        let session = NewWebSession {
            staff,
            token_hash: token.hash,
            idle_ms: 15 * 60_000,
            expires_at: self.app.clock.now().plus(12 * 3_600_000),
        };
        let records = &self.app.records;
        records
            .open_web_session(&self.ctx(), &session)
            .await
            .unwrap();
        let cookie = format!("__Host-quietroom={}", token.text.expose());
        (staff, cookie)
    }

    pub(super) async fn set_up_token(&self, staff: StaffId) -> String {
        let token = Token::random(&self.app.random).unwrap();
        let ctx = self.ctx();
        let expires_at = ctx.now.plus(3_600_000);
        let records = &self.app.records;
        records
            .issue_set_up(&ctx, staff, token.hash, expires_at)
            .await
            .unwrap();
        token.text.into_exposed()
    }

    pub(super) async fn get(&self, path: &str, cookie: Option<&str>) -> Answer {
        self.send(with(request(Method::GET, path), cookie), "")
            .await
    }

    pub(super) async fn post(
        &self,
        path: &str,
        cookie: Option<&str>,
        body: &impl Serialize,
    ) -> Answer {
        let request = with(request(Method::POST, path), cookie)
            .header(header::ORIGIN, ORIGIN)
            .header(header::CONTENT_TYPE, "application/json");
        let body = serde_json::to_string(body).unwrap();
        self.send(request, &body).await
    }

    pub(super) async fn send(&self, request: request::Builder, body: &str) -> Answer {
        self.send_from(Ipv4Addr::LOCALHOST.into(), request, body)
            .await
    }

    pub(super) async fn send_from(
        &self,
        peer: IpAddr,
        request: request::Builder,
        body: &str,
    ) -> Answer {
        let request = request.extension(Peer(peer));
        let request = request.body(Body::from(body.to_owned())).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: to_bytes(body, 1 << 24).await.unwrap().to_vec(),
        }
    }
}

impl Answer {
    pub(super) fn json<T: DeserializeOwned>(&self) -> T {
        assert!(self.status.is_success(), "{self:?}");
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(super) fn refused(&self) -> RefusalCode {
        assert!(!self.status.is_success(), "{self:?}");
        serde_json::from_slice::<Refused>(&self.body).unwrap().code
    }

    /// `name=value` of the cookie that was set.
    pub(super) fn cookie(&self) -> String {
        let cookie = self.headers[header::SET_COOKIE].to_str().unwrap();
        cookie.split(';').next().unwrap().to_owned()
    }
}

/// The token of a set-up link.
pub(super) fn token_of(link: &SetUpLink) -> String {
    let path = link.path.expose();
    path.strip_prefix("/setup#").unwrap().to_owned()
}

pub(super) fn request(method: Method, path: &str) -> request::Builder {
    Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, "localhost:8080")
}

pub(super) fn with(request: request::Builder, cookie: Option<&str>) -> request::Builder {
    match cookie {
        Some(cookie) => request.header(header::COOKIE, cookie),
        None => request,
    }
}

/// A relay that is up and carries nothing.
async fn relay() -> crate::relay::Relay {
    let (start, mut lives) = script();
    let supervised = tokio::spawn(supervise(start, settings()));
    let mut life = Life::ready(&mut lives).await;
    tokio::spawn(async move {
        loop {
            if let Command::Stats { request } = life.command().await {
                let stats = RelayStats::default();
                life.tell(Event::Stats { request, stats }).await;
            }
        }
    });
    supervised.await.unwrap().unwrap()
}
