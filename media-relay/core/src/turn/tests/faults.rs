//! Faults that servers in the field are known for, each with how it goes here.

use super::lab::*;
use crate::turn::*;
use rtc_stun::attributes::*;
use rtc_stun::message::*;

fn settled(lab: &mut Lab) -> User {
    let mut user = User::general(udp("7.7.7.7:1"));
    user.allocate(lab);
    user
}

#[test]
fn attributes_that_overrun_their_message_are_not_answered() {
    let mut lab = Lab::new();
    let user = settled(&mut lab);
    let mut request = message(METHOD_ALLOCATE, CLASS_REQUEST, &[transport()], [1; 12]).raw;
    request[23] = 12;
    assert!(lab.send(user.from, &request).1.is_none());
    let mut send = indication(address(PEER), b"abcd");
    let length = send.len();
    send[length - 5] = 8;
    let (relay, answer) = lab.send(user.from, &send);
    assert!(relay.is_none() && answer.is_none());
    let short = [0x40, 0, 0, 9, 1, 2, 3];
    assert_eq!(lab.send(user.from, &short).0, None);
}

#[test]
fn attributes_after_the_integrity_are_not_obeyed() {
    let mut lab = Lab::new();
    let mut user = settled(&mut lab);
    let mut built = Message::new();
    let request = user.request(METHOD_REFRESH, &[]);
    built.unmarshal_binary(&request).unwrap();
    built.add(ATTR_LIFETIME, &[0; 4]);
    let read = lab.send(user.from, &built.raw).1.unwrap();
    assert_eq!(read.lifetime(), Some(600));
    assert_eq!(lab.turn.stats().allocations, 1);
}

#[test]
fn another_transport_is_442_and_a_second_allocation_437() {
    let mut lab = Lab::new();
    let mut user = User::general(udp("7.7.7.7:1"));
    let tcp = (0x0019, vec![6, 0, 0, 0]);
    let read = user.ask(&mut lab, METHOD_ALLOCATE, &[tcp]);
    assert_eq!(read.error(), Some(442));
    user.allocate(&mut lab);
    let read = user.ask(&mut lab, METHOD_ALLOCATE, &[transport()]);
    assert_eq!(read.error(), Some(437));
}

#[test]
fn a_full_range_is_508() {
    let mut config = config();
    config.settings.general.as_mut().unwrap().ports = (50_000, 50_001);
    let mut lab = Lab::with(config);
    settled(&mut lab);
    let mut late = User::general(udp("7.7.7.7:2"));
    let read = late.ask(&mut lab, METHOD_ALLOCATE, &[transport()]);
    assert_eq!(read.error(), Some(508));
}

#[test]
fn channels_beyond_4fff_are_not_bound_unless_the_operator_allows_it() {
    let mut lab = Lab::new();
    let mut user = settled(&mut lab);
    assert_eq!(user.bind(&mut lab, 0x5000, address(PEER)), Some(400));
    assert_eq!(user.bind(&mut lab, 0x7fff, address(PEER)), Some(400));
    let mut config = config();
    if let Some(general) = &mut config.settings.general {
        general.rfc5766_channels = true;
    }
    let mut lab = Lab::with(config);
    let mut user = settled(&mut lab);
    assert_eq!(user.bind(&mut lab, 0x8000, address(PEER)), Some(400));
    assert_eq!(user.bind(&mut lab, 0x7fff, address(PEER)), None);
    assert!(Turn::concerns(&channel_data(0x7fff, b"x")));
}

#[test]
fn the_additional_family_has_the_number_of_the_rfc() {
    let mut lab = Lab::new();
    let mut user = User::general(udp("7.7.7.7:1"));
    let additional = (0x8000, vec![2, 0, 0, 0]);
    let read = user.ask(&mut lab, METHOD_ALLOCATE, &[transport(), additional]);
    let told = read.message.attributes.0.iter();
    let told = told.filter(|read| read.typ == ATTR_XOR_RELAYED_ADDRESS);
    assert_eq!(told.count(), 2);
}

