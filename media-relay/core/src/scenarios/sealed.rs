//! Media that is encrypted end to end: behind the payload descriptor the relay reads the key-frame
//! bit of a frame's first byte, and nothing else.

use crate::rtcp;
use crate::testing::{Stream, World, wanted};
use media_relay_control::{PeerId, Quality};
use rtc_rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use rtc_rtcp::transport_feedbacks::transport_layer_nack::TransportLayerNack;
use std::time::Duration;

const LAYERS: [&str; 3] = ["q", "h", "f"];
const PACKETS: usize = 3;

/// What is sealed: other bytes for another seed, of the same length.
struct Noise(u64);

impl Noise {
    fn fill(&mut self, len: usize) -> Vec<u8> {
        let mut byte = || {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 56) as u8
        };
        (0..len).map(|_| byte()).collect()
    }

    /// A frame in three packets. Of its first byte all but the key-frame bit is noise as well.
    fn frame(&mut self, key: bool, picture: u16, len: usize) -> [Vec<u8>; PACKETS] {
        let [high, low] = (picture | 0x8000).to_be_bytes();
        [0, 1, 2].map(|part| {
            let begins = if part == 0 { 0x90 } else { 0x80 };
            let mut payload = vec![begins, 0xe0, high, low, picture as u8, 0x20];
            payload.extend(self.fill(len));
            if part == 0 {
                payload[6] = payload[6] & !1 | u8::from(!key);
            }
            payload
        })
    }
}

/// What the relay did, without what is sealed.
#[derive(Debug, PartialEq, Eq)]
struct Deeds {
    /// Layer, distance from the first packet, marker, SSRC, number: of each packet that came out.
    forwarded: Vec<(usize, u64, bool, u32, u16)>,
    /// Key frames asked of the publisher, by SSRC.
    asked: Vec<u32>,
    /// Numbers that were asked of the publisher again.
    missed: Vec<(u32, Vec<u16>)>,
    retransmitted: u64,
}

/// A camera with three layers is shown high, then low, then high again; a packet is lost on the way
/// in and one on the way out.
fn story(seed: u64) -> Deeds {
    let mut noise = Noise(seed);
    let mut world = World::new();
    world.publisher(1);
    world.listener(2, vec![wanted(1, "1", Quality::High)]);
    let mut streams = [0, 1, 2].map(|at| Stream::layer(20 + at as u32, "1", LAYERS[at]));
    let mut sent: Vec<Vec<u8>> = Vec::new();
    for picture in 0..60_u16 {
        match picture {
            20 => world.reconcile(vec![(2, vec![wanted(1, "1", Quality::Low)])]),
            40 => world.reconcile(vec![(2, vec![wanted(1, "1", Quality::High)])]),
            _ => {}
        }
        // Key frames come a while after they were asked for, of one layer at a time.
        let key = [picture == 25, false, picture == 3 || picture == 45];
        for (at, stream) in streams.iter_mut().enumerate() {
            for (part, payload) in noise
                .frame(key[at], picture, 40 * (at + 1))
                .iter()
                .enumerate()
            {
                if (picture, at, part) == (10, 2, 1) {
                    stream.index += 1;
                    continue;
                }
                stream.marker = part == PACKETS - 1;
                sent.push(payload[6..].to_vec());
                world.browser(1).send(stream, payload);
            }
            stream.timestamp += 3000;
        }
        world.run();
        world.pass(Duration::from_micros(33_333));
    }
    let lost = world.browser(2).got[5].header.clone();
    let nack = rtcp::nack(1, lost.ssrc, &[lost.seq]);
    world.browser(2).send_rtcp(&[Box::new(nack)]);
    world.run();
    let again = world.browser(2).got.last().unwrap().payload.clone();
    assert_eq!(again[2..], world.browser(2).got[5].payload);

    let publisher = &world.browsers[&PeerId(1)].rtcp;
    let got = &world.browsers[&PeerId(2)].got;
    let got = &got[..got.len() - 1];
    for packet in got {
        assert!(
            sent.contains(&packet.payload[6..].to_vec()),
            "what is sealed goes on as it came"
        );
    }
    Deeds {
        forwarded: got
            .iter()
            .map(|packet| {
                let layer = (packet.payload.len() - 6) / 40 - 1;
                let header = &packet.header;
                let distance = packet.index.wrapping_sub(got[0].index);
                (
                    layer,
                    distance,
                    header.marker,
                    header.ssrc,
                    header.seq.wrapping_sub(got[0].header.seq),
                )
            })
            .collect(),
        asked: publisher
            .iter()
            .filter_map(|packet| packet.as_any().downcast_ref::<PictureLossIndication>())
            .map(|pli| pli.media_ssrc)
            .collect(),
        missed: publisher
            .iter()
            .filter_map(|packet| packet.as_any().downcast_ref::<TransportLayerNack>())
            .map(|nack| {
                let numbers = nack.nacks.iter().flat_map(|pair| pair.packet_list());
                (nack.media_ssrc, numbers.collect())
            })
            .collect(),
        retransmitted: world.plane.stats().totals.retransmitted,
    }
}

#[test]
fn layers_are_switched_and_losses_repaired_without_a_look_at_what_is_sealed() {
    let deeds = story(1);
    let mut layers: Vec<usize> = deeds.forwarded.iter().map(|packet| packet.0).collect();
    layers.dedup();
    assert_eq!(layers, [2, 0, 2], "at the key frames alone");
    // 22 pictures of the high layer but one packet, 20 of the low one, 15 of the high one.
    assert_eq!(deeds.forwarded.len(), 3 * (22 + 20 + 15) - 1);
    assert!(deeds.asked.contains(&20) && deeds.asked.contains(&22));
    assert!(!deeds.missed.is_empty(), "asked for until it is too late");
    assert!(
        deeds
            .missed
            .iter()
            .all(|missed| *missed == (22, vec![1031]))
    );
    assert_eq!(deeds.retransmitted, 1);
}

#[test]
fn what_is_sealed_changes_nothing_that_the_relay_does() {
    let one = story(1);
    for seed in 2..12 {
        assert_eq!(story(seed), one, "seed {seed}");
    }
}
