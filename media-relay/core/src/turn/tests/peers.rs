//! Which peers are reached: every address of the abuse list, by every request, over UDP and
//! streams, of both families.

use super::lab::*;
use crate::turn::*;
use rtc_stun::message::*;
use std::net::{IpAddr, SocketAddr};

/// Hosts that nobody reaches unless they are allowed.
const FORBIDDEN: &[&str] = &[
    // This host and network.
    "0.0.0.0",
    "0.1.2.3",
    "127.0.0.1",
    "127.8.9.10",
    // Private, shared, link-local, metadata.
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.127.255.255",
    "100.100.100.200",
    "169.254.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "192.168.255.255",
    "168.63.129.16",
    // Protocol assignments, documentation, benchmarking, anycast.
    "192.0.0.1",
    "192.0.0.170",
    "192.0.2.1",
    "192.31.196.1",
    "192.52.193.1",
    "192.88.99.1",
    "192.175.48.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    // Multicast, reserved, broadcast.
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    // The deny list, and an interface of this machine.
    "8.8.8.8",
    "6.6.6.6",
    // This host.
    "::",
    "::1",
    // IPv4-mapped, IPv4-compatible, translated: what is forbidden, and what is not.
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:0.0.0.0",
    "::ffff:8.8.4.4",
    "::ffff:6.6.6.6",
    "::127.0.0.1",
    "::8.8.4.4",
    "::ffff:0:127.0.0.1",
    // NAT64 of what is forbidden, and local NAT64.
    "64:ff9b::127.0.0.1",
    "64:ff9b::10.0.0.1",
    "64:ff9b::169.254.169.254",
    "64:ff9b::8.8.8.8",
    "64:ff9b::6.6.6.6",
    "64:ff9b:1::8.8.4.4",
    // 6to4 and Teredo of what is forbidden.
    "2002:7f00:1::1",
    "2002:a00:1::1",
    "2002:a9fe:a9fe::1",
    "2002:c0a8:101::",
    "2002:808:808::1",
    "2001:0:7f00:1::1",
    "2001:0:808:404:0:0:f5ff:fffe",
    "2001:0:808:404:0:0:80ff:fffe",
    "2a00::5efe:10.0.0.1",
    "2a00::200:5efe:127.0.0.1",
    // Discard, protocol assignments, benchmarking, ORCHID, documentation, segment routing.
    "100::1",
    "100:0:0:1::1",
    "2001:1::1",
    "2001:2::1",
    "2001:10::1",
    "2001:20::1",
    "2001:1ff::1",
    "2001:db8::1",
    "2620:4f:8000::1",
    "3ffe::1",
    "3fff::1",
    "5f00::1",
    // Unique local, link-local, site-local, multicast, unassigned.
    "fc00::1",
    "fd00:ec2::254",
    "fdff::1",
    "fe80::1",
    "febf::1",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
    "4000::1",
    "e000::1",
];

/// Hosts of the world.
const ALLOWED: &[&str] = &[
    "8.8.4.4",
    "1.0.0.1",
    "9.255.255.255",
    "11.0.0.1",
    "100.63.255.255",
    "100.128.0.1",
    "126.255.255.255",
    "128.0.0.1",
    "169.253.255.255",
    "172.15.255.255",
    "172.32.0.1",
    "192.0.1.1",
    "192.167.255.255",
    "198.17.255.255",
    "198.20.0.1",
    "223.255.255.255",
    "2001:200::1",
    "2001:4860:4860::8888",
    "2002:808:404::1",
    "2400::1",
    "2606:4700::1111",
    "2a00:1450::1",
    "64:ff9b::8.8.4.4",
];

/// Users of both families over UDP and a stream.
fn users(lab: &mut Lab, ip: IpAddr) -> [User; 2] {
    let stream = lab.stream(1);
    let mut users = [User::general(udp("7.7.7.7:1")), User::general(stream)];
    let family = (0x0017, vec![if ip.is_ipv4() { 1 } else { 2 }, 0, 0, 0]);
    for user in &mut users {
        let read = user.ask(lab, METHOD_ALLOCATE, &[transport(), family.clone()]);
        assert_eq!(read.error(), None);
    }
    users
}

/// How CreatePermission, ChannelBind and Send go, each by itself.
fn tried(lab: &mut Lab, user: &mut User, peer: SocketAddr) -> (Option<u16>, Option<u16>, bool) {
    let sent = lab.send(user.from, &indication(peer, b"x")).0.is_some();
    assert!(!sent, "before there is a permission");
    let permitted = user.permit(lab, &[peer]);
    let sent = lab.send(user.from, &indication(peer, b"x")).0.is_some();
    let bound = user.bind(lab, 0x4000, peer);
    let relayed = lab.send(user.from, &channel_data(0x4000, b"x")).0;
    assert_eq!(relayed.is_some(), bound.is_none());
    (permitted, bound, sent)
}

