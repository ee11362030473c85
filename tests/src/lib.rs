//! What crosses crates: the real binary, the people who use it, and the scenarios they live through.
//!
//! [`relay_process`] starts the media relay alone and speaks its control protocol; [`clinic`] starts `quietroom` and speaks to it as staff and guests do, over HTTP and WebSocket.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a harness stops the test it serves"
)]

pub mod class;
pub mod clinic;
pub mod cpu;
pub mod eventually;
pub mod network;
pub mod participant;
pub mod relay_process;
pub mod relay_room;
