//! How much one socket may say.

use std::time::Instant;

/// Messages that may come at once, and per second from then on. A class of 30 makes a device answer
/// some dozens of offers within a few seconds.
const MESSAGES: Allowance = Allowance {
    burst: 90.0,
    per_second: 20.0,
};
/// Strokes, apart from that: whoever draws says where the pen is many times a second.
const STROKES: Allowance = Allowance {
    burst: 60.0,
    per_second: 30.0,
};
/// A message counts once for each part of this size, bytes: the largest entry of a board once, the
/// largest snapshot fifteen times.
const PART: usize = 96 * 1024;
/// Messages refused before the socket is closed.
const PATIENCE: u32 = 200;
/// Strokes left out before it is closed: a pen that is a little too fast draws on.
const LEFT_OUT: Allowance = Allowance {
    burst: 1_000.0,
    per_second: 100.0,
};

#[derive(Debug)]
pub(super) struct Rate {
    messages: Bucket,
    strokes: Bucket,
    left_out: Bucket,
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
            messages: Bucket::full(MESSAGES, now),
            strokes: Bucket::full(STROKES, now),
            left_out: Bucket::full(LEFT_OUT, now),
            refused: 0,
        }
    }

    /// Counts a message of so many bytes.
    pub(super) fn message(&mut self, now: Instant, bytes: usize) -> Verdict {
        let parts = bytes.div_ceil(PART).max(1);
        let parts = u32::try_from(parts).unwrap_or(u32::MAX);
        if self.messages.take(now, f64::from(parts)) {
            return Verdict::Allowed;
        }
        self.refused += 1;
        if self.refused > PATIENCE {
            Verdict::Enough
        } else {
            Verdict::TooMany
        }
    }

    /// Counts a stroke.
    pub(super) fn stroke(&mut self, now: Instant) -> Verdict {
        if self.strokes.take(now, 1.0) {
            Verdict::Allowed
        } else if self.left_out.take(now, 1.0) {
            Verdict::TooMany
        } else {
            Verdict::Enough
        }
    }
}

/// What may come at once, and what per second from then on.
#[derive(Clone, Copy, Debug)]
struct Allowance {
    burst: f64,
    per_second: f64,
}

#[derive(Debug)]
struct Bucket {
    allowance: Allowance,
    left: f64,
    at: Instant,
}

impl Bucket {
    const fn full(allowance: Allowance, now: Instant) -> Self {
        Self {
            allowance,
            left: allowance.burst,
            at: now,
        }
    }

    /// False when there is not so much left; then nothing is taken.
    fn take(&mut self, now: Instant, much: f64) -> bool {
        let Allowance { burst, per_second } = self.allowance;
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        self.at = now;
        self.left = passed.mul_add(per_second, self.left).min(burst);
        if self.left < much {
            return false;
        }
        self.left -= much;
        true
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
            assert_eq!(rate.message(now, 100), Verdict::Allowed);
        }
        assert_eq!(rate.message(now, 100), Verdict::TooMany);
        assert_eq!(
            rate.message(now + Duration::from_millis(60), 100),
            Verdict::Allowed
        );
        let verdicts: Vec<_> = (0..300).map(|_| rate.message(now, 100)).collect();
        assert_eq!(verdicts.last(), Some(&Verdict::Enough));
    }

    #[test]
    fn strokes_are_counted_apart_and_a_pen_that_is_too_fast_draws_on() {
        let now = Clock::system().instant();
        let mut rate = Rate::new(now);
        for _ in 0..60 {
            assert_eq!(rate.stroke(now), Verdict::Allowed);
        }
        assert_eq!(rate.stroke(now), Verdict::TooMany);
        assert_eq!(rate.message(now, 100), Verdict::Allowed);
        // A minute at 60 a second: half of them pass.
        let mut passed = 0;
        for frame in 1..=3_600_u32 {
            let verdict = rate.stroke(now + Duration::from_secs(1) * frame / 60);
            assert_ne!(verdict, Verdict::Enough);
            passed += u32::from(verdict == Verdict::Allowed);
        }
        assert!((1_795..=1_805).contains(&passed), "{passed}");
        let later = now + Duration::from_secs(61);
        let verdicts: Vec<_> = (0..2_000).map(|_| rate.stroke(later)).collect();
        assert_eq!(verdicts.last(), Some(&Verdict::Enough));
    }

    #[test]
    fn a_large_message_counts_for_its_size() {
        let now = Clock::system().instant();
        let mut rate = Rate::new(now);
        for _ in 0..6 {
            assert_eq!(rate.message(now, 1_400_000), Verdict::Allowed);
        }
        assert_eq!(rate.message(now, 1_400_000), Verdict::TooMany);
    }
}
