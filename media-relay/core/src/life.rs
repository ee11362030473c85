//! How long ago a peer was heard. An ICE-lite relay sends no consent checks (RFC 7675), so
//! silence is all it has to go by.

use std::time::{Duration, Instant};

/// A peer silent for so long is reported.
const QUIET: Duration = Duration::from_secs(3);
/// A peer silent for so long is closed: browsers check consent every 5 s and give up after 30
/// themselves (RFC 7675 section 5.1).
const LOST: Duration = Duration::from_secs(30);

#[derive(Debug, Default)]
pub(crate) struct Life {
    /// Last authenticated packet, or when the first was expected; `None` before that.
    heard: Option<Instant>,
    connected: bool,
    quiet: bool,
}

/// What silence comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Silence {
    Quiet(Duration),
    Lost(Duration),
}

impl Life {
    /// The browser has our description: from now on it is expected.
    pub(crate) fn expect(&mut self, now: Instant) {
        self.heard.get_or_insert(now);
    }

    /// A connected peer that was heard within `time`.
    pub(crate) fn is_heard(&self, time: Duration, now: Instant) -> bool {
        self.connected && self.heard.is_some_and(|at| now < at + time)
    }

    pub(crate) fn connect(&mut self, now: Instant) {
        self.connected = true;
        self.heard = Some(now);
    }

    pub(crate) fn is_connected(&self) -> bool {
        self.connected
    }

    /// Something authenticated came; yields how long it had been quiet, if that was reported.
    /// Before the peer is connected it does not count: ICE alone is no call.
    pub(crate) fn hear(&mut self, now: Instant) -> Option<Duration> {
        if !self.connected {
            return None;
        }
        let before = self.heard.replace(now);
        let was_quiet = std::mem::take(&mut self.quiet);
        was_quiet.then(|| before.map_or(Duration::ZERO, |at| now.saturating_duration_since(at)))
    }

    /// What is to be reported now; quiet is reported once, and only of connected peers.
    pub(crate) fn silence(&mut self, now: Instant) -> Option<Silence> {
        let silent = now.saturating_duration_since(self.heard?);
        if silent >= LOST {
            return Some(Silence::Lost(silent));
        }
        if silent >= QUIET && self.connected && !self.quiet {
            self.quiet = true;
            return Some(Silence::Quiet(silent));
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::start;

    #[test]
    fn silence_is_quiet_once_and_then_lost() {
        let mut life = Life::default();
        let at = |seconds| start() + Duration::from_secs(seconds);
        life.expect(at(0));
        life.connect(at(1));
        assert_eq!(life.silence(at(3)), None);
        assert_eq!(
            life.silence(at(4)),
            Some(Silence::Quiet(Duration::from_secs(3)))
        );
        assert_eq!(life.silence(at(5)), None);
        assert_eq!(life.hear(at(6)), Some(Duration::from_secs(5)));
        assert_eq!(life.hear(at(7)), None);
        assert_eq!(
            life.silence(at(37)),
            Some(Silence::Lost(Duration::from_secs(30)))
        );
    }

    #[test]
    fn a_peer_that_never_connects_is_lost_without_having_been_quiet() {
        let mut life = Life::default();
        let at = |seconds| start() + Duration::from_secs(seconds);
        assert_eq!(life.silence(at(100)), None, "nothing was expected yet");
        life.expect(at(100));
        life.hear(at(129));
        assert_eq!(life.silence(at(129)), None);
        assert!(matches!(life.silence(at(130)), Some(Silence::Lost(_))));
    }
}
