//! Opening the store: look first, change only what is ours and whole.

mod place;

use crate::audit::{self, Sequencer};
use crate::db::Core;
use crate::seal::{Randomness, SystemRandomness};
use crate::tenant::Keyring;
use crate::{Error, KeyEncryptionKey};
use place::{At, Found};
use quietroom_protocol::UtcMillis;
use std::path::Path;
use std::sync::Arc;

/// The record store. Cheap to clone; the store closes when the last clone is gone.
#[derive(Clone)]
pub struct Records {
    core: Arc<Core>,
    sequencer: Sequencer,
}

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
    #[error("the database {0} is damaged or not a quietroom database: restore it from a backup")]
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
    /// Opens the store in `folder`, making both when they do not exist. Must run within a Tokio
    /// runtime.
    ///
    /// # Errors
    /// See [`OpenError`]; a store that does not open is left as it was.
    pub async fn open(
        folder: &Path,
        key: KeyEncryptionKey,
        options: OpenOptions,
    ) -> Result<Self, OpenError> {
        Self::open_with(folder, key, options, Arc::new(SystemRandomness)).await
    }

    /// Whether a store exists in `folder`.
    #[must_use]
    pub fn exists(folder: &Path) -> bool {
        place::holds_data(folder)
    }

    /// Finishes what is under way and closes the database; later calls fail.
    pub async fn close(&self) {
        self.core.readers.close().await;
        self.core.writer.close().await;
        if let Err(error) = self.core.lock.unlock() {
            tracing::warn!(kind = %error.kind(), "the data folder stays locked until exit");
        }
    }

    /// A write that changes nothing, for readiness checks.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn check_writable(&self) -> Result<(), Error> {
        let mut write = self.core.write().await?;
        sqlx::query("UPDATE store SET created_at = created_at")
            .execute(write.db())
            .await?;
        write.commit().await
    }

    pub(crate) async fn open_with(
        folder: &Path,
        key: KeyEncryptionKey,
        options: OpenOptions,
        random: Arc<dyn Randomness>,
    ) -> Result<Self, OpenError> {
        let at = At::new(folder);
        let lock = at.lock()?;
        let kek = key.key().map_err(|error| at.disk(&error))?;
        if at.look(&kek, options).await? == Found::Nothing {
            at.create_file()?;
        }
        let writer = at.writer().await.map_err(|error| at.fault(&error))?;
        at.prepare(&writer, &kek, random.as_ref(), options).await?;
        let core = Arc::new(Core {
            writer,
            readers: at.readers(),
            keyring: Keyring::new(kek, random),
            lock,
        });
        Ok(Self {
            sequencer: audit::start(Arc::clone(&core)),
            core,
        })
    }

    pub(crate) fn core(&self) -> &Core {
        &self.core
    }

    pub(crate) const fn sequencer(&self) -> &Sequencer {
        &self.sequencer
    }
}

impl std::fmt::Debug for Records {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Records")
    }
}
