//! Members of staff and how they sign in.

mod account;
mod credential;
mod identity;
mod link;
mod setup;
mod web;

pub(crate) use account::name;
pub use account::{NewStaff, StaffRecord};
pub use credential::Credential;
pub use identity::{IdentityRow, KeepOutcome, NewIdentity};
pub use setup::{NewCredential, PendingSetUp};
pub use web::{NewWebSession, WebSession};
