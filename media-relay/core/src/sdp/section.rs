//! One section (`m=`) of a browser's description.

use super::SdpError;
use crate::rtp::extensions::{AUDIO_LEVEL, MID, REPAIRED_RID, RID};
use rtc_sdp::MediaDescription;

/// Longest `mid` and `rid`, bytes: browsers use one to three.
const MAX_NAME: usize = 32;
/// Simulcast layers of one section; more are not asked for.
pub(crate) const MAX_LAYERS: usize = 3;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Audio,
    Video,
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Audio => "audio",
            Kind::Video => "video",
        }
    }

    /// RTP clock (RFC 7587 section 4.1, RFC 7741 section 4.1), ticks per second.
    pub(crate) fn clock(self) -> u32 {
        match self {
            Kind::Audio => 48_000,
            Kind::Video => 90_000,
        }
    }

    /// As `a=rtpmap` writes it.
    fn codec(self) -> &'static str {
        match self {
            Kind::Audio => "opus/48000",
            Kind::Video => "VP8/90000",
        }
    }
}

/// Payload types of Opus or VP8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Codec {
    pub(crate) payload_type: u8,
    /// Of its retransmissions (RFC 4588).
    pub(crate) rtx: Option<u8>,
}

/// A header extension (RFC 8285 section 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Extension {
    pub(crate) id: u8,
    pub(crate) uri: &'static str,
    /// It is offered for one direction only.
    pub(crate) sendonly: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Section {
    /// The word after `m=`.
    pub(crate) media: String,
    pub(crate) protocol: String,
    pub(crate) mid: String,
    /// `None` for what is neither sound nor picture.
    pub(crate) kind: Option<Kind>,
    /// Stopped or never accepted: port 0 and not `bundle-only`.
    pub(crate) rejected: bool,
    /// Direction `sendonly` or `sendrecv`.
    pub(crate) sends: bool,
    /// Direction `recvonly` or `sendrecv`.
    pub(crate) receives: bool,
    pub(crate) codec: Option<Codec>,
    /// `a=rtcp-fb` of the codec.
    pub(crate) feedback: Vec<String>,
    /// Header extensions known here that it sends.
    pub(crate) extensions: Vec<Extension>,
    /// Simulcast layers sent, in the order of the description; empty without simulcast.
    pub(crate) rids: Vec<String>,
    /// SSRCs sent, each with that of its retransmissions (RFC 5576).
    pub(crate) ssrcs: Vec<(u32, Option<u32>)>,
    /// The stream it belongs to (RFC 8830): sections of one stream play in step.
    pub(crate) stream: Option<String>,
}

impl Section {
    pub(super) fn read(media: &MediaDescription) -> Result<Section, SdpError> {
        let name = &media.media_name;
        let kind = match name.media.as_str() {
            "audio" => Some(Kind::Audio),
            "video" => Some(Kind::Video),
            _ => None,
        };
        let mut section = Section {
            media: name.media.clone(),
            protocol: name.protos.join("/"),
            kind,
            rejected: name.port.value == 0,
            sends: true,
            receives: true,
            ..Section::default()
        };
        let mut formats = Formats::default();
        for attribute in &media.attributes {
            let value = attribute.value.as_deref().unwrap_or_default();
            match attribute.key.as_str() {
                "bundle-only" => section.rejected = false,
                "sendonly" => section.receives = false,
                "recvonly" => section.sends = false,
                "inactive" => (section.sends, section.receives) = (false, false),
                "mid" => section.mid = token(value)?,
                "rtpmap" => formats.map(value, kind),
                "fmtp" => formats.parameters(value),
                "rtcp-fb" => formats.feedback(value),
                "extmap" => section.extension(value),
                "simulcast" => section.rids = layers(value)?,
                "ssrc" => section.ssrc(value),
                "ssrc-group" => section.group(value),
                "msid" => section.stream = value.split(' ').next().map(str::to_owned),
                _ => {}
            }
        }
        section.codec = formats.codec();
        section.feedback = formats.feedback_of(section.codec);
        Ok(section)
    }

    /// The id of a header extension in this section.
    pub(crate) fn extension_id(&self, uri: &str) -> Option<u8> {
        self.extensions
            .iter()
            .find(|known| known.uri == uri)
            .map(|known| known.id)
    }

    /// `id[/direction] uri`.
    fn extension(&mut self, value: &str) {
        let mut words = value.split(' ');
        let (Some(id), Some(uri)) = (words.next(), words.next()) else {
            return;
        };
        let (id, direction) = id.split_once('/').unwrap_or((id, "sendrecv"));
        let known = [MID, RID, REPAIRED_RID, AUDIO_LEVEL]
            .into_iter()
            .find(|known| *known == uri);
        let (Ok(id @ 1..=14), Some(uri)) = (id.parse(), known) else {
            return;
        };
        let sendonly = match direction {
            "sendrecv" => false,
            "sendonly" => true,
            _ => return,
        };
        if self.extension_id(uri).is_none() {
            self.extensions.push(Extension { id, uri, sendonly });
        }
    }

