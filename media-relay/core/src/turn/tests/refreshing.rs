//! Refresh, CreatePermission and ChannelBind.

use super::lab::*;
use crate::turn::allocation::{MAX_CHANNELS, MAX_PERMISSIONS};
use crate::turn::*;
use rtc_stun::message::*;

const DELETE: (u16, [u8; 4]) = (0x000d, [0; 4]);

fn settled(lab: &mut Lab) -> User {
    let mut user = User::general(udp("7.7.7.7:1"));
    user.allocate(lab);
    user
}

#[test]
fn a_deletion_is_at_once_and_a_repeated_one_is_answered_alike() {
    let mut lab = Lab::new();
    let mut user = settled(&mut lab);
    let (allocation, _) = lab.last_bind();
    let request = user.request(METHOD_REFRESH, &[(DELETE.0, DELETE.1.to_vec())]);
    let first = lab.send(user.from, &request).1.unwrap();
    assert_eq!(first.lifetime(), Some(0));
    assert_eq!(lab.requests.last(), Some(&Request::Close { allocation }));
    assert_eq!(lab.turn.stats().allocations, 0);
    let again = lab.send(user.from, &request).1.unwrap();
    assert_eq!(first.message.raw, again.message.raw);
    let read = user.ask(&mut lab, METHOD_REFRESH, &[]);
    assert_eq!(read.error(), Some(437), "another request is not");
    // And what was had before can be had again.
    user.allocate(&mut lab);
    lab.wait(40);
    assert_eq!(lab.turn.deletions.len(), 0);
}

#[test]
fn deletions_are_remembered_within_a_bound() {
    let mut lab = Lab::new();
    let mut user = settled(&mut lab);
    for _ in 0..300 {
        let request = user.request(METHOD_REFRESH, &[(DELETE.0, DELETE.1.to_vec())]);
        assert_eq!(lab.send(user.from, &request).1.unwrap().error(), None);
        user.allocate(&mut lab);
    }
    assert_eq!(lab.turn.deletions.len(), 256);
}

#[test]
fn a_stream_outlives_the_deletion_for_half_a_minute() {
    let mut lab = Lab::new();
    let from = lab.stream(1);
    let mut user = User::general(from);
    user.allocate(&mut lab);
    lab.wait(100);
    user.ask(&mut lab, METHOD_REFRESH, &[(DELETE.0, DELETE.1.to_vec())]);
    lab.wait(29);
    assert_eq!(lab.turn.stats().streams, 1);
    user.allocate(&mut lab);
    lab.wait(100);
    assert_eq!(lab.turn.stats().streams, 1);
    user.ask(&mut lab, METHOD_REFRESH, &[(DELETE.0, DELETE.1.to_vec())]);
    lab.wait(30);
    let stream = StreamId(1);
    assert_eq!(lab.requests.last(), Some(&Request::CloseStream { stream }));
}

#[test]
fn a_refresh_prolongs() {
    let mut lab = Lab::new();
    let mut user = settled(&mut lab);
    let hour = (0x000d, 4000u32.to_be_bytes().to_vec());
    let read = user.ask(&mut lab, METHOD_REFRESH, &[hour]);
    assert_eq!(read.lifetime(), Some(3600));
    lab.wait(3599);
    assert_eq!(lab.turn.stats().allocations, 1);
    lab.wait(1);
    assert_eq!(lab.turn.stats().allocations, 0);
}

#[test]
fn without_an_allocation_there_is_nothing_to_change() {
    let mut lab = Lab::new();
    let mut user = User::general(udp("7.7.7.7:1"));
    for method in [
        METHOD_REFRESH,
        METHOD_CREATE_PERMISSION,
        METHOD_CHANNEL_BIND,
    ] {
        assert_eq!(user.ask(&mut lab, method, &[]).error(), Some(437));
    }
}

