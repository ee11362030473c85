//! What the relay tells signaling.

use crate::{Generation, PeerId, RelayStats, RequestId, RoomId};
use serde::{Deserialize, Serialize};

/// One answer or report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The relay listens. `version` is [`crate::VERSION`].
    Ready {
        version: u32,
        workers: Vec<WorkerPorts>,
    },
    /// The relay cannot start (a port in use, no such address) and exits after this.
    CannotStart {
        /// One sentence for the operator; names the port, never a participant's address.
        reason: String,
    },
    RoomOpened {
        room: RoomId,
        worker: u16,
    },
    /// The answer to `Publish`.
    Answered {
        request: RequestId,
        peer: PeerId,
        /// SDP answer for the browser.
        answer: String,
    },
    /// A receiving peer's streams changed: the browser must answer this offer. While one offer
    /// waits for its answer no other is made, and changes meanwhile come in the next; only
    /// `RestartIce` replaces it by another at once.
    Offer {
        peer: PeerId,
        generation: Generation,
        /// SDP offer for the browser.
        offer: String,
        /// What each section carries; sections not listed are inactive.
        streams: Vec<OfferedStream>,
    },
    /// The command `request` was refused and changed nothing.
    Failed {
        request: RequestId,
        peer: PeerId,
        failure: Failure,
    },
    /// ICE, DTLS and the fingerprint check are done: media may flow.
    Connected {
        peer: PeerId,
    },
    /// The DTLS certificate was not the one in the SDP: no key was taken into use.
    WrongFingerprint {
        peer: PeerId,
    },
    /// Nothing authenticated came for `quiet_ms` (30 s): the peer is closed.
    Lost {
        peer: PeerId,
        /// Milliseconds since its last authenticated packet.
        quiet_ms: u64,
    },
    /// Nothing authenticated came for `quiet_ms` (3 s and more), the peer is kept.
    Quiet {
        peer: PeerId,
        quiet_ms: u64,
    },
    /// Authenticated packets came again after `Quiet`; it had lasted `quiet_ms`.
    Heard {
        peer: PeerId,
        quiet_ms: u64,
    },
    Stats {
        request: RequestId,
        stats: RelayStats,
    },
    Pong {
        request: RequestId,
    },
}

/// The UDP port of one worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkerPorts {
    pub worker: u16,
    pub udp: u16,
}

/// One section of an offer to a listener.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferedStream {
    /// The section of the listener's description.
    pub mid: String,
    pub publisher: PeerId,
    /// The section of the publisher's description.
    pub publisher_mid: String,
}

/// Why a command was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// Signaling asked for a room that is not open.
    #[error("no such room")]
    NoSuchRoom,
    /// The peer is not there, or is in another room.
    #[error("no such peer")]
    NoSuchPeer,
    /// The browser's description cannot be read, or lacks ICE credentials or a SHA-256 fingerprint.
    #[error("the description cannot be read")]
    UnreadableDescription,
    /// Neither Opus nor VP8 is offered where it must be.
    #[error("no codec in common")]
    NoCommonCodec,
    /// More sections or peers than the relay keeps.
    #[error("too many")]
    TooMany,
}
