//! What an Allocate request gets.

use super::lab::*;
use crate::turn::*;
use rtc_stun::attributes::*;
use rtc_stun::message::*;
use std::collections::HashSet;

fn lifetime(seconds: u32) -> Raw {
    (0x000d, seconds.to_be_bytes().to_vec())
}

fn family(number: u8) -> Raw {
    (0x0017, vec![number, 0, 0, 0])
}

fn additional(number: u8) -> Raw {
    (0x8000, vec![number, 0, 0, 0])
}

fn even(reserve: bool) -> Raw {
    (0x0018, vec![if reserve { 0x80 } else { 0 }])
}

fn token(token: &[u8]) -> Raw {
    (0x0022, token.to_vec())
}

/// An Allocate request of a new user, with these beside REQUESTED-TRANSPORT.
fn ask(lab: &mut Lab, user: &mut User, more: &[Raw]) -> Read {
    let mut attributes = vec![transport()];
    attributes.extend_from_slice(more);
    user.ask(lab, METHOD_ALLOCATE, &attributes)
}

fn user(number: u16) -> User {
    User::general(udp(&format!("7.7.7.7:{number}")))
}

#[test]
fn the_answer_tells_both_addresses_and_the_lifetime() {
    let mut lab = Lab::new();
    let mut user = user(1);
    let read = ask(&mut lab, &mut user, &[]);
    let (_, bound) = lab.last_bind();
    assert_eq!(read.relayed(), Some(bound));
    assert_eq!(bound.ip(), address("5.5.5.5:1").ip());
    assert!(
        (50_000..50_500).contains(&bound.port()),
        "this worker's half"
    );
    assert_eq!(
        read.address(ATTR_XORMAPPED_ADDRESS),
        Some(address("7.7.7.7:1"))
    );
    assert_eq!(read.lifetime(), Some(600));
    assert_eq!(read.get(0x0022), None);
    assert!(user.believes(&read));
}

#[test]
fn behind_a_nat_the_advertised_address_is_told_and_the_other_bound() {
    let mut config = config();
    let general = config.settings.general.as_mut().unwrap();
    general.relay[0].advertise = Some("5.6.7.8".parse().unwrap());
    let mut lab = Lab::with(config);
    let read = ask(&mut lab, &mut user(1), &[]);
    let (_, bound) = lab.last_bind();
    assert_eq!(bound.ip().to_string(), RELAY);
    assert_eq!(
        read.relayed().unwrap().to_string(),
        format!("5.6.7.8:{}", bound.port())
    );
}

#[test]
fn lifetimes_are_kept_within_ten_minutes_and_an_hour() {
    let mut lab = Lab::new();
    for (number, asked, granted) in [(1, 0, 600), (2, 599, 600), (3, 777, 777), (4, 3601, 3600)] {
        let read = ask(&mut lab, &mut user(number), &[lifetime(asked)]);
        assert_eq!(read.lifetime(), Some(granted));
    }
    let read = ask(&mut lab, &mut user(5), &[(0x000d, vec![0; 3])]);
    assert_eq!(read.error(), Some(400));
}

#[test]
fn what_cannot_be_had_or_said_is_refused() {
    let mut lab = Lab::new();
    let mut user = user(1);
    for (expected, attributes) in [
        (400, vec![]),
        (400, vec![(0x0019, vec![17])]),
        (442, vec![(0x0019, vec![6, 0, 0, 0])]),
        (440, vec![transport(), family(3)]),
        (400, vec![transport(), (0x0017, vec![1])]),
        (400, vec![transport(), family(1), additional(2)]),
        (400, vec![transport(), additional(1)]),
        (400, vec![transport(), additional(3)]),
        (400, vec![transport(), even(true), additional(2)]),
        (400, vec![transport(), (0x0018, vec![])]),
        (400, vec![transport(), token(&[1; 8]), even(false)]),
        (400, vec![transport(), token(&[1; 8]), family(1)]),
        (400, vec![transport(), token(&[1; 8]), additional(2)]),
        (400, vec![transport(), token(&[1; 7])]),
        (508, vec![transport(), token(&[1; 8])]),
    ] {
        let read = user.ask(&mut lab, METHOD_ALLOCATE, &attributes);
        assert_eq!(read.error(), Some(expected), "{attributes:?}");
    }
    assert_eq!(lab.turn.stats().allocations, 0);
    assert_eq!(lab.requests, []);
    assert_eq!(lab.turn.stats().refused, 15);
}

