//! The key-encryption key: 32 bytes that open everything, kept outside the store.

use std::path::Path;
use zeroize::Zeroizing;

/// Wraps the keys of the organisations. Wiped from memory when dropped; never shown.
pub struct KeyEncryptionKey(Zeroizing<[u8; 32]>);

impl KeyEncryptionKey {
    /// Makes a key and writes it to a new file that only its owner can read (mode 0600).
    ///
    /// # Errors
    /// When the file exists already or cannot be written.
    pub fn create(path: &Path) -> Result<Self, KeyError> {
        todo!()
    }

    /// Reads a key file: 64 hexadecimal digits, and one line end at most.
    ///
    /// # Errors
    /// When the file is missing, readable by group or world, or holds anything else.
    pub fn read(path: &Path) -> Result<Self, KeyError> {
        todo!()
    }

    /// Parses 64 hexadecimal digits, from an environment variable.
    ///
    /// # Errors
    /// When it is anything else.
    pub fn parse(hex: &str) -> Result<Self, KeyError> {
        todo!()
    }
}

impl std::fmt::Debug for KeyEncryptionKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeyEncryptionKey")
    }
}

/// Why a key could not be used, for the operator.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("the key file {0} does not exist")]
    Missing(String),
    #[error("the key file {0} exists already and is not overwritten")]
    Exists(String),
    #[error("the key file {0} can be read by others: run `chmod 600` on it")]
    Exposed(String),
    #[error("the key must be exactly 64 hexadecimal digits (32 bytes)")]
    Malformed,
    #[error("the key file {path} cannot be used: {reason}")]
    Io { path: String, reason: String },
}
