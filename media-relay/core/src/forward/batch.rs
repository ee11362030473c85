//! The packets that came since the last fan-out.

use super::Track;
use slab::Slab;

/// Most padding that evens out a packet, bytes.
const MAX_PAD: usize = 4;

/// One packet to forward; it lies in its layer's cache.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Item {
    pub(crate) track: usize,
    pub(crate) layer: usize,
    pub(crate) index: u64,
    /// Place in the batch.
    pub(crate) order: u32,
    /// RTP padding that makes it as long as the largest packet of its frame.
    pub(crate) pad: u8,
}

/// Sorts the batch by track and layer, and pads the packets of a frame to one length: encoders
/// cut a frame into packets that differ by a byte, and only equal ones can leave in one GSO
/// call.
pub(crate) fn even_out(batch: &mut [Item], tracks: &Slab<Track>) {
    batch.sort_unstable_by_key(|item| (item.track, item.layer, item.order));
    let packet = |item: &Item| {
        tracks.get(item.track)?.layers[item.layer]
            .cache
            .get(item.index)
    };
    let timestamp = |item: &Item| packet(item).map(|packet| packet.header.timestamp);
    let length = |item: &Item| packet(item).map_or(0, |packet| packet.payload().len());
    let one_frame = |a: &Item, b: &Item| {
        (a.track, a.layer) == (b.track, b.layer) && timestamp(a) == timestamp(b)
    };
    for frame in batch.chunk_by_mut(one_frame) {
        if frame.len() < 2 {
            continue;
        }
        let largest = frame.iter().map(length).max().unwrap_or(0);
        for item in frame {
            let short = largest - length(item);
            item.pad = if short <= MAX_PAD { short as u8 } else { 0 };
        }
    }
}
