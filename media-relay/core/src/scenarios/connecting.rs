//! From the first check to keys in use.

use crate::srtp::Profile;
use crate::testing::{Browser, ROOM, Stream, World, wanted};
use media_relay_control::{Command, Event, Failure, PeerId, Quality, RoomId};
use std::time::Duration;

#[test]
fn a_publisher_and_a_listener_connect_under_gcm() {
    let mut world = World::new();
    assert!(world.has(&Event::RoomOpened {
        room: ROOM,
        worker: 3
    }));
    world.publisher(1);
    world.listener(2, vec![wanted(1, "0", Quality::High)]);
    for peer in [1, 2] {
        let browser = world.browser(peer);
        assert_eq!(browser.checks, [Ok(browser.route.remote)]);
        assert_eq!(browser.keys.as_ref().unwrap().profile, Profile::Gcm);
    }
    let stats = world.plane.stats();
    assert!(stats.peers.iter().all(|peer| peer.connected));
}

#[test]
fn a_peer_over_ipv6_connects() {
    let mut world = World::new();
    let browser = Browser::new("[2001:db8::5]:5000");
    let offer = browser.publish_offer();
    world.browsers.insert(PeerId(1), browser);
    let answer = world.publish(1, &offer).unwrap();
    assert!(answer.contains("a=candidate:2 1 udp 2130706175 2001:db8::1 4000 typ host"));
    world.connect(1);
}

#[test]
fn a_listener_may_finish_its_handshake_before_its_answer_comes() {
    let mut world = World::new();
    world.publisher(1);
    world.answers = false;
    world.add(2);
    world.reconcile(vec![(2, vec![wanted(1, "0", Quality::High)])]);
    let (_, offer, _) = world.offers[&PeerId(2)].clone();
    world.browser(2).learn(&offer);
    world.browser(2).check();
    world.run();
    let now = world.now;
    world.browser(2).hello(now);
    world.run();
    assert!(world.browser(2).keys.is_some());
    assert!(!world.has(&Event::Connected { peer: PeerId(2) }));
    world.answer(2);
    assert!(world.has(&Event::Connected { peer: PeerId(2) }));
}

#[test]
fn a_certificate_that_was_not_described_is_refused() {
    let mut world = World::new();
    let browser = world.add(1);
    browser.described = [7; 32];
    let offer = browser.publish_offer();
    world.publish(1, &offer).unwrap();
    world.browser(1).check();
    world.run();
    let now = world.now;
    world.browser(1).hello(now);
    world.run();
    let peer = PeerId(1);
    assert!(world.has(&Event::WrongFingerprint { peer }));
    assert!(!world.has(&Event::Connected { peer }));
    let mut stream = Stream::audio(10, "0");
    world.browser(1).send(&mut stream, b"sound");
    world.run();
    let stats = world.plane.stats();
    assert_eq!((stats.totals.packets_in, stats.totals.dropped), (0, 1));
    assert!(!stats.peers[0].connected);
}

#[test]
fn nothing_but_a_check_is_answered_before_a_check() {
    let mut world = World::new();
    let offer = world.add(1).publish_offer();
    world.publish(1, &offer).unwrap();
    let now = world.now;
    world.browser(1).hello(now);
    world.run();
    assert!(world.browser(1).keys.is_none());
    assert_eq!(world.plane.stats().totals.dropped, 1);
}

#[test]
fn media_follows_a_nominated_check_and_no_datagram_that_cannot_be_opened() {
    let mut world = World::new();
    world.publisher(1);
    world.listener(2, vec![wanted(1, "0", Quality::High)]);
    let mut stream = Stream::audio(10, "0");
    world.browser(1).send(&mut stream, b"one");
    world.run();
    // A datagram from elsewhere changes nothing, a check does.
    let old = world.browser(2).route;
    let mut elsewhere = old;
    elsewhere.remote.set_port(6000);
    world
        .plane
        .handle_datagram(&mut [0x80; 40], elsewhere, world.now);
    world.browser(1).send(&mut stream, b"two");
    world.run();
    assert_eq!(world.browser(2).got.len(), 2);
    world.browser(2).route = elsewhere;
    world.browser(2).check();
    world.run();
    world.browser(1).send(&mut stream, b"three");
    world.run();
    assert_eq!(world.browser(2).got.len(), 3);
}

