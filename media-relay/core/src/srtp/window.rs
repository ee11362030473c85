//! Which packet indices of one stream are used up: replay protection for what comes in, and the
//! seal-once guard for what goes out.

/// Indices behind the highest that are still told apart. A retransmitted packet is forwarded in
/// its old place, so the window covers seconds of video rather than the 64 that RFC 3711
/// section 3.3.2 asks for.
const SIZE: u64 = 1024;
const WORDS: usize = (SIZE / 64) as usize;
/// Packet indices have 48 bits (RFC 3711 section 3.3.1).
const INDICES: u64 = 1 << 48;

/// A sliding window of used packet indices.
#[derive(Clone, Debug, Default)]
pub(crate) struct Window {
    /// The highest index used.
    top: Option<u64>,
    /// Bit `index % SIZE`, for the last `SIZE` indices.
    used: [u64; WORDS],
}

impl Window {
    /// The index of sequence number `seq`, taken to be near the highest used one (RFC 3711
    /// section 3.3.1).
    pub(crate) fn index(&self, seq: u16) -> Option<u64> {
        let Some(top) = self.top else {
            return Some(seq.into());
        };
        nearest(top, seq)
    }

    /// True for an index that is not used and not too old to tell.
    pub(crate) fn is_free(&self, index: u64) -> bool {
        if index >= INDICES {
            return false;
        }
        let Some(top) = self.top else { return true };
        if index > top {
            return true;
        }
        top - index < SIZE && !self.bit(index)
    }

    /// Marks an index used. Only an authenticated packet may do so.
    pub(crate) fn take(&mut self, index: u64) {
        let top = self.top.unwrap_or(index);
        if index > top {
            if index - top >= SIZE {
                self.used = [0; WORDS];
            } else {
                for passed in top + 1..=index {
                    self.used[word(passed)] &= !mask(passed);
                }
            }
        } else if top - index >= SIZE {
            return;
        }
        self.used[word(index)] |= mask(index);
        self.top = Some(top.max(index));
    }

    fn bit(&self, index: u64) -> bool {
        self.used[word(index)] & mask(index) != 0
    }
}

/// The index nearest to `top` that ends in `seq`.
pub(crate) fn nearest(top: u64, seq: u16) -> Option<u64> {
    // The difference modulo 2^16, as a signed number.
    let step = seq.wrapping_sub(top as u16).cast_signed();
    top.checked_add_signed(step.into())
}

fn word(index: u64) -> usize {
    (index % SIZE / 64) as usize
}

fn mask(index: u64) -> u64 {
    1 << (index % 64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    #[test]
    fn sequence_numbers_wrap_into_the_next_rollover() {
        let mut window = Window::default();
        window.take(65_534);
        assert_eq!(window.index(1), Some(65_537));
        window.take(65_537);
        assert_eq!(window.index(65_535), Some(65_535));
        assert!(window.is_free(65_535) && !window.is_free(65_534));
    }

    #[test]
    fn nothing_is_before_the_first_rollover() {
        let mut window = Window::default();
        window.take(3);
        assert_eq!(window.index(65_530), None);
    }

    #[test]
    fn indices_end_at_48_bits() {
        let mut window = Window::default();
        window.take(INDICES - 1);
        assert!(!window.is_free(INDICES));
    }

    proptest! {

        #![proptest_config(crate::testing::seeded(256))]

        #[test]
        fn an_index_is_free_once_at_most(
            steps in proptest::collection::vec(-1100i64..1100, 1..200),
        ) {
            let mut window = Window::default();
            let mut used = BTreeSet::new();
            let mut at = 5000u64;
            for step in steps {
                at = at.saturating_add_signed(step);
                if window.is_free(at) {
                    prop_assert!(used.insert(at), "{} was free twice", at);
                    window.take(at);
                }
                prop_assert!(!window.is_free(at));
            }
        }
    }
}
