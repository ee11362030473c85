//! Who is let in, and until when.

use super::lab::*;
use crate::turn::Client;
use crate::turn::StreamId;
use rtc_stun::attributes::*;
use rtc_stun::integrity::MessageIntegrity;
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

/// A user with a nonce and an allocation.
fn settled(lab: &mut Lab) -> User {
    let mut user = User::general(udp("7.7.7.7:1"));
    user.allocate(lab);
    user
}

#[test]
fn the_challenge_says_all_that_is_needed_and_no_more() {
    let mut lab = Lab::new();
    let request = message(METHOD_ALLOCATE, CLASS_REQUEST, &[transport()], [1; 12]).raw;
    let read = lab.send(udp("7.7.7.7:1"), &request).1.unwrap();
    assert_eq!(read.error(), Some(401));
    assert_eq!(read.get(0x0014).unwrap(), REALM.as_bytes());
    assert!(read.get(0x0015).unwrap().starts_with(b"obMatJos2gAAA"));
    assert_eq!(read.get(0x8002).unwrap(), [0, 2, 0, 0, 0, 1, 0, 0]);
    for absent in [0x0006, 0x001e, 0x0008, 0x001c, 0x8022] {
        assert_eq!(read.get(absent), None);
    }
}

#[test]
fn answers_are_protected_as_the_request_was() {
    let mut lab = Lab::new();
    let mut user = settled(&mut lab);
    let read = user.ask(&mut lab, METHOD_REFRESH, &[]);
    assert!(user.believes(&read));
    let read = user.ask(&mut lab, METHOD_REFRESH, &[(0x0017, vec![2, 0, 0, 0])]);
    assert_eq!(read.error(), Some(443));
    assert!(user.believes(&read), "errors too");
    for named in [false, true] {
        for length in [16, 20, 24, 28, 32] {
            let request = user.signed_sha256(METHOD_REFRESH, &[], (named, length));
            let read = lab.send(user.from, &request).1.unwrap();
            assert_eq!(read.error(), None, "{named} {length}");
            assert!(user.believes_sha256(&read, named));
            assert_eq!(read.get(0x0008), None);
        }
    }
}

#[test]
fn a_broken_integrity_of_either_kind_is_not_believed() {
    let mut lab = Lab::new();
    let mut user = settled(&mut lab);
    let sha1 = user.request(METHOD_REFRESH, &[]);
    let sha256 = user.signed_sha256(METHOD_REFRESH, &[], (true, 32));
    let truncated = user.signed_sha256(METHOD_REFRESH, &[], (true, 16));
    for good in [sha1, sha256, truncated] {
        let mut broken = good.clone();
        *broken.last_mut().unwrap() ^= 1;
        let read = lab.send(user.from, &broken).1.unwrap();
        assert_eq!(read.error(), Some(401));
        assert_eq!(lab.send(user.from, &good).1.unwrap().error(), None);
    }
    // Shorter than anybody may make it.
    let short = user.signed_sha256(METHOD_REFRESH, &[], (true, 12));
    assert!(lab.send(user.from, &short).1.is_none());
}

#[test]
fn the_offer_of_algorithms_cannot_be_bid_down() {
    let mut lab = Lab::new();
    let mut user = settled(&mut lab);
    let both = [0, 2, 0, 0, 0, 1, 0, 0];
    for (chosen, offered, expected) in [
        (None, None, None),
        (Some(&[0, 1, 0, 0][..]), Some(&both[..]), None),
        (Some(&[0, 1, 0, 0][..]), None, Some(400)),
        (None, Some(&both[..]), Some(400)),
        (Some(&[0, 1, 0, 0][..]), Some(&[0, 1, 0, 0][..]), Some(400)),
        (
            Some(&[0, 1, 0, 0][..]),
            Some(&[0, 1, 0, 0, 0, 2, 0, 0][..]),
            Some(400),
        ),
        (Some(&[0, 3, 0, 0][..]), Some(&both[..]), Some(400)),
        (Some(&[0, 1][..]), Some(&both[..]), Some(400)),
    ] {
        let mut attributes: Vec<Raw> = Vec::new();
        attributes.extend(chosen.map(|chosen| (0x001d, chosen.to_vec())));
        attributes.extend(offered.map(|offered| (0x8002, offered.to_vec())));
        let request = user.request(METHOD_REFRESH, &attributes);
        let read = lab.send(user.from, &request).1.unwrap();
        assert_eq!(read.error(), expected, "{chosen:?} {offered:?}");
    }
}

