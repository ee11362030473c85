//! The sample messages of RFC 5769, and what of a message is not read.

use super::lab::*;
use crate::turn::integrity::{Digest, PasswordAlgorithm, Protection};
use crate::turn::stun::{Message, xor_address};
use proptest::prelude::*;
use rtc_stun::attributes::*;
use rtc_stun::message::*;

/// RFC 5769 section 2.1.
const REQUEST: &str = "\
    000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e7400240004\
    6e0001ff80290008932ff9b151263b36000600096576746a3a68367659202020000800149aeaa70cbfd8cb56\
    781ef2b5b2d3f249c1b571a280280004e57a3bcf";
/// RFC 5769 section 2.2.
const ANSWER: &str = "\
    0101003c2112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220002000080001a147\
    e112a643000800142b91f599fd9e90c38c7489f92af9ba53f06be7d780280004c07d4c96";
/// RFC 5769 section 2.3.
const ANSWER6: &str = "\
    010100482112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220002000140002a147\
    0113a9faa5d3f179bc25f4b5bed2b9d900080014a382954e4be67bf11784c97c8292c275bfe3ed4180280004\
    c8fb0b4c";
/// RFC 5769 section 2.4.
const LONG_TERM: &str = "\
    000100602112a44278ad3433c6ad72c029da412e00060012e3839ee38388e383aae38383e382afe382b90000\
    0015001c662f2f3439396b39353464364f4c33346f4c394653547679363473410014000b6578616d706c652e\
    6f72670000080014f67024656dd64a3e02b8e0712e85c9a28ca89666";
/// Of the first three.
const SHORT_TERM_PASSWORD: &str = "VOkJxbRl1RmTxUk/WvJxBt";

fn bytes(hex: &str) -> Vec<u8> {
    let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    hex.as_bytes().chunks(2).map(pair).collect()
}

#[test]
fn samples_are_read_and_their_integrity_and_fingerprint_hold() {
    let protection = Protection::short_term(SHORT_TERM_PASSWORD);
    let wrong = Protection::short_term("another");
    for sample in [REQUEST, ANSWER, ANSWER6] {
        let sample = bytes(sample);
        let message = Message::parse(&sample).unwrap();
        assert!(message.has_fingerprint());
        assert!(protection.verifies(&message));
        assert!(!wrong.verifies(&message));
        for at in (0..sample.len()).filter(|at| !(sample.len() - 8..sample.len() - 4).contains(at))
        {
            let mut broken = sample.clone();
            broken[at] ^= 0x10;
            assert!(Message::parse(&broken).is_none(), "{at}");
        }
    }
    let request = bytes(REQUEST);
    let request = Message::parse(&request).unwrap();
    assert_eq!(request.get(ATTR_USERNAME), Some(&b"evtj:h6vY"[..]));
    for (sample, expected) in [
        (ANSWER, "192.0.2.1:32853"),
        (ANSWER6, "[2001:db8:1234:5678:11:2233:4455:6677]:32853"),
    ] {
        let sample = bytes(sample);
        let message = Message::parse(&sample).unwrap();
        let value = message.get(ATTR_XORMAPPED_ADDRESS).unwrap();
        let read = xor_address(value, &message.transaction());
        assert_eq!(read, Some(address(expected)));
    }
}

#[test]
fn the_sample_of_long_term_credentials_holds_under_its_key_only() {
    let sample = bytes(LONG_TERM);
    let message = Message::parse(&sample).unwrap();
    let name = std::str::from_utf8(message.get(ATTR_USERNAME).unwrap()).unwrap();
    let verifies = |password: &[u8], algorithm| {
        let user = (name, "example.org", password);
        let protection = Protection::new(user, algorithm, Digest::Sha1).unwrap();
        protection.verifies(&message)
    };
    assert!(verifies(b"TheMatrIX", PasswordAlgorithm::Md5));
    assert!(!verifies(b"TheMatrIX", PasswordAlgorithm::Sha256));
    assert!(!verifies(b"TheMatrix", PasswordAlgorithm::Md5));
}

