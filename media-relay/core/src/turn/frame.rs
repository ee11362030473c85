//! Cuts a stream into messages (RFC 8656 section 12.5, RFC 8489 section 6.2.2).

use super::stun::HEADER;
use rtc_stun::message::MAGIC_COOKIE;

/// The bytes at the head of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// A whole message of `message` bytes, which takes `stream` bytes with its padding.
    Whole { message: usize, stream: usize },
    /// More bytes are needed.
    More,
    /// No STUN and no ChannelData.
    Garbage,
}

/// Looks at the head of what a stream has brought. A message takes at most 65,552 bytes.
pub fn cut(head: &[u8]) -> Cut {
    match *head {
        [] => Cut::More,
        // Numbers beyond 0x4FFF are those of RFC 5766.
        // ChannelData is padded to four bytes on streams; its length does not count the padding.
        [0x40..=0x7f, ..] => match *head {
            [_, _, high, low, ..] => {
                let message = 4 + usize::from(u16::from_be_bytes([high, low]));
                whole(head, message, message.next_multiple_of(4))
            }
            _ => Cut::More,
        },
        [0..=3, ..] => stun(head),
        _ => Cut::Garbage,
    }
}

fn stun(head: &[u8]) -> Cut {
    let cookie = MAGIC_COOKIE.to_be_bytes();
    let seen = head.get(4..head.len().min(8)).unwrap_or_default();
    if !cookie.starts_with(seen) {
        return Cut::Garbage;
    }
    let &[_, _, high, low, ..] = head else {
        return Cut::More;
    };
    let length = usize::from(u16::from_be_bytes([high, low]));
    if !length.is_multiple_of(4) {
        return Cut::Garbage;
    }
    whole(head, HEADER + length, HEADER + length)
}

fn whole(head: &[u8], message: usize, stream: usize) -> Cut {
    if head.len() < stream {
        return Cut::More;
    }
    Cut::Whole { message, stream }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn channel_data_is_cut_with_its_padding() {
        let stream = [0x40, 1, 0, 5, 1, 2, 3, 4, 5, 0, 0, 0, 0x40];
        for short in 0..12 {
            assert_eq!(cut(&stream[..short]), Cut::More, "{short}");
        }
        let whole = Cut::Whole {
            message: 9,
            stream: 12,
        };
        assert_eq!(cut(&stream), whole);
    }

    #[test]
    fn stun_is_cut_by_its_length() {
        let mut stream = vec![0, 1, 0, 8, 0x21, 0x12, 0xa4, 0x42];
        stream.resize(28, 0);
        for short in 0..28 {
            assert_eq!(cut(&stream[..short]), Cut::More, "{short}");
        }
        let whole = Cut::Whole {
            message: 28,
            stream: 28,
        };
        assert_eq!(cut(&stream), whole);
        stream.push(22);
        assert_eq!(cut(&stream), whole);
    }

    #[test]
    fn anything_else_is_garbage_as_soon_as_it_shows() {
        assert_eq!(cut(&[0x80, 0, 0, 0]), Cut::Garbage);
        assert_eq!(cut(&[22, 3, 1]), Cut::Garbage);
        assert_eq!(cut(&[0, 1, 0, 0, 0x22]), Cut::Garbage);
        assert_eq!(cut(&[0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x43]), Cut::Garbage);
        assert_eq!(cut(&[0, 1, 0, 3]), Cut::Garbage);
    }

    proptest! {

        #![proptest_config(crate::testing::seeded(1024))]

        #[test]
        fn a_cut_never_goes_beyond_what_came(bytes in proptest::collection::vec(any::<u8>(), 0..200), first in 0u8..0x80) {
            let mut bytes = bytes;
            bytes.insert(0, first);
            if let Cut::Whole { message, stream } = cut(&bytes) {
                prop_assert!(message <= stream && stream <= bytes.len() && stream - message < 4);
            }
        }
    }
}
