//! The keys of one DTLS association.

use super::{Cipher, Profile, Srtcp};
use rtc_crypto::RTCCryptoProvider;
use rtc_srtp::config::Config;

/// Which end of the handshake we were: the keying material is split by it (RFC 5764 section 4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    #[cfg(test)]
    Client,
    Server,
}

impl End {
    fn is_client(self) -> bool {
        self != End::Server
    }
}

/// No keys could be made of what the handshake exported.
#[derive(Debug, thiserror::Error)]
#[error("unusable SRTP keying material")]
pub(crate) struct UnusableKeys;

/// Both directions of RTP and RTCP.
pub(crate) struct Keys {
    pub(crate) out: Cipher,
    pub(crate) inward: Cipher,
    pub(crate) rtcp: Srtcp,
    pub(crate) profile: Profile,
}

impl Keys {
    /// Splits the output of the DTLS exporter.
    pub(crate) fn new(
        profile: Profile,
        material: &[u8],
        end: End,
        provider: &dyn RTCCryptoProvider,
    ) -> Result<Keys, UnusableKeys> {
        let mut config = Config {
            profile: profile.rtc(),
            ..Config::default()
        };
        config
            .set_session_keys_from_keying_material(material, end.is_client())
            .map_err(|_| UnusableKeys)?;
        let keys = &config.keys;
        let cipher = |key: &[u8], salt: &[u8]| Cipher::new(profile, key, salt);
        Ok(Keys {
            out: cipher(&keys.local_master_key, &keys.local_master_salt)
                .map_err(|_| UnusableKeys)?,
            inward: cipher(&keys.remote_master_key, &keys.remote_master_salt)
                .map_err(|_| UnusableKeys)?,
            rtcp: Srtcp::new(profile, keys, provider)?,
            profile,
        })
    }
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys")
            .field("profile", &self.profile)
            .finish_non_exhaustive()
    }
}
