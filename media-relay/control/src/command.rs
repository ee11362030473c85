//! What signaling asks of the relay.

use crate::{Generation, PeerId, RequestId, RoomId, TurnSettings};
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, SocketAddr};

/// One request. Commands are applied in order; none is answered unless its documentation says so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
#[expect(
    clippy::large_enum_variant,
    reason = "the one large command is sent once, and a box would be in the way of every reader"
)]
pub enum Command {
    /// First command of a connection. Answered by [`crate::Event::Ready`], or the relay exits.
    Configure(Settings),
    /// Makes a room. Answered by `RoomOpened`. Opening an open room changes nothing.
    OpenRoom { room: RoomId },
    /// Closes the room and all of its peers.
    CloseRoom { room: RoomId },
    /// A browser's offer to publish, first or renegotiated (new tracks, ICE restart) for a peer
    /// that exists. Answered by `Answered`, or by `Failed` with the peer as it was.
    Publish {
        request: RequestId,
        room: RoomId,
        peer: PeerId,
        /// SDP offer (RFC 8829).
        offer: String,
    },
    /// The browser's answer to the offer `generation` of a receiving peer.
    /// A stale generation is ignored; an unreadable answer is reported by `Failed`.
    Answer {
        request: RequestId,
        peer: PeerId,
        generation: Generation,
        /// SDP answer (RFC 8829).
        answer: String,
    },
    /// The whole desired audience of a room: every receiving peer and all it may receive.
    /// Peers that are new here are made, peers no longer here are closed, and each whose streams
    /// changed is sent an `Offer`. Whatever is not listed does not flow.
    Reconcile {
        room: RoomId,
        listeners: Vec<Listener>,
    },
    /// New ICE credentials for a receiving peer: the relay sends an `Offer`.
    RestartIce { peer: PeerId },
    /// Closes one publishing or receiving peer.
    ClosePeer { peer: PeerId },
    /// Answered by `Stats`.
    Stats { request: RequestId },
    /// Answered by `Pong`.
    Ping { request: RequestId },
    /// Closes everything and exits 0.
    Shutdown,
}

/// How the relay listens. The relay holds no other configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Addresses to bind, each on every worker's port.
    pub listen: Vec<IpAddr>,
    /// Worker `i` listens on UDP `port_base + i`; 0 lets the system choose for each worker.
    pub port_base: u16,
    /// Worker threads, one per core; at least 1.
    pub workers: u16,
    /// Addresses offered as host candidates instead of the bound ones (a relay behind NAT, or a
    /// test's shim); a port of 0 means the worker's own port.
    pub advertise: Vec<SocketAddr>,
    /// The TURN server; none when `None`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn: Option<TurnSettings>,
}

/// One receiving peer and everything it may receive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listener {
    pub peer: PeerId,
    pub streams: Vec<Wanted>,
}

/// One published track that a listener receives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// The peer that publishes it.
    pub publisher: PeerId,
    /// The `mid` of the track in the publisher's offer. A track that is not published yet is
    /// offered when it comes.
    pub mid: String,
    /// The best simulcast layer the listener has a use for.
    pub quality: Quality,
}

/// A simulcast layer by rank; a track with fewer layers gives its nearest.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Quality {
    Low,
    Medium,
    #[default]
    High,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_one_flat_document_named_by_what_it_asks() {
        let command = Command::Reconcile {
            room: RoomId(3),
            listeners: vec![Listener {
                peer: PeerId(8),
                streams: vec![Wanted {
                    publisher: PeerId(7),
                    mid: "1".to_owned(),
                    quality: Quality::Medium,
                }],
            }],
        };
        let text = r#"{"command":"reconcile","room":3,"listeners":[{"peer":8,"streams":[{"publisher":7,"mid":"1","quality":"medium"}]}]}"#;
        assert_eq!(serde_json::to_string(&command).unwrap(), text);
        assert_eq!(serde_json::from_str::<Command>(text).unwrap(), command);
    }

    #[test]
    fn settings_stand_beside_their_command() {
        let text = r#"{"command":"configure","listen":["::1"],"port_base":0,"workers":2,"advertise":["203.0.113.9:0"]}"#;
        let settings = Settings {
            listen: vec!["::1".parse().unwrap()],
            port_base: 0,
            workers: 2,
            advertise: vec!["203.0.113.9:0".parse().unwrap()],
            turn: None,
        };
        let command = Command::Configure(settings);
        assert_eq!(serde_json::to_string(&command).unwrap(), text);
        assert_eq!(serde_json::from_str::<Command>(text).unwrap(), command);
    }

    #[test]
    fn an_unknown_command_is_refused() {
        let text = r#"{"command":"listen_in","room":3}"#;
        assert!(serde_json::from_str::<Command>(text).is_err());
    }
}
