//! DTLS 1.2 (RFC 6347), server side, one association per peer, on `rtc-dtls`.

mod handshake;
mod hello;
mod identity;
#[cfg(test)]
mod tests;

pub(crate) use handshake::{Finished, Handshake, HandshakeError};
pub use identity::{Identity, IdentityError};
