//! Frames: a 32-bit big-endian length, then that many bytes of JSON.

use serde::{Serialize, de::DeserializeOwned};

/// Largest document, bytes: a room of 30 with screens is about 200 kB of SDP.
pub const MAX_FRAME: usize = 4 << 20;

/// Why a stream of frames cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    #[error("a frame of {0} bytes is longer than {MAX_FRAME}")]
    TooLong(usize),
    #[error("a frame is not the expected document")]
    Unreadable(#[source] serde_json::Error),
}

/// Appends one message to `out`.
///
/// # Errors
/// [`FrameError::TooLong`] leaves `out` as it was.
pub fn encode<T: Serialize>(message: &T, out: &mut Vec<u8>) -> Result<(), FrameError> {
    let body = serde_json::to_vec(message).map_err(FrameError::Unreadable)?;
    if body.len() > MAX_FRAME {
        return Err(FrameError::TooLong(body.len()));
    }
    let length = u32::try_from(body.len()).unwrap_or(u32::MAX);
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(&body);
    Ok(())
}

/// Cuts a byte stream into messages.
#[derive(Debug, Default)]
pub struct Decoder {
    held: Vec<u8>,
}

impl Decoder {
    pub fn push(&mut self, bytes: &[u8]) {
        self.held.extend_from_slice(bytes);
    }

    /// The next whole message, `None` until more bytes come.
    ///
    /// # Errors
    /// Any error is final: the stream has lost its place.
    #[expect(
        clippy::should_implement_trait,
        reason = "each call names the type it expects, which an iterator cannot"
    )]
    pub fn next<T: DeserializeOwned>(&mut self) -> Result<Option<T>, FrameError> {
        let Some((length, rest)) = self.held.split_first_chunk::<4>() else {
            return Ok(None);
        };
        let length = u32::from_be_bytes(*length) as usize;
        if length > MAX_FRAME {
            return Err(FrameError::TooLong(length));
        }
        let Some(body) = rest.get(..length) else {
            return Ok(None);
        };
        let message = serde_json::from_slice(body).map_err(FrameError::Unreadable)?;
        self.held.drain(..4 + length);
        Ok(Some(message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Command, RequestId};

    #[test]
    fn messages_survive_any_cut() {
        let sent = [
            Command::Ping {
                request: RequestId(1),
            },
            Command::Shutdown,
        ];
        let mut bytes = Vec::new();
        for message in &sent {
            encode(message, &mut bytes).unwrap();
        }
        for cut in 0..=bytes.len() {
            let mut decoder = Decoder::default();
            let mut got = Vec::new();
            for part in [&bytes[..cut], &bytes[cut..]] {
                decoder.push(part);
                while let Some(message) = decoder.next::<Command>().unwrap() {
                    got.push(message);
                }
            }
            assert_eq!(got, sent);
        }
    }

    #[test]
    fn an_oversized_frame_is_refused_before_it_is_held() {
        let mut decoder = Decoder::default();
        decoder.push(&u32::MAX.to_be_bytes());
        assert!(matches!(
            decoder.next::<Command>(),
            Err(FrameError::TooLong(_))
        ));
    }

    #[test]
    fn a_message_too_long_for_a_frame_leaves_what_was_written() {
        let mut out = vec![7];
        let refused = encode(&"x".repeat(MAX_FRAME), &mut out);
        assert!(matches!(refused, Err(FrameError::TooLong(_))));
        assert_eq!(out, [7]);
    }

    #[test]
    fn a_frame_that_is_no_document_is_an_error() {
        let mut decoder = Decoder::default();
        decoder.push(&[0, 0, 0, 3, b'n', b'o', b'!']);
        let unreadable = decoder.next::<Command>();
        assert!(matches!(unreadable, Err(FrameError::Unreadable(_))));
    }
}
