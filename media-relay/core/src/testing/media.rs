//! What a browser sends.

use crate::rtp::{ExtensionMap, Header};

/// Ids of header extensions in the offers of [`super::Browser`].
pub(crate) const MID: u8 = 4;
pub(crate) const RID: u8 = 10;
pub(crate) const REPAIRED_RID: u8 = 11;
pub(crate) const LEVEL: u8 = 3;

/// One SSRC of a publisher. The index may be set, to skip, repeat or wrap.
#[derive(Clone, Debug)]
pub(crate) struct Stream {
    pub(crate) ssrc: u32,
    pub(crate) payload_type: u8,
    pub(crate) index: u64,
    pub(crate) timestamp: u32,
    pub(crate) marker: bool,
    /// Header extension elements.
    pub(crate) elements: Vec<u8>,
}

impl Stream {
    /// `elements` are ids and values.
    pub(crate) fn new(ssrc: u32, payload_type: u8, elements: &[(u8, &str)]) -> Stream {
        let mut block = Vec::new();
        for (id, value) in elements {
            block.push(id << 4 | (value.len() as u8 - 1));
            block.extend(value.as_bytes());
        }
        Stream {
            ssrc,
            payload_type,
            index: 1000,
            timestamp: 90_000,
            marker: false,
            elements: block,
        }
    }

    pub(crate) fn audio(ssrc: u32, mid: &str) -> Stream {
        let mut stream = Stream::new(ssrc, 111, &[(MID, mid)]);
        stream.elements.extend([LEVEL << 4, 0x55]);
        stream
    }

    pub(crate) fn layer(ssrc: u32, mid: &str, rid: &str) -> Stream {
        Stream::new(ssrc, 96, &[(MID, mid), (RID, rid)])
    }

    pub(crate) fn layer_rtx(ssrc: u32, mid: &str, rid: &str) -> Stream {
        Stream::new(ssrc, 97, &[(MID, mid), (REPAIRED_RID, rid)])
    }

    /// The packet, not sealed yet, and the length of its header.
    pub(crate) fn packet(&self, payload: &[u8]) -> (Vec<u8>, usize) {
        let header = Header {
            marker: self.marker,
            payload_type: self.payload_type,
            seq: self.index as u16,
            timestamp: self.timestamp,
            ssrc: self.ssrc,
            ..Header::default()
        };
        let mut map = ExtensionMap::default();
        for id in 1..=14 {
            map.keep(id, id);
        }
        let mut packet = Vec::new();
        let len = header.write(&mut packet, &self.elements, &map);
        packet.extend_from_slice(payload);
        (packet, len)
    }
}

/// A packet that is a whole VP8 frame: descriptor with 15-bit PictureID and TL0PICIDX, the
/// key-frame bit, and noise for what is encrypted end to end.
pub(crate) fn video(key: bool, picture: u16, len: usize) -> Vec<u8> {
    let [high, low] = (picture | 0x8000).to_be_bytes();
    let mut payload = vec![0x90, 0xe0, high, low, picture as u8, 0x20];
    payload.push(if key { 0x10 } else { 0x11 });
    let mut noise = u32::from(picture) | 1;
    payload.resize_with(7 + len, || {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (noise >> 24) as u8
    });
    payload
}
