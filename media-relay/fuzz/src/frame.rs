//! Cutting a stream into messages.

use media_relay_core::turn::frame::{Cut, cut};

/// Longest message with padding: STUN with a length of 16 bits.
const LONGEST: usize = 20 + 65_535 + 3;

/// The first byte says how large the pieces are in which the rest comes: the messages are the same
/// as if all had come at once.
pub fn run(input: &[u8]) {
    let Some((piece, stream)) = input.split_first() else {
        return;
    };
    let at_once = messages(stream, stream.len().max(1));
    let in_pieces = messages(stream, usize::from(*piece).max(1));
    assert_eq!(at_once, in_pieces, "how a stream comes matters");
}

/// The messages of a stream that comes in pieces, and whether it ended in garbage.
fn messages(stream: &[u8], piece: usize) -> (Vec<Vec<u8>>, bool) {
    let mut got = Vec::new();
    let mut messages = Vec::new();
    for piece in stream.chunks(piece) {
        got.extend(piece);
        loop {
            match cut(&got) {
                Cut::Whole { message, stream } => {
                    assert!(message <= stream && stream - message <= 3, "padding");
                    assert!(message >= 4, "shorter than its own header");
                    let taken: Vec<u8> = got.drain(..stream).take(message).collect();
                    messages.push(taken);
                }
                Cut::More => {
                    assert!(got.len() < LONGEST, "waits for more than a message can be");
                    break;
                }
                Cut::Garbage => return (messages, true),
            }
        }
    }
    (messages, false)
}
