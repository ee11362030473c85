//! Silence, and what is left of those who left.

use crate::testing::{Stream, World, wanted};
use media_relay_control::{Command, Event, PeerId, Quality};
use std::time::Duration;

#[test]
fn a_silent_peer_is_quiet_then_heard_then_lost() {
    let mut world = World::new();
    world.publisher(1);
    world.pass(Duration::from_millis(3_600));
    let peer = PeerId(1);
    let quiet = world.events.iter().find_map(|event| match event {
        Event::Quiet {
            peer: PeerId(1),
            quiet_ms,
        } => Some(*quiet_ms),
        _ => None,
    });
    assert!((3000..3600).contains(&quiet.unwrap()));
    world.browser(1).check();
    world.run();
    assert!(world.has(&Event::Heard {
        peer,
        quiet_ms: 3600
    }));
    world.pass(Duration::from_secs(29));
    assert!(
        !world
            .events
            .iter()
            .any(|event| matches!(event, Event::Lost { .. }))
    );
    world.pass(Duration::from_secs(2));
    assert!(world.events.iter().any(|event| matches!(
        event,
        Event::Lost {
            peer: PeerId(1),
            quiet_ms: 30_000..=30_600
        }
    )));
    assert!(world.plane.stats().peers.is_empty());
}

#[test]
fn unauthenticated_datagrams_keep_nobody_alive() {
    let mut world = World::new();
    world.publisher(1);
    for _ in 0..40 {
        let route = world.browser(1).route;
        for noise in [[0x80; 60], [0x16; 60], [0x00; 60]] {
            world
                .plane
                .handle_datagram(&mut noise.to_vec(), route, world.now);
        }
        world.pass(Duration::from_secs(1));
    }
    assert!(world.plane.stats().peers.is_empty());
}

#[test]
fn a_lost_peer_is_not_revived_by_a_command_that_was_under_way() {
    let mut world = World::new();
    world.publisher(1);
    let sound = vec![wanted(1, "0", Quality::High)];
    world.listener(2, sound.clone());
    world.pass(Duration::from_secs(31));
    assert!(world.plane.stats().peers.is_empty());
    world.offers.clear();
    world.reconcile(vec![(2, sound)]);
    assert!(world.plane.stats().peers.is_empty());
    let offer = world.browser(1).publish_offer();
    assert!(world.publish(1, &offer).is_err());
}

#[test]
fn a_listener_that_has_nothing_to_answer_is_not_lost() {
    let mut world = World::new();
    world.add(2);
    world.reconcile(vec![(2, vec![wanted(1, "0", Quality::High)])]);
    world.pass(Duration::from_secs(120));
    assert_eq!(world.plane.stats().peers.len(), 1);
}

#[test]
fn a_publisher_that_leaves_takes_its_streams_along() {
    let mut world = World::new();
    world.publisher(1);
    world.listener(
        2,
        vec![wanted(1, "0", Quality::High), wanted(1, "1", Quality::High)],
    );
    world.command(Command::ClosePeer { peer: PeerId(1) });
    let (generation, offer, streams) = &world.offers[&PeerId(2)];
    assert_eq!((generation.0, streams.len()), (2, 0));
    assert_eq!(offer.matches("a=inactive").count(), 2);
    world.command(Command::ClosePeer { peer: PeerId(2) });
    world.command(Command::ClosePeer { peer: PeerId(2) });
    let mut stream = Stream::audio(10, "0");
    world.browser(1).send(&mut stream, b"sound");
    world.run();
    assert_eq!(world.plane.stats().totals.packets_in, 0);
    assert!(world.plane.is_empty());
}
