//! What time brings: feedback that is due, lost flights, reports and silence.

use super::Plane;
use super::inbound::millis;
use crate::life::Silence;
use crate::peer::Role;
use crate::rtcp;
use media_relay_control::Event;
use rtc_rtcp::packet::Packet;
use std::time::{Duration, Instant};

/// Between two rounds of reports and of listening for silence.
const HOUSEKEEPING: Duration = Duration::from_millis(500);
/// The same, for a plane without peers.
const IDLE: Duration = Duration::from_secs(60);

/// When something is due; a time may be early, never late.
#[derive(Debug)]
pub(super) struct Timers {
    housekeeping: Instant,
    handshake: Option<Instant>,
    feedback: Option<Instant>,
    /// The latest time that was passed in.
    last: Instant,
}

impl Timers {
    pub(super) fn new(now: Instant) -> Timers {
        Timers {
            housekeeping: now + IDLE,
            handshake: None,
            feedback: None,
            last: now,
        }
    }

    pub(super) fn next(&self) -> Instant {
        let others = [self.handshake, self.feedback].into_iter().flatten();
        others.fold(self.housekeeping, Instant::min)
    }

    pub(super) fn last(&self) -> Instant {
        self.last
    }

    pub(super) fn advance(&mut self, now: Instant) {
        self.last = self.last.max(now);
    }

    pub(super) fn handshake_at(&mut self, at: Option<Instant>) {
        self.handshake = earlier(self.handshake, at);
    }

    pub(super) fn feedback_at(&mut self, at: Option<Instant>) {
        self.feedback = earlier(self.feedback, at);
    }

    pub(super) fn housekeep_soon(&mut self, now: Instant) {
        self.advance(now);
        self.housekeeping = self.housekeeping.min(now + HOUSEKEEPING);
    }
}

fn earlier(known: Option<Instant>, at: Option<Instant>) -> Option<Instant> {
    known.into_iter().chain(at).min()
}

impl Plane {
    pub(super) fn timeout(&mut self, now: Instant) {
        self.timers.advance(now);
        if self.timers.handshake.is_some_and(|at| at <= now) {
            self.repeat_flights(now);
        }
        if self.timers.feedback.is_some_and(|at| at <= now) {
            self.ask_publishers(now);
        }
        if self.timers.housekeeping <= now {
            let pause = if self.peers.is_empty() {
                IDLE
            } else {
                HOUSEKEEPING
            };
            self.timers.housekeeping = now + pause;
            self.listen_for_silence(now);
            self.follow_layers(now);
            self.report(now);
        }
    }

    /// Handshakes whose last flight was lost.
    fn repeat_flights(&mut self, now: Instant) {
        self.timers.handshake = None;
        for (_, peer) in &mut self.peers {
            if let Err(error) = peer.transport.handle_handshake_timeout(now) {
                tracing::debug!(peer = peer.id.0, %error, "handshake given up");
            }
            while let Some(flight) = peer.transport.poll_handshake() {
                if let Some(route) = peer.transport.selected() {
                    self.outbox.send(route, &flight);
                }
            }
            self.timers.handshake_at(peer.transport.handshake_timeout());
        }
    }

    /// Sends publishers the NACKs and key-frame requests that are due.
    fn ask_publishers(&mut self, now: Instant) {
        self.timers.feedback = None;
        let mut asks: Vec<(usize, Box<dyn Packet>)> = Vec::new();
        for (_, track) in &mut self.tracks {
            let Some(publisher) = self.peers.get(track.publisher) else {
                continue;
            };
            for layer in &mut track.layers {
                let Some(ssrc) = layer.ssrc else { continue };
                let seqs = layer.losses.take_due(now);
                if !seqs.is_empty() {
                    let nack = rtcp::nack(publisher.reporter, ssrc, &seqs);
                    asks.push((track.publisher, Box::new(nack)));
                }
                if layer.key_frames.take(now) {
                    let pli = rtcp::picture_lost(publisher.reporter, ssrc);
                    asks.push((track.publisher, Box::new(pli)));
                    self.totals.key_frames_requested += 1;
                }
                self.timers.feedback_at(layer.losses.due());
                self.timers.feedback_at(layer.key_frames.due(now));
            }
        }
        for (publisher, ask) in asks {
            self.send_rtcp(publisher, &[ask]);
        }
    }

