//! The shell's only clock.

use quietroom_protocol::UtcMillis;
use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// Tells the time: the system's, or one that a test moves by hand.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    Manual {
        start: Instant,
        start_unix: i64,
        now_unix: Arc<AtomicI64>,
    },
}

impl Clock {
    #[must_use]
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands still until [`Clock::advance`].
    #[must_use]
    pub fn manual(now: UtcMillis) -> Self {
        Self(Source::Manual {
            start: system_instant(),
            start_unix: now.0,
            now_unix: Arc::new(AtomicI64::new(now.0)),
        })
    }

    /// Wall clock, milliseconds since 1970.
    #[must_use]
    pub fn now(&self) -> UtcMillis {
        match &self.0 {
            Source::System => system_unix(),
            Source::Manual { now_unix, .. } => UtcMillis(now_unix.load(Ordering::SeqCst)),
        }
    }

    /// Monotonic time, for timeouts.
    #[must_use]
    pub fn instant(&self) -> Instant {
        match &self.0 {
            Source::System => system_instant(),
            Source::Manual {
                start,
                start_unix,
                now_unix,
            } => {
                let passed = now_unix.load(Ordering::SeqCst) - start_unix;
                *start + Duration::from_millis(u64::try_from(passed).unwrap_or(0))
            }
        }
    }

    /// Moves a manual clock; the system's is left alone.
    pub fn advance(&self, by: Duration) {
        if let Source::Manual { now_unix, .. } = &self.0 {
            let ms = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
            now_unix.fetch_add(ms, Ordering::SeqCst);
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the system's clock"
)]
fn system_unix() -> UtcMillis {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    UtcMillis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the system's clock"
)]
fn system_instant() -> Instant {
    Instant::now()
}