#[test]
fn a_send_to_port_zero_leaves_the_allocation_alive() {
    let mut lab = Lab::new();
    let mut user = settled(&mut lab);
    let peer = address(PEER);
    user.permit(&mut lab, &[peer]);
    let mut zero = peer;
    zero.set_port(0);
    assert_eq!(lab.send(user.from, &indication(zero, b"x")).0, None);
    assert!(lab.send(user.from, &indication(peer, b"x")).0.is_some());
    assert_eq!(user.ask(&mut lab, METHOD_REFRESH, &[]).error(), None);
}

#[test]
fn a_mapped_peer_does_not_pass_the_deny_list() {
    let mut lab = Lab::new();
    let mut user = User::general(udp("7.7.7.7:1"));
    let family = (0x0017, vec![2, 0, 0, 0]);
    user.ask(&mut lab, METHOD_ALLOCATE, &[transport(), family]);
    for peer in ["[::ffff:8.8.8.8]:1", "[::ffff:127.0.0.1]:1"].map(address) {
        assert_eq!(user.permit(&mut lab, &[peer]), Some(403));
        assert_eq!(user.bind(&mut lab, 0x4000, peer), Some(403));
    }
}

#[test]
fn a_refresh_of_zero_ends_relaying_at_once() {
    let mut lab = Lab::new();
    let mut user = settled(&mut lab);
    let peer = address(PEER);
    assert_eq!(user.bind(&mut lab, 0x4000, peer), None);
    let (allocation, _) = lab.last_bind();
    user.ask(&mut lab, METHOD_REFRESH, &[(0x000d, vec![0; 4])]);
    assert_eq!(lab.requests.last(), Some(&Request::Close { allocation }));
    assert_eq!(lab.send(user.from, &channel_data(0x4000, b"x")).0, None);
    assert_eq!(
        lab.turn.handle_peer_input(allocation, peer, 1, lab.now),
        None
    );
}

#[test]
fn a_deny_list_does_not_lock_out_our_own_relayed_addresses() {
    let mut config = config();
    config.settings.general.as_mut().unwrap().deny = vec!["5.0.0.0/8".to_owned()];
    let mut lab = Lab::with(config);
    let [mut one, mut two] = [1, 2].map(|port| User::general(udp(&format!("7.7.7.7:{port}"))));
    let (first, second) = (one.allocate(&mut lab), two.allocate(&mut lab));
    assert_eq!(one.permit(&mut lab, &[second]), None);
    assert_eq!(two.bind(&mut lab, 0x4000, first), None);
    let relay = lab.send(two.from, &channel_data(0x4000, b"x")).0.unwrap();
    assert_eq!(relay.to, Target::Client(one.from));
}

#[test]
fn errors_and_padding_hold_zeros_only() {
    let mut lab = Lab::new();
    let mut config = config();
    config.settings.realm = "abcde".to_owned();
    let mut other = Lab::with(config);
    for lab in [&mut lab, &mut other] {
        let request = message(METHOD_ALLOCATE, CLASS_REQUEST, &[transport()], [1; 12]).raw;
        let raw = lab.send(udp("7.7.7.7:1"), &request).1.unwrap().message.raw;
        let mut at = 20;
        while at < raw.len() {
            let length = usize::from(u16::from_be_bytes([raw[at + 2], raw[at + 3]]));
            let padded = length.next_multiple_of(4);
            assert!(
                raw[at + 4 + length..at + 4 + padded]
                    .iter()
                    .all(|byte| *byte == 0)
            );
            at += 4 + padded;
        }
    }
}

#[test]
fn tcp_to_peers_is_not_spoken() {
    let mut lab = Lab::new();
    let mut user = settled(&mut lab);
    for method in [METHOD_CONNECT, METHOD_CONNECTION_BIND] {
        let request = user.request(method, &[peer_address(address(PEER))]);
        assert!(lab.send(user.from, &request).1.is_none());
    }
}
