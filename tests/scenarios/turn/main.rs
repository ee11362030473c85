//! The relay as a TURN server: the real binary with a configuration file of its own.

#![expect(
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test stops when something is not as it should be, and says what it measured"
)]

mod coturn_tools;
mod full;
mod participants;
mod refused_peers;
mod slow_streams;
mod strangers;
