//! Descriptions that browsers made, and ours for them.

use super::answer;
use super::offer::{self, OfferedSection, Sending};
use super::*;
use crate::ice::Credentials;
use rtc_sdp::SessionDescription;
use std::io::Cursor;
use std::net::SocketAddr;

/// Descriptions of Chromium 156 and Firefox 153, without their candidates.
macro_rules! sample {
    ($name:literal) => {
        include_str!(concat!("samples/", $name, ".sdp")).replace('\n', "\r\n")
    };
}

fn parse(text: &str) -> Description {
    Description::parse(text).unwrap()
}

fn credentials() -> Credentials {
    Credentials {
        ufrag: "ours".into(),
        password: "secret".into(),
    }
}

fn local<'a>(credentials: &'a Credentials, candidates: &'a [SocketAddr]) -> Local<'a> {
    Local {
        session: 7,
        version: 2,
        credentials,
        fingerprint: [0xab; 32],
        candidates,
        setup: "passive",
    }
}

fn answered(offer: &Description) -> String {
    let candidates = ["192.0.2.1:4000".parse().unwrap()];
    answer::write(&local(&credentials(), &candidates), offer)
}

#[test]
fn an_offer_of_chromium_is_read() {
    let offer = parse(&sample!("chromium-offer"));
    let [audio, video] = &offer.sections[..] else {
        panic!("two sections");
    };
    let codec = |payload_type, rtx| Some(Codec { payload_type, rtx });
    assert_eq!((audio.kind, audio.mid.as_str()), (Some(Kind::Audio), "0"));
    assert_eq!(audio.codec, codec(111, None));
    assert_eq!(audio.ssrcs.len(), 1);
    assert_eq!(
        audio.extension_id(crate::rtp::extensions::AUDIO_LEVEL),
        Some(1)
    );
    assert_eq!((video.kind, video.mid.as_str()), (Some(Kind::Video), "1"));
    assert_eq!(video.codec, codec(96, Some(97)));
    assert_eq!(video.rids, ["q", "h", "f"]);
    assert_eq!(video.extension_id(crate::rtp::extensions::MID), Some(4));
    assert_eq!(video.extension_id(crate::rtp::extensions::RID), Some(10));
    assert_eq!(audio.stream, video.stream);
    assert!(audio.sends && !audio.receives && !audio.rejected);
    assert_eq!(offer.setup, Setup::ActPass);
}

#[test]
fn an_offer_of_firefox_is_read() {
    let offer = parse(&sample!("firefox-offer"));
    let [audio, video] = &offer.sections[..] else {
        panic!("two sections");
    };
    let codec = |payload_type, rtx| Some(Codec { payload_type, rtx });
    assert_eq!(audio.codec, codec(109, None));
    assert_eq!(video.codec, codec(120, Some(124)));
    assert_eq!(video.rids, ["q", "h", "f"]);
    assert_eq!(video.extension_id(crate::rtp::extensions::RID), Some(9));
}

#[test]
fn answers_of_both_browsers_are_read() {
    for text in [sample!("chromium-answer"), sample!("firefox-answer")] {
        let answer = parse(&text);
        assert_eq!(answer.setup, Setup::Active);
        assert_eq!(answer.sections.len(), 3);
        let takes = |section: &Section| section.receives && !section.sends && !section.rejected;
        assert!(answer.sections.iter().all(takes));
    }
}

#[test]
fn an_answer_takes_opus_at_a_constant_rate_and_the_layers_offered() {
    let text = answered(&parse(&sample!("chromium-offer")));
    for line in [
        "a=ice-lite",
        "a=group:BUNDLE 0 1",
        "a=setup:passive",
        "a=candidate:1 1 udp 2130706431 192.0.2.1 4000 typ host",
        "a=fmtp:111 minptime=10;useinbandfec=1;cbr=1;usedtx=0",
        "a=rtpmap:96 VP8/90000",
        "a=fmtp:97 apt=96",
        "a=rtcp-fb:96 nack pli",
        "a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
        "a=rid:h recv",
        "a=simulcast:recv q;h;f",
    ] {
        assert!(text.lines().any(|have| have == line), "{line} in\n{text}");
    }
    assert_eq!(text.matches("a=recvonly\r\n").count(), 2);
    assert!(!text.contains("transport-cc") && !text.contains("H264"));
}

#[test]
fn an_extension_offered_for_sending_is_answered_for_receiving() {
    let text = answered(&parse(&sample!("firefox-offer")));
    assert!(text.contains("a=extmap:9/recvonly urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"));
    assert!(text.contains("a=extmap:3 urn:ietf:params:rtp-hdrext:sdes:mid"));
}

