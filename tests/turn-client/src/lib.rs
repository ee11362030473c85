//! A small TURN client (RFC 8656) for tests and measurements: it says exactly what it is told to,
//! the forbidden too.
//!
//! [`Request`] and [`Answer`] are the messages, without I/O. [`Session`] speaks to a server over a
//! [`Transport`], one request at a time.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a client of tests stops the test it serves"
)]

pub mod credentials;
mod message;
mod session;
mod transport;

pub use message::{Answer, Login, Request, channel_data};
pub use rtc_stun::attributes;
pub use rtc_stun::message::{
    METHOD_ALLOCATE, METHOD_BINDING, METHOD_CHANNEL_BIND, METHOD_CONNECT, METHOD_CREATE_PERMISSION,
    METHOD_DATA, METHOD_REFRESH, METHOD_SEND, Method,
};
pub use session::{Allocation, Refused, Session};
pub use transport::{Stream, Transport, Udp};
