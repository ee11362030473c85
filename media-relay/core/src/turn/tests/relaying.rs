//! Payload both ways, by channel and by indication, to every kind of peer.

use super::lab::*;
use crate::transmit::Route;
use crate::turn::*;

#[test]
fn payload_goes_both_ways_by_channel_and_by_indication() {
    let mut lab = Lab::new();
    let from = udp("7.7.7.7:1000");
    let mut user = User::general(from);
    let relayed = user.allocate(&mut lab);
    let (allocation, bound) = lab.last_bind();
    assert_eq!(relayed, bound);
    let peer = address(PEER);
    assert_eq!(user.permit(&mut lab, &[peer]), None);

    let message = indication(peer, b"hello");
    let relay = lab.send(from, &message).0.unwrap();
    let to = Target::Peer {
        allocation,
        peer,
        dont_fragment: false,
    };
    assert_eq!(relay.to, to);
    assert_eq!(written(&relay, &message), b"hello");

    let relay = lab.turn.handle_peer_input(allocation, peer, 5, lab.now);
    let relay = relay.unwrap();
    assert_eq!(relay.to, Target::Client(from));
    let read = Read::new(&written(&relay, b"olleh"));
    assert_eq!(read.message.typ.value(), 0x0017);
    assert_eq!(
        read.address(rtc_stun::attributes::ATTR_XOR_PEER_ADDRESS),
        Some(peer)
    );
    assert_eq!(read.get(0x0013).unwrap(), b"olleh");

    assert_eq!(user.bind(&mut lab, 0x4001, peer), None);
    let message = channel_data(0x4001, b"hello");
    let relay = lab.send(from, &message).0.unwrap();
    assert_eq!(relay.to, to);
    assert_eq!(written(&relay, &message), b"hello");
    let relay = lab.turn.handle_peer_input(allocation, peer, 5, lab.now);
    assert_eq!(
        written(&relay.unwrap(), b"olleh"),
        channel_data(0x4001, b"olleh")
    );
}

#[test]
fn participants_reach_media_in_memory_without_a_socket() {
    let mut lab = Lab::new();
    let from = lab.stream(3);
    let mut user = User::participant(from, "a");
    let relayed = user.allocate(&mut lab);
    assert_eq!(relayed.ip(), address(MEDIA[0][0]).ip());
    assert_eq!(lab.requests, []);
    let [own, other] = [address(MEDIA[0][0]), address(MEDIA[1][0])];
    assert_eq!(user.bind(&mut lab, 0x4000, own), None);
    assert_eq!(user.bind(&mut lab, 0x4001, other), None);

    let relay = lab.send(from, &channel_data(0x4000, b"abc")).0.unwrap();
    let route = Route {
        socket: Route::RELAYED,
        remote: relayed,
    };
    assert_eq!(relay.to, Target::Media(route));
    let relay = lab.send(from, &channel_data(0x4001, b"abc")).0.unwrap();
    let to = Target::Worker {
        worker: 1,
        media: Some(0),
        from: relayed,
        to: other,
    };
    assert_eq!(relay.to, to);

    for (number, peer) in [(0x4000, own), (0x4001, other)] {
        let relay = lab.turn.handle_local_input(relayed, peer, 3, lab.now);
        let relay = relay.unwrap();
        assert_eq!(relay.to, Target::Client(from));
        let mut expected = channel_data(number, b"abc");
        expected.push(0);
        assert_eq!(written(&relay, b"abc"), expected);
    }
    assert_eq!(lab.turn.worker_of(relayed), Some(0));
    assert_eq!(
        lab.turn.way_of(relayed),
        Some(media_relay_control::Way::TurnTls)
    );
}

#[test]
fn one_allocation_reaches_another_in_memory_when_both_permit_it() {
    let mut lab = Lab::new();
    let (a, b) = (udp("7.7.7.7:1"), udp("7.7.7.7:2"));
    let (mut one, mut two) = (User::general(a), User::general(b));
    let (relayed_a, relayed_b) = (one.allocate(&mut lab), two.allocate(&mut lab));
    assert_eq!(one.bind(&mut lab, 0x4000, relayed_b), None);
    let message = channel_data(0x4000, b"abcd");
    assert_eq!(
        lab.send(a, &message).0,
        None,
        "no permission at the other end"
    );

    assert_eq!(two.permit(&mut lab, &[relayed_a]), None);
    let relay = lab.send(a, &message).0.unwrap();
    assert_eq!(relay.to, Target::Client(b));
    let read = Read::new(&written(&relay, &message));
    assert_eq!(read.get(0x0013).unwrap(), b"abcd");

    assert_eq!(two.bind(&mut lab, 0x4fff, relayed_a), None);
    let relay = lab.send(a, &message).0.unwrap();
    assert_eq!(written(&relay, &message), channel_data(0x4fff, b"abcd"));
}

#[test]
fn payload_goes_both_ways_over_ipv6() {
    let mut lab = Lab::new();
    let from = udp("[2a02::7]:1000");
    let mut user = User::general(from);
    let family = (0x0017, vec![2, 0, 0, 0]);
    let read = user.ask(
        &mut lab,
        rtc_stun::message::METHOD_ALLOCATE,
        &[transport(), family],
    );
    assert_eq!(read.relayed().unwrap(), lab.last_bind().1);
    let peer = address(PEER6);
    assert_eq!(user.permit(&mut lab, &[peer]), None);
    let relay = lab.send(from, &indication(peer, b"hello")).0.unwrap();
    assert!(matches!(relay.to, Target::Peer { peer: to, .. } if to == peer));
    let (allocation, _) = lab.last_bind();
    let relay = lab.turn.handle_peer_input(allocation, peer, 5, lab.now);
    let read = Read::new(&written(&relay.unwrap(), b"olleh"));
    let kind = rtc_stun::attributes::ATTR_XOR_PEER_ADDRESS;
    assert_eq!(read.address(kind), Some(peer));
    assert_eq!(read.get(0x0013).unwrap(), b"olleh");
}