#[test]
fn a_stopped_section_keeps_its_place_and_leaves_the_bundle() {
    let offer = parse(&sample!("chromium-offer-stopped"));
    assert!(offer.sections[2].rejected);
    let text = answered(&offer);
    assert!(text.contains("a=group:BUNDLE 0 1\r\n"));
    assert!(text.contains("m=video 0 UDP/TLS/RTP/SAVPF 0\r\n"));
    assert_eq!(text.matches("m=").count(), 3);
}

#[test]
fn data_channels_are_refused_in_their_place() {
    let text = sample!("chromium-offer");
    let offer = format!(
        "{text}m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\n\
         a=mid:2\r\na=sctp-port:5000\r\n"
    );
    let answer = answered(&parse(&offer));
    assert!(answer.contains("m=application 0 UDP/DTLS/SCTP 0\r\n"));
    assert!(answer.contains("a=group:BUNDLE 0 1\r\n"));
}

#[test]
fn what_cannot_be_used_is_named() {
    let good = sample!("chromium-offer");
    let reason = |text: &str| Description::parse(text).unwrap_err();
    assert_eq!(reason("v=0"), SdpError::Unreadable);
    assert_eq!(reason(&"a".repeat(600_000)), SdpError::TooLong);
    assert_eq!(
        reason(&good.replace("a=ice-ufrag", "a=x")),
        SdpError::NoCredentials
    );
    assert_eq!(
        reason(&good.replace("sha-256", "sha-512")),
        SdpError::NoFingerprint
    );
    let other = good.rfind("sha-256 ").unwrap() + 8;
    let mut two = good.clone();
    two.replace_range(other..other + 2, "00");
    assert_eq!(reason(&two), SdpError::NoFingerprint);
    assert_eq!(
        reason(&good.replace("a=mid:1", "a=mid:0")),
        SdpError::RepeatedMid
    );
    assert_eq!(
        reason(&good.replace("a=mid:1", "a=mid:a b")),
        SdpError::BadName
    );
    let long = format!("send {}", "q".repeat(40));
    assert_eq!(
        reason(&good.replace("send q;h;f", &long)),
        SdpError::BadName
    );
    let many = "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n".repeat(300);
    assert_eq!(reason(&format!("{good}{many}")), SdpError::TooManySections);
}

#[test]
fn an_offer_names_each_stream_and_stays_readable() {
    let sending = |ssrc, rtx_ssrc| {
        Some(Sending {
            ssrc,
            rtx_ssrc,
            stream: "p1-0".into(),
        })
    };
    let section = |mid: &str, kind, rejected, sending| OfferedSection {
        mid: mid.into(),
        kind,
        rejected,
        sending,
    };
    let sections = [
        section("0", Kind::Video, true, None),
        section("1", Kind::Audio, false, sending(5, None)),
        section("2", Kind::Video, false, sending(6, Some(7))),
        section("3", Kind::Video, false, None),
    ];
    let credentials = credentials();
    let candidates = ["[2001:db8::1]:4000".parse().unwrap()];
    let mut ours = local(&credentials, &candidates);
    ours.setup = "actpass";
    let text = offer::write(&ours, &sections);
    let read = SessionDescription::unmarshal(&mut Cursor::new(&text)).unwrap();
    assert_eq!(read.media_descriptions.len(), 4);
    assert!(text.contains("a=group:BUNDLE 1 2 3\r\n"));
    assert!(text.contains("a=ssrc-group:FID 6 7\r\n"));
    assert!(text.contains("a=msid:p1-0 p1-0-2\r\n"));
    assert_eq!(text.matches("a=sendonly\r\n").count(), 2);
    // In the first section of the bundle, which is not the first of all.
    let bundled = text.split("m=audio").nth(1).unwrap();
    assert!(bundled.contains("2001:db8::1 4000 typ host"));
    assert_eq!(text.matches("typ host").count(), 1);
}

#[test]
fn an_offer_to_a_full_room_fits_a_frame_many_times() {
    let sections: Vec<OfferedSection> = (0..90)
        .map(|at| OfferedSection {
            mid: at.to_string(),
            kind: Kind::Video,
            rejected: false,
            sending: Some(Sending {
                ssrc: 4_000_000_000 + at,
                rtx_ssrc: Some(4_100_000_000 + at),
                stream: "pffffffffffff-0".into(),
            }),
        })
        .collect();
    let text = offer::write(&local(&credentials(), &[]), &sections);
    assert!(
        text.len() < media_relay_control::frame::MAX_FRAME / 20,
        "{}",
        text.len()
    );
}
