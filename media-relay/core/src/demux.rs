//! What a datagram is, by its first bytes (RFC 7983 section 7, RFC 5761 section 4).

/// The protocols of the media plane. TURN, which has channels (64 to 79) and part of STUN, was taken
/// out by [`crate::turn::Turn::concerns`] before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Stun,
    Dtls,
    Rtp,
    Rtcp,
}

impl Protocol {
    /// `None` for what nobody here speaks.
    pub(crate) fn of(datagram: &[u8]) -> Option<Protocol> {
        match datagram {
            [0..=3, ..] => Some(Protocol::Stun),
            [20..=63, ..] => Some(Protocol::Dtls),
            [128..=191, 192..=223, ..] => Some(Protocol::Rtcp),
            [128..=191, _, ..] => Some(Protocol::Rtp),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_first_byte_has_one_protocol() {
        for first in 0..=255u8 {
            let expected = match first {
                0..=3 => Some(Protocol::Stun),
                20..=63 => Some(Protocol::Dtls),
                128..=191 => Some(Protocol::Rtp),
                _ => None,
            };
            assert_eq!(Protocol::of(&[first, 96]), expected);
        }
        assert_eq!(Protocol::of(&[0x80, 201]), Some(Protocol::Rtcp));
        assert_eq!(Protocol::of(&[]), None);
    }
}
