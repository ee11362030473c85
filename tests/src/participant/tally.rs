//! What a participant has received.

use super::label::{Label, Source};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

/// Indexes beyond this are not counted: an hour of sound is 180,000 packets.
const MAX_INDEX: u64 = 1 << 20;

/// Which packets came, by publisher and source.
#[derive(Debug, Default)]
pub(super) struct Tally(Mutex<Seen>);

#[derive(Debug, Default)]
struct Seen {
    /// One bit per index.
    streams: HashMap<(u32, Source), Vec<u64>>,
    packets: u64,
}

impl Tally {
    /// Counts one packet; a duplicate changes nothing.
    pub(super) fn add(&self, payload: &[u8]) {
        let label = Label::read(payload);
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.packets += 1;
        let Some(label) = label.filter(|label| label.index < MAX_INDEX) else {
            return;
        };
        let bits = seen
            .streams
            .entry((label.publisher, label.source))
            .or_default();
        let (word, bit) = place(label.index);
        if bits.len() <= word {
            bits.resize(word + 1, 0);
        }
        bits[word] |= 1 << bit;
    }

    /// How many different packets came whose index is in `window`.
    pub(super) fn received(&self, publisher: u32, source: Source, window: Range<u64>) -> u64 {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(bits) = seen.streams.get(&(publisher, source)) else {
            return 0;
        };
        let end = window.end.min(bits.len() as u64 * 64);
        let came = |index: &u64| {
            let (word, bit) = place(*index);
            bits[word] & (1 << bit) != 0
        };
        (window.start..end).filter(came).count() as u64
    }

    /// Packets that came, whatever they were.
    pub(super) fn all(&self) -> u64 {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .packets
    }
}

fn place(index: u64) -> (usize, u64) {
    let word = usize::try_from(index / 64).expect("an index below MAX_INDEX");
    (word, index % 64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(publisher: u32, index: u64) -> Vec<u8> {
        let mut payload = Vec::new();
        let source = Source::Microphone;
        let label = Label {
            publisher,
            source,
            index,
        };
        label.write(&mut payload);
        payload
    }

    #[test]
    fn duplicates_count_once_and_windows_cut_where_they_say() {
        let tally = Tally::default();
        for index in [0, 63, 64, 64, 65, 200] {
            tally.add(&packet(7, index));
        }
        let received = |window| tally.received(7, Source::Microphone, window);
        assert_eq!(received(0..u64::MAX), 5);
        assert_eq!(received(63..65), 2);
        assert_eq!(received(66..200), 0);
        assert_eq!(received(200..201), 1);
        assert_eq!(tally.received(8, Source::Microphone, 0..300), 0);
        assert_eq!(tally.all(), 6);
    }
}