#[test]
fn permissions_are_given_all_or_none() {
    let mut lab = Lab::new();
    let mut user = settled(&mut lab);
    let peers = ["8.8.4.4:0", "9.9.9.10:1", "8.8.4.4:7"].map(address);
    assert_eq!(user.permit(&mut lab, &peers), None);
    let place = lab.turn.table.of_client(user.from).unwrap();
    let kept = |lab: &Lab| lab.turn.table.get(place).unwrap().kept().0;
    assert_eq!(kept(&lab), 2);
    for (expected, refused) in [(403, "10.0.0.1:1"), (443, PEER6), (403, "8.8.8.8:1")] {
        let peers = ["1.1.1.1:1", refused].map(address);
        assert_eq!(user.permit(&mut lab, &peers), Some(expected));
        assert_eq!(kept(&lab), 2);
    }
    for attributes in [
        vec![],
        vec![(0x0012, vec![0, 1, 0, 0])],
        vec![(0x0012, vec![0, 9, 0, 0, 1, 2, 3, 4])],
    ] {
        let read = user.ask(&mut lab, METHOD_CREATE_PERMISSION, &attributes);
        assert_eq!(read.error(), Some(400));
    }
}

#[test]
fn permissions_and_channels_are_bounded() {
    let mut lab = Lab::new();
    let mut user = settled(&mut lab);
    let peer = |number: usize| address(&format!("9.1.0.{number}:1000"));
    for number in 0..MAX_CHANNELS {
        let channel = 0x4000 + u16::try_from(number).unwrap();
        assert_eq!(user.bind(&mut lab, channel, peer(number)), None);
    }
    assert_eq!(user.bind(&mut lab, 0x4fff, peer(MAX_CHANNELS)), Some(508));
    for number in MAX_CHANNELS..MAX_PERMISSIONS {
        assert_eq!(user.permit(&mut lab, &[peer(number)]), None);
    }
    assert_eq!(user.permit(&mut lab, &[peer(MAX_PERMISSIONS)]), Some(508));
    assert_eq!(
        user.permit(&mut lab, &[peer(0)]),
        None,
        "known ones are refreshed"
    );
    lab.wait(300);
    assert_eq!(user.permit(&mut lab, &[peer(MAX_PERMISSIONS)]), None);
}

#[test]
fn channels_are_bound_once_each_way() {
    let mut lab = Lab::new();
    let mut user = settled(&mut lab);
    let [a, b] = ["9.1.0.1:1", "9.1.0.1:2"].map(address);
    assert_eq!(user.bind(&mut lab, 0x4000, a), None);
    assert_eq!(user.bind(&mut lab, 0x4000, a), None, "a refresh");
    assert_eq!(user.bind(&mut lab, 0x4000, b), Some(400));
    assert_eq!(user.bind(&mut lab, 0x4001, a), Some(400));
    assert_eq!(user.bind(&mut lab, 0x4fff, b), None);
    for number in [0, 0x3fff, 0x5000, 0x7fff, 0x8000, 0xffff] {
        let peer = address("9.1.0.1:3");
        assert_eq!(user.bind(&mut lab, number, peer), Some(400), "{number:x}");
    }
    assert_eq!(user.bind(&mut lab, 0x4002, address("9.1.0.1:0")), Some(400));
    assert_eq!(user.bind(&mut lab, 0x4002, address(PEER6)), Some(443));
    for attributes in [
        vec![channel(0x4002)],
        vec![peer_address(a)],
        vec![(0x000c, vec![0x40, 2]), peer_address(a)],
    ] {
        let read = user.ask(&mut lab, METHOD_CHANNEL_BIND, &attributes);
        assert_eq!(read.error(), Some(400));
    }
    lab.wait(599);
    user.ask(&mut lab, METHOD_REFRESH, &[]);
    lab.wait(1);
    assert_eq!(
        user.bind(&mut lab, 0x4000, b),
        None,
        "the old ones have ended"
    );
}
