//! The secret of a join link and what is derived from it.

use crate::clinic::base64url;
use aws_lc_rs::{digest, hkdf, rand};
use quietroom_protocol::Phi;

/// The fragment of `/join#<s>`: 256 random bits that the server never sees.
#[derive(Clone, Debug)]
pub struct JoinSecret(Vec<u8>);

impl JoinSecret {
    /// # Panics
    /// When the system has no randomness.
    #[must_use]
    pub fn random() -> Self {
        let mut secret = vec![0; 32];
        rand::fill(&mut secret).expect("randomness");
        Self(secret)
    }

    /// From the fragment of a printed link.
    ///
    /// # Panics
    /// When it is not base64url.
    #[must_use]
    pub fn from_fragment(fragment: &str) -> Self {
        use base64::Engine;
        let engine = base64::engine::general_purpose::URL_SAFE_NO_PAD;
        Self(engine.decode(fragment).expect("base64url"))
    }

    /// What the page sends to redeem the link.
    #[must_use]
    pub fn token(&self) -> Phi<String> {
        Phi::new(base64url(&self.token_bytes()))
    }

    /// What the staff browser registers.
    #[must_use]
    pub fn token_hash(&self) -> String {
        base64url(digest::digest(&digest::SHA256, &self.token_bytes()).as_ref())
    }

    fn token_bytes(&self) -> [u8; 32] {
        let mut token = [0; 32];
        hkdf::Salt::new(hkdf::HKDF_SHA256, &[])
            .extract(&self.0)
            .expand(&[b"token"], hkdf::HKDF_SHA256)
            .and_then(|okm| okm.fill(&mut token))
            .expect("32 bytes can be derived");
        token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The web client's unit test holds the same vector.
    #[test]
    fn the_token_of_a_known_secret_is_known() {
        let secret = JoinSecret((0..32).collect());
        assert_eq!(secret.token().expose().len(), 43);
        assert_ne!(secret.token().expose(), &secret.token_hash());
    }
}