#[test]
fn a_family_that_is_not_served_is_refused() {
    let mut config = config();
    config.settings.general.as_mut().unwrap().relay.truncate(1);
    let mut lab = Lab::with(config);
    let read = ask(&mut lab, &mut user(1), &[family(2)]);
    assert_eq!(read.error(), Some(440));
    let read = ask(&mut lab, &mut user(1), &[additional(2)]);
    assert!(read.relayed().unwrap().is_ipv4());
    assert_eq!(read.get(0x8001).unwrap(), [2, 0, 4, 40]);
}

#[test]
fn both_families_are_had_by_one_request() {
    let mut lab = Lab::new();
    let mut user = user(1);
    let read = ask(&mut lab, &mut user, &[additional(2)]);
    assert_eq!(read.error(), None);
    let mut bound = HashSet::new();
    for request in &lab.requests {
        if let Request::Bind { address, .. } = request {
            bound.insert(address.ip().to_string());
        }
    }
    assert_eq!(bound, HashSet::from([RELAY.to_owned(), RELAY6.to_owned()]));
    let told = read.message.attributes.0.iter();
    let told = told.filter(|read| read.typ == ATTR_XOR_RELAYED_ADDRESS);
    assert_eq!(told.count(), 2);
    assert_eq!(lab.turn.stats().allocations, 1);
    assert_eq!(
        user.permit(&mut lab, &[address(PEER), address(PEER6)]),
        None
    );
    for peer in [PEER, PEER6].map(address) {
        assert!(lab.send(user.from, &indication(peer, b"x")).0.is_some());
    }
    // One of them is given back.
    let read = user.ask(&mut lab, METHOD_REFRESH, &[family(1), lifetime(0)]);
    assert_eq!(read.lifetime(), Some(0));
    assert!(
        lab.send(user.from, &indication(address(PEER), b"x"))
            .0
            .is_none()
    );
    assert!(
        lab.send(user.from, &indication(address(PEER6), b"x"))
            .0
            .is_some()
    );
    let read = user.ask(&mut lab, METHOD_REFRESH, &[family(1)]);
    assert_eq!(read.error(), Some(443));
    assert_eq!(user.permit(&mut lab, &[address(PEER)]), Some(443));
    assert_eq!(
        user.ask(&mut lab, METHOD_REFRESH, &[]).lifetime(),
        Some(600)
    );
}

#[test]
fn a_socket_that_fails_for_one_family_leaves_the_other() {
    let mut lab = Lab::new();
    lab.bind = None;
    let mut user = user(1);
    user.ask(&mut lab, METHOD_REFRESH, &[]);
    let request = user.request(METHOD_ALLOCATE, &[transport(), additional(2)]);
    assert!(lab.send(user.from, &request).1.is_none());
    let binds: Vec<_> = lab.requests.clone();
    for request in binds {
        let Request::Bind {
            allocation,
            address,
        } = request
        else {
            panic!()
        };
        let bound = if address.is_ipv4() {
            Ok(())
        } else {
            Err(BindError::Refused)
        };
        lab.turn.bound(allocation, bound, lab.now);
    }
    let read = Read::new(&lab.turn.poll_reply().unwrap().message);
    assert!(read.relayed().unwrap().is_ipv4());
    assert_eq!(read.get(0x8001).unwrap(), [2, 0, 5, 8]);
}

#[test]
fn a_repeated_request_is_answered_alike_and_another_is_a_mismatch() {
    let mut lab = Lab::new();
    let mut user = user(1);
    ask(&mut lab, &mut user, &[family(9)]);
    let request = user.request(METHOD_ALLOCATE, &[transport()]);
    let first = lab.send(user.from, &request).1.unwrap();
    let again = lab.send(user.from, &request).1.unwrap();
    assert_eq!(first.message.raw, again.message.raw);
    assert_eq!(lab.turn.stats().allocations, 1);
    assert_eq!(ask(&mut lab, &mut user, &[]).error(), Some(437));
}