    fn listen_for_silence(&mut self, now: Instant) {
        let mut lost = Vec::new();
        for (key, peer) in &mut self.peers {
            match peer.transport.life.silence(now) {
                None => {}
                Some(Silence::Quiet(quiet)) => self.events.push_back(Event::Quiet {
                    peer: peer.id,
                    quiet_ms: millis(quiet),
                }),
                Some(Silence::Lost(quiet)) => {
                    self.events.push_back(Event::Lost {
                        peer: peer.id,
                        quiet_ms: millis(quiet),
                    });
                    lost.push((key, peer.id, peer.room));
                }
            }
        }
        for (key, peer, room) in lost {
            self.remove_peer(key);
            if let Some(room) = self.rooms.get_mut(&room) {
                room.lose(peer);
            }
            self.refresh(room, now);
        }
    }

    /// Layers come and go with the publisher's uplink: asks for key frames where a better or the
    /// only layer is another than the one forwarded.
    fn follow_layers(&mut self, now: Instant) {
        for (_, track) in &mut self.tracks {
            for at in 0..track.taps.len() {
                let Some(tap) = track.taps.get(at).copied() else {
                    continue;
                };
                let Some(peer) = self.peers.get_mut(tap.peer) else {
                    continue;
                };
                if peer.transport.ready().is_none() {
                    continue;
                }
                let stream = peer
                    .receiving()
                    .and_then(|receiving| receiving.sections.get_mut(tap.section))
                    .and_then(|section| section.live());
                let wanted = stream.and_then(|stream| stream.outgoing.waits_for(track, now));
                if let Some(layer) = wanted.and_then(|layer| track.layers.get_mut(layer)) {
                    layer.key_frames.want();
                    self.timers.feedback_at(layer.key_frames.due(now));
                }
            }
        }
    }

    fn report(&mut self, now: Instant) {
        let keys: Vec<usize> = self.peers.iter().map(|(key, _)| key).collect();
        for key in keys {
            let Some(peer) = self.peers.get(key) else {
                continue;
            };
            match &peer.role {
                Role::Publishing(_) => self.report_to_publisher(key, now),
                Role::Receiving(_) => self.report_to_listener(key, now),
            }
        }
    }

    /// How its layers arrive.
    fn report_to_publisher(&mut self, key: usize, now: Instant) {
        let Some(peer) = self.peers.get_mut(key) else {
            return;
        };
        let reporter = peer.reporter;
        let Some(publishing) = peer.publishing() else {
            return;
        };
        let mut blocks = Vec::new();
        let mut video = Vec::new();
        for section in &publishing.sections {
            let Some(track) = self.tracks.get_mut(section.track) else {
                continue;
            };
            let is_video = track.is_video();
            for layer in &mut track.layers {
                let (Some(ssrc), Some(reception)) = (layer.ssrc, &mut layer.reception) else {
                    continue;
                };
                blocks.push(reception.report(ssrc, layer.clock, now));
                video.extend(is_video.then_some(ssrc));
            }
        }
        for packets in rtcp::receiver_reports(reporter, &blocks, &video) {
            self.send_rtcp(key, &packets);
        }
    }

    /// The clocks of its streams.
    fn report_to_listener(&mut self, key: usize, now: Instant) {
        let Some(peer) = self.peers.get(key) else {
            return;
        };
        let reporter = peer.reporter;
        let Role::Receiving(receiving) = &peer.role else {
            return;
        };
        if peer.transport.ready().is_none() {
            return;
        }
        let sections = receiving.sections.len();
        let mut reports = Vec::new();
        for at in 0..sections {
            let offset = self.clock_offset(key, at);
            let stream = self
                .peers
                .get_mut(key)
                .and_then(|peer| peer.receiving())
                .and_then(|receiving| receiving.sections.get_mut(at))
                .and_then(|section| section.live());
            let Some(stream) = stream else { continue };
            let Some(track) = self.tracks.get(stream.outgoing.track) else {
                continue;
            };
            let report = stream.outgoing.report(track, offset, &self.wall, now);
            reports.extend(report.map(|report| (report, stream.label.clone())));
        }
        for packets in rtcp::sender_reports(reporter, &reports) {
            self.send_rtcp(key, &packets);
        }
    }

    /// The clock of the publisher behind a section.
    fn clock_offset(&self, key: usize, section: usize) -> u64 {
        let track = self.peers.get(key).and_then(|peer| match &peer.role {
            Role::Receiving(receiving) => receiving.sections.get(section)?.stream(),
            Role::Publishing(_) => None,
        });
        let publisher = track
            .and_then(|stream| self.tracks.get(stream.outgoing.track))
            .and_then(|track| self.peers.get(track.publisher));
        match publisher.map(|peer| &peer.role) {
            Some(Role::Publishing(publishing)) => publishing.clock_offset.unwrap_or(0),
            _ => 0,
        }
    }
}