#[test]
fn media_goes_where_the_browser_sends_from_whatever_it_nominated_last() {
    let mut world = World::new();
    world.publisher(1);
    world.listener(2, vec![wanted(1, "0", Quality::High)]);
    let mut stream = Stream::audio(10, "0");
    let chosen = world.browser(2).route;
    let mut other = chosen;
    other.remote.set_port(6000);
    world.browser(2).route = other;
    world.browser(2).check();
    world.run();
    world.browser(2).route = chosen;
    world.browser(1).send(&mut stream, b"goes elsewhere");
    world.run();
    assert!(world.browser(2).got.is_empty());
    let report = rtc_rtcp::receiver_report::ReceiverReport::default();
    world.browser(2).send_rtcp(&[Box::new(report)]);
    world.browser(1).send(&mut stream, b"comes");
    world.run();
    assert_eq!(world.browser(2).got.len(), 1);
}

#[test]
fn a_way_in_use_is_not_taken_over_and_one_out_of_use_is() {
    let mut world = World::new();
    world.publisher(1);
    world.publisher(2);
    let (own, other) = (world.browser(1).route, world.browser(2).route);
    world.browser(2).route = own;
    world.browser(2).check();
    world.run();
    let mut stream = Stream::audio(10, "0");
    world.browser(1).send(&mut stream, b"sound");
    world.run();
    assert_eq!(world.plane.stats().totals.packets_in, 1);
    world.browser(1).route = other;
    world.pass(Duration::from_secs(3));
    world.browser(2).check();
    world.run();
    let mut stream = Stream::audio(10, "0");
    world.browser(2).send(&mut stream, b"sound");
    world.run();
    assert_eq!(world.plane.stats().totals.packets_in, 2);
}

#[test]
fn an_ice_restart_keeps_the_old_way_until_the_new_is_checked() {
    let mut world = World::new();
    world.publisher(1);
    world.listener(2, vec![wanted(1, "0", Quality::High)]);
    let before = world.browser(2).remote.clone().unwrap();
    world.command(Command::RestartIce { peer: PeerId(2) });
    let after = world.browser(2).remote.clone().unwrap();
    assert_ne!(before, after);
    let mut stream = Stream::audio(10, "0");
    world.browser(1).send(&mut stream, b"one");
    world.browser(2).remote = Some(before.clone());
    world.browser(2).check();
    world.run();
    assert_eq!(world.browser(2).got.len(), 1);
    assert_eq!(world.browser(2).checks.len(), 2, "old credentials are good");
    world.browser(2).remote = Some(after);
    let elsewhere = "203.0.113.9:7000".parse().unwrap();
    world.browser(2).route.remote = elsewhere;
    world.browser(2).check();
    world.browser(1).send(&mut stream, b"two");
    world.run();
    assert_eq!(world.browser(2).checks.last(), Some(&Ok(elsewhere)));
    assert_eq!(world.browser(2).got.len(), 2);
    world.browser(2).remote = Some(before);
    world.browser(2).check();
    world.run();
    assert_eq!(
        world.browser(2).checks.len(),
        3,
        "old credentials are retired"
    );
}

#[test]
fn a_restart_replaces_an_offer_that_never_arrived() {
    let mut world = World::new();
    world.publisher(1);
    world.listener(2, vec![wanted(1, "0", Quality::High)]);
    world.answers = false;
    let both = vec![wanted(1, "0", Quality::High), wanted(1, "1", Quality::High)];
    world.reconcile(vec![(2, both)]);
    let (lost, offer, _) = world.offers[&PeerId(2)].clone();
    world.command(Command::RestartIce { peer: PeerId(2) });
    let (generation, _, streams) = &world.offers[&PeerId(2)];
    assert_eq!((generation.0, streams.len()), (lost.0 + 1, 2));
    let request = world.request();
    let answer = world.browser(2).answer(&offer);
    world.command(Command::Answer {
        request,
        peer: PeerId(2),
        generation: lost,
        answer,
    });
    world.answer(2);
    let mut stream = Stream::layer(20, "1", "q");
    let key = crate::testing::video(true, 1, 20);
    world.browser(1).send(&mut stream, &key);
    world.run();
    assert_eq!(world.browser(2).got.len(), 1);
}

