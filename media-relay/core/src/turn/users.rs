//! Who may ask, and with which password.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use media_relay_control::{Secret, TurnSettings, TurnUser, participant};
use std::collections::HashMap;
use std::time::Duration;

/// Whose an allocation is, whatever credentials of theirs a request comes with: a participant's
/// or REST user's later ones continue what their earlier ones began.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Owner {
    /// By the id of [`participant`].
    Participant(Box<str>),
    /// By name.
    Static(Box<str>),
    /// By what follows the expiry, or by the whole user name when nothing does.
    Shared(Box<str>),
}

impl Owner {
    pub(super) fn is_participant(&self) -> bool {
        matches!(self, Owner::Participant(_))
    }
}

/// Someone known by a user name, not yet believed.
pub(super) struct Claim {
    pub(super) owner: Owner,
    /// Any of these makes the key.
    pub(super) passwords: Vec<Vec<u8>>,
}

/// All who may ask.
#[derive(Debug)]
pub(super) struct Users {
    participants: Option<Secret>,
    known: HashMap<String, Secret>,
    shared: Vec<Secret>,
}

impl Users {
    pub(super) fn new(settings: &TurnSettings) -> Users {
        let general = settings.general.as_ref();
        let users = general.map(|general| general.users.clone());
        let known = users.unwrap_or_default().into_iter();
        Users {
            participants: settings.participants.clone(),
            known: known
                .filter(|user| !user.name.starts_with(participant::PREFIX))
                .map(|TurnUser { name, password }| (name, password))
                .collect(),
            shared: general.map_or_else(Vec::new, |general| general.shared_secrets.clone()),
        }
    }

    /// `None` for an unknown user name and for credentials that have expired by `unix`.
    pub(super) fn find(&self, username: &str, unix: Duration) -> Option<Claim> {
        if username.starts_with(participant::PREFIX) {
            let (expires, id) = participant::parse(username)?;
            let secret = self.participants.as_ref()?;
            let password = derived(hmac::HMAC_SHA256, secret, username);
            return (unix.as_secs() < expires).then(|| Claim {
                owner: Owner::Participant(id.into()),
                passwords: vec![password],
            });
        }
        if let Some(password) = self.known.get(username) {
            return Some(Claim {
                owner: Owner::Static(username.into()),
                passwords: vec![password.expose().as_bytes().to_vec()],
            });
        }
        self.find_shared(username, unix)
    }

    fn find_shared(&self, username: &str, unix: Duration) -> Option<Claim> {
        let (expires, name) = match username.split_once(':') {
            Some((expires, name)) if !name.is_empty() => (expires, name),
            Some((expires, _)) => (expires, username),
            None => (username, username),
        };
        if !expires.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let expires: u64 = expires.parse().ok()?;
        if self.shared.is_empty() || unix.as_secs() >= expires {
            return None;
        }
        let algorithm = hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY;
        let passwords = self.shared.iter();
        Some(Claim {
            owner: Owner::Shared(name.into()),
            passwords: passwords
                .map(|secret| derived(algorithm, secret, username))
                .collect(),
        })
    }
}

/// The password that a secret makes for a user name.
fn derived(algorithm: hmac::Algorithm, secret: &Secret, username: &str) -> Vec<u8> {
    let key = hmac::Key::new(algorithm, secret.expose().as_bytes());
    let tag = hmac::sign(&key, username.as_bytes());
    STANDARD.encode(tag.as_ref()).into_bytes()
}
