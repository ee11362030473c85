//! What can go wrong, without the values it went wrong with.

use crate::SealFault;

/// A call that failed and changed nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("there is no such {0}")]
    NotFound(What),
    /// The id, username or hash is in use already.
    #[error("this {0} exists already")]
    Taken(What),
    #[error("the record store is busy")]
    Busy,
    /// Nothing can be written any more, because the disk is full or fails.
    #[error("the disk of the record store cannot be written ({0})")]
    Disk(Fault),
    #[error("the record store failed ({0})")]
    Database(Fault),
    #[error(transparent)]
    Seal(#[from] SealFault),
    /// The log or its head was tampered with: nothing that must be audited can be done.
    #[error("the audit log does not end where it was sealed")]
    AuditTampered,
    /// A value is not what this version writes.
    #[error("a {0} cannot be read or written in this form")]
    Unreadable(What),
}

/// A database failure: code and constraint, never a value of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub kind: &'static str,
    /// SQLite's extended result code.
    pub code: Option<i32>,
    /// Columns of the constraint that refused the row.
    pub constraint: Option<String>,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.kind)?;
        if let Some(code) = self.code {
            write!(f, " {code}")?;
        }
        if let Some(constraint) = &self.constraint {
            write!(f, " {constraint}")?;
        }
        Ok(())
    }
}

/// The thing an error is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Organisation,
    Staff,
    Token,
    Person,
    Session,
    Seat,
    Link,
    Device,
    Fact,
    Delivery,
    BoardEntry,
    BoardSnapshot,
    Identity,
    Note,
    AuditEvent,
    OutboxRow,
}

impl std::fmt::Display for What {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Organisation => "organisation",
            Self::Staff => "member of staff",
            Self::Token => "token",
            Self::Person => "person",
            Self::Session => "session",
            Self::Seat => "seat",
            Self::Link => "link",
            Self::Device => "device",
            Self::Fact => "fact",
            Self::Delivery => "delivery",
            Self::BoardEntry => "board entry",
            Self::BoardSnapshot => "board snapshot",
            Self::Identity => "identity",
            Self::Note => "note",
            Self::AuditEvent => "audit event",
            Self::OutboxRow => "outbox row",
        })
    }
}
