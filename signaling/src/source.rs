//! Where a request came from.

use std::{fmt, net::IpAddr};

/// Where a request came from: the peer, or what the trusted proxy says. Never logged. As an
/// extractor it is there on every route.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Source(pub IpAddr);

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[address]")
    }
}
