//! A browser's end of one peer connection: ICE controlling, DTLS client, SRTP.

use super::media::{LEVEL, MID, REPAIRED_RID, RID, Stream};
use crate::demux::Protocol;
use crate::dtls::{Handshake, Identity};
use crate::ice::{Credentials, controlling};
use crate::rtp::{Header, header};
use crate::srtp::{Keys, PacketId, Profile, Window};
use crate::transmit::Route;
use rtc_rtcp::packet::Packet;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;
use std::time::Instant;

/// A media packet as it was opened.
#[derive(Clone, Debug)]
pub(crate) struct Got {
    pub(crate) header: Header,
    pub(crate) elements: Vec<u8>,
    pub(crate) payload: Vec<u8>,
    pub(crate) index: u64,
    pub(crate) datagram: usize,
}

pub(crate) struct Browser {
    pub(crate) identity: Identity,
    pub(crate) route: Route,
    pub(crate) keys: Option<Keys>,
    pub(crate) got: Vec<Got>,
    /// Opened compound packets.
    pub(crate) rtcp: Vec<Box<dyn Packet>>,
    /// Answers to checks: the address, or an error code.
    pub(crate) checks: Vec<Result<std::net::SocketAddr, u16>>,
    /// Datagrams on their way to the relay.
    pub(crate) sending: Vec<Vec<u8>>,
    /// The fingerprint that descriptions name; normally that of `identity`.
    pub(crate) described: [u8; 32],
    pub(crate) ufrag: String,
    pub(crate) remote: Option<Credentials>,
    pub(crate) relay: Option<[u8; 32]>,
    handshake: Option<Handshake>,
    windows: BTreeMap<u32, Window>,
    /// Every sealed packet by its nonce: none may come twice.
    nonces: HashMap<(u32, u64), Vec<u8>>,
}

impl Browser {
    pub(crate) fn new(remote: &str) -> Browser {
        let identity = Identity::generate().unwrap();
        Browser {
            described: identity.fingerprint(),
            identity,
            route: Route {
                socket: 0,
                remote: remote.parse().unwrap(),
            },
            keys: None,
            got: Vec::new(),
            rtcp: Vec::new(),
            checks: Vec::new(),
            sending: Vec::new(),
            ufrag: "them".into(),
            remote: None,
            relay: None,
            handshake: None,
            windows: BTreeMap::new(),
            nonces: HashMap::new(),
        }
    }

    /// An offer of sound (mid 0) and of a picture in three layers (mid 1), both for sending.
    pub(crate) fn publish_offer(&self) -> String {
        self.offer(&[("audio", "0", "sendonly"), ("video", "1", "sendonly")])
    }

    /// An offer of sections: kind, mid and direction. `screen` is a picture in one layer.
    pub(crate) fn offer(&self, sections: &[(&str, &str, &str)]) -> String {
        let mids: Vec<&str> = sections.iter().map(|(_, mid, _)| *mid).collect();
        let mut sdp = self.head(&mids.join(" "));
        for (kind, mid, direction) in sections {
            if *direction == "stopped" {
                let _ = write!(
                    sdp,
                    "m=video 0 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\n"
                );
                let _ = write!(
                    sdp,
                    "a=mid:{mid}\r\na=inactive\r\na=rtpmap:96 VP8/90000\r\n"
                );
                continue;
            }
            let (media, codec) = match *kind {
                "audio" => (
                    "audio 9 UDP/TLS/RTP/SAVPF 111",
                    "a=rtpmap:111 opus/48000/2\r\n",
                ),
                _ => (
                    "video 9 UDP/TLS/RTP/SAVPF 96 97",
                    "a=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 nack\r\na=rtcp-fb:96 nack pli\r\n\
                     a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n",
                ),
            };
            let _ = write!(sdp, "m={media}\r\nc=IN IP4 0.0.0.0\r\na=mid:{mid}\r\n");
            let _ = write!(sdp, "a={direction}\r\na=msid:stream track{mid}\r\n{codec}");
            let _ = write!(sdp, "a=extmap:{MID} {}\r\n", crate::rtp::extensions::MID);
            let _ = write!(
                sdp,
                "a=extmap:{LEVEL} {}\r\n",
                crate::rtp::extensions::AUDIO_LEVEL
            );
            if *kind == "video" {
                let _ = write!(sdp, "a=extmap:{RID} {}\r\n", crate::rtp::extensions::RID);
                let repaired = crate::rtp::extensions::REPAIRED_RID;
                let _ = write!(sdp, "a=extmap:{REPAIRED_RID} {repaired}\r\n");
                sdp.push_str("a=rid:q send\r\na=rid:h send\r\na=rid:f send\r\n");
                sdp.push_str("a=simulcast:send q;h;f\r\n");
            }
        }
        sdp
    }

    /// The answer to an offer of ours: it takes everything.
    pub(crate) fn answer(&self, offer: &str) -> String {
        let mut sdp = self.head("");
        for line in offer.lines() {
            if line.starts_with("m=") || line.starts_with("a=mid:") {
                let _ = write!(sdp, "{line}\r\n");
            }
            match line {
                "a=sendonly" => sdp.push_str("a=recvonly\r\n"),
                "a=inactive" => sdp.push_str("a=inactive\r\n"),
                _ => {}
            }
        }
        sdp.replace("a=setup:actpass", "a=setup:active")
    }

