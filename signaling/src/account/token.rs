//! Tokens of links and cookies: 256 random bits, of which the store keeps a hash.

use crate::random::{NoRandomness, Random};
use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use quietroom_protocol::Phi;

/// A token and the hash it is known by. It was random, so a plain SHA-256 keeps it secret.
#[derive(Clone, Debug)]
pub struct Token {
    /// base64url without padding, 43 characters.
    pub text: Phi<String>,
    pub hash: [u8; 32],
}

impl Token {
    /// # Errors
    /// When the system gives no random bytes.
    pub fn random(random: &Random) -> Result<Self, NoRandomness> {
        let bytes = random.bytes::<32>()?;
        Ok(Self {
            text: Phi::new(URL_SAFE_NO_PAD.encode(bytes)),
            hash: sha256(&bytes),
        })
    }

    /// The hash of a token that someone presents; `None` when it cannot be one.
    #[must_use]
    pub fn hash_of(text: &str) -> Option<[u8; 32]> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        (bytes.len() == 32).then(|| sha256(&bytes))
    }
}

pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, bytes).as_ref());
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_presented_token_has_the_hash_of_the_issued_one() {
        let token = Token::random(&Random::system()).unwrap();
        assert_eq!(Token::hash_of(token.text.expose()), Some(token.hash));
        assert_eq!(Token::hash_of("short"), None);
        assert_eq!(Token::hash_of(""), None);
    }
}
