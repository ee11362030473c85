//! Envelope sealing.

/// A sealed value that could not be sealed or opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealFault {
    /// The value, its place or its version is not what was sealed.
    #[error("a sealed value of {table}.{column} is not authentic")]
    NotAuthentic {
        table: &'static str,
        column: &'static str,
    },
    /// Its data key was deleted on purpose.
    #[error("a sealed value of {table}.{column} was shredded")]
    Shredded {
        table: &'static str,
        column: &'static str,
    },
    #[error("the source of randomness failed")]
    Randomness,
}
