//! Tracks come and go.

use crate::testing::{Stream, World, video, wanted};
use media_relay_control::{PeerId, Quality};

fn order(description: &str) -> Vec<String> {
    let lines = description.lines();
    lines
        .filter_map(|line| line.strip_prefix("a=mid:"))
        .map(str::to_owned)
        .collect()
}

#[test]
fn a_screen_is_added_stopped_and_shared_again() {
    let mut world = World::new();
    world.publisher(1);
    let all = |screen: &str| {
        ["0", "1", screen]
            .map(|mid| wanted(1, mid, Quality::High))
            .to_vec()
    };
    world.listener(2, all("2"));
    let base = [("audio", "0", "sendonly"), ("video", "1", "sendonly")];
    let with = |last| [base[0], base[1], last];
    let offer = world.browser(1).offer(&with(("screen", "2", "sendonly")));
    let answer = world.publish(1, &offer).unwrap();
    assert_eq!(order(&answer), ["0", "1", "2"]);
    let (ssrc, mid) = world.stream(2, 1, "2");
    let mut screen = Stream::new(30, 96, &[(4, "2")]);
    world.browser(1).send(&mut screen, &video(true, 1, 20));
    world.run();
    assert_eq!(world.browser(2).of(ssrc).len(), 1);

    let offer = world.browser(1).offer(&with(("screen", "2", "stopped")));
    let answer = world.publish(1, &offer).unwrap();
    assert_eq!(answer.matches("m=video 0 ").count(), 1);
    assert!(answer.contains("a=group:BUNDLE 0 1\r\n"));
    assert_eq!(world.offers[&PeerId(2)].2.len(), 2);
    world.browser(1).send(&mut screen, &video(true, 2, 20));
    world.run();
    assert_eq!(world.browser(2).of(ssrc).len(), 1, "it is not published");

    // The browser puts the next one in the place of the stopped one, under a new name.
    world.reconcile(vec![(2, all("3"))]);
    let offer = world.browser(1).offer(&with(("screen", "3", "sendonly")));
    let answer = world.publish(1, &offer).unwrap();
    assert_eq!(order(&answer), ["0", "1", "3"]);
    let (again, place) = world.stream(2, 1, "3");
    assert_ne!(again, ssrc, "a new stream under a new number");
    assert_eq!(place, mid, "in the place of the old one");
    let mut screen = Stream::new(31, 96, &[(4, "3")]);
    world.browser(1).send(&mut screen, &video(true, 1, 20));
    world.run();
    assert_eq!(world.browser(2).of(again).len(), 1);
}

#[test]
fn a_place_is_taken_again_only_after_the_browser_knows_it_is_empty() {
    let mut world = World::new();
    world.publisher(1);
    world.publisher(3);
    world.listener(2, vec![wanted(1, "0", Quality::High)]);
    world.reconcile(vec![(2, vec![wanted(3, "0", Quality::High)])]);
    let (_, second) = world.stream(2, 3, "0");
    assert_eq!(second, "1");
    world.reconcile(vec![(
        2,
        vec![wanted(3, "0", Quality::High), wanted(1, "0", Quality::High)],
    )]);
    let (_, first) = world.stream(2, 1, "0");
    assert_eq!(first, "0");
    let (_, offer, _) = &world.offers[&PeerId(2)];
    assert_eq!(order(offer), ["0", "1"]);
}

#[test]
fn muting_by_direction_ends_the_stream_and_unmuting_begins_it() {
    let mut world = World::new();
    world.publisher(1);
    world.listener(2, vec![wanted(1, "0", Quality::High)]);
    let offer = |world: &mut World, direction| {
        let sections = [("audio", "0", direction), ("video", "1", "sendonly")];
        let offer = world.browser(1).offer(&sections);
        world.publish(1, &offer).unwrap()
    };
    let answer = offer(&mut world, "inactive");
    assert!(answer.contains("a=inactive"));
    assert!(world.offers[&PeerId(2)].2.is_empty());
    offer(&mut world, "sendonly");
    assert_eq!(world.offers[&PeerId(2)].2.len(), 1);
    let mut stream = Stream::audio(10, "0");
    world.browser(1).send(&mut stream, b"sound");
    world.run();
    assert_eq!(world.browser(2).got.len(), 1);
}

#[test]
fn a_refused_section_keeps_its_place_and_carries_nothing() {
    let mut world = World::new();
    world.publisher(1);
    world.answers = false;
    world.add(2);
    let both = vec![wanted(1, "0", Quality::High), wanted(1, "1", Quality::High)];
    world.reconcile(vec![(2, both)]);
    let (generation, offer, _) = world.offers[&PeerId(2)].clone();
    let browser = world.browser(2);
    browser.learn(&offer);
    let answer = browser.answer(&offer).replace("m=video 9", "m=video 0");
    let request = world.request();
    world.command(media_relay_control::Command::Answer {
        request,
        peer: PeerId(2),
        generation,
        answer,
    });
    world.connect(2);
    let mut picture = Stream::layer(20, "1", "q");
    let mut sound = Stream::audio(10, "0");
    world.browser(1).send(&mut picture, &video(true, 1, 9));
    world.browser(1).send(&mut sound, b"sound");
    world.run();
    assert_eq!(world.browser(2).got.len(), 1);
}
