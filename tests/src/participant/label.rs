//! What a test packet says about itself.

/// Marks a packet as ours.
const MAGIC: [u8; 4] = *b"QRtp";
/// Bytes of a label: the mark, the publisher's number and the packet's index.
pub(super) const LABEL: usize = 4 + 4 + 8;
/// Bytes before the label of a camera's packet: a VP8 payload descriptor (RFC 7741 section 4.2)
/// with a 15-bit picture id and TL0PICIDX, and the header of a key frame (section 4.3).
pub(super) const VP8_HEADER: usize = 5 + 10;
/// A retransmission begins with the original sequence number (RFC 4588 section 4).
const ORIGINAL_SEQUENCE: usize = 2;

/// Which of a participant's tracks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Source {
    Microphone,
    Camera,
}

/// Who sent a packet, and which of their packets it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Label {
    pub(super) publisher: u32,
    pub(super) source: Source,
    pub(super) index: u64,
}

impl Label {
    /// Writes the label after what the source's codec puts first.
    pub(super) fn write(self, payload: &mut Vec<u8>) {
        payload.extend_from_slice(&MAGIC);
        payload.extend_from_slice(&self.publisher.to_be_bytes());
        payload.extend_from_slice(&self.index.to_be_bytes());
    }

    /// Reads the label of a payload, retransmitted or not.
    pub(super) fn read(payload: &[u8]) -> Option<Self> {
        let camera = [VP8_HEADER, VP8_HEADER + ORIGINAL_SEQUENCE];
        Self::read_at(payload, 0, Source::Microphone).or_else(|| {
            let mut places = camera.into_iter();
            places.find_map(|place| Self::read_at(payload, place, Source::Camera))
        })
    }

    fn read_at(payload: &[u8], place: usize, source: Source) -> Option<Self> {
        let label = payload.get(place..place + LABEL)?;
        let label = label.strip_prefix(&MAGIC)?;
        let (publisher, rest) = label.split_first_chunk()?;
        let index = rest.first_chunk()?;
        Some(Self {
            publisher: u32::from_be_bytes(*publisher),
            source,
            index: u64::from_be_bytes(*index),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_read_where_each_source_puts_it() {
        for (before, source) in [
            (0, Source::Microphone),
            (VP8_HEADER, Source::Camera),
            (VP8_HEADER + ORIGINAL_SEQUENCE, Source::Camera),
        ] {
            let label = Label {
                publisher: 7,
                source,
                index: 70_000,
            };
            let mut payload = vec![0; before];
            label.write(&mut payload);
            assert_eq!(Label::read(&payload), Some(label));
        }
        assert_eq!(Label::read(b"QRtp and less"), None);
        assert_eq!(Label::read(b"another payload, longer than a label"), None);
    }
}
