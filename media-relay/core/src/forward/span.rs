//! How the packets of one layer map to an outgoing stream, from one switch of layers to the next.

use super::cache::Packet;
use super::{Layer, Track};
use crate::rtp::vp8;
use std::time::Instant;

/// Where an outgoing stream is, so that the next layer can continue it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Last {
    /// The highest index so far.
    pub(super) index: u64,
    pub(super) timestamp: u32,
    pub(super) at: Instant,
    pub(super) ids: vp8::Ids,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) layer: usize,
    /// [`Layer::epoch`] at the switch.
    pub(super) epoch: u32,
    /// First index of ours.
    pub(super) start: u64,
    /// The layer's index that became it.
    pub(super) source: u64,
    /// Added to timestamps.
    pub(super) timestamp: u32,
    /// Added to picture ids.
    pub(super) ids: vp8::Ids,
}

impl Span {
    /// Continues at `last` with `packet` of `layer`, which was not forwarded before. `old` is
    /// the span that ends; without one the stream begins.
    pub(super) fn begin(
        old: Option<&Span>,
        last: &Last,
        layer: usize,
        packet: &Packet,
        track: &Track,
        now: Instant,
    ) -> Span {
        let timestamp = packet.header.timestamp;
        let new_layer = &track.layers[layer];
        Span {
            layer,
            epoch: new_layer.epoch,
            start: last.index + 1,
            source: packet.index,
            timestamp: next_timestamp(old, last, packet, new_layer, track, now)
                .wrapping_sub(timestamp),
            ids: match old {
                None => vp8::Ids::default(),
                Some(_) => last.ids.next_from(vp8::ids(packet.payload())),
            },
        }
    }
}

/// The timestamp of the first packet after a switch: by the publisher's clock where both layers
/// have told it, so that sound and picture stay together; else by arrival.
fn next_timestamp(
    old: Option<&Span>,
    last: &Last,
    packet: &Packet,
    layer: &Layer,
    track: &Track,
    now: Instant,
) -> u32 {
    let rate = track.kind.clock();
    let passed = now.saturating_duration_since(last.at).as_micros();
    // RTP time is modulo 2^32.
    let passed = (passed * u128::from(rate) / 1_000_000) as u32;
    let by_arrival = last.timestamp.wrapping_add(passed.max(1));
    let by_clock = old.and_then(|old| {
        let old_layer = track.layers.get(old.layer)?;
        let from = old_layer.clock.filter(|_| old_layer.epoch == old.epoch)?;
        let ntp = layer.clock?.ntp_of(packet.header.timestamp, rate);
        Some(from.rtp_at(ntp, rate).wrapping_add(old.timestamp))
    });
    let Some(by_clock) = by_clock else {
        return by_arrival;
    };
    // A clock that is off by more than a second is not believed.
    let off = by_clock.wrapping_sub(by_arrival).cast_signed();
    if off.unsigned_abs() > rate {
        return by_arrival;
    }
    let ahead = by_clock.wrapping_sub(last.timestamp).cast_signed();
    if ahead > 0 {
        by_clock
    } else {
        last.timestamp.wrapping_add(1)
    }
}