#[test]
fn half_of_the_credentials_is_a_bad_request() {
    let mut lab = Lab::new();
    let user = settled(&mut lab);
    let parts: [Raw; 3] = [
        (0x0006, user.name.clone().into_bytes()),
        (0x0014, REALM.as_bytes().to_vec()),
        (0x0015, user.nonce.clone()),
    ];
    for missing in 0..3 {
        let mut attributes = parts.to_vec();
        attributes.remove(missing);
        let mut built = message(METHOD_REFRESH, CLASS_REQUEST, &attributes, [77; 12]);
        let integrity = MessageIntegrity::new_raw_integrity_with_provider(
            vec![1; 16],
            &rtc_crypto::providers::AwsLcRsCrypto,
        );
        integrity.add_to(&mut built).unwrap();
        let read = lab.send(user.from, &built.raw).1.unwrap();
        assert_eq!(read.error(), Some(400), "{missing}");
    }
    // And a user hash, which was not offered, is not understood.
    let attributes = [
        (0x001e, vec![1; 32]),
        parts[1].clone(),
        parts[2].clone(),
        (0x0008, vec![0; 20]),
    ];
    let built = message(METHOD_REFRESH, CLASS_REQUEST, &attributes, [78; 12]);
    let read = lab.send(user.from, &built.raw).1.unwrap();
    assert_eq!(read.error(), Some(420));
    assert_eq!(read.get(0x000a).unwrap(), [0, 0x1e]);
}

#[test]
fn another_realm_is_another_users() {
    let mut lab = Lab::new();
    let user = settled(&mut lab);
    let attributes = [
        (0x0006, user.name.clone().into_bytes()),
        (0x0014, b"elsewhere".to_vec()),
        (0x0015, user.nonce.clone()),
    ];
    let mut built = message(METHOD_REFRESH, CLASS_REQUEST, &attributes, [77; 12]);
    let integrity = MessageIntegrity::new_long_term_integrity_with_provider(
        user.name.clone(),
        "elsewhere".to_owned(),
        user.password.clone(),
        &rtc_crypto::providers::AwsLcRsCrypto,
    );
    integrity.unwrap().add_to(&mut built).unwrap();
    assert_eq!(
        lab.send(user.from, &built.raw).1.unwrap().error(),
        Some(401)
    );
}

#[test]
fn what_is_not_understood_is_named() {
    let mut lab = Lab::new();
    let mut user = settled(&mut lab);
    let attributes = [(0x7ff1, vec![]), (0x8ff1, vec![1]), (0x0024, vec![0; 4])];
    let read = user.ask(&mut lab, METHOD_REFRESH, &attributes);
    assert_eq!(read.error(), Some(420));
    assert_eq!(read.get(0x000a).unwrap(), [0x7f, 0xf1, 0, 0x24]);
    assert!(user.believes(&read));
}

#[test]
fn an_allocation_obeys_its_owner_only() {
    let mut lab = Lab::new();
    let user = settled(&mut lab);
    let mut other = User::new(user.from, "two", PASSWORD);
    let peer = address(PEER);
    for (method, attributes) in [
        (METHOD_REFRESH, vec![]),
        (METHOD_REFRESH, vec![(0x000d, vec![0; 4])]),
        (METHOD_CREATE_PERMISSION, vec![peer_address(peer)]),
        (
            METHOD_CHANNEL_BIND,
            vec![channel(0x4000), peer_address(peer)],
        ),
    ] {
        let read = other.ask(&mut lab, method, &attributes);
        assert_eq!(read.error(), Some(441));
    }
    let read = other.ask(&mut lab, METHOD_ALLOCATE, &[transport()]);
    assert_eq!(read.error(), Some(437));
    assert_eq!(lab.send(user.from, &indication(peer, b"x")).0, None);
    assert_eq!(lab.turn.stats().allocations, 1);
}

#[test]
fn newer_credentials_of_a_participant_continue_what_older_ones_began() {
    let mut lab = Lab::new();
    let from = udp("7.7.7.7:1");
    User::participant(from, "a").allocate(&mut lab);
    let later = media_relay_control::participant::username(UNIX + 200_000, "a");
    let mut newer = User::new(from, &later, "");
    newer.password = derived(aws_lc_rs::hmac::HMAC_SHA256, KEY, &later);
    let read = newer.ask(&mut lab, METHOD_REFRESH, &[]);
    assert_eq!(read.lifetime(), Some(600));
    let read = User::participant(from, "b").ask(&mut lab, METHOD_REFRESH, &[]);
    assert_eq!(read.error(), Some(441));
}

