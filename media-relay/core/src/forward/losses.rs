//! Packets of a layer that did not come, and when to ask for them (RFC 4585 section 6.2.1).

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::{Duration, Instant};

/// Time for a packet that was only overtaken to arrive.
const PATIENCE: Duration = Duration::from_millis(10);
/// Time between the first and the second request; each further one waits half as long again.
const INTERVAL: Duration = Duration::from_millis(40);
/// Requests per packet: the last goes out after about 0.8 s, later than a picture can use it.
const TRIES: u8 = 7;
/// More than this is not a loss to repair but a break: a key frame is cheaper.
const MAX_MISSING: usize = 256;

#[derive(Debug, Default)]
pub(crate) struct Losses {
    missing: BTreeMap<u64, Missing>,
}

#[derive(Debug)]
struct Missing {
    tries: u8,
    due: Instant,
    wait: Duration,
}

/// Too much is missing to ask for it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Broken;

impl Losses {
    /// Packets were skipped.
    ///
    /// # Errors
    /// [`Broken`] when they are too many: none is asked for any more.
    pub(crate) fn skipped(&mut self, range: Range<u64>, now: Instant) -> Result<(), Broken> {
        let more = usize::try_from(range.end.saturating_sub(range.start)).unwrap_or(usize::MAX);
        if self.missing.len().saturating_add(more) > MAX_MISSING {
            self.missing.clear();
            return Err(Broken);
        }
        for index in range {
            let missing = Missing {
                tries: 0,
                due: now + PATIENCE,
                wait: INTERVAL,
            };
            self.missing.insert(index, missing);
        }
        Ok(())
    }

    /// A packet came; true when it was missing.
    pub(crate) fn came(&mut self, index: u64) -> bool {
        // Nearly always nothing is missing at all.
        !self.missing.is_empty() && self.missing.remove(&index).is_some()
    }

    pub(crate) fn clear(&mut self) {
        self.missing.clear();
    }

    /// When to ask next.
    pub(crate) fn due(&self) -> Option<Instant> {
        self.missing.values().map(|missing| missing.due).min()
    }

    /// The sequence numbers to ask for now. What was asked for often enough is given up.
    pub(crate) fn take_due(&mut self, now: Instant) -> Vec<u16> {
        let mut due = Vec::new();
        self.missing.retain(|index, missing| {
            if now < missing.due {
                return true;
            }
            if missing.tries >= TRIES {
                return false;
            }
            missing.tries += 1;
            missing.due = now + missing.wait;
            missing.wait += missing.wait / 2;
            // A sequence number is the low half of an index.
            due.push(*index as u16);
            true
        });
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::start;

    #[test]
    fn a_missing_packet_is_asked_for_a_few_times_with_growing_waits() {
        let mut losses = Losses::default();
        let mut now = start();
        losses.skipped(65_535..65_537, now).unwrap();
        assert!(losses.take_due(now).is_empty(), "it may only be late");
        let mut asked = 0;
        while let Some(due) = losses.due() {
            now = due;
            let seqs = losses.take_due(now);
            assert!(seqs.is_empty() || seqs == [65_535, 0]);
            asked += usize::from(!seqs.is_empty());
        }
        assert_eq!(asked, usize::from(TRIES));
        let took = now - start();
        assert!(took > Duration::from_millis(500) && took < Duration::from_secs(2));
    }

    #[test]
    fn what_came_is_not_asked_for() {
        let mut losses = Losses::default();
        losses.skipped(5..7, start()).unwrap();
        assert!(losses.came(5));
        assert!(!losses.came(5));
        assert_eq!(losses.take_due(start() + PATIENCE), [6]);
    }

    #[test]
    fn a_break_is_given_up_at_once() {
        let mut losses = Losses::default();
        losses.skipped(0..200, start()).unwrap();
        assert_eq!(losses.skipped(300..400, start()), Err(Broken));
        assert_eq!(losses.due(), None);
        assert_eq!(losses.skipped(0..u64::MAX, start()), Err(Broken));
    }
}