#[test]
fn a_request_repeated_while_a_socket_is_bound_waits_with_the_first() {
    let mut lab = Lab::new();
    lab.bind = None;
    let mut user = user(1);
    user.ask(&mut lab, METHOD_REFRESH, &[]);
    let request = user.request(METHOD_ALLOCATE, &[transport()]);
    assert!(lab.send(user.from, &request).1.is_none());
    assert!(lab.send(user.from, &request).1.is_none());
    assert_eq!(lab.requests.len(), 1);
    let early = user.request(METHOD_CREATE_PERMISSION, &[peer_address(address(PEER))]);
    assert_eq!(lab.send(user.from, &early).1.unwrap().error(), Some(437));
    let (allocation, _) = lab.last_bind();
    lab.turn.bound(allocation, Ok(()), lab.now);
    assert!(lab.turn.poll_reply().is_some());
    assert!(lab.turn.poll_reply().is_none());
    // A second word about the same socket changes nothing.
    lab.turn.bound(allocation, Err(BindError::Refused), lab.now);
    assert!(lab.turn.poll_reply().is_none());
    assert_eq!(lab.turn.stats().allocations, 1);
}

#[test]
fn other_ports_are_tried_when_one_is_in_use_but_not_for_ever() {
    let mut lab = Lab::new();
    lab.bind = None;
    let mut user = user(1);
    user.ask(&mut lab, METHOD_REFRESH, &[]);
    let request = user.request(METHOD_ALLOCATE, &[transport(), even(true)]);
    lab.send(user.from, &request);
    let mut tried = HashSet::new();
    for _ in 0..9 {
        let (allocation, address) = lab.last_bind();
        assert!(address.port() % 2 == 0 && tried.insert(address.port()));
        lab.turn.bound(allocation, Err(BindError::InUse), lab.now);
        lab.drain();
        assert_eq!(lab.turn.poll_reply(), None);
    }
    let (allocation, last) = lab.last_bind();
    assert!(tried.insert(last.port()));
    let mut fails = lab.turn.reservations.len();
    assert_eq!(fails, 1);
    lab.turn.bound(allocation, Err(BindError::InUse), lab.now);
    let read = Read::new(&lab.turn.poll_reply().unwrap().message);
    assert_eq!(read.error(), Some(508));
    assert!(user.believes(&read));
    fails = lab.turn.reservations.len();
    assert_eq!((fails, lab.turn.stats().allocations), (0, 0));
    assert_eq!(lab.turn.poll_timeout(), None);
    // Every port is free again.
    lab.bind = Some(Ok(()));
    assert_eq!(ask(&mut lab, &mut user, &[]).error(), None);
}

#[test]
fn no_descriptor_left_is_no_capacity() {
    let mut lab = Lab::new();
    lab.bind = Some(Err(BindError::Refused));
    let read = ask(&mut lab, &mut user(1), &[]);
    assert_eq!(read.error(), Some(508));
    assert_eq!(lab.turn.stats().allocations, 0);
}

#[test]
fn a_socket_bound_for_nobody_is_closed() {
    let mut lab = Lab::new();
    lab.bind = None;
    let from = lab.stream(1);
    let mut user = User::general(from);
    user.ask(&mut lab, METHOD_REFRESH, &[]);
    let request = user.request(METHOD_ALLOCATE, &[transport()]);
    lab.send(from, &request);
    let (allocation, _) = lab.last_bind();
    lab.turn.close_stream(StreamId(1), lab.now);
    lab.drain();
    lab.requests.clear();
    lab.turn.bound(allocation, Ok(()), lab.now);
    lab.drain();
    assert_eq!(lab.requests, [Request::Close { allocation }]);
    assert_eq!(lab.turn.poll_reply(), None);
}

#[test]
fn an_even_port_and_the_next_one_are_had_by_a_token() {
    let mut lab = Lab::new();
    let read = ask(&mut lab, &mut user(1), &[even(false)]);
    assert!(read.relayed().unwrap().port().is_multiple_of(2));
    assert_eq!(read.get(0x0022), None);

    let read = ask(&mut lab, &mut user(2), &[even(true)]);
    let first = read.relayed().unwrap();
    assert!(first.port().is_multiple_of(2));
    let reserved = read.get(0x0022).unwrap();
    let mut other = User::new(udp("7.7.7.7:3"), "two", PASSWORD);
    let read = ask(&mut lab, &mut other, &[token(&reserved)]);
    assert_eq!(read.error(), Some(508), "somebody else's");
    lab.wait(29);
    let read = ask(&mut lab, &mut user(4), &[token(&reserved)]);
    let next = read.relayed().unwrap();
    assert_eq!((next.ip(), next.port()), (first.ip(), first.port() + 1));
    assert_eq!(lab.last_bind().1, next);
    let read = ask(&mut lab, &mut user(5), &[token(&reserved)]);
    assert_eq!(read.error(), Some(508), "once only");
}

