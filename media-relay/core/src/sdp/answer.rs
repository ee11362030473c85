//! The answer to a publisher: we receive Opus and VP8, with the simulcast layers offered.

use super::write::{FEEDBACK, rejected, with_codec};
use super::{Description, Extension, Local, Section};
use rtc_sdp::MediaDescription;

/// Answers each section of `offer` in its place (RFC 8829 section 5.3.1).
pub(crate) fn write(local: &Local<'_>, offer: &Description) -> String {
    let accepted = offer.sections.iter().filter(|section| accepts(section));
    let mids: Vec<&str> = accepted.map(|section| section.mid.as_str()).collect();
    let mut answer = local.head(&mids);
    for section in &offer.sections {
        let first = mids.first() == Some(&section.mid.as_str());
        answer = answer.with_media(answered(local, section, first));
    }
    answer.marshal()
}

/// True for a section that keeps its place in the bundle, sending or not.
pub(crate) fn accepts(section: &Section) -> bool {
    !section.rejected && section.kind.is_some() && section.codec.is_some()
}

fn answered(local: &Local<'_>, section: &Section, first: bool) -> MediaDescription {
    let (true, Some(kind), Some(chosen)) = (accepts(section), section.kind, section.codec) else {
        return rejected(&section.media, &section.protocol, &section.mid);
    };
    let offered = |feedback: &&str| section.feedback.iter().any(|offered| offered == feedback);
    let feedback: Vec<&str> = FEEDBACK.into_iter().filter(offered).collect();
    let mut answer = with_codec(
        local.section(kind, &section.mid, first),
        kind,
        chosen,
        &feedback,
    );
    for Extension { id, uri, sendonly } in &section.extensions {
        let direction = if *sendonly { "/recvonly" } else { "" };
        let extension = format!("{id}{direction} {uri}");
        answer = answer.with_value_attribute("extmap".into(), extension);
    }
    if !section.sends {
        return answer.with_property_attribute("inactive".into());
    }
    for rid in &section.rids {
        answer = answer.with_value_attribute("rid".into(), format!("{rid} recv"));
    }
    if !section.rids.is_empty() {
        let layers = format!("recv {}", section.rids.join(";"));
        answer = answer.with_value_attribute("simulcast".into(), layers);
    }
    answer.with_property_attribute("recvonly".into())
}
