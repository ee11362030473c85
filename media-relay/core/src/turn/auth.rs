//! The long-term credential mechanism, the server's half (RFC 8489 section 9.2.4).

use super::api::Client;
use super::attributes::is_known;
use super::integrity::{Digest, PASSWORD_ALGORITHMS, PasswordAlgorithm, Protection};
use super::nonce::Nonces;
use super::server::Turn;
use super::stun::Message;
use super::users::Owner;
use super::write::{Answer, Question};
use rtc_shared::error::Error;
use rtc_stun::attributes::*;
use rtc_stun::error_code::*;
use rtc_stun::uattrs::UnknownAttributes;
use std::time::Instant;

/// An answer to someone unknown has at most this times the length of the request: addresses can
/// be forged, and nobody shall be flooded by our answers.
const AMPLIFICATION: usize = 4;
/// Attributes named in one UNKNOWN-ATTRIBUTES.
const MAX_UNKNOWN: usize = 16;

/// Who asks, believed.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub(super) owner: Owner,
    pub(super) protection: Protection,
}

/// Why nobody is believed.
pub(super) enum Disbelief {
    /// 401 or 438, with all that is needed to ask again.
    Challenge(ErrorCode),
    BadRequest,
    /// 420: USERHASH without USERNAME.
    NoUserHash,
}

impl Turn {
    pub(super) fn authenticate(
        &self,
        message: &Message<'_>,
        from: Client,
        now: Instant,
    ) -> Result<Caller, Disbelief> {
        let unauthorized = Disbelief::Challenge(CODE_UNAUTHORIZED);
        let digest = match (message.sha256(), message.sha1()) {
            (Some(_), _) => Digest::Sha256,
            (None, Some(_)) => Digest::Sha1,
            (None, None) => return Err(unauthorized),
        };
        let (Some(realm), Some(nonce)) = (message.get(ATTR_REALM), message.get(ATTR_NONCE)) else {
            return Err(Disbelief::BadRequest);
        };
        let username = match message.get(ATTR_USERNAME) {
            Some(username) => std::str::from_utf8(username).map_err(|_| Disbelief::BadRequest)?,
            None if message.has(ATTR_USER_HASH) => return Err(Disbelief::NoUserHash),
            None => return Err(Disbelief::BadRequest),
        };
        let algorithm = password_algorithm(message, nonce)?;
        let unix = self.unix + now.saturating_duration_since(self.epoch);
        let Some(claim) = self.users.find(username, unix) else {
            return Err(unauthorized);
        };
        if realm != self.realm.as_bytes() {
            return Err(unauthorized);
        }
        let mut keys = claim.passwords.iter().filter_map(|password| {
            Protection::new((username, &self.realm, password), algorithm, digest)
        });
        let Some(protection) = keys.find(|key| key.verifies(message)) else {
            return Err(unauthorized);
        };
        if !self.nonces.is_valid(nonce, from, now) {
            return Err(Disbelief::Challenge(CODE_STALE_NONCE));
        }
        Ok(Caller {
            owner: claim.owner,
            protection,
        })
    }

    /// The answer to someone who is not believed; `None` when none is short enough.
    pub(super) fn disbelieve(
        &self,
        message: &Message<'_>,
        from: Client,
        why: &Disbelief,
        now: Instant,
    ) -> Option<Vec<u8>> {
        let question = Question::of(message);
        let longest = message.raw().len() * AMPLIFICATION;
        let answer = match why {
            Disbelief::Challenge(code) => self.challenge(question, *code, from, now)?,
            Disbelief::BadRequest => Answer::error(question, CODE_BAD_REQUEST)
                .ok()?
                .finish(None)?,
            Disbelief::NoUserHash => unknown(question, &[ATTR_USER_HASH]).ok()?.finish(None)?,
        };
        (answer.len() <= longest).then_some(answer)
    }

    fn challenge(
        &self,
        question: Question,
        code: ErrorCode,
        to: Client,
        now: Instant,
    ) -> Option<Vec<u8>> {
        Answer::error(question, code)
            .ok()?
            .with_raw(ATTR_REALM, self.realm.as_bytes())
            .with_raw(ATTR_NONCE, &self.nonces.make(to, now))
            .with_raw(ATTR_PASSWORD_ALGORITHMS, &PASSWORD_ALGORITHMS)
            .finish(None)
    }
}

/// 420 for what is not understood.
pub(super) fn unknown(question: Question, kinds: &[AttrType]) -> Result<Answer, Error> {
    Answer::error(question, CODE_UNKNOWN_ATTRIBUTE)?.with(&UnknownAttributes(kinds.to_vec()))
}

/// The attributes that have to be understood and are not.
pub(super) fn unknown_attributes(message: &Message<'_>) -> Vec<AttrType> {
    let kinds = message.attributes().map(|attribute| attribute.kind);
    kinds
        .filter(|kind| !is_known(*kind))
        .take(MAX_UNKNOWN)
        .collect()
}

/// What makes the key. Whoever was offered a choice repeats the offer with the choice, so that
/// nobody in between can take the better algorithm off the list.
fn password_algorithm(message: &Message<'_>, nonce: &[u8]) -> Result<PasswordAlgorithm, Disbelief> {
    let chosen = message.get(ATTR_PASSWORD_ALGORITHM);
    let offered = message.get(ATTR_PASSWORD_ALGORITHMS);
    if !Nonces::has_cookie(nonce) {
        return Ok(PasswordAlgorithm::Md5);
    }
    match (chosen, offered) {
        (None, None) => Ok(PasswordAlgorithm::Md5),
        (Some(chosen), Some(offered)) if offered == PASSWORD_ALGORITHMS => {
            PasswordAlgorithm::parse(chosen).ok_or(Disbelief::BadRequest)
        }
        _ => Err(Disbelief::BadRequest),
    }
}
