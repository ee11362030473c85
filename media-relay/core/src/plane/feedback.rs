//! RTCP: what publishers and listeners report and ask, and what we ask of publishers.

use super::Plane;
use crate::forward::SenderClock;
use crate::peer::Role;
use bytes::Buf;
use rtc_rtcp::packet::Packet;
use rtc_rtcp::payload_feedbacks::full_intra_request::FullIntraRequest;
use rtc_rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use rtc_rtcp::sender_report::SenderReport;
use rtc_rtcp::transport_feedbacks::transport_layer_nack::TransportLayerNack;
use std::time::Instant;

/// Packets looked at in one compound packet, and sequence numbers in one NACK.
const MAX_PACKETS: usize = 64;
const MAX_NACKED: usize = 256;

impl Plane {
    /// Takes a compound packet; `None` when it is not accepted. Receiver reports, REMB and BYE
    /// need no answer: bandwidth estimation is not here yet, and a peer leaves by signaling or
    /// by silence.
    pub(super) fn rtcp(&mut self, key: usize, datagram: &[u8], now: Instant) -> Option<()> {
        let provider = self.identity.provider();
        let peer = self.peers.get_mut(key)?;
        let plain = peer.transport.keys()?.rtcp.open(datagram, provider)?;
        self.hear(key, now);
        let mut plain = plain.freeze();
        let mut packets = 0;
        while plain.has_remaining() && packets < MAX_PACKETS {
            packets += 1;
            let Some(one) = next_packet(&mut plain) else {
                break;
            };
            self.rtcp_packet(key, &*one, now);
        }
        self.flush();
        Some(())
    }

    fn rtcp_packet(&mut self, key: usize, packet: &dyn Packet, now: Instant) {
        let any = packet.as_any();
        if let Some(report) = any.downcast_ref::<SenderReport>() {
            self.sender_report(key, report, now);
        } else if let Some(nack) = any.downcast_ref::<TransportLayerNack>() {
            self.nack(key, nack);
        } else if let Some(pli) = any.downcast_ref::<PictureLossIndication>() {
            self.picture_lost(key, pli.media_ssrc, now);
        } else if let Some(fir) = any.downcast_ref::<FullIntraRequest>() {
            for entry in fir.fir.iter().take(MAX_PACKETS) {
                self.picture_lost(key, entry.ssrc, now);
            }
        }
    }

    /// A publisher tells its clock.
    fn sender_report(&mut self, key: usize, report: &SenderReport, now: Instant) {
        let ours = self.wall.ntp(now);
        let Some(publishing) = self.peers.get_mut(key).and_then(|peer| peer.publishing()) else {
            return;
        };
        let place = publishing
            .incoming(report.ssrc)
            .and_then(|incoming| incoming.place);
        let Some(place) = place.filter(|place| !place.rtx) else {
            return;
        };
        publishing
            .clock_offset
            .get_or_insert(ours.wrapping_sub(report.ntp_time));
        let layer = self
            .tracks
            .get_mut(place.track)
            .and_then(|track| track.layers.get_mut(place.layer));
        if let Some(layer) = layer.filter(|layer| layer.ssrc == Some(report.ssrc)) {
            layer.clock = Some(SenderClock {
                ntp: report.ntp_time,
                rtp: report.rtp_time,
                at: now,
            });
        }
    }

    /// A listener misses packets.
    fn nack(&mut self, key: usize, nack: &TransportLayerNack) {
        let Some(peer) = self.peers.get_mut(key) else {
            return;
        };
        let Role::Receiving(receiving) = &mut peer.role else {
            return;
        };
        let Some((keys, _)) = peer.transport.ready() else {
            return;
        };
        let mut streams = receiving.sections.iter_mut().filter_map(|s| s.live());
        let Some(stream) = streams.find(|stream| stream.outgoing.ssrc() == nack.media_ssrc) else {
            return;
        };
        let Some(track) = self.tracks.get(stream.outgoing.track) else {
            return;
        };
        let out = match &mut peer.queue {
            Some(queue) => queue,
            None => {
                self.dirty.push(key);
                peer.queue.insert(self.outbox.buffer())
            }
        };
        let seqs = nack.nacks.iter().flat_map(|pair| pair.packet_list());
        for seq in seqs.take(MAX_NACKED) {
            if stream.outgoing.resend(seq, track, keys, out) {
                peer.packets_out += 1;
                self.totals.packets_out += 1;
                self.totals.retransmitted += 1;
            }
        }
    }

    /// A listener cannot decode.
    fn picture_lost(&mut self, key: usize, ssrc: u32, now: Instant) {
        let Some(receiving) = self.peers.get_mut(key).and_then(|peer| peer.receiving()) else {
            return;
        };
        let mut streams = receiving.sections.iter_mut().filter_map(|s| s.live());
        let Some(stream) = streams.find(|stream| stream.outgoing.ssrc() == ssrc) else {
            return;
        };
        let current = stream.outgoing.layer();
        let Some(track) = self.tracks.get_mut(stream.outgoing.track) else {
            return;
        };
        let wanted = stream.outgoing.waits_for(track, now).or(current);
        if let Some(layer) = wanted.and_then(|layer| track.layers.get_mut(layer)) {
            layer.key_frames.want();
            self.timers.feedback_at(layer.key_frames.due(now));
        }
    }

    /// Asks for a key frame if a section waits for one.
    pub(super) fn want_key_frame(&mut self, key: usize, section: usize, now: Instant) {
        let Some(peer) = self.peers.get_mut(key) else {
            return;
        };
        let is_ready = peer.transport.ready().is_some();
        let stream = peer
            .receiving()
            .and_then(|receiving| receiving.sections.get_mut(section))
            .and_then(|section| section.live());
        let Some(stream) = stream.filter(|_| is_ready) else {
            return;
        };
        let Some(track) = self.tracks.get_mut(stream.outgoing.track) else {
            return;
        };
        let Some(wanted) = stream.outgoing.waits_for(track, now) else {
            return;
        };
        if let Some(layer) = track.layers.get_mut(wanted) {
            layer.key_frames.want();
            self.timers.feedback_at(layer.key_frames.due(now));
        }
    }

    /// Seals and sends a compound packet.
    pub(super) fn send_rtcp(&mut self, key: usize, packets: &[Box<dyn Packet>]) {
        let Some(peer) = self.peers.get_mut(key) else {
            return;
        };
        let (Some(route), Some(keys)) = (peer.transport.selected(), peer.transport.keys()) else {
            return;
        };
        let Ok(plain) = rtc_rtcp::packet::marshal(packets) else {
            return;
        };
        if let Some(sealed) = keys.rtcp.seal(&plain) {
            self.outbox.send(route, &sealed);
        }
    }
}

/// The first packet of a compound one. Each is cut out by its own length, so that one of a kind
/// that cannot be read does not spoil the others.
fn next_packet(compound: &mut bytes::Bytes) -> Option<Box<dyn Packet>> {
    let words = usize::from(crate::rtp::be16(compound, 2)?);
    let len = 4 * (words + 1);
    if len > compound.len() {
        return None;
    }
    let mut one = compound.split_to(len);
    let mut packets = rtc_rtcp::packet::unmarshal(&mut one).ok()?;
    packets.pop()
}
