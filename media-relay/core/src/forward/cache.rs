//! The packets of one layer, decrypted and stored once for all listeners, for forwarding and for
//! retransmission.

use crate::rtp::Header;

/// Slots of a video layer: about two seconds at 2 Mbit/s.
const VIDEO_SLOTS: usize = 512;
/// Sound is not retransmitted: it is kept for one batch.
const AUDIO_SLOTS: usize = 64;

/// One packet, its payload as the publisher's browser made it.
#[derive(Debug, Default)]
pub(crate) struct Packet {
    pub(crate) header: Header,
    /// Index in the layer: rollover counter and sequence number.
    pub(crate) index: u64,
    /// The first packet of a key frame.
    pub(crate) key: bool,
    used: bool,
    /// Header extension elements, then payload.
    bytes: Vec<u8>,
    extensions: usize,
}

impl Packet {
    pub(crate) fn extensions(&self) -> &[u8] {
        &self.bytes[..self.extensions]
    }

    pub(crate) fn payload(&self) -> &[u8] {
        &self.bytes[self.extensions..]
    }
}

/// A ring by packet index: a newer packet takes the place of one a whole ring older. Memory of a
/// slot is kept, so a running stream allocates nothing.
#[derive(Debug)]
pub(crate) struct Cache {
    slots: Vec<Packet>,
}

impl Cache {
    pub(crate) fn new(video: bool) -> Cache {
        let slots = if video { VIDEO_SLOTS } else { AUDIO_SLOTS };
        Cache {
            slots: std::iter::repeat_with(Packet::default)
                .take(slots)
                .collect(),
        }
    }

    /// Stores a packet; one that is a whole ring too late is not kept.
    pub(crate) fn put(
        &mut self,
        header: Header,
        index: u64,
        key: bool,
        extensions: &[u8],
        payload: &[u8],
    ) {
        let slot = self.slot(index);
        let packet = &mut self.slots[slot];
        if packet.used && packet.index > index {
            return;
        }
        packet.header = header;
        packet.index = index;
        packet.key = key;
        packet.used = true;
        packet.bytes.clear();
        packet.bytes.extend_from_slice(extensions);
        packet.bytes.extend_from_slice(payload);
        packet.extensions = extensions.len();
    }

    /// The packet, unless it never came or has been overwritten.
    pub(crate) fn get(&self, index: u64) -> Option<&Packet> {
        let packet = &self.slots[self.slot(index)];
        (packet.used && packet.index == index).then_some(packet)
    }

    /// Forgets everything: the indices begin anew.
    pub(crate) fn clear(&mut self) {
        for packet in &mut self.slots {
            packet.used = false;
        }
    }

    fn slot(&self, index: u64) -> usize {
        // The remainder is smaller than the number of slots.
        (index % self.slots.len() as u64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packet_is_found_until_its_place_is_taken() {
        let mut cache = Cache::new(false);
        cache.put(Header::default(), 7, true, &[1, 2], &[3]);
        let packet = cache.get(7).unwrap();
        assert_eq!(
            (packet.extensions(), packet.payload()),
            (&[1, 2][..], &[3][..])
        );
        assert!(cache.get(7 + AUDIO_SLOTS as u64).is_none());
        cache.put(Header::default(), 7 + AUDIO_SLOTS as u64, false, &[], &[4]);
        assert!(cache.get(7).is_none());
        cache.put(Header::default(), 7, false, &[], &[5]);
        assert!(cache.get(7).is_none(), "it comes too late");
        cache.clear();
        assert!(cache.get(7 + AUDIO_SLOTS as u64).is_none());
    }
}
