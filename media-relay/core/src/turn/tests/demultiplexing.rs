//! What on the shared port is for TURN (RFC 7983).

use super::lab::*;
use crate::turn::Turn;
use rtc_stun::message::*;

#[test]
fn turn_takes_channel_data_and_stun_that_is_no_ice_check() {
    let stun = |method, class, attributes: &[Raw]| message(method, class, attributes, [1; 12]).raw;
    let username = (0x0006, b"them:us".to_vec());
    for (taken, datagram) in [
        (true, channel_data(0x4000, b"x")),
        (true, channel_data(0x7fff, b"x")),
        (true, stun(METHOD_BINDING, CLASS_REQUEST, &[])),
        (
            true,
            stun(
                METHOD_ALLOCATE,
                CLASS_REQUEST,
                std::slice::from_ref(&username),
            ),
        ),
        (true, indication(address(PEER), b"x")),
        (false, stun(METHOD_BINDING, CLASS_REQUEST, &[username])),
        (false, stun(METHOD_BINDING, CLASS_SUCCESS_RESPONSE, &[])),
        (false, stun(METHOD_ALLOCATE, CLASS_ERROR_RESPONSE, &[])),
        (false, vec![]),
        (false, vec![0, 3]),
    ] {
        assert_eq!(Turn::concerns(&datagram), taken, "{datagram:?}");
    }
}

#[test]
fn dtls_and_media_are_not_taken() {
    for first in 0..=255u8 {
        for second in 0..=255u8 {
            let mut datagram = [0; 40];
            datagram[0] = first;
            datagram[1] = second;
            assert_eq!(Turn::concerns(&datagram), (0x40..=0x7f).contains(&first));
        }
    }
}
