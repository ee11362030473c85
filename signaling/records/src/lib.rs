//! The record store: everything Quietroom keeps, in one SQLite database in a data folder.
//!
//! Start with [`Records::open`], which takes a folder and a [`KeyEncryptionKey`]. Every other call
//! names the organisation, most of them through a [`Ctx`] that also says who asks and when. Ids,
//! times and tokens come from the caller; only the nonces and keys of sealing are drawn here.
//!
//! - What identifies a person is sealed before it is written; what was tampered with does not open
//!   ([`SealFault`]).
//! - Facts are append-only and fenced by the epoch of the room that writes them.
//! - Whatever changes something appends its audit event in the same transaction. Whatever gives out
//!   health information appends its audit event first, and gives nothing out when that fails.

mod audit;
mod ctx;
mod db;
mod error;
mod facts;
mod heartbeat;
mod keys;
mod links;
mod notes;
mod open;
mod organisation;
mod outbox;
mod people;
mod schedule;
mod seal;
mod staff;
mod tenant;
mod throttle;
mod words;

pub use audit::{Action, AuditBroken, AuditEntry, AuditFault, AuditHead, Event, Outcome, Resource};
pub use ctx::{Actor, Ctx};
pub use error::{Error, Fault, What};
pub use facts::{
    Append, AppendError, Appended, BoardKept, BoardSnapshotRow, DeliveryRow, DeliveryTotals,
    EndSession, EndedSession, FactRow, NewNote, SessionChange, StoredFact,
};
pub use keys::{KeyEncryptionKey, KeyError};
pub use links::{DeviceRecord, FoundLink, LinkError, LinkRecord, NewDevice, NewLink, Redeemed};
pub use notes::{NoteListing, NoteRecord, SaveOutcome};
pub use open::{OpenError, OpenOptions, Records};
pub use organisation::Organisation;
pub use outbox::OutboxRow;
pub use people::PersonRecord;
pub use schedule::{Holder, NewSession, Seat, SeatRecord, SessionRecord};
pub use seal::SealFault;
pub use staff::{
    Credential, IdentityRow, KeepOutcome, NewCredential, NewIdentity, NewStaff, NewWebSession,
    PendingSetUp, StaffRecord, WebSession,
};
pub use throttle::{Limit, Throttle};
