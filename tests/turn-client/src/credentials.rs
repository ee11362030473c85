//! Passwords that a shared secret makes, as those who hold it make them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rtc_crypto::HmacAlgorithm;

/// Of a participant of a session, as signaling gives it out.
#[must_use]
pub fn participant(secret: &str, username: &str) -> String {
    password::<32>(HmacAlgorithm::Sha256, secret, username)
}

/// Of the common REST form, as `turnutils_uclient -W` makes it.
#[must_use]
pub fn shared_secret(secret: &str, username: &str) -> String {
    password::<20>(HmacAlgorithm::Sha1, secret, username)
}

fn password<const LENGTH: usize>(algorithm: HmacAlgorithm, secret: &str, username: &str) -> String {
    let provider = rtc_crypto::default_provider().expect("a provider is built in");
    let mut code = [0; LENGTH];
    let signed = provider
        .crypto()
        .new_hmac(algorithm, secret.as_bytes())
        .and_then(|mut mac| mac.sign(&[username.as_bytes()], &mut code));
    signed.expect("HMAC works");
    STANDARD.encode(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The second case of RFC 2202 section 3 and of RFC 4231.
    #[test]
    fn passwords_are_codes_over_the_user_name() {
        let text = "what do ya want for nothing?";
        let sha1 = "7/zfauXrL6LSdBbV8YTfnCWafHk=";
        let sha256 = "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=";
        assert_eq!(shared_secret("Jefe", text), sha1);
        assert_eq!(participant("Jefe", text), sha256);
    }
}
