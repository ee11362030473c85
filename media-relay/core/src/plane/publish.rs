//! A browser's offer to publish, first or again.

use super::Plane;
use crate::forward::Track;
use crate::peer::Role;
use crate::publisher::{PublishedSection, Publishing};
use crate::sdp::{Description, Section, Setup, answer};
use media_relay_control::{Failure, PeerId, RoomId};
use std::time::Instant;

/// Tracks of one publisher: microphone, camera, screen, and room to change them.
const MAX_TRACKS: usize = 16;

impl Plane {
    /// Takes the offer and writes the answer. The caller refreshes the room.
    ///
    /// # Errors
    /// Any failure leaves everything as it was.
    pub(super) fn publish(
        &mut self,
        room: RoomId,
        id: PeerId,
        offer: &str,
        now: Instant,
    ) -> Result<String, Failure> {
        if self.room(room).is_none() {
            return Err(Failure::NoSuchRoom);
        }
        let offer = Description::parse(offer).map_err(|_| Failure::UnreadableDescription)?;
        check(&offer)?;
        let key = match self.ids.get(&id) {
            Some(&key) => self.publisher_of(key, room, &offer)?,
            None => self.open_peer(room, id, Role::Publishing(Publishing::default()))?,
        };
        let Some(peer) = self.peers.get_mut(key) else {
            return Err(Failure::NoSuchPeer);
        };
        // It was compared before: it can be taken.
        let _ = peer.transport.expect(offer.fingerprint);
        peer.transport.life.expect(now);
        let Some(publishing) = peer.publishing() else {
            return Err(Failure::NoSuchPeer);
        };
        let before = std::mem::replace(&mut publishing.ufrag, offer.ufrag.clone());
        if !before.is_empty() && before != offer.ufrag {
            self.restart_ice(key);
        }
        self.take_sections(key, &offer);
        Ok(self.describe(key, "passive", |local| answer::write(local, &offer)))
    }

    /// The peer that publishes already, if it may take this offer.
    fn publisher_of(
        &self,
        key: usize,
        room: RoomId,
        offer: &Description,
    ) -> Result<usize, Failure> {
        let peer = self.peers.get(key).ok_or(Failure::NoSuchPeer)?;
        if peer.room != room || !matches!(peer.role, Role::Publishing(_)) {
            return Err(Failure::NoSuchPeer);
        }
        if !peer.transport.may_expect(offer.fingerprint) {
            return Err(Failure::UnreadableDescription);
        }
        Ok(key)
    }

    /// Makes the tracks those of the offer: unchanged ones go on, others end or begin.
    fn take_sections(&mut self, key: usize, offer: &Description) {
        let Some(publishing) = self.peers.get_mut(key).and_then(|peer| peer.publishing()) else {
            return;
        };
        let mut before = std::mem::take(&mut publishing.sections);
        let mut sections = Vec::new();
        for section in offer.sections.iter().filter(|section| sends(section)) {
            let same = before
                .iter()
                .position(|known| is_same(known, section))
                .map(|at| before.swap_remove(at));
            let track = match &same {
                Some(known) => known.track,
                None => self.tracks.insert(Track::new(
                    key,
                    &section.mid,
                    // `sends` says it has a kind.
                    section.kind.unwrap_or(crate::sdp::Kind::Audio),
                    section.rids.len(),
                    group(offer, section),
                )),
            };
            sections.extend(PublishedSection::new(section, track));
        }
        for ended in before {
            self.remove_track(ended.track);
            if let Some(publishing) = self.peers.get_mut(key).and_then(|peer| peer.publishing()) {
                publishing.forget(ended.track);
            }
        }
        if let Some(publishing) = self.peers.get_mut(key).and_then(|peer| peer.publishing()) {
            publishing.sections = sections;
        }
    }
}

fn check(offer: &Description) -> Result<(), Failure> {
    // We never begin a handshake.
    if offer.setup == Setup::Passive {
        return Err(Failure::UnreadableDescription);
    }
    let sending = |section: &&Section| !section.rejected && section.sends && section.kind.is_some();
    let mut sending = offer.sections.iter().filter(sending);
    if sending.clone().any(|section| section.codec.is_none()) {
        return Err(Failure::NoCommonCodec);
    }
    if sending.clone().any(|section| section.mid.is_empty()) {
        return Err(Failure::UnreadableDescription);
    }
    match sending.nth(MAX_TRACKS) {
        Some(_) => Err(Failure::TooMany),
        None => Ok(()),
    }
}

fn sends(section: &Section) -> bool {
    answer::accepts(section) && section.sends
}

fn is_same(known: &PublishedSection, section: &Section) -> bool {
    known.mid == section.mid && Some(known.kind) == section.kind && known.rids == section.rids
}

/// Which stream of the publisher a section belongs to, as the place of the first section of
/// that stream.
fn group(offer: &Description, section: &Section) -> usize {
    let own = |other: &Section| match (&section.stream, &other.stream) {
        (Some(stream), Some(other)) if stream != "-" => stream == other,
        _ => std::ptr::eq(section, other),
    };
    offer.sections.iter().position(own).unwrap_or(0)
}