    fn head(&self, bundle: &str) -> String {
        let hex: Vec<String> = self.described.iter().map(|b| format!("{b:02X}")).collect();
        format!(
            "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE {bundle}\r\n\
             a=ice-ufrag:{}\r\na=ice-pwd:0123456789012345678901\r\n\
             a=fingerprint:sha-256 {}\r\na=setup:actpass\r\n",
            self.ufrag,
            hex.join(":")
        )
    }

    /// Reads where and who the relay is from its description.
    pub(crate) fn learn(&mut self, description: &str) {
        let value = |key: &str| {
            let mut lines = description.lines();
            lines
                .find_map(|line| line.strip_prefix(key))
                .unwrap()
                .to_owned()
        };
        self.remote = Some(Credentials {
            ufrag: value("a=ice-ufrag:"),
            password: value("a=ice-pwd:"),
        });
        let hex = value("a=fingerprint:sha-256 ");
        let bytes = hex
            .split(':')
            .map(|byte| u8::from_str_radix(byte, 16).unwrap());
        self.relay = Some(bytes.collect::<Vec<u8>>().try_into().unwrap());
    }

    /// Sends an ICE check.
    pub(crate) fn check(&mut self) {
        let remote = self.remote.as_ref().unwrap();
        let check = controlling::check(&self.ufrag, remote, self.identity.provider());
        self.sending.push(check);
    }

    /// Begins the handshake.
    pub(crate) fn hello(&mut self, now: Instant) {
        let both = [Profile::Cm, Profile::Gcm];
        self.handshake = Some(Handshake::client(&self.identity, &both, now).unwrap());
        self.flights();
    }

    /// Sends one packet of a stream and moves on by one.
    pub(crate) fn send(&mut self, stream: &mut Stream, payload: &[u8]) {
        let datagram = self.seal(stream, payload);
        self.sending.push(datagram);
        stream.index += 1;
    }

    pub(crate) fn seal(&self, stream: &Stream, payload: &[u8]) -> Vec<u8> {
        let (mut packet, len) = stream.packet(payload);
        let id = PacketId {
            ssrc: stream.ssrc,
            index: stream.index,
        };
        self.keys
            .as_ref()
            .unwrap()
            .out
            .seal(&mut packet, 0, len, id);
        packet
    }

    pub(crate) fn send_rtcp(&mut self, packets: &[Box<dyn Packet>]) {
        let plain = rtc_rtcp::packet::marshal(packets).unwrap();
        let keys = self.keys.as_mut().unwrap();
        self.sending.push(keys.rtcp.seal(&plain).unwrap().to_vec());
    }

    /// The packets of one SSRC, in the order they came.
    pub(crate) fn of(&self, ssrc: u32) -> Vec<&Got> {
        self.got
            .iter()
            .filter(|got| got.header.ssrc == ssrc)
            .collect()
    }

    pub(crate) fn receive(&mut self, datagram: &[u8], now: Instant) {
        match Protocol::of(datagram).unwrap() {
            Protocol::Stun => {
                let remote = self.remote.as_ref().unwrap();
                let provider = self.identity.provider();
                let answer = controlling::read_answer(datagram, remote, provider);
                self.checks.extend(answer);
            }
            Protocol::Dtls => {
                let Some(handshake) = &mut self.handshake else {
                    return;
                };
                if let Some(done) = handshake.read(&self.identity, datagram, now).unwrap() {
                    assert_eq!(Some(done.fingerprint), self.relay);
                    self.keys = Some(done.keys);
                }
                self.flights();
            }
            Protocol::Rtcp => {
                let provider = self.identity.provider();
                let keys = self.keys.as_mut().unwrap();
                // What was sealed for another peer at this address is not for this one.
                if let Some(mut plain) = keys.rtcp.open(datagram, provider) {
                    self.rtcp
                        .extend(rtc_rtcp::packet::unmarshal(&mut plain).unwrap());
                }
            }
            Protocol::Rtp => self.media(datagram),
        }
    }

    fn media(&mut self, datagram: &[u8]) {
        let header = Header::parse(datagram).unwrap();
        let window = self.windows.entry(header.ssrc).or_default();
        let index = window.index(header.seq).unwrap();
        let nonce = (header.ssrc, index);
        let before = self.nonces.insert(nonce, datagram.to_vec());
        assert_eq!(before, None, "nonce {nonce:?} was used twice");
        let mut packet = datagram.to_vec();
        let id = PacketId {
            ssrc: header.ssrc,
            index,
        };
        let keys = self.keys.as_ref().unwrap();
        let len = keys.inward.open(&mut packet, header.len, id).unwrap();
        window.take(index);
        packet.truncate(len);
        let end = header::payload_end(&packet, &header);
        self.got.push(Got {
            elements: packet[header.extensions.clone()].to_vec(),
            payload: packet[header.len..end].to_vec(),
            header,
            index,
            datagram: datagram.len(),
        });
    }

    fn flights(&mut self) {
        while let Some(flight) = self.handshake.as_mut().and_then(Handshake::poll_transmit) {
            self.sending.push(flight.to_vec());
        }
    }
}