#[test]
fn forbidden_hosts_are_refused_by_every_request_over_every_transport() {
    for host in FORBIDDEN {
        let ip: IpAddr = host.parse().unwrap();
        let mut lab = Lab::new();
        for mut user in users(&mut lab, ip) {
            let result = tried(&mut lab, &mut user, SocketAddr::new(ip, 4000));
            assert_eq!(result, (Some(403), Some(403), false), "{host}");
        }
    }
}

#[test]
fn hosts_of_the_world_are_reached() {
    for host in ALLOWED {
        let ip: IpAddr = host.parse().unwrap();
        let mut lab = Lab::new();
        for mut user in users(&mut lab, ip) {
            let result = tried(&mut lab, &mut user, SocketAddr::new(ip, 4000));
            assert_eq!(result, (None, None, true), "{host}");
        }
    }
}

#[test]
fn participants_reach_media_addresses_and_nothing_else() {
    let others = [
        "5.5.5.5:50001",
        "5.5.5.5:443",
        "5.5.5.5:3480",
        "[2a01:4f8::5]:443",
    ];
    let forbidden = FORBIDDEN.iter().chain(ALLOWED);
    let hosts = forbidden.map(|host| SocketAddr::new(host.parse().unwrap(), 4000));
    let mut lab = Lab::new();
    let mut user = User::participant(udp("7.7.7.7:1"), "a");
    let both = (0x8000, vec![2, 0, 0, 0]);
    let read = user.ask(&mut lab, METHOD_ALLOCATE, &[transport(), both]);
    assert_eq!(read.error(), None);
    for peer in hosts {
        let result = tried(&mut lab, &mut user, peer);
        assert_eq!(result, (Some(403), Some(403), false), "{peer}");
    }
    for peer in MEDIA.as_flattened() {
        assert_eq!(user.permit(&mut lab, &[address(peer)]), None);
        let relay = lab
            .send(user.from, &indication(address(peer), b"x"))
            .0
            .unwrap();
        assert!(matches!(
            relay.to,
            Target::Media(_) | Target::Worker { media: Some(_), .. }
        ));
    }
    for peer in others.map(address) {
        assert_eq!(user.bind(&mut lab, 0x4000, peer), Some(403), "{peer}");
        assert_eq!(
            lab.send(user.from, &indication(peer, b"x")).0,
            None,
            "{peer}"
        );
    }
}

#[test]
fn own_listeners_are_refused_whatever_is_allowed() {
    let mut config = config();
    config.settings.general.as_mut().unwrap().allow =
        vec!["0.0.0.0/0".to_owned(), "::/0".to_owned()];
    // 443 is listened to on every address, 5432 on one; all forms of them are the same.
    for (peer, bound) in [
        ("127.0.0.1:443", Some(403)),
        ("6.6.6.6:443", Some(403)),
        ("5.5.5.5:443", Some(403)),
        ("0.0.0.0:443", Some(403)),
        ("9.9.9.9:5432", Some(403)),
        ("127.0.0.1:444", None),
        ("6.6.6.6:5432", None),
        ("9.9.9.9:443", Some(403)),
        ("9.9.9.10:443", None),
        ("10.0.0.1:443", None),
        ("[::ffff:127.0.0.1]:443", Some(403)),
        ("[::ffff:9.9.9.9]:5432", Some(403)),
        ("[64:ff9b::6.6.6.6]:443", Some(403)),
        ("[2002:606:606::1]:443", Some(403)),
        ("[::1]:443", Some(403)),
        ("[2a01:4f8::5]:443", Some(403)),
        ("[::ffff:5.5.5.5]:3478", Some(403)),
        ("127.0.0.1:3478", Some(403)),
        ("6.6.6.6:3479", Some(403)),
        ("127.0.0.1:3480", None),
        ("[fd00::1]:443", None),
    ] {
        let peer = address(peer);
        let mut lab = Lab::with(config.clone());
        for mut user in users(&mut lab, peer.ip()) {
            let result = tried(&mut lab, &mut user, peer);
            assert_eq!(result, (None, bound, bound.is_none()), "{peer}");
        }
    }
}

#[test]
fn what_is_allowed_comes_before_ranges_and_before_the_deny_list() {
    let mut config = config();
    config.settings.general.as_mut().unwrap().allow = vec![
        "10.1.0.0/16".to_owned(),
        "8.8.8.8".to_owned(),
        "127.0.0.1".to_owned(),
    ];
    for (peer, expected) in [
        ("10.1.2.3:1", None),
        ("10.2.2.3:1", Some(403)),
        ("8.8.8.8:1", None),
        ("8.8.8.9:1", Some(403)),
        ("127.0.0.1:1", None),
        ("127.0.0.2:1", Some(403)),
        ("[::ffff:10.1.2.3]:1", Some(403)),
        ("[::ffff:127.0.0.1]:1", Some(403)),
    ] {
        let peer = address(peer);
        let mut lab = Lab::with(config.clone());
        let [mut user, _] = users(&mut lab, peer.ip());
        assert_eq!(user.permit(&mut lab, &[peer]), expected, "{peer}");
        assert_eq!(user.bind(&mut lab, 0x4000, peer), expected, "{peer}");
    }
}