#[test]
fn what_does_not_fit_is_no_message() {
    let good = message(
        METHOD_BINDING,
        CLASS_REQUEST,
        &[(0x8022, vec![1; 5])],
        [1; 12],
    )
    .raw;
    assert!(Message::parse(&good).is_some());
    let without = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = good.clone();
        change(&mut bytes);
        Message::parse(&bytes).is_none()
    };
    assert!(without(&|bytes| bytes.truncate(31)), "cut");
    assert!(without(&|bytes| bytes.truncate(28)), "shorter than it says");
    assert!(without(&|bytes| bytes.push(0)), "longer than it says");
    assert!(without(&|bytes| bytes[0] = 0x40), "not STUN");
    assert!(without(&|bytes| bytes[4] = 0), "no cookie");
    assert!(without(&|bytes| bytes[23] = 9), "an attribute overruns");
    assert!(
        without(&|bytes| {
            bytes.truncate(22);
            bytes[3] = 2;
        }),
        "half an attribute"
    );
}

#[test]
fn what_follows_the_integrity_does_not_count() {
    let mut built = message(METHOD_BINDING, CLASS_REQUEST, &[], [1; 12]);
    built.add(ATTR_REALM, b"before");
    Protection::short_term("x").protect(&mut built).unwrap();
    built.add(ATTR_USERNAME, b"after");
    built.add(ATTR_MESSAGE_INTEGRITY_SHA256, &[7; 32]);
    let parsed = Message::parse(&built.raw).unwrap();
    assert_eq!(parsed.get(ATTR_REALM), Some(&b"before"[..]));
    assert_eq!(parsed.get(ATTR_USERNAME), None);
    assert!(parsed.sha256().is_some(), "but for the other integrity");
    assert!(Protection::short_term("x").verifies(&parsed));

    let mut built = message(METHOD_BINDING, CLASS_REQUEST, &[], [1; 12]);
    rtc_stun::fingerprint::FINGERPRINT
        .add_to(&mut built)
        .unwrap();
    assert!(Message::parse(&built.raw).unwrap().has_fingerprint());
}

#[test]
fn the_first_of_two_equal_attributes_counts() {
    let attributes = [(0x0014, b"one".to_vec()), (0x0014, b"two".to_vec())];
    let built = message(METHOD_BINDING, CLASS_REQUEST, &attributes, [1; 12]);
    let parsed = Message::parse(&built.raw).unwrap();
    assert_eq!(parsed.get(ATTR_REALM), Some(&b"one"[..]));
}

proptest! {

    #![proptest_config(crate::testing::seeded(512))]

    #[test]
    fn any_message_is_read_as_another_codec_reads_it(
        attributes in proptest::collection::vec((0x8030u16..0x8040, proptest::collection::vec(any::<u8>(), 0..20)), 0..8),
        transaction: [u8; 12],
    ) {
        let built = message(METHOD_REFRESH, CLASS_REQUEST, &attributes, transaction);
        let parsed = Message::parse(&built.raw).unwrap();
        prop_assert_eq!(parsed.method(), METHOD_REFRESH);
        prop_assert_eq!(parsed.transaction(), transaction);
        let read: Vec<Raw> = parsed.attributes().map(|read| (read.kind.0, read.value.to_vec())).collect();
        prop_assert_eq!(read, attributes);
    }

    #[test]
    fn whatever_is_read_stays_within_its_message(
        mut bytes in proptest::collection::vec(any::<u8>(), 20..120),
        fix: bool,
    ) {
        bytes[0] &= 3;
        bytes[4..8].copy_from_slice(&[0x21, 0x12, 0xa4, 0x42]);
        if fix {
            let length = (bytes.len() - 20) / 4 * 4;
            bytes.truncate(20 + length);
            bytes[2] = 0;
            bytes[3] = u8::try_from(length).unwrap();
            for at in (20..bytes.len()).step_by(8) {
                bytes[at + 2] = 0;
                bytes[at + 3] &= 7;
            }
        }
        if let Some(message) = Message::parse(&bytes) {
            for attribute in message.attributes() {
                let end = attribute.at + attribute.value.len();
                prop_assert_eq!(&bytes[attribute.at..end], attribute.value);
            }
        }
    }
}
