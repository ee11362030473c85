//! The only place of the relay that reads a clock.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

pub(crate) fn now() -> Instant {
    #[expect(clippy::disallowed_methods, reason = "this is the shell's clock")]
    Instant::now()
}

/// Wall-clock time since the Unix epoch; zero when the clock is before it.
pub(crate) fn unix() -> Duration {
    #[expect(clippy::disallowed_methods, reason = "this is the shell's clock")]
    let now = SystemTime::now();
    now.duration_since(UNIX_EPOCH).unwrap_or_default()
}
