//! What our offers and answers have in common.

use super::{Codec, Kind};
use crate::ice::Credentials;
use rtc_sdp::description::common::{Address, ConnectionInformation};
use rtc_sdp::description::media::{MediaName, RangedPort};
use rtc_sdp::description::session::{Origin, TimeDescription, Timing};
use rtc_sdp::{MediaDescription, SessionDescription};
use std::net::SocketAddr;

/// The most speech needs, with forward error correction for lost packets. Constant bit rate and
/// no silence suppression: packet sizes would tell what is said, through any encryption
/// (RFC 6562 section 3).
const OPUS: &str = "minptime=10;useinbandfec=1;cbr=1;usedtx=0";
/// Feedback that we answer or send: NACK and PLI (RFC 4585), FIR (RFC 5104), REMB.
pub(super) const FEEDBACK: [&str; 4] = ["nack", "nack pli", "ccm fir", "goog-remb"];

/// This end of the transport.
#[derive(Debug)]
pub(crate) struct Local<'a> {
    /// Opaque id of the session, the same for all descriptions of one peer.
    pub(crate) session: u64,
    /// Counts the descriptions of one peer.
    pub(crate) version: u64,
    pub(crate) credentials: &'a Credentials,
    pub(crate) fingerprint: [u8; 32],
    /// Host candidates, best first.
    pub(crate) candidates: &'a [SocketAddr],
    /// `passive` in an answer, `actpass` in an offer.
    pub(crate) setup: &'static str,
}

impl Local<'_> {
    /// The head of a description whose sections are `mids`, all in one bundle (RFC 9143).
    pub(super) fn head(&self, mids: &[&str]) -> SessionDescription {
        let hex: Vec<String> = self
            .fingerprint
            .iter()
            .map(|byte| format!("{byte:02X}"))
            .collect();
        let session = SessionDescription {
            origin: Origin {
                username: "-".into(),
                session_id: self.session,
                session_version: self.version,
                network_type: "IN".into(),
                address_type: "IP4".into(),
                unicast_address: "0.0.0.0".into(),
            },
            session_name: "-".into(),
            time_descriptions: vec![TimeDescription {
                timing: Timing {
                    start_time: 0,
                    stop_time: 0,
                },
                repeat_times: vec![],
            }],
            ..SessionDescription::default()
        };
        let session = session
            .with_property_attribute("ice-lite".into())
            .with_fingerprint("sha-256".into(), hex.join(":"))
            .with_value_attribute("msid-semantic".into(), " WMS *".into());
        if mids.is_empty() {
            return session;
        }
        session.with_value_attribute("group".into(), format!("BUNDLE {}", mids.join(" ")))
    }

    /// A section with our transport. Candidates stand in the first of a bundle only.
    pub(super) fn section(&self, kind: Kind, mid: &str, first: bool) -> MediaDescription {
        let mut section = empty(kind.name(), "UDP/TLS/RTP/SAVPF", 9)
            .with_value_attribute("mid".into(), mid.into())
            .with_ice_credentials(
                self.credentials.ufrag.clone(),
                self.credentials.password.clone(),
            )
            .with_value_attribute("setup".into(), self.setup.into());
        if first {
            for (rank, address) in (0..).zip(self.candidates) {
                section = section.with_candidate(candidate(rank, *address));
            }
            section = section.with_property_attribute("end-of-candidates".into());
        }
        section
            .with_property_attribute("rtcp-mux".into())
            .with_property_attribute("rtcp-rsize".into())
    }
}

/// A section that was refused or is stopped.
pub(super) fn rejected(media: &str, protocol: &str, mid: &str) -> MediaDescription {
    let mut section = empty(media, protocol, 0);
    section.media_name.formats = vec!["0".into()];
    if !mid.is_empty() {
        section = section.with_value_attribute("mid".into(), mid.into());
    }
    section.with_property_attribute("inactive".into())
}

/// Adds Opus, or VP8 with `feedback` and its retransmission format.
pub(super) fn with_codec(
    section: MediaDescription,
    kind: Kind,
    codec: Codec,
    feedback: &[&str],
) -> MediaDescription {
    let payload_type = codec.payload_type;
    if kind == Kind::Audio {
        return section.with_codec(payload_type, "opus".into(), kind.clock(), 2, OPUS.into());
    }
    let mut section = section.with_codec(payload_type, "VP8".into(), kind.clock(), 0, "".into());
    for feedback in feedback {
        section =
            section.with_value_attribute("rtcp-fb".into(), format!("{payload_type} {feedback}"));
    }
    match codec.rtx {
        Some(rtx) => section.with_codec(
            rtx,
            "rtx".into(),
            kind.clock(),
            0,
            format!("apt={payload_type}"),
        ),
        None => section,
    }
}

/// RFC 8839 section 5.1: a host candidate, whose priority falls with its rank (RFC 8445
/// section 5.1.2.1).
fn candidate(rank: u16, address: SocketAddr) -> String {
    const HOST: u32 = 126;
    let priority = HOST << 24 | u32::from(u16::MAX - rank) << 8 | 255;
    let (ip, port) = (address.ip(), address.port());
    format!("{} 1 udp {priority} {ip} {port} typ host", rank + 1)
}

fn empty(media: &str, protocol: &str, port: isize) -> MediaDescription {
    MediaDescription {
        media_name: MediaName {
            media: media.into(),
            port: RangedPort {
                value: port,
                range: None,
            },
            protos: protocol.split('/').map(str::to_owned).collect(),
            formats: vec![],
        },
        connection_information: Some(ConnectionInformation {
            network_type: "IN".into(),
            address_type: "IP4".into(),
            address: Some(Address {
                address: "0.0.0.0".into(),
                ttl: None,
                range: None,
            }),
        }),
        ..MediaDescription::default()
    }
}
