//! One encoding of a published track: the only one, or a simulcast layer.

use super::cache::Cache;
use super::clock::SenderClock;
use super::keyframes::KeyFrameRequests;
use super::losses::Losses;
use super::reception::Reception;
use crate::rtp::{Header, vp8};
use crate::sdp::Kind;
use std::time::{Duration, Instant};

/// A layer has stopped when it was silent for so long, while so many packets of the track's other
/// layers came: a publisher that pauses, or sends a frame now and then, has not dropped a layer.
const STOPPED: Duration = Duration::from_millis(700);
const STOPPED_OTHERS: u32 = 10;

#[derive(Debug)]
pub(crate) struct Layer {
    pub(crate) ssrc: Option<u32>,
    /// Counts the SSRCs the layer has had: sequence numbers and time begin anew with each.
    pub(crate) epoch: u32,
    pub(crate) cache: Cache,
    pub(crate) losses: Losses,
    pub(crate) key_frames: KeyFrameRequests,
    pub(crate) reception: Option<Reception>,
    pub(crate) clock: Option<SenderClock>,
    pub(crate) packets: u64,
    /// Packets that came by retransmission.
    pub(crate) recovered: u64,
    last_at: Option<Instant>,
    /// Packets of the other layers since.
    others: u32,
}

impl Layer {
    pub(crate) fn new(kind: Kind) -> Layer {
        Layer {
            ssrc: None,
            epoch: 0,
            cache: Cache::new(kind == Kind::Video),
            losses: Losses::default(),
            key_frames: KeyFrameRequests::default(),
            reception: None,
            clock: None,
            packets: 0,
            recovered: 0,
            last_at: None,
            others: 0,
        }
    }

    pub(crate) fn is_flowing(&self, now: Instant) -> bool {
        self.last_at
            .is_some_and(|at| now < at + STOPPED || self.others < STOPPED_OTHERS)
    }

    /// A packet of another layer came.
    pub(crate) fn other_arrived(&mut self) {
        self.others = self.others.saturating_add(1);
    }

    /// Counts a packet of the main stream and finds what was skipped before it.
    pub(crate) fn arrived(&mut self, header: &Header, index: u64, kind: Kind, now: Instant) {
        self.packets += 1;
        self.last_at = Some(now);
        self.others = 0;
        if self.ssrc != Some(header.ssrc) {
            self.begin(header.ssrc);
        }
        let Some(reception) = &mut self.reception else {
            self.reception = Some(Reception::new(index, header.timestamp, now));
            return;
        };
        let next = reception.top() + 1;
        reception.arrived(index, header.timestamp, kind.clock(), now);
        if index < next {
            self.losses.came(index);
        } else if kind == Kind::Video && self.losses.skipped(next..index, now).is_err() {
            self.key_frames.want();
        }
    }

    /// The index of a retransmitted packet with original sequence number `seq`, `None` when it
    /// was not missing.
    pub(crate) fn recover(&mut self, seq: u16) -> Option<u64> {
        let top = self.reception.as_ref()?.top();
        let index = crate::srtp::nearest(top, seq)?;
        if !self.losses.came(index) {
            return None;
        }
        self.packets += 1;
        self.recovered += 1;
        Some(index)
    }

    /// Stores a packet for forwarding.
    pub(crate) fn store(
        &mut self,
        header: Header,
        index: u64,
        kind: Kind,
        extensions: &[u8],
        payload: &[u8],
    ) {
        let key = kind == Kind::Video && vp8::begins_key_frame(payload);
        if key {
            self.key_frames.came();
        }
        self.cache.put(header, index, key, extensions, payload);
    }

    fn begin(&mut self, ssrc: u32) {
        self.ssrc = Some(ssrc);
        self.epoch += 1;
        self.cache.clear();
        self.losses.clear();
        self.reception = None;
        self.clock = None;
    }
}
