//! The folder and the database in it: what is there, and making what is not.

use super::{OpenError, OpenOptions};
use crate::Fault;
use crate::seal::{Key, Place, Randomness};
use quietroom_protocol::OrganisationId;
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, Row, SqliteConnection, SqlitePool};
use std::fs::{DirBuilder, File, OpenOptions as FileOptions, TryLockError};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;
use uuid::Uuid;

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

const DATABASE: &str = "quietroom.sqlite";
const LOCK: &str = "quietroom.lock";
const CHECK: &[u8] = b"quietroom key check";
const READERS: u32 = 4;

/// Whether a database was begun in `folder`.
pub(super) fn holds_data(folder: &Path) -> bool {
    std::fs::metadata(folder.join(DATABASE)).is_ok_and(|about| about.len() > 0)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Nothing,
    /// A database of ours, whole, of this key and this use.
    Ours,
}

/// Where the store is.
pub(super) struct At {
    folder: PathBuf,
    database: PathBuf,
}

impl At {
    pub(super) fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            database: folder.join(DATABASE),
        }
    }

    /// Makes the folder if need be and takes its lock, which also proves that it can be written.
    pub(super) fn lock(&self) -> Result<File, OpenError> {
        let made = DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.folder);
        made.map_err(|_| self.not_writable())?;
        let lock = FileOptions::new()
            .create(true)
            .write(true)
            .truncate(false)
            .mode(0o600)
            .open(self.folder.join(LOCK))
            .map_err(|_| self.not_writable())?;
        match lock.try_lock() {
            Ok(()) => Ok(lock),
            Err(TryLockError::WouldBlock) => Err(OpenError::InUse(self.folder_shown())),
            Err(TryLockError::Error(error)) => Err(self.disk(&error)),
        }
    }

    /// Judges what is there before anything is written to it.
    pub(super) async fn look(&self, kek: &Key, options: OpenOptions) -> Result<Found, OpenError> {
        match std::fs::metadata(&self.database) {
            Ok(about) if about.len() == 0 => return Ok(Found::Nothing),
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Found::Nothing);
            }
            Err(error) => return Err(self.disk(&error)),
        }
        let mut db = SqliteConnectOptions::new()
            .filename(&self.database)
            .pragma("trusted_schema", "OFF")
            .disable_statement_logging()
            .connect()
            .await
            .map_err(|error| self.fault(&error))?;
        let found = self.judge(&mut db, kek, options).await;
        // Closing also folds a leftover write-ahead log in; a failure shows again at once.
        let _ = db.close().await;
        found
    }

    async fn judge(
        &self,
        db: &mut SqliteConnection,
        kek: &Key,
        options: OpenOptions,
    ) -> Result<Found, OpenError> {
        let fault = |error: sqlx::Error| self.fault(&error);
        let sound: Vec<String> = sqlx::query_scalar("PRAGMA quick_check")
            .fetch_all(&mut *db)
            .await
            .map_err(fault)?;
        if sound != ["ok"] {
            return Err(OpenError::Corrupt(self.database_shown()));
        }
        let tables: Vec<String> =
            sqlx::query_scalar("SELECT name FROM sqlite_schema WHERE type = 'table'")
                .fetch_all(&mut *db)
                .await
                .map_err(fault)?;
        let has = |name: &str| tables.iter().any(|table| table == name);
        if tables.is_empty() {
            return Ok(Found::Nothing);
        }
        if !has("_sqlx_migrations") {
            return Err(OpenError::Corrupt(self.database_shown()));
        }
        let version: Option<i64> = sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations")
            .fetch_one(&mut *db)
            .await
            .map_err(fault)?;
        let ours = MIGRATIONS.iter().map(|migration| migration.version).max();
        if version > ours {
            return Err(OpenError::NewerSchema(self.database_shown()));
        }
        if !has("store") {
            return match version {
                // Stopped while it was made for the first time.
                None => Ok(Found::Nothing),
                Some(_) => Err(OpenError::Corrupt(self.database_shown())),
            };
        }
        let row = sqlx::query("SELECT store_id, demo, key_check FROM store")
            .fetch_optional(&mut *db)
            .await
            .map_err(fault)?;
        let Some(row) = row else {
            return Ok(Found::Nothing);
        };
        match row.try_get("demo").map_err(fault)? {
            true if !options.demo => return Err(OpenError::DemoData(self.folder_shown())),
            false if options.demo => return Err(OpenError::RealData(self.folder_shown())),
            _ => {}
        }
        let store: &[u8] = row.try_get("store_id").map_err(fault)?;
        let check: &[u8] = row.try_get("key_check").map_err(fault)?;
        match kek.open(&key_check(store), check) {
            Ok(text) if text.as_slice() == CHECK => Ok(Found::Ours),
            _ => Err(OpenError::WrongKey(self.database_shown())),
        }
    }

    /// An empty file that only its owner can read; SQLite gives its log files the same mode.
    pub(super) fn create_file(&self) -> Result<(), OpenError> {
        let made = FileOptions::new()
            .create(true)
            .write(true)
            .truncate(false)
            .mode(0o600)
            .open(&self.database)
            .and_then(|file| file.sync_all())
            .and_then(|()| File::open(&self.folder)?.sync_all());
        made.map_err(|_| self.not_writable())
    }

    fn options(&self) -> SqliteConnectOptions {
        SqliteConnectOptions::new()
            .filename(&self.database)
            .journal_mode(SqliteJournalMode::Wal)
            // FULL: a commit that was answered survives a power cut (sqlite.org/pragma.html).
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5))
            .pragma("trusted_schema", "OFF")
            // What is deleted is also overwritten in the file.
            .pragma("secure_delete", "ON")
            .disable_statement_logging()
    }

    pub(super) async fn writer(&self) -> Result<SqlitePool, sqlx::Error> {
        SqlitePoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
            .acquire_timeout(Duration::from_secs(20))
            .connect_with(self.options())
            .await
    }

    pub(super) fn readers(&self) -> SqlitePool {
        SqlitePoolOptions::new()
            .max_connections(READERS)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
            .acquire_timeout(Duration::from_secs(20))
            .connect_lazy_with(self.options().pragma("query_only", "ON"))
    }

    /// Brings the schema up to date and, in a new store, writes what it is.
    pub(super) async fn prepare(
        &self,
        writer: &SqlitePool,
        kek: &Key,
        random: &dyn Randomness,
        options: OpenOptions,
    ) -> Result<(), OpenError> {
        MIGRATIONS.run(writer).await.map_err(|error| match error {
            sqlx::migrate::MigrateError::Execute(error)
            | sqlx::migrate::MigrateError::ExecuteMigration(error, _) => self.fault(&error),
            sqlx::migrate::MigrateError::VersionMissing(_) => {
                OpenError::NewerSchema(self.database_shown())
            }
            // Its message names a version, no value.
            other => self.disk(&other),
        })?;
        let mut store = [0; 16];
        random.fill(&mut store).map_err(|error| self.disk(&error))?;
        let check = kek
            .seal(random, &key_check(&store), CHECK)
            .map_err(|error| self.disk(&error))?;
        sqlx::query(
            "INSERT INTO store (id, store_id, demo, key_check, created_at)
             VALUES (1, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        )
        .bind(store.as_slice())
        .bind(options.demo)
        .bind(check)
        .bind(options.now.0)
        .execute(writer)
        .await
        .map_err(|error| self.fault(&error))?;
        Ok(())
    }

    pub(super) fn fault(&self, error: &sqlx::Error) -> OpenError {
        let fault = Fault::of(error);
        // Primary result code: the lower byte (sqlite.org/rescode.html).
        match fault.code.map(|code| code & 0xff) {
            // BUSY, LOCKED
            Some(5 | 6) => OpenError::InUse(self.folder_shown()),
            // READONLY, CANTOPEN
            Some(8 | 14) => self.not_writable(),
            // CORRUPT, NOTADB
            Some(11 | 26) => OpenError::Corrupt(self.database_shown()),
            _ => self.disk(&fault),
        }
    }

    pub(super) fn disk(&self, fault: &dyn std::fmt::Display) -> OpenError {
        OpenError::Disk {
            path: self.database_shown(),
            fault: fault.to_string(),
        }
    }

    fn not_writable(&self) -> OpenError {
        OpenError::NotWritable(self.folder_shown())
    }

    fn folder_shown(&self) -> String {
        self.folder.display().to_string()
    }

    fn database_shown(&self) -> String {
        self.database.display().to_string()
    }
}

/// The check value belongs to no organisation.
const fn key_check(store: &[u8]) -> Place<'_> {
    Place {
        organisation: OrganisationId(Uuid::nil()),
        table: "store",
        column: "key_check",
        row: store,
        version: 0,
    }
}
