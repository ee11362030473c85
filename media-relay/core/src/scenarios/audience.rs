//! Who is not in the audience gets nothing.

use crate::testing::{ROOM, Stream, World, wanted};
use media_relay_control::{Command, Event, PeerId, Quality};

fn speak(world: &mut World, stream: &mut Stream) {
    world.browser(1).send(stream, b"sound");
    world.run();
}

#[test]
fn a_listener_taken_from_the_audience_gets_nothing_from_then_on() {
    let mut world = World::new();
    world.publisher(1);
    world.listener(2, vec![wanted(1, "0", Quality::High)]);
    let mut stream = Stream::audio(10, "0");
    speak(&mut world, &mut stream);
    assert_eq!(world.browser(2).got.len(), 1, "sound did flow");
    world.answers = false;
    world.reconcile(vec![(2, vec![])]);
    speak(&mut world, &mut stream);
    assert_eq!(world.browser(2).got.len(), 1, "before it answers the offer");
    world.answer(2);
    speak(&mut world, &mut stream);
    assert_eq!(world.browser(2).got.len(), 1);
    world.reconcile(vec![]);
    assert!(
        world
            .plane
            .stats()
            .peers
            .iter()
            .all(|peer| peer.peer == PeerId(1))
    );
}

#[test]
fn an_unlisted_listener_gets_nothing_while_others_do() {
    let mut world = World::new();
    world.publisher(1);
    world.add(2);
    world.add(3);
    let sound = vec![wanted(1, "0", Quality::High)];
    world.reconcile(vec![(2, sound.clone()), (3, vec![])]);
    world.connect(2);
    let mut stream = Stream::audio(10, "0");
    speak(&mut world, &mut stream);
    assert_eq!(world.browser(2).got.len(), 1);
    assert!(!world.offers.contains_key(&PeerId(3)));
    world.reconcile(vec![(2, sound.clone()), (3, sound)]);
    world.connect(3);
    speak(&mut world, &mut stream);
    assert_eq!(world.browser(2).got.len(), 2);
    assert_eq!(world.browser(3).got.len(), 1);
}

#[test]
fn a_peer_of_another_room_cannot_be_listed() {
    let mut world = World::new();
    world.publisher(1);
    world.add(3);
    let other = media_relay_control::RoomId(2);
    world.command(Command::OpenRoom { room: other });
    world.command(Command::Reconcile {
        room: other,
        listeners: vec![media_relay_control::Listener {
            peer: PeerId(3),
            streams: vec![],
        }],
    });
    let sound = vec![wanted(1, "0", Quality::High)];
    world.reconcile(vec![(3, sound.clone()), (1, sound)]);
    assert!(!world.offers.contains_key(&PeerId(3)));
    world.reconcile(vec![]);
    assert_eq!(
        world.plane.stats().peers.len(),
        2,
        "nor is it closed from here"
    );
}

#[test]
fn a_track_is_offered_when_it_is_published() {
    let mut world = World::new();
    world.add(2);
    let later = vec![wanted(1, "0", Quality::High), wanted(1, "7", Quality::High)];
    world.reconcile(vec![(2, later)]);
    assert!(!world.offers.contains_key(&PeerId(2)));
    world.publisher(1);
    let (_, _, streams) = &world.offers[&PeerId(2)];
    assert_eq!(streams.len(), 1);
    assert_eq!(streams[0].publisher_mid, "0");
}

#[test]
fn media_flows_only_after_the_offer_is_answered() {
    let mut world = World::new();
    world.publisher(1);
    world.listener(2, vec![wanted(1, "0", Quality::High)]);
    world.answers = false;
    let more = vec![wanted(1, "0", Quality::High), wanted(1, "1", Quality::High)];
    world.reconcile(vec![(2, more)]);
    let mut sound = Stream::audio(10, "0");
    let mut picture = Stream::layer(20, "1", "q");
    let key = crate::testing::video(true, 1, 20);
    world.browser(1).send(&mut sound, b"sound");
    world.browser(1).send(&mut picture, &key);
    world.run();
    assert_eq!(world.browser(2).got.len(), 1, "the old stream goes on");
    world.answer(2);
    world.browser(1).send(&mut picture, &key);
    world.run();
    assert_eq!(world.browser(2).got.len(), 2);
}

#[test]
fn a_stale_answer_is_ignored_and_a_bad_one_is_reported() {
    let mut world = World::new();
    world.publisher(1);
    world.answers = false;
    world.add(2);
    world.reconcile(vec![(2, vec![wanted(1, "0", Quality::High)])]);
    let (generation, offer, _) = world.offers[&PeerId(2)].clone();
    let answer = world.browser(2).answer(&offer);
    let peer = PeerId(2);
    let stale = media_relay_control::Generation(generation.0 + 1);
    for (generation, answer, fails) in [
        (stale, "", false),
        (generation, "", true),
        (
            generation,
            answer.replace("active", "passive").as_str(),
            true,
        ),
        (generation, answer.as_str(), false),
        (generation, answer.as_str(), false),
    ] {
        let request = world.request();
        world.command(Command::Answer {
            request,
            peer,
            generation,
            answer: answer.to_owned(),
        });
        let failed = world
            .events
            .iter()
            .any(|event| matches!(event, Event::Failed { request: of, .. } if *of == request));
        assert_eq!(failed, fails, "{answer}");
    }
}

#[test]
fn changes_while_an_offer_is_out_come_in_the_next() {
    let mut world = World::new();
    world.publisher(1);
    world.answers = false;
    world.add(2);
    world.reconcile(vec![(2, vec![wanted(1, "0", Quality::High)])]);
    let both = vec![wanted(1, "0", Quality::High), wanted(1, "1", Quality::High)];
    world.reconcile(vec![(2, both)]);
    assert_eq!(world.offers[&PeerId(2)].0.0, 1);
    world.answer(2);
    let (generation, _, streams) = &world.offers[&PeerId(2)];
    assert_eq!((generation.0, streams.len()), (2, 2));
}

#[test]
fn a_stream_that_ends_while_its_offer_is_out_is_ended_by_the_next() {
    let mut world = World::new();
    world.publisher(1);
    world.answers = false;
    world.add(2);
    world.reconcile(vec![(2, vec![wanted(1, "0", Quality::High)])]);
    world.reconcile(vec![(2, vec![])]);
    world.answer(2);
    let (generation, offer, streams) = &world.offers[&PeerId(2)];
    assert_eq!((generation.0, streams.len()), (2, 0));
    assert!(offer.contains("a=inactive"));
    world.connect(2);
    let mut stream = Stream::audio(10, "0");
    speak(&mut world, &mut stream);
    assert!(world.browser(2).got.is_empty());
    world.answer(2);
    assert_eq!(world.offers[&PeerId(2)].0.0, 2, "there is no more to say");
}

#[test]
fn a_room_that_closes_leaves_nothing_behind() {
    let mut world = World::new();
    world.publisher(1);
    world.listener(2, vec![wanted(1, "0", Quality::High)]);
    world.command(Command::CloseRoom { room: ROOM });
    assert!(world.plane.stats().peers.is_empty());
    assert!(world.plane.is_empty());
}
