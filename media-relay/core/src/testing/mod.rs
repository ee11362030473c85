//! Both ends in virtual time: a [`World`] of one plane and its browsers.

mod browser;
mod media;
mod world;

pub(crate) use browser::Browser;
pub(crate) use media::{Stream, video};
pub(crate) use world::{ROOM, World, wanted};

use proptest::test_runner::{Config, RngSeed};
use std::sync::OnceLock;
use std::time::Instant;

/// The instant at which every test begins.
#[expect(
    clippy::disallowed_methods,
    reason = "virtual time needs a first instant, and `Instant` has no other source"
)]
pub(crate) fn start() -> Instant {
    static START: OnceLock<Instant> = OnceLock::new();
    *START.get_or_init(Instant::now)
}

/// Property tests try the same inputs every time.
pub(crate) fn seeded(cases: u32) -> Config {
    Config {
        cases,
        rng_seed: RngSeed::Fixed(7),
        failure_persistence: None,
        ..Config::default()
    }
}
