//! A browser's end of everything, in virtual time.

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
