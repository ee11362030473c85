//! Passwords: argon2id, on threads of their own and few at a time.

use crate::random::{NoRandomness, Random};
use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use quietroom_protocol::Phi;
use std::sync::{Arc, OnceLock};
use tokio::sync::Semaphore;

/// 19 MiB, 2 passes, 1 lane: the first recommendation of the OWASP Password Storage Cheat Sheet.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;

/// Hashes that run at one time: each takes [`MEMORY_KIB`] and a core.
const AT_ONCE: usize = 2;

/// Hashes and verifies. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Passwords {
    permits: Arc<Semaphore>,
    /// A hash that no password fits, for accounts that are not there.
    nobody: Arc<OnceLock<Phi<String>>>,
}

/// A fault of the server, not of the password.
#[derive(Debug, thiserror::Error)]
pub enum PasswordFault {
    #[error("the password cannot be hashed")]
    Hash,
    #[error("the stored password hash cannot be read")]
    Unreadable,
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    #[error("the server stops")]
    Stopping,
}

impl Default for Passwords {
    fn default() -> Self {
        Self {
            permits: Arc::new(Semaphore::new(AT_ONCE)),
            nobody: Arc::default(),
        }
    }
}

impl Passwords {
    /// # Errors
    /// A PHC string, or a fault of the server.
    pub async fn hash(
        &self,
        random: &Random,
        password: Phi<String>,
    ) -> Result<Phi<String>, PasswordFault> {
        let salt = random.bytes::<16>()?;
        self.run(move || hash(&salt, password.expose())).await
    }

    /// Whether the password fits. Without a hash it fits nothing and takes as long.
    ///
    /// # Errors
    /// A fault of the server.
    pub async fn verify(
        &self,
        phc: Option<Phi<String>>,
        password: Phi<String>,
    ) -> Result<bool, PasswordFault> {
        let nobody = self.nobody.clone();
        self.run(move || {
            let known = phc.is_some();
            let phc = match phc {
                Some(phc) => phc,
                None => nobody_hash(&nobody)?,
            };
            let parsed = PasswordHash::new(phc.expose()).map_err(|_| PasswordFault::Unreadable)?;
            let fits = argon2()?
                .verify_password(password.expose().as_bytes(), &parsed)
                .is_ok();
            Ok(known && fits)
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, PasswordFault> + Send + 'static,
    ) -> Result<T, PasswordFault> {
        let permit = self.permits.clone().acquire_owned().await;
        let permit = permit.map_err(|_| PasswordFault::Stopping)?;
        let done = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            work()
        });
        done.await.map_err(|_| PasswordFault::Stopping)?
    }
}

fn hash(salt: &[u8], password: &str) -> Result<Phi<String>, PasswordFault> {
    let hash = argon2()?
        .hash_password_with_salt(password.as_bytes(), salt)
        .map_err(|_| PasswordFault::Hash)?;
    Ok(Phi::new(hash.to_string()))
}

fn nobody_hash(nobody: &OnceLock<Phi<String>>) -> Result<Phi<String>, PasswordFault> {
    if let Some(hash) = nobody.get() {
        return Ok(hash.clone());
    }
    let made = hash(&[0; 16], "")?;
    Ok(nobody.get_or_init(|| made).clone())
}

fn argon2() -> Result<Argon2<'static>, PasswordFault> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).map_err(|_| PasswordFault::Hash)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phi(text: &str) -> Phi<String> {
        Phi::new(text.to_owned())
    }

    #[tokio::test]
    async fn only_the_same_password_fits() {
        let passwords = Passwords::default();
        let random = Random::system();
        let hash = passwords.hash(&random, phi("correct horse")).await.unwrap();
        assert!(hash.expose().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        let verify = |password| passwords.verify(Some(hash.clone()), phi(password));
        assert!(verify("correct horse").await.unwrap());
        assert!(!verify("Correct horse").await.unwrap());
    }

    #[tokio::test]
    async fn nothing_fits_an_account_that_is_not_there() {
        let passwords = Passwords::default();
        assert!(!passwords.verify(None, phi("")).await.unwrap());
        assert!(!passwords.verify(None, phi("anything")).await.unwrap());
    }
}
