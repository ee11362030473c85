//! The fixed header of RFC 3550 section 5.1 and the place of its extensions.

use super::{ExtensionMap, be16, be32, extensions};
use std::ops::Range;

/// Length of a header without CSRCs and extensions, bytes.
pub(crate) const FIXED: usize = 12;
/// Profile of one-byte extension elements (RFC 8285 section 4.2).
const ONE_BYTE: u16 = 0xbede;
const EXTENSION: u8 = 0x10;
const PADDING: u8 = 0x20;
const MARKER: u8 = 0x80;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) marker: bool,
    pub(crate) padding: bool,
    pub(crate) payload_type: u8,
    pub(crate) seq: u16,
    pub(crate) timestamp: u32,
    pub(crate) ssrc: u32,
    /// Fixed header, CSRCs and extension block: where the payload begins.
    pub(crate) len: usize,
    /// The extension elements, without their 4-byte preamble; empty unless one-byte elements.
    pub(crate) extensions: Range<usize>,
}

impl Header {
    /// Reads the header of an RTP packet, `None` when it is cut off or not version 2.
    pub(crate) fn parse(packet: &[u8]) -> Option<Header> {
        let (&[first, second], _) = packet.split_first_chunk()?;
        if first >> 6 != 2 {
            return None;
        }
        let mut len = FIXED + 4 * usize::from(first & 0x0f);
        let mut extensions = 0..0;
        if first & EXTENSION != 0 {
            let start = len + 4;
            let end = start + 4 * usize::from(be16(packet, len + 2)?);
            if be16(packet, len)? == ONE_BYTE {
                extensions = start..end;
            }
            len = end;
        }
        if len > packet.len() {
            return None;
        }
        Some(Header {
            marker: second & MARKER != 0,
            padding: first & PADDING != 0,
            payload_type: second & !MARKER,
            seq: be16(packet, 2)?,
            timestamp: be32(packet, 4)?,
            ssrc: be32(packet, 8)?,
            len,
            extensions,
        })
    }

    /// Appends this header with those of `elements` that `map` keeps; CSRCs are not kept.
    /// Returns its length.
    pub(crate) fn write(&self, out: &mut Vec<u8>, elements: &[u8], map: &ExtensionMap) -> usize {
        let start = out.len();
        let marker = if self.marker { MARKER } else { 0 };
        out.extend_from_slice(&[0x80, self.payload_type | marker]);
        out.extend_from_slice(&self.seq.to_be_bytes());
        out.extend_from_slice(&self.timestamp.to_be_bytes());
        out.extend_from_slice(&self.ssrc.to_be_bytes());
        if extensions::write(out, elements, map) {
            out[start] |= EXTENSION;
        }
        out.len() - start
    }
}

/// Pads the packet that begins at `start` by `count` bytes (RFC 3550 section 5.1); 0 does nothing.
pub(crate) fn pad(out: &mut Vec<u8>, start: usize, count: u8) {
    if count == 0 {
        return;
    }
    out.resize(out.len() + usize::from(count) - 1, 0);
    out.push(count);
    out[start] |= PADDING;
}

/// Where the payload of a decrypted packet ends, without its padding.
pub(crate) fn payload_end(packet: &[u8], header: &Header) -> usize {
    let padding = match packet.last() {
        Some(&count) if header.padding => usize::from(count),
        _ => 0,
    };
    packet.len().saturating_sub(padding).max(header.len)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_header_survives_being_written_and_read() {
        let header = Header {
            marker: true,
            payload_type: 96,
            seq: 0xfffe,
            timestamp: 7,
            ssrc: 0x0102_0304,
            ..Header::default()
        };
        let mut map = ExtensionMap::default();
        map.keep(3, 1);
        let mut out = vec![9, 9];
        let len = header.write(&mut out, &[0x30, 0x55, 0x40, 1], &map);
        let read = Header::parse(&out[2..]).unwrap();
        assert_eq!(len, FIXED + 8);
        assert_eq!(&out[2..][read.extensions.clone()], [0x10, 0x55, 0, 0]);
        assert_eq!(
            Header {
                len,
                extensions: 16..20,
                ..header
            },
            read
        );
    }

    #[test]
    fn padding_is_counted_from_the_last_byte_and_never_eats_the_header() {
        let mut packet = vec![0x80, 96, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 7, 7];
        pad(&mut packet, 0, 3);
        let header = Header::parse(&packet).unwrap();
        assert_eq!(payload_end(&packet, &header), 14);
        *packet.last_mut().unwrap() = 255;
        assert_eq!(payload_end(&packet, &header), 12);
    }

    proptest! {

        #![proptest_config(crate::testing::seeded(256))]

        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            if let Some(header) = Header::parse(&bytes) {
                prop_assert!(header.len <= bytes.len());
                prop_assert!(header.extensions.end <= header.len);
                prop_assert!(payload_end(&bytes, &header) >= header.len);
            }
        }
    }
}
