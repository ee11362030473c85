//! The HTTP interface: JSON bodies under `/api/v1`. Every refusal is a [`crate::Refused`] with a
//! fitting status.

mod account;
mod identity;
mod join;
mod note;
mod schedule;

pub use account::{
    ConfirmSetUp, CreateStaff, LinkSignIn, Me, SetUp, SetUpDone, SetUpLink, SetUpSecret,
    SetUpToken, SetUpWho, SignIn, StaffMember,
};
pub use identity::{IdentityFound, IdentityRecord, KeepIdentity};
pub use join::{Join, Joined, Look, LookToken, Readiness};
pub use note::{NoteSummary, NoteView, SaveNote, Saved};
pub use schedule::{
    Booked, BookedPerson, CreateLink, CreatePerson, CreateSession, Day, Link, Person, Reschedule,
    SessionSummary,
};
