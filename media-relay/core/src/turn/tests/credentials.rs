//! Who is let in, and until when.

use super::lab::*;
use rtc_stun::message::*;

#[test]
fn every_kind_of_user_is_let_in_by_its_password_only() {
    let later = UNIX + 60;
    for right in [
        User::general(udp("7.7.7.7:1")),
        User::participant(udp("7.7.7.7:2"), "a"),
        User::shared(udp("7.7.7.7:3"), &format!("{later}:bob"), SHARED),
        User::shared(udp("7.7.7.7:4"), &later.to_string(), SHARED),
    ] {
        let mut lab = Lab::new();
        let mut wrong = right.clone();
        wrong.password = "wrong".to_owned();
        let read = wrong.ask(&mut lab, METHOD_ALLOCATE, &[transport()]);
        assert_eq!(read.error(), Some(401));
        assert_eq!(lab.turn.stats().allocations, 0);
        let mut right = right;
        right.allocate(&mut lab);
        assert_eq!(lab.turn.stats().allocations, 1);
    }
}

#[test]
fn credentials_end_with_their_expiry() {
    let ended = UNIX.to_string();
    for mut user in [
        User::shared(udp("7.7.7.7:3"), &format!("{ended}:bob"), SHARED),
        User::shared(udp("7.7.7.7:4"), &ended, SHARED),
    ] {
        let mut lab = Lab::new();
        let read = user.ask(&mut lab, METHOD_ALLOCATE, &[transport()]);
        assert_eq!(read.error(), Some(401));
    }
    let mut lab = Lab::new();
    let mut user = User::participant(udp("7.7.7.7:3"), "a");
    user.allocate(&mut lab);
    lab.wait(599);
    let read = user.ask(&mut lab, METHOD_REFRESH, &[]);
    assert_eq!(read.lifetime(), Some(600));
    lab.wait(100_000 - 599);
    let read = user.ask(&mut lab, METHOD_REFRESH, &[]);
    assert_eq!(read.error(), Some(401));
}

#[test]
fn a_stale_nonce_is_replaced() {
    let mut lab = Lab::new();
    let mut user = User::general(udp("7.7.7.7:1"));
    user.allocate(&mut lab);
    lab.wait(300);
    assert_eq!(user.ask(&mut lab, METHOD_REFRESH, &[]).error(), None);
    lab.wait(300);
    let stale = user.request(METHOD_REFRESH, &[]);
    let read = lab.send(user.from, &stale).1.unwrap();
    assert_eq!(read.error(), Some(438));
    assert_eq!(user.ask(&mut lab, METHOD_REFRESH, &[]).error(), None);
}
