//! The TURN credentials of participants, as signaling makes them and the relay reads them.
//!
//! The user name is `session:<expiry>:<id>`: the expiry in Unix seconds, decimal, and an opaque id
//! of `[A-Za-z0-9_-]`, 1 to 64 characters, the same for all of a participant's requests, by which
//! quotas are counted. The password is base64 (standard, padded) of HMAC-SHA256 over the user
//! name, with the bytes of the shared secret's text as key. Static users cannot have a name that
//! begins so.

/// Begins the user name of every participant.
pub const PREFIX: &str = "session:";

/// The user name of a participant.
#[must_use]
pub fn username(expires_unix_seconds: u64, id: &str) -> String {
    format!("{PREFIX}{expires_unix_seconds}:{id}")
}

/// Expiry (Unix seconds) and id of a participant's user name; `None` when it is not one.
#[must_use]
pub fn parse(username: &str) -> Option<(u64, &str)> {
    let (expiry, id) = username.strip_prefix(PREFIX)?.split_once(':')?;
    let digits = !expiry.is_empty() && expiry.bytes().all(|byte| byte.is_ascii_digit());
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let opaque = (1..=64).contains(&id.len()) && id.bytes().all(plain);
    (digits && opaque).then_some((expiry.parse().ok()?, id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_name_says_when_it_ends_and_whose_it_is() {
        let name = username(1_800_000_000, "a_B-9");
        assert_eq!(name, "session:1800000000:a_B-9");
        assert_eq!(parse(&name), Some((1_800_000_000, "a_B-9")));
    }

    #[test]
    fn anything_else_is_not_a_participant() {
        for other in [
            "",
            "session:",
            "session:1",
            "session:1:",
            "session::a",
            "session:+1:a",
            "session:1:a b",
            "session:1:a:b",
            "session:99999999999999999999:a",
            "Session:1:a",
            "1:a",
        ] {
            assert_eq!(parse(other), None, "{other}");
        }
    }
}
