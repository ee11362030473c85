//! Protected health information, marked where it is parsed.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A value that can identify a person (45 CFR 160.103). It has no `Display`, and its `Debug` is
/// `[phi]`, so it cannot slip into a log, an error or a title; it is serialized only on its way to
/// someone entitled to it, or sealed into the record store.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
#[serde(transparent)]
pub struct Phi<T>(T);

impl<T> Phi<T> {
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value, for showing to the entitled or for sealing. Never for logs.
    pub const fn expose(&self) -> &T {
        &self.0
    }

    pub fn into_exposed(self) -> T {
        self.0
    }
}

impl<T> fmt::Debug for Phi<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[phi]")
    }
}

impl<T> From<T> for Phi<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing_at_any_depth() {
        let shown = format!("{:?} {:#?}", Phi::new("Rosa"), Some(vec![Phi::new("Rosa")]));
        assert!(!shown.contains("Rosa"), "{shown}");
    }
}
