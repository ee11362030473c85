//! Counters, for operators and tests. No addresses.

use crate::{PeerId, RoomId};
use serde::{Deserialize, Serialize};

/// Everything the relay counts. Counters start at 0 with the process.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RelayStats {
    pub totals: Totals,
    pub peers: Vec<PeerStats>,
}

/// Sums over all peers that are or were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// RTP packets that were authenticated.
    pub packets_in: u64,
    /// RTP packets sealed and handed to the socket, retransmissions included.
    pub packets_out: u64,
    /// Datagrams that were not accepted: unknown sender, failed authentication, replay.
    pub dropped: u64,
    pub key_frames_requested: u64,
    pub retransmitted: u64,
}

impl std::ops::AddAssign for Totals {
    fn add_assign(&mut self, other: Totals) {
        self.packets_in += other.packets_in;
        self.packets_out += other.packets_out;
        self.dropped += other.dropped;
        self.key_frames_requested += other.key_frames_requested;
        self.retransmitted += other.retransmitted;
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PeerStats {
    pub peer: PeerId,
    pub room: RoomId,
    pub connected: bool,
    pub packets_in: u64,
    pub packets_out: u64,
    pub streams: Vec<StreamStats>,
}

/// One section of a peer: published when `publisher` is `None`, received otherwise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StreamStats {
    pub mid: String,
    pub video: bool,
    pub publisher: Option<PeerId>,
    pub packets: u64,
    /// Packets that came by retransmission.
    pub recovered: u64,
    /// Rank of the simulcast layer now forwarded (0 is the lowest); `None` before the first packet.
    pub layer: Option<u8>,
}
