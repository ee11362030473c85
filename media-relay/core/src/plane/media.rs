//! The hot path: an RTP packet is decrypted once into its layer, then sealed for each listener.

use super::Plane;
use crate::forward::{Item, Track, even_out};
use crate::peer::{Peer, Role};
use crate::publisher::Place;
use crate::rtp::{Header, be16, header};
use crate::srtp::PacketId;
use crate::transmit::TxBuf;
use std::time::Instant;

/// Packets collected before they are forwarded without being asked to.
const MAX_BATCH: usize = 512;

impl Plane {
    /// Takes a packet of a publisher; `None` when it is not accepted.
    pub(super) fn rtp(&mut self, key: usize, packet: &mut [u8], now: Instant) -> Option<()> {
        let mut header = Header::parse(packet)?;
        let (place, index, len) = self.open(key, packet, &header)?;
        self.totals.packets_in += 1;
        self.hear(key, now);
        let packet = packet.get(..len)?;
        let mut start = header.len;
        let end = header::payload_end(packet, &header);
        let track = self.tracks.get_mut(place.track)?;
        let kind = track.kind;
        let mut index = index;
        if place.rtx {
            let layer = track.layers.get_mut(place.layer)?;
            // RFC 4588 section 4: the original sequence number precedes the payload. Padding
            // and copies of what came are of no use.
            let Some(seq) = packet.get(start..end).and_then(|payload| be16(payload, 0)) else {
                return Some(());
            };
            let (Some(ssrc), Some(original)) = (layer.ssrc, layer.recover(seq)) else {
                return Some(());
            };
            (header.seq, header.ssrc, index) = (seq, ssrc, original);
            start += 2;
        } else {
            track.arrived(place.layer, &header, index, now);
        }
        let layer = track.layers.get_mut(place.layer)?;
        let elements = packet.get(header.extensions.clone())?;
        let payload = packet.get(start..end)?;
        layer.store(header, index, kind, elements, payload);
        self.timers.feedback_at(layer.losses.due());
        self.timers.feedback_at(layer.key_frames.due(now));
        self.batch.push(Item {
            track: place.track,
            layer: place.layer,
            index,
            order: self.batch.len() as u32,
            pad: 0,
        });
        if self.batch.len() >= MAX_BATCH {
            self.forward(now);
        }
        Some(())
    }

    /// Authenticates and decrypts; yields where the packet belongs, its index and its length.
    fn open(
        &mut self,
        key: usize,
        packet: &mut [u8],
        header: &Header,
    ) -> Option<(Place, u64, usize)> {
        let peer = self.peers.get_mut(key)?;
        let Role::Publishing(publishing) = &mut peer.role else {
            return None;
        };
        let ssrc = header.ssrc;
        let known = publishing.incoming(ssrc);
        let place = match known.as_ref().and_then(|known| known.place) {
            Some(place) => place,
            None => publishing.place(packet, header)?,
        };
        let index = match publishing.incoming(ssrc) {
            Some(known) => {
                let index = known.window.index(header.seq)?;
                if !known.window.is_free(index) {
                    return None;
                }
                index
            }
            None => header.seq.into(),
        };
        let id = PacketId { ssrc, index };
        let keys = peer.transport.keys()?;
        let len = keys.inward.open(packet, header.len, id)?;
        // Only now is anything remembered of it.
        publishing.learn(ssrc, place).window.take(index);
        peer.packets_in += 1;
        Some((place, index, len))
    }

    /// Forwards the batch to all listeners.
    pub(super) fn forward(&mut self, now: Instant) {
        if self.batch.is_empty() {
            return;
        }
        even_out(&mut self.batch, &self.tracks);
        for items in self.batch.chunk_by(|a, b| a.track == b.track) {
            let Some(track) = items.first().and_then(|item| self.tracks.get(item.track)) else {
                continue;
            };
            for tap in &track.taps {
                let Some(peer) = self.peers.get_mut(tap.peer) else {
                    continue;
                };
                let mut queue = peer.queue.take().unwrap_or_else(|| {
                    self.dirty.push(tap.peer);
                    self.outbox.buffer()
                });
                let sent = forward_to(peer, tap.section, track, items, &mut queue, now);
                peer.queue = Some(queue);
                peer.packets_out += sent;
                self.totals.packets_out += sent;
            }
        }
        self.batch.clear();
        self.flush();
    }

    /// Hands what is queued for each peer to the sockets.
    pub(super) fn flush(&mut self) {
        while let Some(key) = self.dirty.pop() {
            let Some(peer) = self.peers.get_mut(key) else {
                continue;
            };
            let Some(queue) = peer.queue.take() else {
                continue;
            };
            match peer.transport.selected() {
                Some(route) => self.outbox.push(route, queue),
                None => self.outbox.recycle(queue),
            }
        }
    }
}

/// Seals a track's packets for one section of a listener; yields how many.
fn forward_to(
    peer: &mut Peer,
    section: usize,
    track: &Track,
    items: &[Item],
    out: &mut TxBuf,
    now: Instant,
) -> u64 {
    let (Role::Receiving(receiving), Some((keys, _))) = (&mut peer.role, peer.transport.ready())
    else {
        return 0;
    };
    let section = receiving.sections.get_mut(section);
    let Some(stream) = section.and_then(|section| section.live()) else {
        return 0;
    };
    let outgoing = &mut stream.outgoing;
    // A layer that is waited for goes first: after its key frame the other one is over, and the
    // listener does not see one moment twice.
    let next = outgoing.waits_for(track, now);
    let is_next = |item: &&Item| Some(item.layer) == next;
    let rest = items.iter().filter(|item| !is_next(item));
    let mut sent = 0;
    for item in items.iter().filter(is_next).chain(rest) {
        let layer = track.layers.get(item.layer);
        let Some(packet) = layer.and_then(|layer| layer.cache.get(item.index)) else {
            continue;
        };
        sent += u64::from(outgoing.forward(item, packet, track, keys, out, now));
    }
    sent
}
