//! The certificate of one relay and the handshake configurations made from it.

use crate::srtp::Profile;
use rtc_crypto::RTCCryptoProvider;
use rtc_dtls::config::{ClientAuthType, ConfigBuilder, ExtendedMasterSecretType, HandshakeConfig};
use rtc_dtls::crypto::Certificate;
use rtc_dtls::extension::extension_use_srtp::SrtpProtectionProfile;
use std::sync::Arc;
use std::time::Duration;

/// The least time `rtc-dtls` lets pass between two repeats of a flight; the handshake's own
/// timer ([`super::Handshake`]) is longer and doubles.
pub(super) const FLIGHT_INTERVAL: Duration = Duration::from_millis(100);

/// Why no identity could be made.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    #[error("no cryptography provider: {0}")]
    NoProvider(String),
    #[error("no DTLS certificate could be made: {0}")]
    NoCertificate(String),
    #[error("no DTLS configuration could be made: {0}")]
    NoConfiguration(String),
}

/// DTLS certificate and prepared configurations, shared by all workers of a relay.
///
/// Browsers learn the fingerprint over signaling; the certificate lives as long as the process.
pub struct Identity {
    provider: Arc<dyn RTCCryptoProvider>,
    fingerprint: [u8; 32],
    /// One configuration for each profile, best first: `rtc-dtls` itself would follow the
    /// client's order.
    server: [(Profile, Arc<HandshakeConfig>); 2],
    #[cfg(test)]
    certificate: Certificate,
}

impl Identity {
    /// Makes a new P-256 certificate.
    ///
    /// # Errors
    /// Only when the system has no randomness or the cryptography library cannot be used.
    pub fn generate() -> Result<Identity, IdentityError> {
        let provider = rtc_crypto::default_provider()
            .map_err(|error| IdentityError::NoProvider(error.to_string()))?;
        let certificate =
            Certificate::generate_self_signed(vec!["media-relay".into()], provider.crypto())
                .map_err(|error| IdentityError::NoCertificate(error.to_string()))?;
        let Some(der) = certificate.certificate.first() else {
            return Err(IdentityError::NoCertificate("it is empty".into()));
        };
        let config = |profile: Profile| {
            builder(&provider, &certificate, vec![wire(profile)])
                .build(false, None)
                .map(|config| (profile, Arc::new(config)))
                .map_err(|error| IdentityError::NoConfiguration(error.to_string()))
        };
        Ok(Identity {
            fingerprint: sha256(der),
            server: [config(Profile::Gcm)?, config(Profile::Cm)?],
            provider,
            #[cfg(test)]
            certificate,
        })
    }

    /// SHA-256 of the certificate, as in `a=fingerprint:sha-256` (RFC 8122).
    pub fn fingerprint(&self) -> [u8; 32] {
        self.fingerprint
    }

    pub(crate) fn provider(&self) -> &dyn RTCCryptoProvider {
        &*self.provider
    }

    /// The configuration with the best profile among those a client offers.
    pub(super) fn server(&self, offered: &[u16]) -> Option<Arc<HandshakeConfig>> {
        self.server
            .iter()
            .find(|(profile, _)| offered.contains(&(wire(*profile) as u16)))
            .map(|(_, config)| config.clone())
    }

    /// A browser's side of the handshake, with profiles in its order of preference.
    #[cfg(test)]
    pub(crate) fn client(
        &self,
        preference: &[Profile],
    ) -> Result<Arc<HandshakeConfig>, IdentityError> {
        let profiles = preference.iter().map(|profile| wire(*profile)).collect();
        builder(&self.provider, &self.certificate, profiles)
            .build(true, None)
            .map(Arc::new)
            .map_err(|error| IdentityError::NoConfiguration(error.to_string()))
    }
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identity").finish_non_exhaustive()
    }
}

/// Client certificate and extended master secret (RFC 7627) are mandatory: `rtc-dtls` does not
/// compare the client's `verify_data`, so its signature over the transcript is what
/// authenticates the handshake. Whose certificate it is, the fingerprint in the SDP says.
fn builder(
    provider: &Arc<dyn RTCCryptoProvider>,
    certificate: &Certificate,
    profiles: Vec<SrtpProtectionProfile>,
) -> ConfigBuilder {
    ConfigBuilder::default()
        .with_crypto_provider(provider.clone())
        .with_certificates(vec![certificate.clone()])
        .with_srtp_protection_profiles(profiles)
        .with_client_auth(ClientAuthType::RequireAnyClientCert)
        .with_extended_master_secret(ExtendedMasterSecretType::Require)
        .with_insecure_skip_verify(true)
        .with_flight_interval(FLIGHT_INTERVAL)
}

fn wire(profile: Profile) -> SrtpProtectionProfile {
    match profile {
        Profile::Gcm => SrtpProtectionProfile::Srtp_Aead_Aes_128_Gcm,
        Profile::Cm => SrtpProtectionProfile::Srtp_Aes128_Cm_Hmac_Sha1_80,
    }
}

pub(super) fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes);
    out.copy_from_slice(digest.as_ref());
    out
}