#[test]
fn general_users_reach_media_in_memory() {
    let mut lab = Lab::new();
    let mut user = User::general(udp("7.7.7.7:1"));
    user.allocate(&mut lab);
    let [own, other] = [MEDIA[0][0], MEDIA[1][0]].map(address);
    assert_eq!(user.permit(&mut lab, &[own]), None);
    let relay = lab.send(user.from, &indication(own, b"x")).0.unwrap();
    assert!(matches!(relay.to, Target::Media(_)));
    assert_eq!(user.bind(&mut lab, 0x4000, other), None);
    let relay = lab.send(user.from, &channel_data(0x4000, b"x")).0.unwrap();
    assert!(matches!(
        relay.to,
        Target::Worker {
            worker: 1,
            media: Some(0),
            ..
        }
    ));
}

#[test]
fn relayed_addresses_are_reached_while_they_live() {
    let mut lab = Lab::new();
    let [mut one, mut two] = [1, 2].map(|port| User::general(udp(&format!("7.7.7.7:{port}"))));
    let (first, second) = (one.allocate(&mut lab), two.allocate(&mut lab));
    assert_eq!(two.permit(&mut lab, &[first]), None);
    assert_eq!(one.permit(&mut lab, &[second]), None);
    let message = indication(second, b"x");
    let relay = lab.send(one.from, &message).0.unwrap();
    assert_eq!(relay.to, Target::Client(two.from));
    // Our own host, another port: neither before nor after.
    let dead = SocketAddr::new(
        second.ip(),
        if second.port() == 50_001 {
            50_002
        } else {
            50_001
        },
    );
    if dead != first {
        assert_eq!(lab.send(one.from, &indication(dead, b"x")).0, None);
    }
    two.ask(&mut lab, METHOD_REFRESH, &[(0x000d, vec![0; 4])]);
    assert_eq!(lab.send(one.from, &message).0, None);
    assert_eq!(one.bind(&mut lab, 0x4000, second), Some(403));
}

#[test]
fn relayed_addresses_of_another_worker_are_its_to_judge() {
    let mut lab = Lab::new();
    let mut user = User::general(udp("7.7.7.7:1"));
    let relayed = user.allocate(&mut lab);
    let peer = address("5.5.5.5:50600");
    assert_eq!(lab.turn.worker_of(peer), Some(1));
    assert_eq!(user.bind(&mut lab, 0x4000, peer), None);
    let relay = lab.send(user.from, &channel_data(0x4000, b"x")).0.unwrap();
    let to = Target::Worker {
        worker: 1,
        media: None,
        from: relayed,
        to: peer,
    };
    assert_eq!(relay.to, to);

    // What comes from there is judged here.
    let relay = lab
        .turn
        .handle_local_input(relayed, peer, 1, lab.now)
        .unwrap();
    assert_eq!(relay.to, Target::Client(user.from));
    let stranger = address("4.4.4.4:50600");
    assert_eq!(
        lab.turn.handle_local_input(relayed, stranger, 1, lab.now),
        None
    );
    assert_eq!(lab.turn.handle_local_input(peer, relayed, 1, lab.now), None);
}

#[test]
fn a_participant_hears_media_only_though_others_share_the_address() {
    let mut lab = Lab::new();
    let mut participant = User::participant(udp("7.7.7.7:1"), "a");
    let relayed = participant.allocate(&mut lab);
    let media = address(MEDIA[0][0]);
    assert_eq!(participant.permit(&mut lab, &[media]), None);
    let mut general = User::general(udp("7.7.7.7:2"));
    let other = general.allocate(&mut lab);
    assert_eq!(other.ip(), media.ip(), "permitted, as far as the host goes");
    general.permit(&mut lab, &[relayed]);
    assert_eq!(lab.send(general.from, &indication(relayed, b"x")).0, None);
    assert_eq!(
        lab.turn.handle_local_input(relayed, other, 1, lab.now),
        None
    );
    assert!(
        lab.turn
            .handle_local_input(relayed, media, 1, lab.now)
            .is_some()
    );
}

#[test]
fn port_zero_is_nobody_and_harms_nothing() {
    let mut lab = Lab::new();
    let mut user = User::general(udp("7.7.7.7:1"));
    user.allocate(&mut lab);
    let peer = address("8.8.4.4:0");
    assert_eq!(
        user.permit(&mut lab, &[peer]),
        None,
        "permissions are for hosts"
    );
    assert_eq!(lab.send(user.from, &indication(peer, b"x")).0, None);
    let peer = address(PEER);
    assert!(lab.send(user.from, &indication(peer, b"x")).0.is_some());
}

#[test]
fn a_range_that_cannot_be_read_is_an_error() {
    for text in ["10.0.0.0/33", "ten", "10.0.0.0/-1", ""] {
        let mut config = config();
        config.settings.general.as_mut().unwrap().deny = vec![text.to_owned()];
        let error = Turn::new(config, crate::testing::start()).unwrap_err();
        assert_eq!(error, PolicyError(text.to_owned()));
    }
}
