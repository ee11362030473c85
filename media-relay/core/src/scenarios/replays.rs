//! What was sent before, or by somebody else.

use crate::testing::{Stream, World, video, wanted};
use media_relay_control::Quality;

#[test]
fn a_packet_counts_once() {
    let mut world = World::new();
    world.publisher(1);
    world.listener(2, vec![wanted(1, "0", Quality::High)]);
    let stream = Stream::audio(10, "0");
    let datagram = world.browser(1).seal(&stream, b"sound");
    for _ in 0..3 {
        world.browser(1).sending.push(datagram.clone());
    }
    world.run();
    let totals = world.plane.stats().totals;
    assert_eq!((totals.packets_in, totals.dropped), (1, 2));
    assert_eq!(world.browser(2).got.len(), 1);
}

#[test]
fn a_packet_from_another_address_is_dropped() {
    let mut world = World::new();
    world.publisher(1);
    let stream = Stream::audio(10, "0");
    let mut datagram = world.browser(1).seal(&stream, b"sound");
    let mut elsewhere = world.browser(1).route;
    elsewhere.remote.set_port(1);
    world
        .plane
        .handle_datagram(&mut datagram, elsewhere, world.now);
    let totals = world.plane.stats().totals;
    assert_eq!((totals.packets_in, totals.dropped), (0, 1));
}

#[test]
fn packets_of_an_ended_track_cannot_be_played_into_the_next() {
    let mut world = World::new();
    let sections = |direction| [("audio", "0", "sendonly"), ("screen", "1", direction)];
    let on = world.add(1).offer(&sections("sendonly"));
    let off = world.browser(1).offer(&sections("inactive"));
    world.publish(1, &on).unwrap();
    world.connect(1);
    world.listener(2, vec![wanted(1, "1", Quality::High)]);
    let mut stream = Stream::new(30, 96, &[(4, "1")]);
    let first = world.browser(1).seal(&stream, &video(true, 1, 20));
    world.browser(1).sending.push(first.clone());
    world.run();
    world.publish(1, &off).unwrap();
    world.publish(1, &on).unwrap();
    world.browser(1).sending.push(first);
    world.run();
    assert_eq!(world.browser(2).got.len(), 1);
    stream.index += 1;
    world.browser(1).send(&mut stream, &video(true, 2, 20));
    world.run();
    assert_eq!(world.browser(2).got.len(), 2, "the same SSRC may go on");
}

#[test]
fn a_publisher_has_so_many_ssrcs_at_most() {
    let mut world = World::new();
    world.publisher(1);
    for ssrc in 0..400 {
        let mut stream = Stream::audio(1000 + ssrc, "0");
        world.browser(1).send(&mut stream, b"sound");
    }
    world.run();
    let totals = world.plane.stats().totals;
    assert_eq!((totals.packets_in, totals.dropped), (256, 144));
}
