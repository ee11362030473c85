//! What a participant sends: packets of the sizes and rates of Opus and VP8.

use super::connection::{OPUS, VP8};
use super::label::{LABEL, Label, Source, VP8_HEADER};
use rtc::rtp::{Header, Packet};
use rtc::rtp_transceiver::rtp_sender::{
    RTCRtpCodingParameters, RTCRtpEncodingParameters, RtpCodecKind,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval};
use webrtc::media_stream::MediaStreamTrack;
use webrtc::media_stream::track_local::TrackLocal;
use webrtc::media_stream::track_local::static_rtp::TrackLocalStaticRTP;

/// Packets per second of a microphone: one every 20 ms.
pub const AUDIO_PER_SECOND: u64 = 50;
/// Packets per second of a camera.
pub const VIDEO_PER_SECOND: u64 = FRAMES_PER_SECOND * PACKETS_PER_FRAME;

const FRAMES_PER_SECOND: u64 = 20;
/// With [`VIDEO_PAYLOAD`] 400 kbit/s.
const PACKETS_PER_FRAME: u64 = 3;
const VIDEO_PAYLOAD: usize = 833;
/// Opus at constant bit rate: 32 kbit/s.
const AUDIO_PAYLOAD: usize = 80;
/// Frames from one key frame to the next that nobody asked for.
const KEY_FRAME_EVERY: u64 = 100;

/// One track being sent.
#[derive(Debug)]
pub(super) struct Track {
    rtp: Rtp,
    publisher: u32,
    source: Source,
    ssrc: u32,
    sent: AtomicU64,
}

/// The crate's track has no `Debug`.
struct Rtp(Arc<TrackLocalStaticRTP>);

impl std::fmt::Debug for Rtp {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Rtp")
    }
}

impl Track {
    pub(super) fn new(publisher: u32, source: Source) -> Self {
        let (kind, codec, name) = match source {
            Source::Microphone => (RtpCodecKind::Audio, OPUS, "microphone"),
            Source::Camera => (RtpCodecKind::Video, VP8, "camera"),
        };
        let ssrc = publisher * 2 + 1000 + u32::from(source == Source::Camera);
        let encoding = RTCRtpEncodingParameters {
            rtp_coding_parameters: RTCRtpCodingParameters {
                ssrc: Some(ssrc),
                ..RTCRtpCodingParameters::default()
            },
            codec: codec.parameters().rtp_codec,
            active: true,
            ..RTCRtpEncodingParameters::default()
        };
        let track = MediaStreamTrack::new(
            format!("stream-{publisher}"),
            format!("{name}-{publisher}"),
            name.to_owned(),
            kind,
            vec![encoding],
        );
        Self {
            rtp: Rtp(Arc::new(TrackLocalStaticRTP::new(track))),
            publisher,
            source,
            ssrc,
            sent: AtomicU64::new(0),
        }
    }

    pub(super) fn rtp(&self) -> Arc<TrackLocalStaticRTP> {
        Arc::clone(&self.rtp.0)
    }

    pub(super) fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// Sends sound until aborted.
    pub(super) async fn speak(self: Arc<Self>) {
        let mut tick = every(Duration::from_millis(1000 / AUDIO_PER_SECOND));
        loop {
            tick.tick().await;
            let index = self.sent();
            let mut payload = Vec::with_capacity(AUDIO_PAYLOAD);
            self.label(index).write(&mut payload);
            payload.resize(AUDIO_PAYLOAD, 0x5a);
            let ticks = index.wrapping_mul(48_000 / AUDIO_PER_SECOND);
            self.send(OPUS.payload_type, false, ticks, payload).await;
        }
    }

    /// Sends pictures until aborted, a key frame whenever asked for one.
    pub(super) async fn film(self: Arc<Self>, key_frame_asked: Arc<AtomicBool>) {
        let mut tick = every(Duration::from_millis(1000 / FRAMES_PER_SECOND));
        for frame in 0.. {
            tick.tick().await;
            let asked = key_frame_asked.swap(false, Ordering::Relaxed);
            let key = asked || frame % KEY_FRAME_EVERY == 0;
            for part in 0..PACKETS_PER_FRAME {
                let mut payload = vp8_header(frame, part == 0, key);
                self.label(self.sent()).write(&mut payload);
                payload.resize(VIDEO_PAYLOAD, 0x5a);
                let last = part + 1 == PACKETS_PER_FRAME;
                let ticks = frame.wrapping_mul(90_000 / FRAMES_PER_SECOND);
                self.send(VP8.payload_type, last, ticks, payload).await;
            }
        }
    }

    fn label(&self, index: u64) -> Label {
        Label {
            publisher: self.publisher,
            source: self.source,
            index,
        }
    }

    async fn send(&self, payload_type: u8, marker: bool, ticks: u64, payload: Vec<u8>) {
        let header = Header {
            version: 2,
            payload_type,
            marker,
            // Sequence numbers and timestamps wrap (RFC 3550 section 5.1).
            sequence_number: (self.sent() & 0xffff) as u16,
            timestamp: (ticks & 0xffff_ffff) as u32,
            ssrc: self.ssrc,
            ..Header::default()
        };
        let payload = payload.into();
        if self
            .rtp
            .0
            .write_rtp(Packet { header, payload })
            .await
            .is_ok()
        {
            self.sent.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// A late tick is made up for at once: the count of packets is the clock.
fn every(period: Duration) -> tokio::time::Interval {
    let mut tick = interval(period);
    tick.set_missed_tick_behavior(MissedTickBehavior::Burst);
    tick
}

/// [`VP8_HEADER`] bytes. Only a frame's first packet begins with a VP8 frame header, but all have
/// its length, so that labels lie in one place.
fn vp8_header(frame: u64, first: bool, key: bool) -> Vec<u8> {
    const EXTENDED: u8 = 0x80;
    const START: u8 = 0x10;
    const HAS_PICTURE_ID_AND_TL0: u8 = 0xc0;
    const NOT_KEY: u8 = 0x01;
    let picture = 0x8000 | (frame & 0x7fff) as u16;
    let [high, low] = picture.to_be_bytes();
    let start = if first { START } else { 0 };
    let level_zero = (frame & 0xff) as u8;
    let mut header = vec![
        EXTENDED | start,
        HAS_PICTURE_ID_AND_TL0,
        high,
        low,
        level_zero,
    ];
    let tag = if key { 0x10 } else { 0x10 | NOT_KEY };
    header.extend_from_slice(&[tag, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01]);
    debug_assert_eq!(header.len(), VP8_HEADER);
    const { assert!(VP8_HEADER + LABEL <= VIDEO_PAYLOAD) };
    header
}
