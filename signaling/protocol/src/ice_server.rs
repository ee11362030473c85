//! A server through which media may reach the relay.

use serde::{Deserialize, Serialize};
use std::fmt;

/// As `RTCPeerConnection` takes it (W3C WebRTC section 4.2.4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct IceServer {
    /// `turn:` and `turns:` URLs (RFC 7065), the one to prefer first.
    pub urls: Vec<String>,
    pub username: Credential,
    pub credential: Credential,
}

/// What proves to the relay that a device may use it. Its `Debug` says nothing.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
#[serde(transparent)]
pub struct Credential(String);

impl Credential {
    #[must_use]
    pub const fn new(value: String) -> Self {
        Self(value)
    }

    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[credential]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ServerMessage;

    #[test]
    fn debug_of_a_message_shows_no_credential() {
        let credential = |text: &str| Credential::new(text.to_owned());
        let message = ServerMessage::Ways {
            ice_servers: vec![IceServer {
                urls: vec!["turn:clinic.example:40000?transport=udp".to_owned()],
                username: credential("session:1:user"),
                credential: credential("word"),
            }],
        };
        let shown = format!("{message:?} {message:#?}");
        assert!(!shown.contains("session:1"), "{shown}");
        assert!(!shown.contains("word"), "{shown}");
    }
}
