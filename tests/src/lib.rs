//! What crosses crates: the real binary, the people who use it, and the scenarios they live through.
//!
//! - [`clinic`] starts `quietroom` and speaks to it as staff and guests do, over HTTP and WebSocket.
//! - [`relay_process`] starts the media relay alone; [`relay_room`] opens rooms on it.
//! - [`turn_server`] starts the media relay as a TURN server of its own; [`coturn`] runs coturn's
//!   tools against it.
//! - [`participant`] is a stand-in browser that publishes and receives; [`class`] measures many.
//! - [`network`] is what a test cuts between them.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a harness stops the test it serves"
)]

pub mod class;
pub mod clinic;
pub mod coturn;
pub mod cpu;
pub mod eventually;
pub mod network;
pub mod participant;
pub mod relay_process;
pub mod relay_room;
pub mod turn_server;
