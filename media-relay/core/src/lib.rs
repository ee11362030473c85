//! The media plane of Quietroom's relay, without I/O: datagrams in, datagrams out.
//!
//! A [`Plane`] holds the rooms, peers and tracks of one worker. The shell feeds it
//! [`media_relay_control::Command`]s and datagrams together with the time, and polls it for
//! datagrams, events and its next timeout; the plane itself has no socket, no clock and no lock,
//! and draws its own randomness (ICE credentials, SSRCs) from a seed. Only DTLS takes randomness
//! from the cryptography library.
//!
//! ```text
//! Plane ── Room ── who is in it, and the audience
//!   ├── Peer ── Transport ── ice, dtls, srtp: who it is and how to reach it
//!   │     ├── Publishing ── sections it sends, SSRCs that carry them
//!   │     └── Receiving ─── sections it gets ── Outgoing: one stream, sealed for it
//!   └── Track ── Layer ── each packet once; what is missing; its clock
//! ```
//!
//! An RTP packet goes from `demux` by its way (a [`Route`]) to its peer, is opened by `srtp`, stored once in its
//! layer, and written for each listener by `forward`. Of the payload, which is encrypted end to
//! end, only the VP8 descriptor and the key-frame bit are looked at.
//!
//! Beside the plane, on the same port, a worker has a TURN server ([`turn::Turn`]), without I/O
//! too. What its clients send to a media address comes to the plane by a [`Route`] that no socket
//! has ([`Route::RELAYED`]).
//!
//! There is no bandwidth estimation here: a publisher is held below a fixed ceiling
//! and goes by the losses reported to it, and a listener gets the layer that signaling asked for.
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
pub mod turn;

pub use dtls::{Identity, IdentityError};
pub use plane::{Plane, PlaneConfig};
pub use transmit::{Route, Transmit, TxBuf};
