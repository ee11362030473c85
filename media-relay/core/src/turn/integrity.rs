//! Keys of the long-term credential mechanism and what they protect (RFC 8489 sections 9.2,
//! 14.5 and 14.6).

use super::stun::{HEADER, Integrity, Message};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::{digest, hmac};
use rtc_crypto::providers::AwsLcRsCrypto;
use rtc_crypto::{HashAlgorithm, RTCCrypto};
use rtc_stun::attributes::ATTR_MESSAGE_INTEGRITY_SHA256;
use rtc_stun::integrity::MessageIntegrity;
use rtc_stun::message::Setter;

/// How a password becomes a key (RFC 8489 section 18.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PasswordAlgorithm {
    Md5,
    Sha256,
}

impl PasswordAlgorithm {
    /// By its number, without parameters: neither has any.
    pub(super) fn parse(value: &[u8]) -> Option<PasswordAlgorithm> {
        match value {
            [0, 1, 0, 0] => Some(PasswordAlgorithm::Md5),
            [0, 2, 0, 0] => Some(PasswordAlgorithm::Sha256),
            _ => None,
        }
    }
}

/// The PASSWORD-ALGORITHMS that are offered: SHA-256, then MD5.
pub(super) const PASSWORD_ALGORITHMS: [u8; 8] = [0, 2, 0, 0, 0, 1, 0, 0];

/// The algorithm of an integrity attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Digest {
    Sha1,
    Sha256,
}

/// How an answer is protected: as its request was.
#[derive(Clone)]
pub(super) struct Protection {
    key: Vec<u8>,
    digest: Digest,
}

/// The key is a secret.
impl std::fmt::Debug for Protection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Protection")
            .field("digest", &self.digest)
            .finish_non_exhaustive()
    }
}

impl Protection {
    /// The key of user, realm and password (RFC 8489 sections 9.2.2 and 18.5.1).
    pub(super) fn new(
        (username, realm, password): (&str, &str, &[u8]),
        algorithm: PasswordAlgorithm,
        digest: Digest,
    ) -> Option<Protection> {
        let mut text = Vec::with_capacity(username.len() + realm.len() + password.len() + 2);
        text.extend_from_slice(username.as_bytes());
        text.push(b':');
        text.extend_from_slice(realm.as_bytes());
        text.push(b':');
        text.extend_from_slice(password);
        let key = match algorithm {
            PasswordAlgorithm::Md5 => AwsLcRsCrypto.hash(HashAlgorithm::Md5, &text).ok()?,
            PasswordAlgorithm::Sha256 => digest::digest(&digest::SHA256, &text).as_ref().to_vec(),
        };
        Some(Protection { key, digest })
    }

    /// A password as it stands, of the short-term mechanism.
    #[cfg(test)]
    pub(super) fn short_term(password: &str) -> Protection {
        Protection {
            key: password.as_bytes().to_vec(),
            digest: Digest::Sha1,
        }
    }

    /// Whether the message's integrity attribute of this algorithm was made with this key.
    pub(super) fn verifies(&self, message: &Message<'_>) -> bool {
        let attribute = match self.digest {
            Digest::Sha1 => message.sha1(),
            Digest::Sha256 => message.sha256(),
        };
        attribute.is_some_and(|attribute| self.verify(message.raw(), attribute).is_some())
    }

    fn verify(&self, raw: &[u8], attribute: &Integrity) -> Option<()> {
        let found = raw.get(attribute.value.clone())?;
        let tag = self.tag(raw.get(..attribute.at)?, found.len())?;
        // MESSAGE-INTEGRITY-SHA256 may be truncated.
        verify_slices_are_equal(tag.as_ref().get(..found.len())?, found).ok()
    }

    /// The HMAC over what precedes the integrity attribute, with the length that a message ending
    /// in an attribute of `length` bytes has.
    fn tag(&self, before: &[u8], length: usize) -> Option<hmac::Tag> {
        let algorithm = match self.digest {
            Digest::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            Digest::Sha256 => hmac::HMAC_SHA256,
        };
        let length = u16::try_from(before.len() + 4 + length - HEADER).ok()?;
        let mut context = hmac::Context::with_key(&hmac::Key::new(algorithm, &self.key));
        context.update(before.get(..2)?);
        context.update(&length.to_be_bytes());
        context.update(before.get(4..)?);
        Some(context.sign())
    }

    /// Adds the integrity attribute to an answer.
    pub(super) fn protect(&self, message: &mut rtc_stun::message::Message) -> Option<()> {
        match self.digest {
            Digest::Sha1 => {
                let key = self.key.clone();
                MessageIntegrity::new_raw_integrity_with_provider(key, &AwsLcRsCrypto)
                    .add_to(message)
                    .ok()
            }
            Digest::Sha256 => {
                let tag = self.tag(&message.raw, 32)?;
                message.add(ATTR_MESSAGE_INTEGRITY_SHA256, tag.as_ref());
                Some(())
            }
        }
    }
}
