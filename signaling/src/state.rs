//! What every handler holds.

use crate::{
    account::Passwords, clock::Clock, dismissal::Dismissals, metrics::Metrics, random::Random,
    relay::Relay, room::Rooms, source::Source,
};
use quietroom_config::Config;
use quietroom_protocol::{OrganisationId, Phi};
use quietroom_records::{Actor, Ctx, Records};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// One running server. Cheap to clone.
pub type App = Arc<Shell>;

/// What a server is made of.
#[derive(Debug)]
pub struct Parts {
    pub config: Config,
    /// Runs as a demonstration: http on localhost, seeded data.
    pub demo: bool,
    /// The clinic this server belongs to.
    pub organisation: OrganisationId,
    pub records: Records,
    pub clock: Clock,
    pub random: Random,
    pub relay: Relay,
    pub rooms: Rooms,
}

/// A running server.
#[derive(Debug)]
pub struct Shell {
    pub config: Config,
    /// Runs as a demonstration: http on localhost, seeded data.
    pub demo: bool,
    /// Origins by which browsers reach this server.
    pub origins: Vec<String>,
    /// The clinic this server belongs to.
    pub organisation: OrganisationId,
    pub records: Records,
    pub clock: Clock,
    pub random: Random,
    pub relay: Relay,
    pub rooms: Rooms,
    pub passwords: Passwords,
    pub dismissals: Dismissals,
    pub metrics: Metrics,
    draining: AtomicBool,
}

impl Shell {
    #[must_use]
    pub fn new(parts: Parts) -> App {
        Arc::new(Self {
            origins: origins(&parts.config, parts.demo),
            config: parts.config,
            demo: parts.demo,
            organisation: parts.organisation,
            records: parts.records,
            clock: parts.clock,
            random: parts.random,
            relay: parts.relay,
            rooms: parts.rooms,
            passwords: Passwords::default(),
            dismissals: Dismissals::default(),
            metrics: Metrics::default(),
            draining: AtomicBool::new(false),
        })
    }

    /// The frame of a call to the records, for a request of `actor` from `source`.
    #[must_use]
    pub fn ctx(&self, actor: Actor, source: Source) -> Ctx {
        Ctx {
            organisation: self.organisation,
            actor,
            source: Some(Phi::new(source.0)),
            now: self.clock.now(),
        }
    }

    /// The server goes down on purpose: `/readyz` says no from now on.
    pub fn start_draining(&self) {
        self.draining.store(true, Ordering::SeqCst);
    }

    #[must_use]
    pub fn draining(&self) -> bool {
        self.draining.load(Ordering::SeqCst)
    }
}

/// A demonstration answers to every name of the loopback interface.
fn origins(config: &Config, demo: bool) -> Vec<String> {
    if !demo {
        return vec![config.server.public_origin.clone()];
    }
    let port = config.server.listen.port();
    ["localhost", "127.0.0.1", "[::1]"]
        .map(|host| format!("http://{host}:{port}"))
        .to_vec()
}
