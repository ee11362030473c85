//! Counters, for operators and tests. No addresses.

use crate::{PeerId, RoomId};
use serde::{Deserialize, Serialize};

/// Everything the relay counts. Counters start at 0 with the process.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RelayStats {
    pub totals: Totals,
    /// Connected peers by the way they come, at this moment.
    #[serde(default)]
    pub ways: Ways,
    #[serde(default)]
    pub turn: TurnTotals,
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

/// How a browser reaches the relay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    Udp,
    TurnUdp,
    TurnTcp,
    TurnTls,
}

/// A number for each way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ways {
    pub udp: u64,
    pub turn_udp: u64,
    pub turn_tcp: u64,
    pub turn_tls: u64,
}

impl Ways {
    pub fn count(&mut self, way: Way) {
        match way {
            Way::Udp => self.udp += 1,
            Way::TurnUdp => self.turn_udp += 1,
            Way::TurnTcp => self.turn_tcp += 1,
            Way::TurnTls => self.turn_tls += 1,
        }
    }
}

impl std::ops::AddAssign for Ways {
    fn add_assign(&mut self, other: Ways) {
        self.udp += other.udp;
        self.turn_udp += other.turn_udp;
        self.turn_tcp += other.turn_tcp;
        self.turn_tls += other.turn_tls;
    }
}

/// What the TURN server counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TurnTotals {
    /// Allocations at this moment.
    pub allocations: u64,
    /// Streams at this moment.
    pub streams: u64,
    /// Allocations ever made.
    pub allocated: u64,
    /// Packets and bytes of payload relayed, both directions.
    pub packets: u64,
    pub bytes: u64,
    /// Requests answered with an error other than the 401 and 438 that begin every conversation.
    pub refused: u64,
    /// Messages and payloads dropped: unreadable, no permission, over a limit.
    pub dropped: u64,
}

impl std::ops::AddAssign for TurnTotals {
    fn add_assign(&mut self, other: TurnTotals) {
        self.allocations += other.allocations;
        self.streams += other.streams;
        self.allocated += other.allocated;
        self.packets += other.packets;
        self.bytes += other.bytes;
        self.refused += other.refused;
        self.dropped += other.dropped;
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
