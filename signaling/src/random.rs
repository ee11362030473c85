//! The shell's only source of randomness.

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use uuid::Uuid;

/// Random bytes of cryptographic quality.
#[derive(Clone, Debug)]
pub struct Random(SystemRandom);

/// The system gave no random bytes; nothing that needs them can be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the system gave no random bytes")]
pub struct NoRandomness;

impl Random {
    #[must_use]
    pub fn system() -> Self {
        Self(SystemRandom::new())
    }

    /// # Errors
    /// When the system gives no random bytes.
    pub fn bytes<const N: usize>(&self) -> Result<[u8; N], NoRandomness> {
        let mut bytes = [0; N];
        self.0.fill(&mut bytes).map_err(|_| NoRandomness)?;
        Ok(bytes)
    }

    /// A random UUID (RFC 9562, version 4).
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn uuid(&self) -> Result<Uuid, NoRandomness> {
        Ok(uuid::Builder::from_random_bytes(self.bytes()?).into_uuid())
    }

    /// 32 random bytes as base64url without padding, for links and cookies.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn token(&self) -> Result<String, NoRandomness> {
        Ok(URL_SAFE_NO_PAD.encode(self.bytes::<32>()?))
    }
}
