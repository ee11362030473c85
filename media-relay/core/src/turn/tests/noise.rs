//! Whatever comes is survived.

use super::lab::*;
use crate::turn::*;
use proptest::prelude::*;
use rtc_stun::attributes::{ATTR_NONCE, ATTR_REALM, ATTR_USERNAME};
use rtc_stun::message::*;

/// Attribute types that are read, and one that is not.
fn kind() -> impl Strategy<Value = u16> {
    prop_oneof![
        prop::sample::select(vec![
            0x0006u16, 0x0008, 0x000c, 0x000d, 0x0012, 0x0013, 0x0014, 0x0015, 0x0017, 0x0018,
            0x0019, 0x001a, 0x001c, 0x001d, 0x0022, 0x8000, 0x8002, 0x8028,
        ]),
        any::<u16>(),
    ]
}

fn value() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..24),
        Just(vec![17, 0, 0, 0]),
        Just(vec![0x40, 0, 0, 0]),
        Just(vec![0, 1, 0x0f, 0xa0, 8, 8, 4, 4]),
        Just(vec![1, 0, 0, 0]),
        Just(vec![2, 0, 0, 0]),
        Just(vec![0; 4]),
    ]
}

proptest! {

    #![proptest_config(crate::testing::seeded(512))]

    #[test]
    fn any_bytes_are_survived(
        first in prop_oneof![Just(0u8), Just(0x40), any::<u8>()],
        mut rest in prop::collection::vec(any::<u8>(), 0..200),
        cookie: bool,
    ) {
        let mut lab = Lab::new();
        if cookie && rest.len() >= 7 {
            rest[3..7].copy_from_slice(&[0x21, 0x12, 0xa4, 0x42]);
        }
        rest.insert(0, first);
        let stream = lab.stream(1);
        for from in [udp("7.7.7.7:1"), stream] {
            let sent = lab.turn.handle_client_input(&rest, from, lab.now);
            prop_assert_eq!(sent, None);
        }
        let _ = Turn::concerns(&rest);
        prop_assert_eq!(lab.turn.stats().allocations, 0);
        prop_assert_eq!(lab.turn.stats().packets, 0);
    }

    #[test]
    fn any_request_of_a_known_user_is_answered_and_survived(
        method in prop::sample::select(vec![
            METHOD_BINDING, METHOD_ALLOCATE, METHOD_REFRESH, METHOD_SEND, METHOD_DATA,
            METHOD_CREATE_PERMISSION, METHOD_CHANNEL_BIND, METHOD_CONNECT,
        ]),
        attributes in prop::collection::vec((kind(), value()), 0..10),
        settled: bool,
        refused: bool,
    ) {
        let mut lab = Lab::new();
        let mut user = User::general(udp("7.7.7.7:1"));
        user.ask(&mut lab, METHOD_REFRESH, &[]);
        if settled {
            user.allocate(&mut lab);
        }
        if refused {
            lab.bind = Some(Err(BindError::InUse));
        }
        // A fingerprint comes after the integrity.
        let attributes: Vec<Raw> = attributes
            .into_iter()
            .filter(|(kind, _)| *kind != 0x8028)
            .collect();
        let request = user.request(method, &attributes);
        let (relay, _) = lab.send(user.from, &request);
        prop_assert_eq!(relay, None);
        let answers = lab.turn.stats();
        prop_assert!(answers.allocations <= 1);
        lab.wait(5000);
        prop_assert_eq!(lab.turn.stats().allocations, 0);
        prop_assert_eq!(lab.turn.poll_timeout(), None);
    }

    #[test]
    fn any_indication_is_survived(
        attributes in prop::collection::vec((kind(), value()), 0..6),
        settled: bool,
    ) {
        let mut lab = Lab::new();
        let mut user = User::general(udp("7.7.7.7:1"));
        if settled {
            user.allocate(&mut lab);
            user.permit(&mut lab, &[address(PEER)]);
        }
        let send = message(METHOD_SEND, CLASS_INDICATION, &attributes, [1; 12]).raw;
        let (relay, answer) = lab.send(user.from, &send);
        prop_assert!(answer.is_none());
        if let Some(relay) = relay {
            let payload = &send[relay.payload];
            let first = attributes.iter().find(|(kind, _)| *kind == 0x0013).unwrap();
            prop_assert_eq!(payload, &first.1[..]);
        }
    }

    #[test]
    fn a_request_with_one_bit_turned_is_refused_or_dropped(bit in 0usize..1000) {
        let mut lab = Lab::new();
        let mut user = User::general(udp("7.7.7.7:1"));
        user.ask(&mut lab, METHOD_REFRESH, &[]);
        let good = user.request(METHOD_ALLOCATE, &[transport()]);
        let mut broken = good.clone();
        let bit = bit % (broken.len() * 8);
        broken[bit / 8] ^= 1 << (bit % 8);
        let (_, read) = lab.send(user.from, &broken);
        prop_assert!(read.is_none_or(|read| read.error().is_some()));
        prop_assert_eq!(lab.turn.stats().allocations, 0);
        let (_, read) = lab.send(user.from, &good);
        prop_assert_eq!(read.unwrap().error(), None);
    }
}

#[test]
fn the_longest_user_name_realm_and_nonce_are_survived() {
    let mut lab = Lab::new();
    let mut built = message(METHOD_ALLOCATE, CLASS_REQUEST, &[transport()], [1; 12]);
    built.add(ATTR_USERNAME, &[b'a'; 513]);
    built.add(ATTR_REALM, &[b'a'; 763]);
    built.add(ATTR_NONCE, &[0xff; 763]);
    integrity::Protection::short_term("x")
        .protect(&mut built)
        .unwrap();
    // Longer than any request.
    assert!(lab.send(udp("7.7.7.7:1"), &built.raw).1.is_none());
}
