//! One peer connection of the `webrtc` crate.

use super::meter::Meter;
use super::runtime::Roomy;
use super::tally::Tally;
use rtc::interceptor::Slot;
use rtc::peer_connection::transport::RTCDtlsRole;
use rtc::rtp_transceiver::rtp_sender::{RTCRtpCodec, RTCRtpCodecParameters, RtpCodecKind};
use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;
use tokio::sync::watch;
use webrtc::media_stream::track_local::static_rtp::TrackLocalStaticRTP;
use webrtc::peer_connection::{
    MediaEngine, PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler,
    RTCPeerConnectionState, RTCSessionDescription, Registry, SettingEngineBuilder, configure_nack,
    configure_rtcp_reports,
};
use webrtc::rtp_transceiver::{RTCRtpTransceiverDirection, RTCRtpTransceiverInit};

/// Nearest to the application, behind everything the crate registers.
const METER: usize = 14_000;

/// A codec as browsers offer it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Codec {
    pub(super) payload_type: u8,
    kind: RtpCodecKind,
    mime_type: &'static str,
    clock_rate: u32,
    channels: u16,
    parameters: &'static str,
}

pub(super) const OPUS: Codec = Codec {
    payload_type: 111,
    kind: RtpCodecKind::Audio,
    mime_type: "audio/opus",
    clock_rate: 48_000,
    channels: 2,
    parameters: "minptime=10;useinbandfec=1",
};
pub(super) const VP8: Codec = Codec {
    payload_type: 96,
    kind: RtpCodecKind::Video,
    mime_type: "video/VP8",
    clock_rate: 90_000,
    channels: 0,
    parameters: "",
};
/// Retransmissions of VP8.
const RTX: Codec = Codec {
    payload_type: 97,
    kind: RtpCodecKind::Video,
    mime_type: "video/rtx",
    clock_rate: 90_000,
    channels: 0,
    parameters: "apt=96",
};

impl Codec {
    pub(super) fn parameters(self) -> RTCRtpCodecParameters {
        RTCRtpCodecParameters {
            rtp_codec: RTCRtpCodec {
                mime_type: self.mime_type.to_owned(),
                clock_rate: self.clock_rate,
                channels: self.channels,
                sdp_fmtp_line: self.parameters.to_owned(),
                rtcp_feedback: Vec::new(),
            },
            payload_type: self.payload_type,
        }
    }
}

/// A peer connection that counts what it receives.
pub(super) struct Connection {
    peer: Arc<dyn PeerConnection>,
    state: watch::Receiver<RTCPeerConnectionState>,
    key_frame_asked: Arc<AtomicBool>,
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let state = *self.state.borrow();
        formatter.debug_tuple("Connection").field(&state).finish()
    }
}

impl Connection {
    pub(super) async fn new(address: IpAddr, tally: Arc<Tally>) -> Self {
        let (changed, state) = watch::channel(RTCPeerConnectionState::New);
        let key_frame_asked = Arc::new(AtomicBool::new(false));
        let mut media = MediaEngine::default();
        for codec in [OPUS, VP8, RTX] {
            let registered = media.register_codec(codec.parameters(), codec.kind);
            registered.expect("a codec of its kind");
        }
        let meter = Meter {
            tally,
            key_frame_asked: Arc::clone(&key_frame_asked),
            outgoing: VecDeque::new(),
        };
        let chain = configure_rtcp_reports(configure_nack(Registry::new(), &mut media))
            .with(Slot::from(METER), meter);
        // The relay is always the DTLS server, and an answer must not say otherwise.
        let settings = SettingEngineBuilder::new()
            .with_answering_dtls_role(RTCDtlsRole::Client)
            .with_include_loopback_candidate(true)
            .build();
        let peer = PeerConnectionBuilder::new()
            .with_media_engine(media)
            .with_interceptor_registry(chain)
            .with_setting_engine(settings)
            .with_runtime(Arc::new(Roomy::new()))
            .with_handler(Arc::new(States(changed)))
            .with_udp_addrs(vec![SocketAddr::new(address, 0)])
            .build()
            .await
            .expect("a peer connection");
        Self {
            peer: Arc::new(peer),
            state,
            key_frame_asked,
        }
    }

    pub(super) async fn add_track(&self, track: Arc<TrackLocalStaticRTP>) {
        let init = RTCRtpTransceiverInit {
            direction: RTCRtpTransceiverDirection::Sendonly,
            ..RTCRtpTransceiverInit::default()
        };
        let added = self.peer.add_transceiver_from_track(track, Some(init));
        added.await.expect("a track can be added");
    }

    pub(super) fn key_frame_asked(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.key_frame_asked)
    }

    pub(super) async fn offer(&self) -> String {
        let offer = self.peer.create_offer(None).await.expect("an offer");
        let text = offer.sdp.clone();
        let set = self.peer.set_local_description(offer).await;
        set.expect("its own offer is accepted");
        text
    }

    pub(super) async fn accept(&self, answer: String) {
        let answer = RTCSessionDescription::answer(answer).expect("the relay's answer is SDP");
        let set = self.peer.set_remote_description(answer).await;
        set.expect("the relay's answer is accepted");
    }

    pub(super) async fn answer(&self, offer: String) -> String {
        let offer = RTCSessionDescription::offer(offer).expect("the relay's offer is SDP");
        let set = self.peer.set_remote_description(offer).await;
        set.expect("the relay's offer is accepted");
        let answer = self.peer.create_answer(None).await.expect("an answer");
        let text = answer.sdp.clone();
        let set = self.peer.set_local_description(answer).await;
        set.expect("its own answer is accepted");
        text
    }

    pub(super) async fn restart_ice(&self) {
        self.peer.restart_ice().await.expect("ICE can restart");
    }

    /// Waits until the connection is up.
    pub(super) async fn connected(&self, limit: Duration) {
        let mut state = self.state.clone();
        let up = state.wait_for(|state| *state == RTCPeerConnectionState::Connected);
        let waited = tokio::time::timeout(limit, up).await;
        assert!(
            waited.is_ok(),
            "not connected but {:?}",
            self.state.borrow()
        );
    }

    pub(super) async fn close(&self) {
        // Closing what is closed already changes nothing.
        let _ = self.peer.close().await;
    }
}

struct States(watch::Sender<RTCPeerConnectionState>);

#[async_trait::async_trait]
impl PeerConnectionEventHandler for States {
    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        self.0.send_replace(state);
    }
}