#[test]
fn a_nonce_is_its_clients_alone() {
    let mut lab = Lab::new();
    let user = settled(&mut lab);
    let other: Client = lab.stream(9);
    for from in [udp("7.7.7.7:2"), other] {
        let mut copy = user.clone();
        copy.from = from;
        let request = copy.request(METHOD_ALLOCATE, &[transport()]);
        assert_eq!(lab.send(from, &request).1.unwrap().error(), Some(438));
    }
    let unknown = Client::Stream(StreamId(55));
    let request = user.clone().request(METHOD_ALLOCATE, &[transport()]);
    assert!(lab.send(unknown, &request).1.is_none(), "no such stream");
}

#[test]
fn the_unknown_get_at_most_four_times_what_they_send() {
    for realm in [REALM.to_owned(), "r".repeat(300)] {
        let mut config = config();
        config.settings.realm = realm;
        let mut lab = Lab::with(config);
        for from in [udp("7.7.7.7:1"), udp("[2a02::7]:1")] {
            for method in [
                METHOD_BINDING,
                METHOD_ALLOCATE,
                METHOD_REFRESH,
                METHOD_CHANNEL_BIND,
            ] {
                for attributes in [
                    vec![],
                    vec![transport()],
                    vec![(0x0024, vec![0; 4])],
                    vec![(0x7fff, vec![]); 40],
                    vec![(0x0008, vec![0; 20])],
                    vec![(0x0008, vec![0; 20]), (0x8028, vec![])],
                    vec![
                        (0x001e, vec![0; 32]),
                        (0x0014, vec![]),
                        (0x0015, vec![]),
                        (0x0008, vec![0; 20]),
                    ],
                ] {
                    let request = message(method, CLASS_REQUEST, &attributes, [1; 12]).raw;
                    if let Some(read) = lab.send(from, &request).1 {
                        assert!(read.message.raw.len() <= 4 * request.len());
                    }
                }
            }
            let request = message(METHOD_ALLOCATE, CLASS_REQUEST, &[transport()], [1; 12]).raw;
            assert_eq!(lab.send(from, &request).1.unwrap().error(), Some(401));
        }
    }
    // The shortest is answered too when the realm is short.
    let mut lab = Lab::new();
    let request = message(METHOD_REFRESH, CLASS_REQUEST, &[], [1; 12]).raw;
    let read = lab.send(udp("7.7.7.7:1"), &request).1.unwrap();
    assert_eq!((read.error(), request.len()), (Some(401), 20));
}

#[test]
fn a_hundred_thousand_unknown_leave_nothing_behind() {
    let mut lab = Lab::new();
    let request = message(METHOD_ALLOCATE, CLASS_REQUEST, &[transport()], [1; 12]).raw;
    lab.send(udp("7.7.7.7:1"), &request);
    let kept = allocation_counter::measure(|| {
        for number in 0..100_000u32 {
            let [_, a, b, c] = number.to_be_bytes();
            let from = udp(&format!("11.{a}.{b}.{c}:{}", 1 + number % 60_000));
            assert_eq!(lab.send(from, &request).1.unwrap().error(), Some(401));
        }
    });
    assert_eq!(kept.bytes_current, 0);
    assert_eq!(lab.turn.poll_timeout(), None);
}

#[test]
fn general_relaying_is_off_unless_configured() {
    let mut config = config();
    config.settings.general = None;
    let mut lab = Lab::with(config);
    let mut user = User::general(udp("7.7.7.7:1"));
    let read = user.ask(&mut lab, METHOD_ALLOCATE, &[transport()]);
    assert_eq!(read.error(), Some(401));
    User::participant(udp("7.7.7.7:2"), "a").allocate(&mut lab);
}

#[test]
fn a_fingerprint_is_answered_with_one() {
    let mut lab = Lab::new();
    let mut built = message(METHOD_BINDING, CLASS_REQUEST, &[], [1; 12]);
    rtc_stun::fingerprint::FINGERPRINT
        .add_to(&mut built)
        .unwrap();
    let read = lab.send(udp("7.7.7.7:1"), &built.raw).1.unwrap();
    rtc_stun::fingerprint::FINGERPRINT
        .check(&read.message)
        .unwrap();
    assert_eq!(
        read.address(ATTR_XORMAPPED_ADDRESS),
        Some(address("7.7.7.7:1"))
    );
    let wrong = built.raw.len() - 1;
    built.raw[wrong] ^= 1;
    assert!(lab.send(udp("7.7.7.7:1"), &built.raw).1.is_none());
}
