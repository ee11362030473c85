//! The stand-in browser: one peer connection of the `webrtc` crate.

use super::fault::Fault;
use crate::clock::Clock;
use rtc::{
    peer_connection::transport::RTCDtlsRole,
    rtp::{Header, Packet},
    rtp_transceiver::rtp_sender::{
        RTCRtpCodec, RTCRtpCodecParameters, RTCRtpCodingParameters, RTCRtpEncodingParameters,
        RtpCodecKind,
    },
};
use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Instant,
};
use tokio::sync::{mpsc, watch};
use webrtc::{
    media_stream::{
        MediaStreamTrack,
        track_local::{TrackLocal, static_rtp::TrackLocalStaticRTP},
        track_remote::{TrackRemote, TrackRemoteEvent},
    },
    peer_connection::{
        MediaEngine, PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler,
        RTCPeerConnectionState, RTCSessionDescription, Registry, SettingEngineBuilder,
        configure_rtcp_reports,
    },
    rtp_transceiver::{RTCRtpTransceiverDirection, RTCRtpTransceiverInit},
};

type Failed = webrtc::error::Error;

/// Packets that may wait to be counted: more than are sent.
const ARRIVALS: usize = 256;
/// Of Opus, as browsers number it.
const PAYLOAD_TYPE: u8 = 111;
/// Of the one stream; any number will do.
const SSRC: u32 = 0x0051_524d;
/// Opus: 48,000 a second, a packet every 20 ms.
const TICKS: u32 = 960;
/// Opus at 32 kbit/s, bytes.
const PAYLOAD: usize = 80;

/// A packet that arrived: its index, and when.
pub(super) type Arrival = (u32, Instant);

/// One peer connection.
pub(super) struct Peer {
    connection: Arc<dyn PeerConnection>,
    state: watch::Receiver<RTCPeerConnectionState>,
}

/// A track that sends sound of no meaning.
pub(super) struct Sound(Arc<TrackLocalStaticRTP>);

/// What a peer receives.
pub(super) type Arrivals = mpsc::Receiver<Arrival>;

impl Peer {
    /// A peer that publishes, on `addresses` of this machine.
    pub(super) async fn publisher(addresses: &[IpAddr]) -> Result<(Self, Sound), Failed> {
        let (arrived, _) = mpsc::channel(1);
        let peer = Self::new(addresses, arrived).await?;
        let sound = Sound::new();
        let init = RTCRtpTransceiverInit {
            direction: RTCRtpTransceiverDirection::Sendonly,
            ..RTCRtpTransceiverInit::default()
        };
        let track: Arc<TrackLocalStaticRTP> = Arc::clone(&sound.0);
        let added = peer
            .connection
            .add_transceiver_from_track(track, Some(init));
        added.await?;
        Ok((peer, sound))
    }

    /// A peer that receives.
    pub(super) async fn listener(addresses: &[IpAddr]) -> Result<(Self, Arrivals), Failed> {
        let (arrived, arrivals) = mpsc::channel(ARRIVALS);
        Ok((Self::new(addresses, arrived).await?, arrivals))
    }

    async fn new(addresses: &[IpAddr], arrived: mpsc::Sender<Arrival>) -> Result<Self, Failed> {
        let (changed, state) = watch::channel(RTCPeerConnectionState::New);
        let mut media = MediaEngine::default();
        media.register_codec(opus(), RtpCodecKind::Audio)?;
        let registry = configure_rtcp_reports(Registry::new());
        let settings = SettingEngineBuilder::new()
            // The relay is always the DTLS server, and an answer must not say otherwise.
            .with_answering_dtls_role(RTCDtlsRole::Client)
            .with_include_loopback_candidate(true)
            .build();
        let sockets: Vec<SocketAddr> = addresses.iter().map(|ip| SocketAddr::new(*ip, 0)).collect();
        let connection = PeerConnectionBuilder::new()
            .with_media_engine(media)
            .with_interceptor_registry(registry)
            .with_setting_engine(settings)
            .with_handler(Arc::new(Events { changed, arrived }))
            .with_udp_addrs(sockets)
            .build()
            .await?;
        Ok(Self {
            connection: Arc::new(connection),
            state,
        })
    }

