//! Bytes that are not for the server.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::{fmt, sync::Arc};

/// Bytes that only the people of a session, or one member of staff, can read. The server takes
/// them in, counts, keeps and hands them on.
///
/// So that no code reads them by mistake there is no way to their content but the two that a
/// message and a store need: serialization (base64url without padding, RFC 4648 section 5), and
/// [`Opaque::stored`], which Clippy refuses everywhere but in the record store. `Debug` shows how
/// many bytes there are and nothing else.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct Opaque(#[cfg_attr(feature = "typescript", ts(type = "string"))] Arc<[u8]>);

impl Opaque {
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(bytes.into())
    }

    /// How many bytes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The bytes, to be written where they are kept, and nowhere else.
    #[must_use]
    pub fn stored(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Opaque {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{} opaque bytes]", self.len())
    }
}

impl Serialize for Opaque {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&URL_SAFE_NO_PAD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Opaque {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Base64url)
    }
}

struct Base64url;

impl de::Visitor<'_> for Base64url {
    type Value = Opaque;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("base64url without padding")
    }

    /// An error of decoding names a byte of what was sent: it is not passed on.
    fn visit_str<E: de::Error>(self, text: &str) -> Result<Opaque, E> {
        let bytes = URL_SAFE_NO_PAD
            .decode(text)
            .map_err(|_| E::custom("not base64url without padding"))?;
        Ok(Opaque::new(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_tells_the_length_at_any_depth_and_nothing_else() {
        let shown = format!("{:?}", Some(vec![Opaque::new(b"secret".to_vec())]));
        assert_eq!(shown, "Some([[6 opaque bytes]])");
    }

    #[test]
    fn it_goes_over_the_wire_as_base64url_and_back() {
        let bytes = Opaque::new(vec![0xfb, 0xff, 0x00, 0x10]);
        let json = serde_json::to_string(&bytes).unwrap();
        assert_eq!(json, r#""-_8AEA""#);
        assert_eq!(serde_json::from_str::<Opaque>(&json).unwrap(), bytes);
    }

    #[test]
    fn one_form_for_each_value_and_an_error_that_repeats_nothing() {
        for text in ["+/8AEA", "-_8AEA==", "-_8AEB", "-_8A EA", "é", "A"] {
            let error = serde_json::from_str::<Opaque>(&format!("\"{text}\"")).unwrap_err();
            let shown = error.to_string();
            assert!(
                shown.starts_with("not base64url without padding at"),
                "{shown}"
            );
        }
        assert!(serde_json::from_str::<Opaque>("[1, 2]").is_err());
    }
}
