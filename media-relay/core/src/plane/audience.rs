//! Who receives what: the desired audience is compared with what is, and the difference applied.

use super::Plane;
use crate::forward::{Numbers, Outgoing, Rtx, Tap, Track};
use crate::listener::{Outcome, Phase, Receiving, State, Stream};
use crate::peer::Role;
use crate::rtp::ExtensionMap;
use crate::sdp::offer;
use media_relay_control::{Event, Listener, PeerId, Quality, RoomId, Wanted};
use rand::RngCore;
use std::collections::BTreeMap;
use std::time::Instant;

/// Streams of one listener: thirty people with three tracks each, and some.
const MAX_STREAMS: usize = 128;

impl Plane {
    /// Takes the whole audience of a room.
    pub(super) fn reconcile(&mut self, room: RoomId, listeners: Vec<Listener>, now: Instant) {
        let Some(open) = self.rooms.get_mut(&room) else {
            return;
        };
        let mut audience = BTreeMap::new();
        for mut listener in listeners {
            let peer = listener.peer;
            // A name that is taken, by a publisher or in another room, is no listener here.
            let is_taken = self.ids.contains_key(&peer) && !open.audience.contains_key(&peer);
            if is_taken || open.is_gone(peer) {
                continue;
            }
            listener.streams.truncate(MAX_STREAMS);
            audience.insert(peer, listener.streams);
        }
        let old: Vec<PeerId> = open.audience.keys().copied().collect();
        let closed: Vec<PeerId> = old
            .into_iter()
            .filter(|peer| !audience.contains_key(peer))
            .collect();
        for peer in closed {
            if let Some(&key) = self.ids.get(&peer) {
                self.remove_peer(key);
            }
        }
        let new: Vec<PeerId> = audience
            .keys()
            .filter(|peer| !self.ids.contains_key(peer))
            .copied()
            .collect();
        for peer in new {
            let role = Role::Receiving(Receiving::default());
            if let Err(failure) = self.open_peer(room, peer, role) {
                tracing::warn!(peer = peer.0, %failure, "no receiving peer made");
                audience.remove(&peer);
            }
        }
        if let Some(open) = self.rooms.get_mut(&room) {
            open.audience = audience;
        }
        self.refresh(room, now);
    }

    /// Makes every listener's streams those of the audience, as far as they are published.
    pub(super) fn refresh(&mut self, room: RoomId, now: Instant) {
        let Some(open) = self.rooms.get(&room) else {
            return;
        };
        let listeners: Vec<PeerId> = open.audience.keys().copied().collect();
        for peer in listeners {
            let (Some(open), Some(&key)) = (self.rooms.get(&room), self.ids.get(&peer)) else {
                continue;
            };
            let wanted = open.audience.get(&peer).map_or(&[][..], Vec::as_slice);
            let desired = self.published(room, wanted);
            self.apply(key, &desired, now);
            self.offer(key, now);
        }
    }

    /// Sections of an answered offer begin to flow, or are refused.
    pub(super) fn settle(&mut self, key: usize, outcomes: &[(usize, Outcome)], now: Instant) {
        for &(section, outcome) in outcomes {
            let tap = Tap { peer: key, section };
            match outcome {
                Outcome::Same => {}
                Outcome::Live(track) => {
                    if let Some(track) = self.tracks.get_mut(track) {
                        track.taps.push(tap);
                    }
                    self.want_key_frame(key, section, now);
                }
                Outcome::Refused(track) => self.untap(track, tap),
            }
        }
    }

    /// Sends an offer if one is due and none is out.
    pub(super) fn offer(&mut self, key: usize, now: Instant) {
        let Some(peer) = self.peers.get_mut(key) else {
            return;
        };
        let id = peer.id;
        let Some(receiving) = peer.receiving() else {
            return;
        };
        if !receiving.may_offer() {
            return;
        }
        let (generation, sections, streams) = receiving.begin_offer();
        peer.transport.life.expect(now);
        let offer = self.describe(key, "actpass", |local| offer::write(local, &sections));
        self.events.push_back(Event::Offer {
            peer: id,
            generation,
            offer,
            streams,
        });
    }

