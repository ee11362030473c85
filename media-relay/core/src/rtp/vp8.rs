//! The VP8 payload descriptor (RFC 7741 section 4.2) and the key-frame bit of the first payload
//! byte. Everything behind that is encrypted end to end and none of the relay's business.

use super::be16;

/// What makes pictures of one stream follow each other: PictureID (15 bits) and TL0PICIDX.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ids {
    pub(crate) picture: u16,
    pub(crate) tl0: u8,
}

impl Ids {
    /// What has to be added to `other` to come out at the picture after this one.
    pub(crate) fn next_from(self, other: Ids) -> Ids {
        Ids {
            picture: self.picture.wrapping_add(1).wrapping_sub(other.picture),
            tl0: self.tl0.wrapping_add(1).wrapping_sub(other.tl0),
        }
    }
}

/// True for the first packet of a key frame.
pub(crate) fn begins_key_frame(payload: &[u8]) -> bool {
    let Some(descriptor) = Descriptor::parse(payload) else {
        return false;
    };
    descriptor.begins_frame && payload.get(descriptor.len).is_some_and(|p| p & 1 == 0)
}

/// The ids of a packet; 0 where it has none.
pub(crate) fn ids(payload: &[u8]) -> Ids {
    let Some(descriptor) = Descriptor::parse(payload) else {
        return Ids::default();
    };
    let picture = match descriptor.picture {
        Some(Picture::Long(at)) => be16(payload, at).unwrap_or(0) & 0x7fff,
        Some(Picture::Short(at)) => payload.get(at).copied().unwrap_or(0).into(),
        None => 0,
    };
    let tl0 = descriptor.tl0.and_then(|at| payload.get(at)).copied();
    Ids {
        picture,
        tl0: tl0.unwrap_or(0),
    }
}

/// Adds `by` to the ids of a packet, so that a listener sees one stream across layer switches:
/// browsers freeze for seconds when they jump.
pub(crate) fn shift(payload: &mut [u8], by: Ids) {
    let Some(descriptor) = Descriptor::parse(payload) else {
        return;
    };
    match descriptor.picture {
        Some(Picture::Long(at)) => {
            let old = be16(payload, at).unwrap_or(0);
            let new = (old.wrapping_add(by.picture) & 0x7fff) | 0x8000;
            payload[at..at + 2].copy_from_slice(&new.to_be_bytes());
        }
        Some(Picture::Short(at)) => {
            payload[at] = payload[at].wrapping_add(by.picture as u8) & 0x7f;
        }
        None => {}
    }
    if let Some(at) = descriptor.tl0 {
        payload[at] = payload[at].wrapping_add(by.tl0);
    }
}

/// Offset of the PictureID, by its width: 7 or 15 bits.
enum Picture {
    Short(usize),
    Long(usize),
}

struct Descriptor {
    len: usize,
    /// S set and PID 0: the first packet of a frame.
    begins_frame: bool,
    picture: Option<Picture>,
    tl0: Option<usize>,
}

impl Descriptor {
    /// `None` when the packet ends within or right after its descriptor.
    fn parse(payload: &[u8]) -> Option<Descriptor> {
        let first = *payload.first()?;
        let mut descriptor = Descriptor {
            len: 1,
            begins_frame: first & 0x10 != 0 && first & 7 == 0,
            picture: None,
            tl0: None,
        };
        if first & 0x80 != 0 {
            let fields = *payload.get(1)?;
            let mut at = 2;
            if fields & 0x80 != 0 {
                let long = *payload.get(at)? & 0x80 != 0;
                descriptor.picture = Some(if long {
                    Picture::Long(at)
                } else {
                    Picture::Short(at)
                });
                at += 1 + usize::from(long);
            }
            if fields & 0x40 != 0 {
                descriptor.tl0 = Some(at);
                at += 1;
            }
            at += usize::from(fields & 0x30 != 0);
            descriptor.len = at;
        }
        (descriptor.len < payload.len()).then_some(descriptor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Descriptor with 15-bit PictureID, TL0PICIDX and temporal layer, then a payload byte.
    fn packet(picture: u16, tl0: u8, byte: u8) -> Vec<u8> {
        let [high, low] = (picture | 0x8000).to_be_bytes();
        vec![0x90, 0xe0, high, low, tl0, 0x20, byte]
    }

    #[test]
    fn a_key_frame_is_told_by_its_first_packet_only() {
        assert!(begins_key_frame(&packet(1, 1, 0x10)));
        assert!(!begins_key_frame(&packet(1, 1, 0x11)));
        let mut later = packet(1, 1, 0x10);
        later[0] &= !0x10;
        assert!(!begins_key_frame(&later));
    }

    #[test]
    fn ids_wrap_within_their_width() {
        let mut long = packet(0x7fff, 255, 0);
        shift(&mut long, Ids { picture: 2, tl0: 3 });
        assert_eq!(ids(&long), Ids { picture: 1, tl0: 2 });
        let mut short = vec![0x90, 0x80, 0x7f, 0];
        shift(&mut short, Ids { picture: 2, tl0: 0 });
        assert_eq!(ids(&short).picture, 1);
    }

    #[test]
    fn a_switch_continues_at_the_next_picture() {
        let last = Ids {
            picture: 0x7fff,
            tl0: 255,
        };
        let mut payload = packet(17, 4, 0);
        let by = last.next_from(ids(&payload));
        shift(&mut payload, by);
        assert_eq!(ids(&payload), Ids { picture: 0, tl0: 0 });
    }

    proptest! {

        #![proptest_config(crate::testing::seeded(256))]

        #[test]
        fn noise_is_left_whole_behind_the_descriptor(
            bytes in proptest::collection::vec(any::<u8>(), 0..32),
            picture: u16,
            tl0: u8,
        ) {
            let mut shifted = bytes.clone();
            shift(&mut shifted, Ids { picture, tl0 });
            let _ = begins_key_frame(&bytes);
            if let Some(descriptor) = Descriptor::parse(&bytes) {
                prop_assert_eq!(&shifted[descriptor.len..], &bytes[descriptor.len..]);
            } else {
                prop_assert_eq!(shifted, bytes);
            }
        }
    }
}
