//! Reads STUN messages (RFC 8489 section 5) where they lie.

use rtc_stun::attributes::{
    ATTR_FINGERPRINT, ATTR_MESSAGE_INTEGRITY, ATTR_MESSAGE_INTEGRITY_SHA256, AttrType,
};
use rtc_stun::fingerprint::fingerprint_value;
use rtc_stun::message::{MAGIC_COOKIE, MessageClass, MessageType, Method};
use std::net::{IpAddr, SocketAddr};
use std::ops::Range;

/// Bytes before the attributes.
pub(super) const HEADER: usize = 20;

/// A well-formed message. What its attributes say is not to be believed before it is authenticated.
#[derive(Clone, Debug)]
pub(super) struct Message<'a> {
    raw: &'a [u8],
    kind: MessageType,
    /// Where the attributes that count end: at the first of MESSAGE-INTEGRITY,
    /// MESSAGE-INTEGRITY-SHA256, FINGERPRINT and the end of the message.
    end: usize,
    sha1: Option<Integrity>,
    sha256: Option<Integrity>,
    fingerprint: bool,
}

/// An integrity attribute: where it begins, and its value.
#[derive(Clone, Debug)]
pub(super) struct Integrity {
    pub(super) at: usize,
    pub(super) value: Range<usize>,
}

/// One attribute.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attribute<'a> {
    pub(super) kind: AttrType,
    pub(super) value: &'a [u8],
    /// Where the value begins in the message.
    pub(super) at: usize,
}

impl<'a> Message<'a> {
    /// `None` for anything but exactly one whole message with the magic cookie, attributes within
    /// it, and the right FINGERPRINT if any.
    pub(super) fn parse(raw: &'a [u8]) -> Option<Message<'a>> {
        let kind = kind(raw)?;
        if usize::from(u16_at(raw, 2)?) + HEADER != raw.len() || !raw.len().is_multiple_of(4) {
            return None;
        }
        let mut message = Message {
            raw,
            kind,
            end: raw.len(),
            sha1: None,
            sha256: None,
            fingerprint: false,
        };
        let mut rest = Attributes { raw, at: HEADER };
        while let Some(attribute) = rest.step()? {
            message.note(attribute)?;
        }
        Some(message)
    }

    pub(super) fn raw(&self) -> &'a [u8] {
        self.raw
    }

    pub(super) fn method(&self) -> Method {
        self.kind.method
    }

    pub(super) fn class(&self) -> MessageClass {
        self.kind.class
    }

    pub(super) fn transaction(&self) -> [u8; 12] {
        transaction(self.raw)
    }

    /// MESSAGE-INTEGRITY, 20 bytes.
    pub(super) fn sha1(&self) -> Option<&Integrity> {
        self.sha1.as_ref()
    }

    /// MESSAGE-INTEGRITY-SHA256, 16 to 32 bytes.
    pub(super) fn sha256(&self) -> Option<&Integrity> {
        self.sha256.as_ref()
    }

    pub(super) fn has_fingerprint(&self) -> bool {
        self.fingerprint
    }

    /// The attributes before any integrity or fingerprint, in order.
    pub(super) fn attributes(&self) -> impl Iterator<Item = Attribute<'a>> {
        let raw = self.raw.get(..self.end).unwrap_or_default();
        let mut rest = Attributes { raw, at: HEADER };
        // Every step was taken before, in `parse`.
        std::iter::from_fn(move || rest.step().flatten())
    }

    /// The value of the first attribute of a kind; later ones do not count (RFC 8489 section 14).
    pub(super) fn get(&self, kind: AttrType) -> Option<&'a [u8]> {
        self.attributes()
            .find(|attribute| attribute.kind == kind)
            .map(|attribute| attribute.value)
    }

    pub(super) fn has(&self, kind: AttrType) -> bool {
        self.get(kind).is_some()
    }

    /// Takes note of the attributes that end what counts.
    fn note(&mut self, attribute: Attribute<'a>) -> Option<()> {
        if self.fingerprint {
            return Some(());
        }
        let at = attribute.at - 4;
        let value = attribute.at..attribute.at + attribute.value.len();
        let length = attribute.value.len();
        match attribute.kind {
            ATTR_MESSAGE_INTEGRITY if self.sha1.is_none() && self.sha256.is_none() => {
                self.sha1 = (length == 20).then_some(Integrity { at, value });
                self.sha1.as_ref()?;
            }
            ATTR_MESSAGE_INTEGRITY_SHA256 if self.sha256.is_none() => {
                let sound = (16..=32).contains(&length) && length.is_multiple_of(4);
                self.sha256 = sound.then_some(Integrity { at, value });
                self.sha256.as_ref()?;
            }
            ATTR_FINGERPRINT => {
                let found = u32::from_be_bytes(attribute.value.try_into().ok()?);
                if found != fingerprint_value(self.raw.get(..at)?) {
                    return None;
                }
                self.fingerprint = true;
            }
            _ => return Some(()),
        }
        self.end = self.end.min(at);
        Some(())
    }
}

