//! One stream to one listener: the packets of a published track under their own SSRC, sequence
//! numbers, time and picture ids, whole across layer switches.

use super::Track;
use super::batch::Item;
use super::cache::Packet;
use super::clock::WallClock;
use super::span::{Last, Span};
use crate::rtp::{ExtensionMap, Header, header, vp8};
use crate::srtp::{Keys, PacketId, Window, nearest};
use crate::transmit::TxBuf;
use media_relay_control::Quality;
use rtc_rtcp::sender_report::SenderReport;
use std::collections::VecDeque;
use std::time::Instant;

/// Switches remembered for answering NACKs.
const MAX_SPANS: usize = 4;
/// Retransmissions allowed between two reports: a listener's NACKs must not amplify without end.
const MAX_RESENT: u32 = 512;
/// Random starts are below this: the rollover counter of a new stream is 0 (RFC 3711
/// section 3.3.1), also for a listener that misses the first packets.
const MAX_START: u64 = 1 << 14;

/// Retransmissions have a stream of their own (RFC 4588).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rtx {
    pub(crate) payload_type: u8,
    pub(crate) ssrc: u32,
    next: u64,
}

impl Rtx {
    pub(crate) fn new(payload_type: u8, ssrc: u32, random: u64) -> Rtx {
        Rtx {
            payload_type,
            ssrc,
            next: 1 + random % MAX_START,
        }
    }
}

/// The numbers under which a stream is offered and sent.
#[derive(Clone, Debug)]
pub(crate) struct Numbers {
    pub(crate) ssrc: u32,
    pub(crate) payload_type: u8,
    pub(crate) rtx: Option<Rtx>,
    pub(crate) extensions: ExtensionMap,
}

#[derive(Debug)]
pub(crate) struct Outgoing {
    /// Key of the track forwarded.
    pub(crate) track: usize,
    pub(crate) quality: Quality,
    /// Packets sealed, retransmissions not counted.
    pub(crate) packets: u64,
    pub(crate) retransmitted: u64,
    numbers: Numbers,
    spans: VecDeque<Span>,
    /// Seal-once guard: which indices are used up.
    sealed: Window,
    last: Last,
    octets: u32,
    resent: u32,
}

impl Outgoing {
    /// `random` gives first index and timestamp (RFC 3550 section 5.1).
    pub(crate) fn new(
        track: usize,
        quality: Quality,
        numbers: Numbers,
        random: u64,
        now: Instant,
    ) -> Outgoing {
        Outgoing {
            track,
            quality,
            packets: 0,
            retransmitted: 0,
            numbers,
            spans: VecDeque::with_capacity(MAX_SPANS + 1),
            sealed: Window::default(),
            last: Last {
                index: 1 + random % MAX_START,
                // The high half.
                timestamp: (random >> 32) as u32,
                at: now,
                ids: vp8::Ids::default(),
            },
            octets: 0,
            resent: 0,
        }
    }

    pub(crate) fn ssrc(&self) -> u32 {
        self.numbers.ssrc
    }

    pub(crate) fn rtx_ssrc(&self) -> Option<u32> {
        self.numbers.rtx.map(|rtx| rtx.ssrc)
    }

    /// The layer now forwarded.
    pub(crate) fn layer(&self) -> Option<usize> {
        self.spans.back().map(|span| span.layer)
    }

    /// The layer that has to send a key frame before this stream can go on as wished.
    pub(crate) fn waits_for(&self, track: &Track, now: Instant) -> Option<usize> {
        if !track.is_video() {
            return None;
        }
        let wanted = track.layer_for(self.quality, now)?;
        let current = self.spans.back();
        let is_on = current
            .is_some_and(|span| span.layer == wanted && span.epoch == track.layers[wanted].epoch);
        (!is_on).then_some(wanted)
    }