    /// The tracks behind `wanted`, each once.
    fn published(&self, room: RoomId, wanted: &[Wanted]) -> Vec<Desired> {
        let mut desired: Vec<Desired> = Vec::new();
        for wanted in wanted {
            let Some(track) = self.track_of(room, wanted) else {
                continue;
            };
            if desired.iter().all(|known| known.track != track) {
                desired.push(Desired {
                    track,
                    publisher: wanted.publisher,
                    quality: wanted.quality,
                });
            }
        }
        desired
    }

    fn track_of(&self, room: RoomId, wanted: &Wanted) -> Option<usize> {
        let peer = self.peers.get(*self.ids.get(&wanted.publisher)?)?;
        let Role::Publishing(publishing) = &peer.role else {
            return None;
        };
        let mut sections = publishing.sections.iter();
        let section = sections.find(|section| section.mid == wanted.mid)?;
        (peer.room == room).then_some(section.track)
    }

    /// Applies the difference between what a listener carries and what it should.
    fn apply(&mut self, key: usize, desired: &[Desired], now: Instant) {
        let Some(receiving) = self.peers.get_mut(key).and_then(|peer| peer.receiving()) else {
            return;
        };
        let mut ended = Vec::new();
        let mut changed = Vec::new();
        let mut carried = Vec::new();
        for (index, section) in receiving.sections.iter_mut().enumerate() {
            let State::Carrying { stream, .. } = &mut section.state else {
                continue;
            };
            let track = stream.outgoing.track;
            match desired.iter().find(|desired| desired.track == track) {
                Some(desired) => {
                    carried.push(track);
                    if stream.outgoing.quality != desired.quality {
                        stream.outgoing.quality = desired.quality;
                        changed.push(index);
                    }
                }
                None => {
                    section.end();
                    ended.push((track, index));
                }
            }
        }
        for (track, section) in ended {
            self.untap(track, Tap { peer: key, section });
        }
        for section in changed {
            self.want_key_frame(key, section, now);
        }
        for desired in desired {
            if !carried.contains(&desired.track) {
                self.carry(key, desired, now);
            }
        }
    }

    /// Gives a listener a new stream, to be offered.
    fn carry(&mut self, key: usize, desired: &Desired, now: Instant) {
        let random = [self.random.next_u64(), self.random.next_u64()];
        let Some(track) = self.tracks.get(desired.track) else {
            return;
        };
        let extensions = self.extensions_of(track, desired.track);
        let Some(peer) = self.peers.get_mut(key) else {
            return;
        };
        let ssrc = peer.ssrcs.next();
        let rtx_ssrc = peer.ssrcs.next();
        let codec = offer::codec(track.kind);
        let rtx = codec
            .rtx
            .map(|payload_type| Rtx::new(payload_type, rtx_ssrc, random[1]));
        let numbers = Numbers {
            ssrc,
            payload_type: codec.payload_type,
            rtx,
            extensions,
        };
        let outgoing = Outgoing::new(desired.track, desired.quality, numbers, random[0], now);
        let stream = Box::new(Stream {
            publisher: desired.publisher,
            publisher_mid: track.mid.clone(),
            label: format!("p{:x}-{}", desired.publisher.0, track.group),
            outgoing,
        });
        let Some(receiving) = peer.receiving() else {
            return;
        };
        let Some(index) = receiving.place(track.kind) else {
            tracing::warn!("a listener has no section left");
            return;
        };
        if let Some(section) = receiving.sections.get_mut(index) {
            section.state = State::Carrying {
                stream,
                phase: Phase::New,
            };
        }
    }

    fn extensions_of(&self, track: &Track, key: usize) -> ExtensionMap {
        let publisher = self.peers.get(track.publisher);
        match publisher.map(|peer| &peer.role) {
            Some(Role::Publishing(publishing)) => publishing
                .sections
                .iter()
                .find(|section| section.track == key)
                .map(|section| section.extensions())
                .unwrap_or_default(),
            _ => ExtensionMap::default(),
        }
    }

    fn untap(&mut self, track: usize, tap: Tap) {
        if let Some(track) = self.tracks.get_mut(track) {
            track.taps.retain(|known| *known != tap);
        }
    }
}

/// A published track that a listener should have.
struct Desired {
    track: usize,
    publisher: PeerId,
    quality: Quality,
}
