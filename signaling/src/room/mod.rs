//! Rooms: one mailbox per running session.

/// All rooms of this server.
#[derive(Debug, Default)]
pub struct Rooms {}
