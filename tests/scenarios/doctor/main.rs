//! `quietroom doctor` beside the real server: what works, and what is broken on purpose.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

mod broken;
mod clinic;
mod server;
mod works;
