//! Answers.

use super::integrity::Protection;
use super::stun::{HIGH_COOKIE, Message};
use rtc_shared::error::Error;
use rtc_stun::attributes::{ATTR_DATA, ATTR_SOFTWARE, ATTR_XOR_PEER_ADDRESS, AttrType};
use rtc_stun::error_code::{ErrorCode, ErrorCodeAttribute};
use rtc_stun::fingerprint::FINGERPRINT;
use rtc_stun::message::{
    CLASS_ERROR_RESPONSE, CLASS_SUCCESS_RESPONSE, MAGIC_COOKIE, MessageClass, MessageType, Setter,
    TransactionId,
};
use std::net::{IpAddr, SocketAddr};

/// SOFTWARE, in answers to those who are known only.
const SOFTWARE: &[u8] = b"Quietroom";
/// DATA indication (RFC 8656 section 18).
const DATA_INDICATION: u16 = 0x0017;

/// What of a request its answer repeats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Question {
    pub(super) method: rtc_stun::message::Method,
    pub(super) transaction: [u8; 12],
    fingerprint: bool,
}

impl Question {
    pub(super) fn of(request: &Message<'_>) -> Question {
        Question {
            method: request.method(),
            transaction: request.transaction(),
            fingerprint: request.has_fingerprint(),
        }
    }
}

/// An answer being written.
#[derive(Debug)]
pub(super) struct Answer {
    message: rtc_stun::message::Message,
    fingerprint: bool,
}

impl Answer {
    pub(super) fn success(question: Question) -> Answer {
        Answer::new(question, CLASS_SUCCESS_RESPONSE)
    }

    /// With the code and no words: clients go by the number.
    pub(super) fn error(question: Question, code: ErrorCode) -> Result<Answer, Error> {
        let reason = Vec::new();
        Answer::new(question, CLASS_ERROR_RESPONSE).with(&ErrorCodeAttribute { code, reason })
    }

    pub(super) fn with(mut self, attribute: &dyn Setter) -> Result<Answer, Error> {
        attribute.add_to(&mut self.message)?;
        Ok(self)
    }

    pub(super) fn with_raw(mut self, kind: AttrType, value: &[u8]) -> Answer {
        self.message.add(kind, value);
        self
    }

    /// The whole message; protected for those who are known.
    pub(super) fn finish(mut self, protection: Option<&Protection>) -> Option<Vec<u8>> {
        if let Some(protection) = protection {
            self.message.add(ATTR_SOFTWARE, SOFTWARE);
            protection.protect(&mut self.message)?;
        }
        if self.fingerprint {
            FINGERPRINT.add_to(&mut self.message).ok()?;
        }
        Some(self.message.raw)
    }

    fn new(question: Question, class: MessageClass) -> Answer {
        let mut message = rtc_stun::message::Message::new();
        message.typ = MessageType::new(question.method, class);
        message.transaction_id = TransactionId(question.transaction);
        message.write_header();
        Answer {
            message,
            fingerprint: question.fingerprint,
        }
    }
}

/// The head of a Data indication, up to the payload of `length` bytes (RFC 8656 section 11.4).
/// `None` when no message is so long.
pub(super) fn data_head(
    peer: SocketAddr,
    length: usize,
    transaction: [u8; 12],
) -> Option<([u8; 48], usize)> {
    let mut head = [0; 48];
    let address: usize = if peer.is_ipv4() { 8 } else { 20 };
    let all = u16::try_from(4 + address + 4 + length.next_multiple_of(4)).ok()?;
    let mut at = Cursor(&mut head);
    at.put(&DATA_INDICATION.to_be_bytes());
    at.put(&all.to_be_bytes());
    at.put(&MAGIC_COOKIE.to_be_bytes());
    at.put(&transaction);
    at.put(&ATTR_XOR_PEER_ADDRESS.value().to_be_bytes());
    at.put(&u16::try_from(address).ok()?.to_be_bytes());
    at.put(&[0, if peer.is_ipv4() { 1 } else { 2 }]);
    at.put(&(peer.port() ^ HIGH_COOKIE).to_be_bytes());
    match peer.ip() {
        IpAddr::V4(ip) => at.put(&(u32::from(ip) ^ MAGIC_COOKIE).to_be_bytes()),
        IpAddr::V6(ip) => {
            let mut mask = [0; 16];
            let mut masked = Cursor(&mut mask);
            masked.put(&MAGIC_COOKIE.to_be_bytes());
            masked.put(&transaction);
            at.put(&(u128::from(ip) ^ u128::from_be_bytes(mask)).to_be_bytes());
        }
    }
    at.put(&ATTR_DATA.value().to_be_bytes());
    at.put(&u16::try_from(length).ok()?.to_be_bytes());
    Some((head, 20 + 4 + address + 4))
}

/// The rest of a buffer that is filled from its front.
struct Cursor<'a>(&'a mut [u8]);

impl Cursor<'_> {
    fn put(&mut self, bytes: &[u8]) {
        let rest = std::mem::take(&mut self.0);
        if let Some((front, back)) = rest.split_at_mut_checked(bytes.len()) {
            front.copy_from_slice(bytes);
            self.0 = back;
        }
    }
}
