//! One published section: its layers and who receives it.

use super::Layer;
use crate::rtp::Header;
use crate::sdp::Kind;
use media_relay_control::Quality;
use std::time::Instant;

#[derive(Debug)]
pub(crate) struct Track {
    /// Key of the publishing peer.
    pub(crate) publisher: usize,
    pub(crate) mid: String,
    pub(crate) kind: Kind,
    /// Number of the publisher's stream it belongs to: what has one number plays in step.
    pub(crate) group: usize,
    /// Lowest first.
    pub(crate) layers: Vec<Layer>,
    pub(crate) taps: Vec<Tap>,
}

/// One listener of a track.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tap {
    /// Key of the listening peer.
    pub(crate) peer: usize,
    /// Index of its section.
    pub(crate) section: usize,
}

impl Track {
    /// `layers` is the number of simulcast layers, 1 without simulcast.
    pub(crate) fn new(
        publisher: usize,
        mid: &str,
        kind: Kind,
        layers: usize,
        group: usize,
    ) -> Track {
        Track {
            publisher,
            mid: mid.to_owned(),
            kind,
            group,
            layers: (0..layers.max(1)).map(|_| Layer::new(kind)).collect(),
            taps: Vec::new(),
        }
    }

    pub(crate) fn is_video(&self) -> bool {
        self.kind == Kind::Video
    }

    /// Counts a packet of the main stream of one layer.
    pub(crate) fn arrived(&mut self, layer: usize, header: &Header, index: u64, now: Instant) {
        let kind = self.kind;
        for (at, known) in self.layers.iter_mut().enumerate() {
            if at == layer {
                known.arrived(header, index, kind, now);
            } else {
                known.other_arrived();
            }
        }
    }

    /// The layer to forward: the best that flows and is not better than asked for, else the
    /// lowest that flows. `None` while nothing flows.
    pub(crate) fn layer_for(&self, quality: Quality, now: Instant) -> Option<usize> {
        let best = match quality {
            Quality::Low => 0,
            Quality::Medium => 1,
            Quality::High => usize::MAX,
        };
        let mut flowing =
            (0..self.layers.len()).filter(|layer| self.layers[*layer].is_flowing(now));
        let lowest = flowing.next()?;
        Some(
            flowing
                .take_while(|layer| *layer <= best)
                .last()
                .unwrap_or(lowest),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::start;

    fn track(flowing: &[usize]) -> Track {
        let mut track = Track::new(0, "1", Kind::Video, 3, 0);
        for layer in flowing {
            track.arrived(*layer, &Header::default(), 1, start());
        }
        track
    }

    #[test]
    fn the_best_flowing_layer_within_the_wish_is_chosen() {
        let choose = |flowing: &[usize]| {
            let track = track(flowing);
            [Quality::Low, Quality::Medium, Quality::High]
                .map(|quality| track.layer_for(quality, start()))
        };
        assert_eq!(choose(&[0, 1, 2]), [Some(0), Some(1), Some(2)]);
        assert_eq!(choose(&[0, 2]), [Some(0), Some(0), Some(2)]);
        assert_eq!(choose(&[2]), [Some(2), Some(2), Some(2)]);
        assert_eq!(choose(&[]), [None, None, None]);
    }

    #[test]
    fn a_layer_is_left_when_only_the_others_go_on() {
        let mut track = track(&[0, 2]);
        let later = start() + std::time::Duration::from_secs(1);
        assert_eq!(track.layer_for(Quality::High, later), Some(2), "a pause");
        for index in 2..12 {
            track.arrived(0, &Header::default(), index, later);
        }
        assert_eq!(track.layer_for(Quality::High, later), Some(0));
    }
}
