//! The media plane of Quietroom's relay, without I/O: datagrams in, datagrams out.
//!
//! A [`Plane`] holds the rooms, peers and tracks of one worker. The shell feeds it
//! [`media_relay_control::Command`]s and datagrams together with the time, and polls it for
//! datagrams, events and its next timeout; the plane itself has no socket, no clock and no lock,
//! and draws its own randomness (ICE credentials, SSRCs) from a seed. Only DTLS takes randomness
//! from the cryptography library.
//!
//! Begin with [`Plane`].

mod demux;
mod dtls;
mod forward;
mod ice;
mod life;
mod listener;
mod peer;
mod plane;
mod publisher;
mod room;
mod rtcp;
mod rtp;
#[cfg(test)]
mod scenarios;
mod sdp;
mod srtp;
#[cfg(test)]
mod testing;
mod transmit;
mod transport;

pub use dtls::{Identity, IdentityError};
pub use plane::{Plane, PlaneConfig};
pub use transmit::{Route, Transmit, TxBuf};
