//! DTLS 1.2 (RFC 6347), server side, one association per peer, on `rtc-dtls`.

mod identity;

pub use identity::{Identity, IdentityError};