#[test]
fn a_publisher_that_restarts_gets_new_credentials_and_keeps_its_tracks() {
    let mut world = World::new();
    world.publisher(1);
    world.listener(2, vec![wanted(1, "0", Quality::High)]);
    let before = world.browser(1).remote.clone();
    let same = world.browser(1).publish_offer();
    world.publish(1, &same).unwrap();
    assert_eq!(world.browser(1).remote, before, "no restart was asked for");
    world.browser(1).ufrag = "again".into();
    let offer = world.browser(1).publish_offer();
    world.publish(1, &offer).unwrap();
    assert_ne!(world.browser(1).remote, before);
    world.browser(1).route.remote = "203.0.113.9:7000".parse().unwrap();
    world.browser(1).check();
    let mut stream = Stream::audio(10, "0");
    world.browser(1).send(&mut stream, b"sound");
    world.run();
    assert_eq!(world.browser(2).got.len(), 1);
    assert_eq!(world.offers[&PeerId(2)].0.0, 1, "nothing to offer anew");
}

#[test]
fn what_cannot_be_published_changes_nothing() {
    let mut world = World::new();
    world.publisher(1);
    let good = world.browser(1).publish_offer();
    let fails = |world: &mut World, offer: &str, failure| {
        let before = world.plane.stats();
        assert_eq!(world.publish(1, offer), Err(failure), "{offer}");
        assert_eq!(world.plane.stats(), before);
    };
    let unreadable = Failure::UnreadableDescription;
    fails(&mut world, "hello", unreadable);
    fails(&mut world, &good.replace("a=ice-ufrag", "a=x"), unreadable);
    fails(&mut world, &good.replace("sha-256", "sha-1"), unreadable);
    fails(&mut world, &good.replace("actpass", "passive"), unreadable);
    let hex = world.browser(1).described[0];
    let other = good.replace(
        &format!("sha-256 {hex:02X}"),
        &format!("sha-256 {:02X}", hex ^ 1),
    );
    fails(&mut world, &other, unreadable);
    let codec = Failure::NoCommonCodec;
    fails(&mut world, &good.replace("VP8", "H264"), codec);
    fails(&mut world, &good.replace("opus", "G722"), codec);
    let many: Vec<String> = (0..17).map(|mid| mid.to_string()).collect();
    let many: Vec<_> = many
        .iter()
        .map(|mid| ("audio", mid.as_str(), "sendonly"))
        .collect();
    let many = world.browser(1).offer(&many);
    fails(&mut world, &many, Failure::TooMany);
    let request = world.request();
    world.command(Command::Publish {
        request,
        room: RoomId(99),
        peer: PeerId(5),
        offer: good,
    });
    assert!(world.has(&Event::Failed {
        request,
        peer: PeerId(5),
        failure: Failure::NoSuchRoom
    }));
}

#[test]
fn a_lost_flight_is_repeated_by_the_relay() {
    let mut world = World::new();
    let offer = world.add(1).publish_offer();
    world.publish(1, &offer).unwrap();
    world.browser(1).check();
    world.run();
    let now = world.now;
    world.browser(1).hello(now);
    // Everything the relay sends is lost.
    for _ in 0..3 {
        for mut datagram in std::mem::take(&mut world.browser(1).sending) {
            let (route, now) = (world.browser(1).route, world.now);
            world.plane.handle_datagram(&mut datagram, route, now);
        }
        let mut first = true;
        while let Some(transmit) = world.plane.poll_transmit() {
            // But for the cookie, without which there is no flight to lose.
            if std::mem::take(&mut first) && transmit.packets.data()[13] == 3 {
                let now = world.now;
                world.browser(1).receive(transmit.packets.data(), now);
            }
        }
    }
    assert!(world.browser(1).keys.is_none());
    world.pass(Duration::from_millis(300));
    assert!(world.has(&Event::Connected { peer: PeerId(1) }));
}
