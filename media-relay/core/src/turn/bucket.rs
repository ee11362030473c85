//! A limit on bytes per second, with a second's worth at once.

use std::time::Instant;

/// Nanoseconds.
const BURST: u64 = 1_000_000_000;

/// What a byte costs, in units of 1/65536 ns, and until when what was let through has used the
/// limit up, in nanoseconds since the bucket was made: no division for each packet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bucket {
    cost: u64,
    made: Instant,
    spent: u64,
}

impl Bucket {
    pub(super) fn new(bytes_per_second: u64, now: Instant) -> Bucket {
        Bucket {
            cost: (BURST << 16) / bytes_per_second.max(1),
            made: now,
            spent: 0,
        }
    }

    /// Whether so many bytes may pass now; those that may are counted.
    pub(super) fn take(&mut self, bytes: usize, now: Instant) -> bool {
        let now = now.saturating_duration_since(self.made);
        let seconds = now.as_secs().saturating_mul(BURST);
        let now = seconds.saturating_add(now.subsec_nanos().into());
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        let cost = self.cost.saturating_mul(bytes) >> 16;
        let spent = self.spent.max(now).saturating_add(cost);
        let fits = spent - now <= BURST;
        if fits {
            self.spent = spent;
        }
        fits
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::start;
    use std::time::Duration;

    #[test]
    fn a_second_may_pass_at_once_and_then_as_much_per_second() {
        let mut bucket = Bucket::new(10_000, start());
        let mut passed = 0;
        for _ in 0..100 {
            passed += usize::from(bucket.take(1000, start()));
        }
        assert_eq!(passed, 10);
        for tenth in 1..=100 {
            let now = start() + Duration::from_millis(tenth * 100);
            for _ in 0..10 {
                passed += usize::from(bucket.take(1000, now));
            }
        }
        assert_eq!(passed, 110);
    }

    #[test]
    fn a_payload_larger_than_a_second_never_passes_and_costs_nothing() {
        let mut bucket = Bucket::new(0, start());
        assert!(!bucket.take(65_535, start()));
        let mut bucket = Bucket::new(1000, start());
        assert!(!bucket.take(1001, start()));
        assert!(bucket.take(1000, start()));
    }
}
