//! What strangers and clients can say to the TURN server, tried by the million.
//!
//! Each target is a function of bytes that panics when a promise is broken; libFuzzer drives the
//! programs of `fuzz_targets`, and a test drives the same functions with the committed corpus.
//! `./tests/run turn` runs each for a minute. By hand, without anything to install:
//!
//! ```text
//! media-relay/fuzz/run stun -runs=10000000
//! ```
//!
//! - [`stun`]: a datagram of somebody unknown. Nothing is kept, and no answer is long.
//! - [`turn`]: anything from a client that has an allocation, and anything to it from peers.
//! - [`sequence`]: requests that are signed as they should be, in any order, while time passes.
//! - [`frame`]: a stream, cut into messages.
//!
//! [`seeds`] are where fuzzing begins.

#![expect(
    clippy::expect_used,
    reason = "a broken promise stops the program: that is what is looked for"
)]

pub mod frame;
pub mod seeds;
pub mod sequence;
pub mod stun;
pub mod turn;
mod world;
