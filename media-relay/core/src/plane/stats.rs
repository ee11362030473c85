//! Counters.

use super::Plane;
use crate::peer::{Peer, Role};
use media_relay_control::{PeerStats, RelayStats, StreamStats, TurnTotals, Ways};
use std::time::Instant;

impl Plane {
    pub(super) fn count(&self, now: Instant) -> RelayStats {
        RelayStats {
            totals: self.totals,
            // The shell's: it knows who comes by TURN.
            ways: Ways::default(),
            turn: TurnTotals::default(),
            peers: self
                .peers
                .iter()
                .map(|(_, peer)| self.count_peer(peer, now))
                .collect(),
        }
    }

    fn count_peer(&self, peer: &Peer, now: Instant) -> PeerStats {
        let streams = match &peer.role {
            Role::Publishing(publishing) => publishing
                .sections
                .iter()
                .filter_map(|section| {
                    let track = self.tracks.get(section.track)?;
                    Some(StreamStats {
                        mid: section.mid.clone(),
                        video: track.is_video(),
                        publisher: None,
                        packets: track.layers.iter().map(|layer| layer.packets).sum(),
                        recovered: track.layers.iter().map(|layer| layer.recovered).sum(),
                        layer: track
                            .layers
                            .iter()
                            .rposition(|layer| layer.is_flowing(now))
                            .and_then(|layer| u8::try_from(layer).ok()),
                    })
                })
                .collect(),
            Role::Receiving(receiving) => receiving
                .sections
                .iter()
                .filter_map(|section| {
                    let stream = section.stream()?;
                    let outgoing = &stream.outgoing;
                    Some(StreamStats {
                        mid: section.mid.clone(),
                        video: section.kind == crate::sdp::Kind::Video,
                        publisher: Some(stream.publisher),
                        packets: outgoing.packets,
                        recovered: outgoing.retransmitted,
                        layer: outgoing.layer().and_then(|layer| u8::try_from(layer).ok()),
                    })
                })
                .collect(),
        };
        PeerStats {
            peer: peer.id,
            room: peer.room,
            connected: peer.transport.life.is_connected(),
            packets_in: peer.packets_in,
            packets_out: peer.packets_out,
            streams,
        }
    }
}
