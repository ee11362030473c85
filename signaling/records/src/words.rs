//! Words of the protocol as they stand in columns: the same as on the wire.

use crate::{Error, What};
use quietroom_protocol::Opaque;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The word of a plain variant, `snake_case`.
pub(crate) fn word<T: Serialize>(value: T, what: What) -> Result<String, Error> {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => Ok(word),
        _ => Err(Error::Unreadable(what)),
    }
}

pub(crate) fn from_word<T: DeserializeOwned>(word: String, what: What) -> Result<T, Error> {
    serde_json::from_value(Value::String(word)).map_err(|_| Error::Unreadable(what))
}

/// Counts and sequence numbers: SQLite's integers are signed.
pub(crate) fn to_column(number: u64, what: What) -> Result<i64, Error> {
    i64::try_from(number).map_err(|_| Error::Unreadable(what))
}

pub(crate) fn from_column<T: TryFrom<i64>>(number: i64, what: What) -> Result<T, Error> {
    T::try_from(number).map_err(|_| Error::Unreadable(what))
}

/// Opaque bytes as they are bound to a statement, or sealed for one.
#[expect(
    clippy::disallowed_methods,
    reason = "the store keeps them, as bytes among bytes"
)]
pub(crate) fn opaque(bytes: &Opaque) -> &[u8] {
    bytes.stored()
}

pub(crate) fn bytes<const N: usize>(column: &[u8], what: What) -> Result<[u8; N], Error> {
    column.try_into().map_err(|_| Error::Unreadable(what))
}
