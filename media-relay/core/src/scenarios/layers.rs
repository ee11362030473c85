//! One simulcast layer at a time, switched at key frames.

use crate::rtp::vp8;
use crate::testing::{Stream, World, video, wanted};
use media_relay_control::{PeerId, Quality};
use rtc_rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use std::time::Duration;

const LAYERS: [&str; 3] = ["q", "h", "f"];

struct Camera {
    layers: [Stream; 3],
    pictures: [u16; 3],
}

impl Camera {
    fn new() -> Camera {
        let layer = |at: usize| {
            let mut stream = Stream::layer(20 + at as u32, "1", LAYERS[at]);
            stream.index = 5000 * (at as u64 + 1);
            stream.timestamp = 1_000_000 * (at as u32 + 1);
            stream
        };
        Camera {
            layers: [0, 1, 2].map(layer),
            pictures: [100, 9000, 32_766],
        }
    }

    /// A frame in each of `layers`; `key` says which are key frames. The size tells the layer.
    fn frame(&mut self, world: &mut World, layers: &[usize], key: &[usize]) {
        for &at in layers {
            let payload = video(key.contains(&at), self.pictures[at], 10 * (at + 1));
            world.browser(1).send(&mut self.layers[at], &payload);
        }
        for at in 0..3 {
            self.pictures[at] = (self.pictures[at] + 1) & 0x7fff;
            self.layers[at].timestamp += 3000;
        }
        world.run();
        world.pass(Duration::from_micros(33_333));
    }
}

/// The layer of each packet a listener got.
fn got(world: &World) -> Vec<usize> {
    let got = &world.browsers[&PeerId(2)].got;
    got.iter()
        .map(|got| (got.payload.len() - 7) / 10 - 1)
        .collect()
}

fn key_frames_asked(world: &World, ssrc: u32) -> usize {
    let asked = world.browsers[&PeerId(1)].rtcp.iter();
    asked
        .filter_map(|packet| packet.as_any().downcast_ref::<PictureLossIndication>())
        .filter(|pli| pli.media_ssrc == ssrc)
        .count()
}

fn world(quality: Quality) -> World {
    let mut world = World::new();
    world.publisher(1);
    world.listener(2, vec![wanted(1, "1", quality)]);
    world
}

#[test]
fn a_stream_begins_with_a_key_frame() {
    let mut world = world(Quality::High);
    let mut camera = Camera::new();
    camera.frame(&mut world, &[2], &[]);
    assert!(got(&world).is_empty());
    camera.frame(&mut world, &[2], &[2]);
    camera.frame(&mut world, &[2], &[]);
    assert_eq!(got(&world), [2, 2]);
}

#[test]
fn the_wished_layer_is_forwarded_alone() {
    for (quality, layer) in [(Quality::Low, 0), (Quality::Medium, 1), (Quality::High, 2)] {
        let mut world = world(quality);
        let mut camera = Camera::new();
        camera.frame(&mut world, &[0, 1, 2], &[]);
        camera.frame(&mut world, &[0, 1, 2], &[0, 1, 2]);
        camera.frame(&mut world, &[0, 1, 2], &[]);
        assert_eq!(got(&world), [layer, layer]);
    }
}

#[test]
fn a_switch_waits_for_a_key_frame_that_is_asked_for() {
    let mut world = world(Quality::High);
    let mut camera = Camera::new();
    camera.frame(&mut world, &[0, 1, 2], &[]);
    camera.frame(&mut world, &[0, 1, 2], &[0, 1, 2]);
    world.reconcile(vec![(2, vec![wanted(1, "1", Quality::Low)])]);
    camera.frame(&mut world, &[0, 1, 2], &[]);
    assert_eq!(got(&world), [2, 2]);
    assert_eq!(key_frames_asked(&world, 20), 1);
    camera.frame(&mut world, &[0, 1, 2], &[0]);
    camera.frame(&mut world, &[0, 1, 2], &[]);
    assert_eq!(got(&world), [2, 2, 0, 0]);
    assert_eq!(
        world.offers[&PeerId(2)].0.0,
        1,
        "a layer is no reason for an offer"
    );
}

#[test]
fn sequence_time_and_pictures_go_on_across_switches() {
    let mut world = world(Quality::High);
    let mut camera = Camera::new();
    camera.frame(&mut world, &[0, 1, 2], &[]);
    for quality in [
        Quality::High,
        Quality::Low,
        Quality::Medium,
        Quality::High,
        Quality::Low,
    ] {
        world.reconcile(vec![(2, vec![wanted(1, "1", quality)])]);
        camera.frame(&mut world, &[0, 1, 2], &[0, 1, 2]);
        camera.frame(&mut world, &[0, 1, 2], &[]);
    }
    assert_eq!(got(&world), [2, 2, 0, 0, 1, 1, 2, 2, 0, 0]);
    let packets = &world.browser(2).got;
    for pair in packets.windows(2) {
        let (a, b) = (&pair[0], &pair[1]);
        assert_eq!(b.index, a.index + 1);
        let passed = b.header.timestamp.wrapping_sub(a.header.timestamp);
        assert!((2990..=3010).contains(&passed), "{passed}");
        let (before, after) = (vp8::ids(&a.payload), vp8::ids(&b.payload));
        assert_eq!(after.picture, (before.picture + 1) & 0x7fff);
        assert_eq!(after.tl0, before.tl0.wrapping_add(1));
    }
}

#[test]
fn a_layer_that_the_publisher_drops_is_replaced() {
    let mut world = world(Quality::High);
    let mut camera = Camera::new();
    camera.frame(&mut world, &[0, 1, 2], &[]);
    camera.frame(&mut world, &[0, 1, 2], &[0, 1, 2]);
    let before = key_frames_asked(&world, 21);
    for _ in 0..45 {
        camera.frame(&mut world, &[0, 1], &[]);
    }
    assert!(
        key_frames_asked(&world, 21) > before,
        "the next best is asked"
    );
    camera.frame(&mut world, &[0, 1], &[1]);
    assert_eq!(got(&world), [2, 1]);
    camera.frame(&mut world, &[0, 1, 2], &[2]);
    assert_eq!(got(&world), [2, 1, 2]);
}

#[test]
fn a_layer_that_begins_anew_under_another_ssrc_goes_on_at_its_key_frame() {
    let mut world = world(Quality::High);
    let mut camera = Camera::new();
    camera.frame(&mut world, &[2], &[2]);
    camera.frame(&mut world, &[2], &[2]);
    camera.layers[2].ssrc = 77;
    camera.layers[2].index = 3;
    camera.frame(&mut world, &[2], &[]);
    camera.frame(&mut world, &[2], &[2]);
    assert_eq!(got(&world), [2, 2, 2]);
    let got = &world.browser(2).got;
    assert_eq!(got[2].index, got[1].index + 1);
}

#[test]
fn many_listeners_cost_one_key_frame_request() {
    let mut world = World::new();
    world.publisher(1);
    let mut camera = Camera::new();
    camera.frame(&mut world, &[0], &[]);
    let all: Vec<_> = (2..12)
        .map(|peer| (peer, vec![wanted(1, "1", Quality::Low)]))
        .collect();
    for (peer, _) in &all {
        world.add(*peer);
    }
    world.reconcile(all);
    for peer in 2..12 {
        world.connect(peer);
    }
    world.pass(Duration::from_millis(50));
    assert_eq!(key_frames_asked(&world, 20), 1);
}
