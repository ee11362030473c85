//! Opening the store.

use crate::KeyEncryptionKey;
use quietroom_protocol::UtcMillis;
use std::path::Path;

/// The record store. Cheap to clone; the store closes when the last clone is gone.
#[derive(Clone, Debug)]
pub struct Records {}

#[derive(Clone, Copy, Debug)]
pub struct OpenOptions {
    /// The store of a demonstration. Demo data is refused by real use, and the other way round.
    pub demo: bool,
    pub now: UtcMillis,
}

/// Why the store did not open, one sentence each for the operator. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    #[error("the data folder {0} cannot be written")]
    NotWritable(String),
    #[error("the data folder {0} is in use by another quietroom process")]
    InUse(String),
    #[error("the database {0} is damaged: restore it from a backup")]
    Corrupt(String),
    #[error("the key does not belong to the database {0}")]
    WrongKey(String),
    #[error("the data folder {0} holds demo data, which real use refuses: choose another folder")]
    DemoData(String),
    #[error("the data folder {0} holds real data, which the demo refuses: choose another folder")]
    RealData(String),
    #[error("the database {0} was written by a newer version of quietroom")]
    NewerSchema(String),
    #[error("the database {path} cannot be opened ({fault})")]
    Disk { path: String, fault: String },
}

impl Records {
    /// Opens the store in `folder`, making both when they do not exist.
    ///
    /// # Errors
    /// See [`OpenError`]; a store that does not open is left as it was.
    pub async fn open(
        folder: &Path,
        key: KeyEncryptionKey,
        options: OpenOptions,
    ) -> Result<Self, OpenError> {
        todo!()
    }

    /// Whether a store exists in `folder`.
    #[must_use]
    pub fn exists(folder: &Path) -> bool {
        todo!()
    }

    /// Finishes what is queued and closes the database; later calls fail.
    pub async fn close(&self) {
        todo!()
    }

    /// A write that changes nothing, for readiness checks.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn check_writable(&self) -> Result<(), crate::Error> {
        todo!()
    }
}
