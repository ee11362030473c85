//! How much one socket may say.

use std::time::Instant;

/// Messages that may come at once, and per second from then on. A class of 30 makes a device answer
/// some dozens of offers within a few seconds.
const BURST: f64 = 90.0;
const PER_SECOND: f64 = 20.0;
/// Messages refused before the socket is closed.
const PATIENCE: u32 = 200;

#[derive(Debug)]
pub(super) struct Rate {
    allowed: f64,
    at: Instant,
    refused: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Allowed,
    TooMany,
    /// It does not stop: the socket is to be closed.
    Enough,
}

impl Rate {
    pub(super) const fn new(now: Instant) -> Self {
        Self {
            allowed: BURST,
            at: now,
            refused: 0,
        }
    }

    pub(super) fn count(&mut self, now: Instant) -> Verdict {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        self.at = now;
        self.allowed = passed.mul_add(PER_SECOND, self.allowed).min(BURST);
        if self.allowed >= 1.0 {
            self.allowed -= 1.0;
            return Verdict::Allowed;
        }
        self.refused += 1;
        if self.refused > PATIENCE {
            Verdict::Enough
        } else {
            Verdict::TooMany
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use std::time::Duration;

    #[test]
    fn a_burst_passes_then_a_steady_rate_and_a_flood_is_closed() {
        let now = Clock::system().instant();
        let mut rate = Rate::new(now);
        for _ in 0..90 {
            assert_eq!(rate.count(now), Verdict::Allowed);
        }
        assert_eq!(rate.count(now), Verdict::TooMany);
        assert_eq!(
            rate.count(now + Duration::from_millis(60)),
            Verdict::Allowed
        );
        let verdicts: Vec<_> = (0..300).map(|_| rate.count(now)).collect();
        assert_eq!(verdicts.last(), Some(&Verdict::Enough));
    }
}
