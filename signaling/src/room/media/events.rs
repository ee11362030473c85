//! What the relay reports, in the words of the room.

use super::{Media, Offered};
use media_relay_control::{Event, Failure, OfferedStream, PeerId, RequestId};
use quietroom_protocol::{DeviceId, ReceivedStream, UtcMillis};

/// What follows for a device from an event of the relay.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The device's offer `id` to publish was taken.
    Published {
        device: DeviceId,
        id: u32,
        answer: String,
    },
    /// It was not; what was published before still is.
    Unpublished {
        device: DeviceId,
        id: u32,
        failure: Failure,
    },
    /// What the device receives has changed.
    Offer {
        device: DeviceId,
        generation: u32,
        offer: String,
        streams: Vec<ReceivedStream>,
    },
    /// Packets of the device come, for the first time or again.
    Heard { device: DeviceId },
    /// The relay has closed a peer of the device that nothing was heard of. `silent_since` when no
    /// other peer of the device is heard.
    PeerLost {
        device: DeviceId,
        silent_since: Option<UtcMillis>,
    },
}

impl Media {
    /// Takes in one event. Events of peers that are no longer there mean nothing.
    pub(crate) fn event(&mut self, now: UtcMillis, event: Event) -> Option<Outcome> {
        match event {
            Event::Answered {
                request, answer, ..
            } => self.answered(request, answer),
            Event::Failed {
                request,
                peer,
                failure,
            } => self.failed(request, peer, failure),
            Event::Offer {
                peer,
                generation,
                offer,
                streams,
            } => self.offered(peer, generation.0, offer, &streams),
            Event::Connected { peer } => self.heard_again(now, peer, true),
            Event::Heard { peer, .. } => self.heard_again(now, peer, false),
            Event::Quiet { peer, quiet_ms } => {
                self.quiet(peer, before(now, quiet_ms));
                None
            }
            Event::Lost { peer, quiet_ms } => self.lost(peer, before(now, quiet_ms)),
            Event::WrongFingerprint { peer } => {
                tracing::warn!("a certificate was not the one announced: no media flows");
                let device = self.owners.remove(&peer)?;
                self.devices.get_mut(&device)?.remove(peer);
                self.send(media_relay_control::Command::ClosePeer { peer });
                None
            }
            Event::RoomOpened { worker, .. } => {
                self.worker = Some(worker);
                None
            }
            Event::Ready { .. }
            | Event::CannotStart { .. }
            | Event::Stats { .. }
            | Event::Pong { .. } => None,
        }
    }

    fn answered(&mut self, request: RequestId, answer: String) -> Option<Outcome> {
        let Offered {
            device,
            id,
            peer,
            sources,
        } = self.offers.remove(&request)?;
        let publishing = self.devices.get_mut(&device)?.publishing.as_mut()?;
        if publishing.peer.id != peer {
            return None;
        }
        publishing.accepted = true;
        publishing.sections = sources
            .into_iter()
            .map(|section| (section.source, section.mid))
            .collect();
        Some(Outcome::Published { device, id, answer })
    }

    fn failed(&mut self, request: RequestId, peer: PeerId, failure: Failure) -> Option<Outcome> {
        let Some(Offered { device, id, .. }) = self.offers.remove(&request) else {
            tracing::warn!(%failure, "the relay refused the answer of a device");
            return None;
        };
        // A first offer that was refused has made no peer.
        let peers = self.devices.get_mut(&device)?;
        let first = peers
            .publishing
            .as_ref()
            .is_some_and(|it| it.peer.id == peer && !it.accepted);
        if first && !self.offers.values().any(|offered| offered.peer == peer) {
            peers.publishing = None;
            self.owners.remove(&peer);
        }
        Some(Outcome::Unpublished {
            device,
            id,
            failure,
        })
    }

    fn offered(
        &mut self,
        peer: PeerId,
        generation: u32,
        offer: String,
        streams: &[OfferedStream],
    ) -> Option<Outcome> {
        let device = *self.owners.get(&peer)?;
        let streams = streams
            .iter()
            .filter_map(|stream| self.received(stream))
            .collect();
        let peers = self.devices.get_mut(&device)?;
        let generation = peers.generations_before.saturating_add(generation);
        peers.last_generation = peers.last_generation.max(generation);
        Some(Outcome::Offer {
            device,
            generation,
            offer,
            streams,
        })
    }

    /// `None` when the publisher has gone meanwhile; the next offer will say so.
    fn received(&self, stream: &OfferedStream) -> Option<ReceivedStream> {
        let device = *self.owners.get(&stream.publisher)?;
        let publishing = self.devices.get(&device)?.publishing.as_ref()?;
        let mut sections = publishing.sections.iter();
        let (source, _) = sections.find(|(_, mid)| **mid == stream.publisher_mid)?;
        Some(ReceivedStream {
            mid: stream.mid.clone(),
            device,
            source: *source,
        })
    }

    fn heard_again(&mut self, now: UtcMillis, peer: PeerId, connected: bool) -> Option<Outcome> {
        let device = *self.owners.get(&peer)?;
        let peers = self.devices.get_mut(&device)?;
        let peer = peers.get_mut(peer)?;
        peer.connected |= connected;
        peer.quiet = false;
        peers.note_heard(now);
        Some(Outcome::Heard { device })
    }

    fn quiet(&mut self, peer: PeerId, since: UtcMillis) {
        let device = self.owners.get(&peer);
        if let Some(peers) = device.and_then(|device| self.devices.get_mut(device))
            && let Some(known) = peers.get_mut(peer)
        {
            known.quiet = true;
            peers.note_heard(since);
        }
    }

    fn lost(&mut self, peer: PeerId, since: UtcMillis) -> Option<Outcome> {
        let device = self.owners.remove(&peer)?;
        let peers = self.devices.get_mut(&device)?;
        let removed = peers.remove(peer)?;
        if removed.connected {
            peers.note_heard(since);
        }
        let silent = removed.connected && !peers.flow();
        Some(Outcome::PeerLost {
            device,
            silent_since: peers.heard.filter(|_| silent),
        })
    }
}

fn before(now: UtcMillis, ms: u64) -> UtcMillis {
    now.plus(-i64::try_from(ms).unwrap_or(i64::MAX))
}
