//! The offer to a listener: what it may receive, one section each.

use super::write::{rejected, with_codec};
use super::{Codec, Kind, Local};
use crate::rtp::extensions::AUDIO_LEVEL;
use rtc_sdp::MediaDescription;

/// Payload types of everything we send.
pub(crate) fn codec(kind: Kind) -> Codec {
    match kind {
        Kind::Audio => Codec {
            payload_type: 111,
            rtx: None,
        },
        Kind::Video => Codec {
            payload_type: 96,
            rtx: Some(97),
        },
    }
}

/// Id of the loudness extension in everything we send.
pub(crate) const AUDIO_LEVEL_ID: u8 = 1;
/// What a listener may tell us about its video. Without bandwidth estimation REMB has no reader.
const FEEDBACK: [&str; 3] = ["nack", "nack pli", "ccm fir"];

/// One section of an offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OfferedSection {
    pub(crate) mid: String,
    pub(crate) kind: Kind,
    /// The browser refused it: it keeps its place and nothing more.
    pub(crate) rejected: bool,
    /// `None` while the section carries nothing.
    pub(crate) sending: Option<Sending>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sending {
    pub(crate) ssrc: u32,
    pub(crate) rtx_ssrc: Option<u32>,
    /// Opaque name of the stream (RFC 8830): sections with one name play in step.
    pub(crate) stream: String,
}

pub(crate) fn write(local: &Local<'_>, sections: &[OfferedSection]) -> String {
    let alive = sections.iter().filter(|section| !section.rejected);
    let mids: Vec<&str> = alive.map(|section| section.mid.as_str()).collect();
    let mut offer = local.head(&mids);
    for section in sections {
        let first = mids.first() == Some(&section.mid.as_str());
        offer = offer.with_media(offered(local, section, first));
    }
    offer.marshal()
}

fn offered(local: &Local<'_>, section: &OfferedSection, first: bool) -> MediaDescription {
    let kind = section.kind;
    if section.rejected {
        return rejected(kind.name(), "UDP/TLS/RTP/SAVPF", &section.mid);
    }
    let transport = local.section(kind, &section.mid, first);
    let mut offer = with_codec(transport, kind, codec(kind), &FEEDBACK);
    if kind == Kind::Audio {
        let level = format!("{AUDIO_LEVEL_ID} {AUDIO_LEVEL}");
        offer = offer.with_value_attribute("extmap".into(), level);
    }
    let Some(sending) = &section.sending else {
        return offer.with_property_attribute("inactive".into());
    };
    let (ssrc, stream) = (sending.ssrc, &sending.stream);
    let track = format!("{stream}-{}", section.mid);
    offer = offer
        .with_property_attribute("sendonly".into())
        .with_value_attribute("msid".into(), format!("{stream} {track}"));
    if let Some(rtx) = sending.rtx_ssrc {
        offer = offer.with_value_attribute("ssrc-group".into(), format!("FID {ssrc} {rtx}"));
    }
    for ssrc in [Some(ssrc), sending.rtx_ssrc].into_iter().flatten() {
        offer = offer
            .with_value_attribute("ssrc".into(), format!("{ssrc} cname:{stream}"))
            .with_value_attribute("ssrc".into(), format!("{ssrc} msid:{stream} {track}"));
    }
    offer
}
