//! Key-frame requests to one layer, merged and throttled: many listeners may ask at once.

use std::time::{Duration, Instant};

/// Least time between two requests. A key frame is large, and on its way for as long as this. Browsers
/// pass over a request within 300 ms of the one before, by their own clock: this is surely more.
const INTERVAL: Duration = Duration::from_millis(350);

#[derive(Debug, Default)]
pub(crate) struct KeyFrameRequests {
    last: Option<Instant>,
    wanted: bool,
}

impl KeyFrameRequests {
    /// Somebody cannot go on without a key frame.
    pub(crate) fn want(&mut self) {
        self.wanted = true;
    }

    /// A key frame came: whoever asked has it.
    pub(crate) fn came(&mut self) {
        self.wanted = false;
    }

    /// When the next request may go out, if one is wanted.
    pub(crate) fn due(&self, now: Instant) -> Option<Instant> {
        self.wanted
            .then(|| self.last.map_or(now, |last| last + INTERVAL))
    }

    /// True when a request is to be sent now; it counts as sent.
    pub(crate) fn take(&mut self, now: Instant) -> bool {
        let due = self.due(now).is_some_and(|due| due <= now);
        if due {
            self.wanted = false;
            self.last = Some(now);
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::start;

    #[test]
    fn requests_within_the_interval_become_one_and_none_is_forgotten() {
        let mut requests = KeyFrameRequests::default();
        let now = start();
        requests.want();
        requests.want();
        assert!(requests.take(now));
        assert!(!requests.take(now));
        requests.want();
        assert!(!requests.take(now + INTERVAL / 2));
        assert_eq!(requests.due(now), Some(now + INTERVAL));
        assert!(requests.take(now + INTERVAL));
        assert_eq!(requests.due(now + INTERVAL), None);
    }

    #[test]
    fn a_key_frame_answers_a_waiting_request() {
        let mut requests = KeyFrameRequests::default();
        requests.want();
        requests.came();
        assert!(!requests.take(start()));
    }
}