    pub(super) async fn offer(&self) -> Result<String, Failed> {
        let offer = self.connection.create_offer(None).await?;
        let text = offer.sdp.clone();
        self.connection.set_local_description(offer).await?;
        Ok(text)
    }

    pub(super) async fn accept(&self, answer: String) -> Result<(), Failed> {
        let answer = RTCSessionDescription::answer(answer)?;
        self.connection.set_remote_description(answer).await
    }

    pub(super) async fn answer(&self, offer: String) -> Result<String, Failed> {
        let offer = RTCSessionDescription::offer(offer)?;
        self.connection.set_remote_description(offer).await?;
        let answer = self.connection.create_answer(None).await?;
        let text = answer.sdp.clone();
        self.connection.set_local_description(answer).await?;
        Ok(text)
    }

    /// Waits until media can flow; false when it never will.
    pub(super) async fn connected(&self) -> bool {
        let mut state = self.state.clone();
        let settled = state.wait_for(|state| {
            matches!(
                state,
                RTCPeerConnectionState::Connected
                    | RTCPeerConnectionState::Failed
                    | RTCPeerConnectionState::Closed
            )
        });
        settled
            .await
            .is_ok_and(|state| *state == RTCPeerConnectionState::Connected)
    }

    pub(super) async fn close(&self) {
        // Closing what is closed already changes nothing.
        let _ = self.connection.close().await;
    }
}

impl Sound {
    fn new() -> Self {
        let encoding = RTCRtpEncodingParameters {
            rtp_coding_parameters: RTCRtpCodingParameters {
                ssrc: Some(SSRC),
                ..RTCRtpCodingParameters::default()
            },
            codec: opus().rtp_codec,
            active: true,
            ..RTCRtpEncodingParameters::default()
        };
        let track = MediaStreamTrack::new(
            "doctor".to_owned(),
            "doctor".to_owned(),
            "doctor".to_owned(),
            RtpCodecKind::Audio,
            vec![encoding],
        );
        Self(Arc::new(TrackLocalStaticRTP::new(track)))
    }

    /// Sends the packet of that index, which it carries.
    pub(super) async fn send(&self, index: u32) -> Result<(), Failed> {
        let mut payload = index.to_be_bytes().to_vec();
        payload.resize(PAYLOAD, 0x5a);
        let header = Header {
            version: 2,
            payload_type: PAYLOAD_TYPE,
            // Wraps (RFC 3550 section 5.1).
            sequence_number: (index & 0xffff) as u16,
            timestamp: index.wrapping_mul(TICKS),
            ssrc: SSRC,
            ..Header::default()
        };
        let payload = payload.into();
        self.0.write_rtp(Packet { header, payload }).await
    }
}

fn opus() -> RTCRtpCodecParameters {
    RTCRtpCodecParameters {
        rtp_codec: RTCRtpCodec {
            mime_type: "audio/opus".to_owned(),
            clock_rate: 48_000,
            channels: 2,
            sdp_fmtp_line: "minptime=10;useinbandfec=1".to_owned(),
            rtcp_feedback: Vec::new(),
        },
        payload_type: PAYLOAD_TYPE,
    }
}

struct Events {
    changed: watch::Sender<RTCPeerConnectionState>,
    arrived: mpsc::Sender<Arrival>,
}

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Events {
    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        self.changed.send_replace(state);
    }

    async fn on_track(&self, track: Arc<dyn TrackRemote>) {
        let arrived = self.arrived.clone();
        // The connection goes on only once this returns. The track ends with its connection.
        tokio::spawn(async move {
            let clock = Clock::system();
            while let Some(event) = track.poll().await {
                let TrackRemoteEvent::OnRtpPacket(packet) = event else {
                    continue;
                };
                if let Some(index) = packet.payload.first_chunk() {
                    // Never full: it holds all that is sent.
                    let _ = arrived.try_send((u32::from_be_bytes(*index), clock.instant()));
                }
            }
        });
    }
}

impl From<Failed> for Fault {
    fn from(error: Failed) -> Self {
        Self::OwnCall(error.to_string())
    }
}
