//! What every handler holds.

use crate::{clock::Clock, metrics::Metrics, random::Random, room::Rooms};
use quietroom_config::Config;
use quietroom_protocol::OrganisationId;
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// One running server. Cheap to clone.
pub type App = Arc<Shell>;

/// The parts of a running server.
#[derive(Debug)]
pub struct Shell {
    pub config: Config,
    /// Runs as a demonstration: http on localhost, seeded data.
    pub demo: bool,
    /// Origins by which browsers reach this server.
    pub origins: Vec<String>,
    /// The clinic this server belongs to.
    pub organisation: OrganisationId,
    pub clock: Clock,
    pub random: Random,
    pub rooms: Rooms,
    pub metrics: Metrics,
    draining: AtomicBool,
}

impl Shell {
    #[must_use]
    pub fn new(
        config: Config,
        demo: bool,
        organisation: OrganisationId,
        clock: Clock,
        random: Random,
        rooms: Rooms,
    ) -> App {
        let origins = origins(&config, demo);
        Arc::new(Self {
            config,
            demo,
            origins,
            organisation,
            clock,
            random,
            rooms,
            metrics: Metrics::default(),
            draining: AtomicBool::new(false),
        })
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
