//! Loss on both sides, repaired by NACK and RTX.

use crate::rtcp;
use crate::testing::{Stream, World, video, wanted};
use media_relay_control::{PeerId, Quality};
use rtc_rtcp::transport_feedbacks::transport_layer_nack::TransportLayerNack;
use std::time::Duration;

fn world() -> World {
    let mut world = World::new();
    world.publisher(1);
    world.listener(2, vec![wanted(1, "1", Quality::High)]);
    world
}

/// The sequence numbers that were asked of a browser.
fn asked(world: &World, peer: u64) -> Vec<u16> {
    let packets = world.browsers[&PeerId(peer)].rtcp.iter();
    packets
        .filter_map(|packet| packet.as_any().downcast_ref::<TransportLayerNack>())
        .flat_map(|nack| nack.nacks.iter().flat_map(|pair| pair.packet_list()))
        .collect()
}

/// A repeated packet as a publisher sends it.
fn repeat(world: &mut World, rtx: &mut Stream, seq: u16, payload: &[u8]) {
    let payload = [&seq.to_be_bytes()[..], payload].concat();
    world.browser(1).send(rtx, &payload);
    world.run();
}

#[test]
fn a_packet_lost_on_the_way_in_is_asked_for_and_forwarded_in_its_place() {
    let mut world = world();
    let mut stream = Stream::layer(20, "1", "f");
    world.browser(1).send(&mut stream, &video(true, 1, 50));
    stream.index += 1;
    world.browser(1).send(&mut stream, &video(false, 3, 50));
    world.run();
    world.pass(Duration::from_millis(15));
    assert_eq!(asked(&world, 1), [1001]);
    let mut rtx = Stream::layer_rtx(21, "1", "f");
    repeat(&mut world, &mut rtx, 1001, &video(false, 2, 50));
    world.pass(Duration::from_millis(500));
    assert_eq!(asked(&world, 1), [1001], "not again");
    let got = &world.browser(2).got;
    let indices: Vec<u64> = got
        .iter()
        .map(|packet| packet.index - got[0].index)
        .collect();
    assert_eq!(indices, [0, 2, 1]);
    assert_eq!(got[2].payload, video(false, 2, 50));
    let stats = world.plane.stats();
    assert_eq!(stats.peers[0].streams[1].recovered, 1);
}

#[test]
fn a_packet_lost_on_the_way_out_is_repeated_under_the_rtx_stream() {
    let mut world = world();
    let mut stream = Stream::layer(20, "1", "f");
    for picture in 0..5 {
        world
            .browser(1)
            .send(&mut stream, &video(picture == 0, picture, 50));
    }
    world.run();
    let lost = world.browser(2).got[2].clone();
    let nack = rtcp::nack(1, lost.header.ssrc, &[lost.header.seq]);
    for _ in 0..2 {
        world.browser(2).send_rtcp(&[Box::new(nack.clone())]);
    }
    world.run();
    let (_, offer, _) = &world.offers[&PeerId(2)];
    let group = offer.split("a=ssrc-group:FID ").nth(1).unwrap();
    let rtx: u32 = group.split_whitespace().nth(1).unwrap().parse().unwrap();
    let again = world.browser(2).of(rtx);
    assert_eq!(again.len(), 2, "each under a number of its own");
    for copy in again {
        assert_eq!(copy.header.payload_type, 97);
        assert_eq!(copy.payload[..2], lost.header.seq.to_be_bytes());
        assert_eq!(copy.payload[2..], lost.payload);
        assert_eq!(copy.header.timestamp, lost.header.timestamp);
    }
    assert_eq!(world.plane.stats().totals.retransmitted, 2);
}

