//! Waiting for what only a counter shows.

use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Between two looks at a counter.
const LOOK: Duration = Duration::from_millis(20);

/// Waits until `look` is true.
///
/// # Panics
/// When it is not within `limit`; the message says what was waited for.
pub async fn eventually(what: &str, limit: Duration, mut look: impl AsyncFnMut() -> bool) {
    #[expect(clippy::disallowed_methods, reason = "a test is a shell of its own")]
    let started = Instant::now();
    while !look().await {
        assert!(started.elapsed() < limit, "{what}: not within {limit:?}");
        sleep(LOOK).await;
    }
}
