//! The attributes of STUN and TURN that are read.

use rtc_stun::attributes::*;

/// ADDITIONAL-ADDRESS-FAMILY (RFC 8656 section 18.11).
pub(super) const ATTR_ADDITIONAL_ADDRESS_FAMILY: AttrType = AttrType(0x8000);
/// ADDRESS-ERROR-CODE (RFC 8656 section 18.12).
pub(super) const ATTR_ADDRESS_ERROR_CODE: AttrType = AttrType(0x8001);

/// Whether an attribute is understood, or may be ignored (RFC 8489 section 14).
pub(super) fn is_known(kind: AttrType) -> bool {
    kind.0 >= 0x8000
        || matches!(
            kind,
            ATTR_MAPPED_ADDRESS
                | ATTR_USERNAME
                | ATTR_MESSAGE_INTEGRITY
                | ATTR_MESSAGE_INTEGRITY_SHA256
                | ATTR_ERROR_CODE
                | ATTR_UNKNOWN_ATTRIBUTES
                | ATTR_REALM
                | ATTR_NONCE
                | ATTR_PASSWORD_ALGORITHM
                | ATTR_XORMAPPED_ADDRESS
                | ATTR_CHANNEL_NUMBER
                | ATTR_LIFETIME
                | ATTR_XOR_PEER_ADDRESS
                | ATTR_DATA
                | ATTR_XOR_RELAYED_ADDRESS
                | ATTR_REQUESTED_ADDRESS_FAMILY
                | ATTR_EVEN_PORT
                | ATTR_REQUESTED_TRANSPORT
                | ATTR_DONT_FRAGMENT
                | ATTR_RESERVATION_TOKEN
        )
}