/// Whether this looks like STUN: the two zero bits, room for a header and the magic cookie.
fn is_stun(bytes: &[u8]) -> bool {
    bytes.len() >= HEADER
        && bytes.first().is_some_and(|first| *first < 4)
        && bytes.get(4..8) == Some(&MAGIC_COOKIE.to_be_bytes())
}

/// The method and class of what looks like STUN.
pub(super) fn kind(bytes: &[u8]) -> Option<MessageType> {
    let mut kind = MessageType::default();
    kind.read_value(u16_at(bytes, 0).filter(|_| is_stun(bytes))?);
    Some(kind)
}

/// An XOR-MAPPED-ADDRESS, XOR-PEER-ADDRESS or XOR-RELAYED-ADDRESS value (RFC 8489 section 14.2).
pub(super) fn xor_address(value: &[u8], transaction: &[u8; 12]) -> Option<SocketAddr> {
    let cookie = MAGIC_COOKIE.to_be_bytes();
    match *value {
        [_, 1, p0, p1, a, b, c, d] => {
            let port = u16::from_be_bytes([p0, p1]) ^ HIGH_COOKIE;
            let ip = u32::from_be_bytes([a, b, c, d]) ^ MAGIC_COOKIE;
            Some(SocketAddr::new(IpAddr::V4(ip.into()), port))
        }
        [_, 2, p0, p1, ref ip @ ..] => {
            let port = u16::from_be_bytes([p0, p1]) ^ HIGH_COOKIE;
            let mut ip: [u8; 16] = ip.try_into().ok()?;
            for (byte, mask) in ip.iter_mut().zip(cookie.iter().chain(transaction)) {
                *byte ^= mask;
            }
            Some(SocketAddr::new(IpAddr::V6(ip.into()), port))
        }
        _ => None,
    }
}

/// The port's half of the magic cookie.
pub(super) const HIGH_COOKIE: u16 = (MAGIC_COOKIE >> 16) as u16;

struct Attributes<'a> {
    raw: &'a [u8],
    at: usize,
}

impl<'a> Attributes<'a> {
    /// The next attribute; `Some(None)` at the end, `None` when one overruns the message.
    #[expect(
        clippy::option_option,
        reason = "three outcomes, two of which `?` tells apart"
    )]
    fn step(&mut self) -> Option<Option<Attribute<'a>>> {
        if self.at >= self.raw.len() {
            return Some(None);
        }
        let kind = AttrType(u16_at(self.raw, self.at)?);
        let length = usize::from(u16_at(self.raw, self.at + 2)?);
        let at = self.at + 4;
        let padded = self.raw.get(at..at + length.next_multiple_of(4))?;
        self.at = at + padded.len();
        let value = padded.get(..length)?;
        Some(Some(Attribute { kind, value, at }))
    }
}

fn transaction(raw: &[u8]) -> [u8; 12] {
    let id = raw.get(8..HEADER).and_then(|id| id.try_into().ok());
    id.unwrap_or_default()
}

fn u16_at(raw: &[u8], at: usize) -> Option<u16> {
    let bytes = raw.get(at..at + 2)?;
    Some(u16::from_be_bytes(bytes.try_into().ok()?))
}