    /// Seals one packet into `out`. False when it is not for this listener: of another layer, or
    /// sealed before.
    pub(crate) fn forward(
        &mut self,
        item: &Item,
        packet: &Packet,
        track: &Track,
        keys: &Keys,
        out: &mut TxBuf,
        now: Instant,
    ) -> bool {
        let Some(span) = self.span_for(item, packet, track, now) else {
            return false;
        };
        // Before the switch: it belongs to what the listener saw of the other layer.
        let Some(step) = packet.index.checked_sub(span.source) else {
            return false;
        };
        let index = span.start + step;
        // A late original may follow its retransmitted copy: other bytes, other padding, one
        // index. Sealing both would use a nonce twice.
        if !self.sealed.is_free(index) {
            return false;
        }
        self.sealed.take(index);
        let header = Header {
            payload_type: self.numbers.payload_type,
            ssrc: self.numbers.ssrc,
            // A sequence number is the low part of an index.
            seq: index as u16,
            timestamp: packet.header.timestamp.wrapping_add(span.timestamp),
            ..packet.header.clone()
        };
        let id = PacketId {
            ssrc: self.numbers.ssrc,
            index,
        };
        let mut ids = None;
        out.push(|data, start| {
            let len = header.write(data, packet.extensions(), &self.numbers.extensions);
            data.extend_from_slice(packet.payload());
            if track.is_video() {
                let payload = &mut data[start + len..];
                vp8::shift(payload, span.ids);
                ids = (!payload.is_empty()).then(|| vp8::ids(payload));
            }
            header::pad(data, start, item.pad);
            keys.out.seal(data, start, len, id);
        });
        if index > self.last.index {
            self.last.index = index;
            self.last.timestamp = header.timestamp;
            self.last.at = now;
            self.last.ids = ids.unwrap_or(self.last.ids);
        }
        self.packets += 1;
        // Reports count modulo 2^32 (RFC 3550 section 6.4.1).
        self.octets = self.octets.wrapping_add(packet.payload().len() as u32);
        true
    }

    /// Answers a NACK of sequence number `seq` from the cache.
    pub(crate) fn resend(&mut self, seq: u16, track: &Track, keys: &Keys, out: &mut TxBuf) -> bool {
        let (Some(rtx), Some(index)) = (&mut self.numbers.rtx, nearest(self.last.index, seq))
        else {
            return false;
        };
        let Some(span) = self.spans.iter().rev().find(|span| index >= span.start) else {
            return false;
        };
        let Some(layer) = track.layers.get(span.layer) else {
            return false;
        };
        if layer.epoch != span.epoch || self.resent >= MAX_RESENT {
            return false;
        }
        let Some(packet) = layer.cache.get(span.source + (index - span.start)) else {
            return false;
        };
        let header = Header {
            payload_type: rtx.payload_type,
            ssrc: rtx.ssrc,
            seq: rtx.next as u16,
            timestamp: packet.header.timestamp.wrapping_add(span.timestamp),
            ..packet.header.clone()
        };
        let id = PacketId {
            ssrc: rtx.ssrc,
            index: rtx.next,
        };
        // Every copy has an index of its own.
        rtx.next += 1;
        self.resent += 1;
        self.retransmitted += 1;
        out.push(|data, start| {
            let len = header.write(data, packet.extensions(), &self.numbers.extensions);
            // RFC 4588 section 4: the original sequence number precedes the payload.
            data.extend_from_slice(&seq.to_be_bytes());
            data.extend_from_slice(packet.payload());
            if track.is_video() {
                vp8::shift(&mut data[start + len + 2..], span.ids);
            }
            keys.out.seal(data, start, len, id);
        });
        true
    }

    /// A report of this stream (RFC 3550 section 6.4.1), once the publisher's clock is known.
    /// `offset` is what to add to the publisher's NTP time to get ours: the same for all of its
    /// tracks, so that they stay in step.
    pub(crate) fn report(
        &mut self,
        track: &Track,
        offset: u64,
        wall: &WallClock,
        now: Instant,
    ) -> Option<SenderReport> {
        self.resent = 0;
        let span = self.spans.back()?;
        let layer = track.layers.get(span.layer)?;
        let clock = layer.clock.filter(|_| layer.epoch == span.epoch)?;
        let ntp = wall.ntp(now);
        let rtp = clock.rtp_at(ntp.wrapping_sub(offset), track.kind.clock());
        Some(SenderReport {
            ssrc: self.numbers.ssrc,
            ntp_time: ntp,
            rtp_time: rtp.wrapping_add(span.timestamp),
            packet_count: self.packets as u32,
            octet_count: self.octets,
            ..SenderReport::default()
        })
    }

    /// The mapping for a packet, a new one when it makes the stream switch to its layer.
    fn span_for(
        &mut self,
        item: &Item,
        packet: &Packet,
        track: &Track,
        now: Instant,
    ) -> Option<Span> {
        let layer = track.layers.get(item.layer)?;
        if let Some(span) = self.spans.back()
            && (span.layer, span.epoch) == (item.layer, layer.epoch)
        {
            return Some(*span);
        }
        let may_switch = || packet.key && track.layer_for(self.quality, now) == Some(item.layer);
        if track.is_video() && !may_switch() {
            return None;
        }
        let span = Span::begin(
            self.spans.back(),
            &self.last,
            item.layer,
            packet,
            track,
            now,
        );
        self.spans.push_back(span);
        if self.spans.len() > MAX_SPANS {
            self.spans.pop_front();
        }
        Some(span)
    }
}