    fn ssrc(&mut self, value: &str) {
        let Some(ssrc) = value.split(' ').next().and_then(|ssrc| ssrc.parse().ok()) else {
            return;
        };
        let known = |&(main, rtx): &(u32, Option<u32>)| main == ssrc || rtx == Some(ssrc);
        if !self.ssrcs.iter().any(known) && self.ssrcs.len() < 2 * MAX_LAYERS {
            self.ssrcs.push((ssrc, None));
        }
    }

    /// `FID main rtx` (RFC 4588 section 8.8).
    fn group(&mut self, value: &str) {
        let mut words = value.split(' ');
        if words.next() != Some("FID") {
            return;
        }
        let mut next = || words.next().and_then(|ssrc| ssrc.parse().ok());
        let (Some(main), Some(rtx)) = (next(), next()) else {
            return;
        };
        self.ssrcs.retain(|(ssrc, _)| *ssrc != main && *ssrc != rtx);
        if self.ssrcs.len() < 2 * MAX_LAYERS {
            self.ssrcs.push((main, Some(rtx)));
        }
    }
}

/// The codecs of a section, as its attributes mention them.
#[derive(Default)]
struct Formats {
    codec: Option<u8>,
    /// Payload types of retransmission formats.
    rtx: Vec<u8>,
    /// `apt` of each format that has one: format, then what it repeats.
    repeats: Vec<(u8, u8)>,
    feedback: Vec<(u8, String)>,
}

impl Formats {
    fn map(&mut self, value: &str, kind: Option<Kind>) {
        let (Some((payload_type, rest)), Some(kind)) = (numbered(value), kind) else {
            return;
        };
        let is = |name: &str| {
            rest.get(..name.len())
                .is_some_and(|front| front.eq_ignore_ascii_case(name))
        };
        if is("rtx/90000") {
            self.rtx.push(payload_type);
        } else if self.codec.is_none() && is(kind.codec()) {
            self.codec = Some(payload_type);
        }
    }

    fn parameters(&mut self, value: &str) {
        let Some((payload_type, rest)) = numbered(value) else {
            return;
        };
        let apt = rest
            .split(';')
            .find_map(|part| part.trim().strip_prefix("apt="))
            .and_then(|apt| apt.parse().ok());
        self.repeats.extend(apt.map(|apt| (payload_type, apt)));
    }

    fn feedback(&mut self, value: &str) {
        if let Some((payload_type, rest)) = numbered(value) {
            self.feedback.push((payload_type, rest.to_owned()));
        }
    }

    fn codec(&self) -> Option<Codec> {
        let payload_type = self.codec?;
        let repeats = |rtx: &&u8| self.repeats.contains(&(**rtx, payload_type));
        Some(Codec {
            payload_type,
            rtx: self.rtx.iter().find(repeats).copied(),
        })
    }

    fn feedback_of(self, codec: Option<Codec>) -> Vec<String> {
        let of = |payload_type| codec.is_some_and(|codec| codec.payload_type == payload_type);
        self.feedback
            .into_iter()
            .filter(|(payload_type, _)| of(*payload_type))
            .map(|(_, feedback)| feedback)
            .collect()
    }
}

/// A payload type (7 bits, below the range RFC 5761 gives to RTCP) and the rest of the value.
fn numbered(value: &str) -> Option<(u8, &str)> {
    let (number, rest) = value.split_once(' ')?;
    let number = number.parse().ok()?;
    matches!(number, 0..=63 | 96..=127).then_some((number, rest))
}

/// The layers sent (RFC 8853): alternatives of one layer count once, a paused layer is a layer.
fn layers(value: &str) -> Result<Vec<String>, SdpError> {
    let mut words = value.split(' ');
    while let Some(direction) = words.next() {
        let list = words.next().unwrap_or_default();
        if direction == "send" {
            return list
                .split(';')
                .filter_map(|layer| layer.split(',').next())
                .map(|layer| token(layer.trim_start_matches('~')))
                .take(MAX_LAYERS)
                .collect();
        }
    }
    Ok(Vec::new())
}

/// A name that we may have to write again.
fn token(value: &str) -> Result<String, SdpError> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_{}.+".contains(&byte);
    if value.is_empty() || value.len() > MAX_NAME || !value.bytes().all(plain) {
        return Err(SdpError::BadName);
    }
    Ok(value.to_owned())
}
