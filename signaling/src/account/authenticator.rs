//! Authenticator apps: time-based codes (RFC 6238: SHA-1, 6 digits, 30 s).

use crate::random::{NoRandomness, Random};
use qrcode::{EcLevel, QrCode, render::svg};
use quietroom_protocol::{Phi, UtcMillis};
use totp_rs::{Algorithm, Builder, Secret, Totp};

/// Name under which apps file the account.
const ISSUER: &str = "Quietroom";

/// Steps of 30 s before and after now that are accepted, for clocks that differ.
const SKEW: u16 = 1;

/// One account's authenticator.
pub struct Authenticator(Totp);

/// The secret or the account's name is not fit for an authenticator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthenticatorFault {
    #[error("the authenticator's secret cannot be used")]
    Secret,
    #[error("the authenticator's QR code cannot be drawn")]
    Picture,
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}

impl Authenticator {
    /// A new secret of 160 bits.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn random(random: &Random, username: &Phi<String>) -> Result<Self, AuthenticatorFault> {
        Self::new(&Phi::new(random.bytes::<20>()?.to_vec()), username)
    }

    /// # Errors
    /// When the secret is too short.
    pub fn new(secret: &Phi<Vec<u8>>, username: &Phi<String>) -> Result<Self, AuthenticatorFault> {
        let totp = Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(6)
            .with_skew(SKEW)
            .with_step_duration(30)
            .with_secret(Secret::new(secret.expose().clone().into_boxed_slice()))
            .with_account_name(username.expose().as_str())
            .with_issuer(Some(ISSUER))
            .build();
        Ok(Self(totp.map_err(|_| AuthenticatorFault::Secret)?))
    }

    /// Raw bytes of the secret.
    #[must_use]
    pub fn secret(&self) -> Phi<Vec<u8>> {
        Phi::new(self.0.secret().as_bytes().to_vec())
    }

    #[must_use]
    pub fn secret_base32(&self) -> Phi<String> {
        Phi::new(self.0.secret().to_base32())
    }

    /// # Errors
    /// When the account's name does not fit into a URL.
    pub fn url(&self) -> Result<Phi<String>, AuthenticatorFault> {
        let url = self.0.to_url();
        url.map(Phi::new).map_err(|_| AuthenticatorFault::Picture)
    }

    /// An SVG picture of [`Authenticator::url`] as a QR code.
    ///
    /// # Errors
    /// When the URL is too long for one.
    pub fn picture(&self) -> Result<Phi<String>, AuthenticatorFault> {
        let url = self.url()?;
        let code = QrCode::with_error_correction_level(url.expose(), EcLevel::M)
            .map_err(|_| AuthenticatorFault::Picture)?;
        Ok(Phi::new(code.render::<svg::Color<'_>>().build()))
    }

    /// The time step that `code` belongs to, if it is near `now` and after `last_step`: a step is
    /// used once (RFC 6238 section 5.2).
    #[must_use]
    pub fn step_of(&self, code: &str, now: UtcMillis, last_step: Option<u64>) -> Option<u64> {
        let seconds = u64::try_from(now.0 / 1000).ok()?;
        let step = self.0.check(code.trim(), seconds)?;
        last_step.is_none_or(|last| step > last).then_some(step)
    }
}

impl std::fmt::Debug for Authenticator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Authenticator")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of RFC 6238 appendix B.
    fn authenticator() -> Authenticator {
        let secret = Phi::new(b"12345678901234567890".to_vec());
        Authenticator::new(&secret, &Phi::new("maya".to_owned())).unwrap()
    }

    #[test]
    fn the_codes_are_those_of_the_rfc() {
        // 94287082 at 59 s and 07081804 at 1111111109 s, cut to 6 digits.
        let at =
            |seconds: i64, code| authenticator().step_of(code, UtcMillis(seconds * 1000), None);
        assert_eq!(at(59, "287082"), Some(1));
        assert_eq!(at(1_111_111_109, "081804"), Some(37_037_036));
        assert_eq!(at(1_111_111_109, "081805"), None);
        assert_eq!(at(59, ""), None);
    }

    #[test]
    fn a_clock_may_differ_by_one_step() {
        let at = |seconds: i64| authenticator().step_of("287082", UtcMillis(seconds * 1000), None);
        assert_eq!(at(29), Some(1));
        assert_eq!(at(89), Some(1));
        assert_eq!(at(90), None);
    }

    #[test]
    fn a_step_is_used_once() {
        let now = UtcMillis(59_000);
        assert_eq!(authenticator().step_of("287082", now, Some(0)), Some(1));
        assert_eq!(authenticator().step_of("287082", now, Some(1)), None);
        assert_eq!(authenticator().step_of("287082", now, Some(2)), None);
    }

    #[test]
    fn the_picture_is_an_svg_of_the_url() {
        let url = authenticator().url().unwrap();
        assert!(url.expose().starts_with("otpauth://totp/Quietroom:maya?"));
        let picture = authenticator().picture().unwrap();
        assert!(picture.expose().contains("<svg"));
    }
}