#[test]
fn a_repeat_from_before_a_switch_is_found_in_its_own_layer() {
    let mut world = world();
    let mut high = Stream::layer(22, "1", "f");
    let mut low = Stream::layer(20, "1", "q");
    high.index = 60_000;
    world.browser(1).send(&mut low, &video(false, 1, 30));
    world.browser(1).send(&mut high, &video(true, 7, 90));
    world.browser(1).send(&mut high, &video(true, 8, 90));
    world.run();
    world.reconcile(vec![(2, vec![wanted(1, "1", Quality::Low)])]);
    world.browser(1).send(&mut low, &video(true, 2, 30));
    world.run();
    let first = world.browser(2).got[0].clone();
    assert_eq!(first.payload.len(), 97);
    let nack = rtcp::nack(1, first.header.ssrc, &[first.header.seq]);
    world.browser(2).send_rtcp(&[Box::new(nack)]);
    world.run();
    let again = world.browser(2).got.last().unwrap();
    assert_eq!(again.payload[2..], first.payload);
}

#[test]
fn a_late_original_after_its_repeat_is_not_sealed_again() {
    let mut world = world();
    // Across a wrap of the sequence number, where indices and numbers part.
    let mut stream = Stream::layer(20, "1", "f");
    stream.index = 65_534;
    let late = |index: u64, world: &mut World| {
        let mut late = stream.clone();
        late.index = index;
        world
            .browser(1)
            .seal(&late, &video(false, index as u16 & 0x7fff, 49))
    };
    let originals: Vec<Vec<u8>> = (65_535..65_538)
        .map(|index| late(index, &mut world))
        .collect();
    world.browser(1).send(&mut stream, &video(true, 0, 50));
    stream.index = 65_538;
    world.browser(1).send(&mut stream, &video(false, 9, 50));
    world.run();
    let mut rtx = Stream::layer_rtx(21, "1", "f");
    for seq in [65_535, 0, 1] {
        repeat(&mut world, &mut rtx, seq, &video(false, 4, 50));
    }
    assert_eq!(world.browser(2).got.len(), 5);
    // The browser of a test refuses a nonce that comes twice.
    for mut original in originals {
        let (route, now) = (world.browser(1).route, world.now);
        world.plane.handle_datagram(&mut original, route, now);
    }
    world.run();
    assert_eq!(world.browser(2).got.len(), 5);
    let before = world.plane.stats();
    assert_eq!(before.totals.packets_in, 8, "the originals were authentic");
}

#[test]
fn padding_sent_as_repeats_is_not_forwarded() {
    let mut world = world();
    let mut stream = Stream::layer(20, "1", "f");
    for picture in 0..3 {
        world
            .browser(1)
            .send(&mut stream, &video(picture == 0, picture, 50));
    }
    world.run();
    let mut rtx = Stream::layer_rtx(21, "1", "f");
    repeat(&mut world, &mut rtx, 1001, &video(false, 1, 50));
    world.browser(1).send(&mut rtx, b"");
    world.run();
    assert_eq!(world.browser(2).got.len(), 3);
}

#[test]
fn a_flood_of_nacks_is_answered_within_bounds() {
    let mut world = world();
    let mut stream = Stream::layer(20, "1", "f");
    for picture in 0..20 {
        world
            .browser(1)
            .send(&mut stream, &video(picture == 0, picture, 50));
    }
    world.run();
    let first = world.browser(2).got[0].header.clone();
    let seqs: Vec<u16> = (0..16).map(|n| first.seq + n).collect();
    for _ in 0..200 {
        let nack = rtcp::nack(1, first.ssrc, &seqs);
        world.browser(2).send_rtcp(&[Box::new(nack)]);
    }
    world.run();
    assert_eq!(world.plane.stats().totals.retransmitted, 512);
}

#[test]
fn a_break_asks_for_a_key_frame_instead_of_every_packet() {
    let mut world = world();
    let mut stream = Stream::layer(20, "1", "f");
    world.browser(1).send(&mut stream, &video(true, 1, 50));
    world.run();
    stream.index += 1000;
    world.browser(1).send(&mut stream, &video(false, 2, 50));
    world.run();
    let before = world.plane.stats().totals.key_frames_requested;
    world.pass(Duration::from_millis(400));
    assert!(asked(&world, 1).is_empty());
    assert_eq!(world.plane.stats().totals.key_frames_requested, before + 1);
}