#[test]
fn a_reserved_port_that_is_in_use_is_no_capacity() {
    let mut lab = Lab::new();
    let read = ask(&mut lab, &mut user(1), &[even(true)]);
    let reserved = read.get(0x0022).unwrap();
    lab.bind = Some(Err(BindError::InUse));
    let binds = lab.requests.len();
    let read = ask(&mut lab, &mut user(2), &[token(&reserved)]);
    assert_eq!(read.error(), Some(508));
    assert_eq!(lab.requests.len(), binds + 1, "no other port will do");
    assert_eq!(lab.turn.stats().allocations, 1);
}

#[test]
fn a_reservation_ends_after_half_a_minute() {
    let mut lab = Lab::new();
    let read = ask(&mut lab, &mut user(1), &[even(true)]);
    let reserved = read.get(0x0022).unwrap();
    lab.wait(30);
    assert_eq!(lab.turn.reservations.len(), 0);
    let read = ask(&mut lab, &mut user(2), &[token(&reserved)]);
    assert_eq!(read.error(), Some(508));
}

#[test]
fn quotas_count_allocations_and_reservations_of_each_user() {
    let mut config = config();
    config.settings.max_allocations_per_user = 3;
    let mut lab = Lab::with(config);
    let read = ask(&mut lab, &mut user(1), &[even(true)]);
    let reserved = read.get(0x0022).unwrap();
    assert_eq!(
        ask(&mut lab, &mut user(2), &[even(true)]).error(),
        Some(486)
    );
    assert_eq!(ask(&mut lab, &mut user(2), &[]).error(), None);
    assert_eq!(ask(&mut lab, &mut user(3), &[]).error(), Some(486));
    let read = ask(&mut lab, &mut user(3), &[token(&reserved)]);
    assert_eq!(read.error(), None, "was counted before");
    let mut other = User::new(udp("7.7.7.7:9"), "two", PASSWORD);
    assert_eq!(ask(&mut lab, &mut other, &[]).error(), None);
    lab.wait(600);
    assert_eq!(ask(&mut lab, &mut user(4), &[]).error(), None);
}

#[test]
fn this_workers_share_of_all_is_the_limit() {
    let mut config = config();
    config.settings.max_allocations = 5;
    let mut lab = Lab::with(config);
    for number in 1..=3 {
        assert_eq!(ask(&mut lab, &mut user(number), &[]).error(), None);
    }
    assert_eq!(ask(&mut lab, &mut user(4), &[]).error(), Some(508));
}

#[test]
fn a_full_port_range_is_no_capacity() {
    let mut config = config();
    let general = config.settings.general.as_mut().unwrap();
    general.ports = (50_000, 50_009);
    let mut lab = Lab::with(config);
    let mut ports = HashSet::new();
    for number in 1..=5 {
        let read = ask(&mut lab, &mut user(number), &[]);
        ports.insert(read.relayed().unwrap().port());
    }
    assert_eq!(
        ports,
        HashSet::from([50_000, 50_001, 50_002, 50_003, 50_004])
    );
    assert_eq!(ask(&mut lab, &mut user(6), &[]).error(), Some(508));
    let read = ask(&mut lab, &mut user(6), &[family(2)]);
    assert_eq!(read.error(), None, "the other family has its own");
}

#[test]
fn ports_cannot_be_foretold() {
    let ports = |seed: u8| {
        let mut config = config();
        config.seed = [seed; 32];
        let mut lab = Lab::with(config);
        [1, 2, 3].map(|number| user(number).allocate(&mut lab).port())
    };
    assert_ne!(ports(1), ports(2));
    let [a, b, c] = ports(1);
    assert!(b != a + 1 || c != b + 1);
}

#[test]
fn participants_have_every_kind_of_allocation_without_a_socket() {
    let mut lab = Lab::new();
    let mut user = User::participant(udp("7.7.7.7:1"), "a");
    let read = ask(&mut lab, &mut user, &[additional(2), (0x001a, vec![])]);
    assert_eq!(read.error(), None);
    assert_eq!(lab.requests, []);
    let read = user.ask(&mut lab, METHOD_REFRESH, &[lifetime(0)]);
    assert_eq!(read.lifetime(), Some(0));
    assert_eq!(lab.requests, []);
}
