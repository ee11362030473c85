//! One writer, several readers, and the errors of both.

use crate::audit::{self, Event};
use crate::tenant::{Keyring, Tenant};
use crate::{Ctx, Error, Fault, What};
use quietroom_protocol::OrganisationId;
use sqlx::{Sqlite, SqliteConnection, SqlitePool, Transaction};
use std::fs::File;
use std::sync::Arc;

/// What every clone of the store shares.
pub(crate) struct Core {
    /// One connection: SQLite has one writer, and the pool is the queue before it.
    pub(crate) writer: SqlitePool,
    pub(crate) readers: SqlitePool,
    pub(crate) keyring: Keyring,
    /// Locked as long as the store is open.
    pub(crate) lock: File,
}

impl Core {
    /// Begins a write. It holds the only writer until it is committed or dropped (rolled back).
    pub(crate) async fn write(&self) -> Result<Write<'_>, Error> {
        // IMMEDIATE takes the lock at the start: a deferred transaction can fail halfway.
        let tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        Ok(Write { tx, core: self })
    }

    /// Begins a read of one consistent state.
    pub(crate) async fn read(&self) -> Result<Transaction<'static, Sqlite>, Error> {
        Ok(self.readers.begin().await?)
    }

    pub(crate) async fn tenant(
        &self,
        db: &mut SqliteConnection,
        organisation: OrganisationId,
    ) -> Result<Arc<Tenant>, Error> {
        self.keyring.tenant(db, organisation).await
    }
}

/// A write transaction.
pub(crate) struct Write<'a> {
    tx: Transaction<'static, Sqlite>,
    core: &'a Core,
}

impl Write<'_> {
    pub(crate) fn db(&mut self) -> &mut SqliteConnection {
        &mut self.tx
    }

    pub(crate) async fn tenant(
        &mut self,
        organisation: OrganisationId,
    ) -> Result<Arc<Tenant>, Error> {
        self.core.tenant(&mut self.tx, organisation).await
    }

    /// Draws the keys of a new organisation.
    pub(crate) async fn create_tenant(&mut self, ctx: &Ctx) -> Result<(), Error> {
        self.core
            .keyring
            .create(&mut self.tx, ctx.organisation, ctx.now)
            .await
    }

    /// Appends the first event of an organisation made in this transaction. Its keys are read from
    /// the transaction and not kept: it may still be rolled back.
    pub(crate) async fn audit_first(&mut self, ctx: &Ctx, event: &Event) -> Result<(), Error> {
        let tenant = self
            .core
            .keyring
            .load(&mut self.tx, ctx.organisation)
            .await?;
        audit::append(&mut self.tx, &tenant, ctx, event).await
    }

    /// Appends an audit event to what is written.
    pub(crate) async fn audit(&mut self, ctx: &Ctx, event: &Event) -> Result<(), Error> {
        let tenant = self.tenant(ctx.organisation).await?;
        audit::append(&mut self.tx, &tenant, ctx, event).await
    }

    /// Makes it durable.
    pub(crate) async fn commit(self) -> Result<(), Error> {
        Ok(self.tx.commit().await?)
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        let fault = Fault::of(&error);
        // Primary result code: the lower byte (sqlite.org/rescode.html).
        match fault.code.map(|code| code & 0xff) {
            Some(5 | 6) => Self::Busy,
            // READONLY, IOERR, FULL, CANTOPEN
            Some(8 | 10 | 13 | 14) => Self::Disk(fault),
            _ if matches!(error, sqlx::Error::PoolTimedOut) => Self::Busy,
            _ => Self::Database(fault),
        }
    }
}

impl Error {
    /// A refused unique or primary key becomes the answer it stands for.
    pub(crate) fn or_taken(self, what: What) -> Self {
        match self {
            Self::Database(fault) if matches!(fault.code, Some(1555 | 2067)) => Self::Taken(what),
            other => other,
        }
    }

    /// A refused foreign key becomes the answer it stands for.
    pub(crate) fn or_not_found(self, what: What) -> Self {
        match self {
            Self::Database(fault) if fault.code == Some(787) => Self::NotFound(what),
            other => other,
        }
    }
}

impl Fault {
    /// Code and constraint of a database error. Everything else of it may hold values.
    pub(crate) fn of(error: &sqlx::Error) -> Self {
        let kind = match error {
            sqlx::Error::Database(_) => "database",
            sqlx::Error::PoolTimedOut => "no connection in time",
            sqlx::Error::PoolClosed => "closed",
            sqlx::Error::Io(_) => "input or output",
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => "decoding",
            sqlx::Error::ColumnNotFound(_) | sqlx::Error::RowNotFound => "missing",
            sqlx::Error::WorkerCrashed => "stopped",
            _ => "other",
        };
        let database = error.as_database_error();
        Self {
            kind,
            code: database
                .and_then(sqlx::error::DatabaseError::code)
                .and_then(|code| code.parse().ok()),
            constraint: database.and_then(|error| constraint(error.message())),
        }
    }
}

/// The columns that SQLite names when a constraint refuses a row: names of the schema, no values.
fn constraint(message: &str) -> Option<String> {
    let (_, columns) = message.split_once(" constraint failed: ")?;
    let harmless = |c: char| {
        c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '.' | ',' | ' ')
    };
    columns.chars().all(harmless).then(|| columns.to_owned())
}
