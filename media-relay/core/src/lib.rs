//! The media plane of Quietroom's relay, without I/O: datagrams in, datagrams out.
//!
//! A [`Plane`] holds the rooms, peers and tracks of one worker. The shell feeds it
//! [`media_relay_control::Command`]s and datagrams together with the time, and polls it for
//! datagrams, events and its next timeout; the plane itself has no socket, no clock and no lock,
//! and draws its own randomness (ICE credentials, SSRCs) from a seed. Only DTLS takes randomness
//! from the cryptography library.
//!
//! Begin with [`Plane`].

#![expect(dead_code, reason = "parts land before what uses them")]

mod dtls;
mod plane;
mod srtp;
mod transmit;

pub use dtls::{Identity, IdentityError};
pub use plane::{Plane, PlaneConfig};
pub use transmit::{Route, Transmit, TxBuf};
