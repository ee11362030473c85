//! What ends, and that nothing of it is left.

use super::lab::*;
use crate::turn::*;
use rtc_stun::message::*;

impl Lab {
    /// Nothing is kept and nothing is waited for.
    fn assert_empty(&self) {
        assert_eq!(self.turn.stats().allocations, 0);
        assert_eq!(self.turn.stats().streams, 0);
        assert_eq!(self.turn.reservations.len(), 0);
        assert_eq!(self.turn.deletions.len(), 0);
        assert_eq!(self.turn.poll_timeout(), None);
    }
}

#[test]
fn permissions_end_after_five_minutes_channels_after_ten() {
    let mut lab = Lab::new();
    let mut user = User::general(udp("7.7.7.7:1"));
    user.allocate(&mut lab);
    let peer = address(PEER);
    assert_eq!(user.bind(&mut lab, 0x4000, peer), None);
    let message = channel_data(0x4000, b"x");
    lab.wait(299);
    assert!(lab.send(user.from, &message).0.is_some());
    assert_eq!(user.ask(&mut lab, METHOD_REFRESH, &[]).error(), None);
    lab.wait(1);
    assert_eq!(lab.send(user.from, &message).0, None);
    assert_eq!(user.permit(&mut lab, &[peer]), None);
    assert!(lab.send(user.from, &message).0.is_some());
    lab.wait(299);
    assert_eq!(user.permit(&mut lab, &[peer]), None);
    lab.wait(1);
    assert_eq!(lab.send(user.from, &message).0, None, "the channel");
    assert!(lab.send(user.from, &indication(peer, b"x")).0.is_some());
    let place = lab.turn.table.of_client(user.from).unwrap();
    assert_eq!(lab.turn.table.get(place).unwrap().kept(), (1, 0));
}

#[test]
fn an_allocation_that_is_not_refreshed_ends_and_nothing_is_left() {
    let mut lab = Lab::new();
    let mut user = User::general(udp("7.7.7.7:1"));
    user.allocate(&mut lab);
    let (allocation, _) = lab.last_bind();
    assert_eq!(user.bind(&mut lab, 0x4000, address(PEER)), None);
    lab.wait(599);
    assert_eq!(lab.turn.stats().allocations, 1);
    lab.wait(1);
    assert_eq!(lab.requests.last(), Some(&Request::Close { allocation }));
    lab.assert_empty();
}

#[test]
fn a_stream_without_an_allocation_is_closed_after_half_a_minute() {
    let mut lab = Lab::new();
    lab.stream(1);
    lab.wait(29);
    assert_eq!(lab.requests, []);
    lab.wait(1);
    let stream = StreamId(1);
    assert_eq!(lab.requests, [Request::CloseStream { stream }]);
    lab.assert_empty();
}

#[test]
fn a_stream_is_closed_with_its_allocation() {
    let mut lab = Lab::new();
    let from = lab.stream(1);
    let mut user = User::participant(from, "a");
    user.allocate(&mut lab);
    lab.wait(599);
    assert_eq!(lab.requests, []);
    lab.wait(1);
    let stream = StreamId(1);
    assert_eq!(lab.requests, [Request::CloseStream { stream }]);
    lab.assert_empty();
}

#[test]
fn an_allocation_ends_with_its_stream() {
    let mut lab = Lab::new();
    let from = lab.stream(1);
    let mut user = User::general(from);
    user.allocate(&mut lab);
    let (allocation, _) = lab.last_bind();
    lab.turn.close_stream(StreamId(1), lab.now);
    lab.drain();
    assert_eq!(lab.requests.last(), Some(&Request::Close { allocation }));
    lab.assert_empty();
}
