//! What proves a member of staff: passwords, authenticator codes, recovery codes, tokens.

mod authenticator;
mod password;
mod recovery;
mod token;

pub use authenticator::{Authenticator, AuthenticatorFault};
pub use password::{PasswordFault, Passwords};
pub use recovery::RecoveryCodes;
pub use token::Token;
pub(crate) use token::sha256;

/// How long a set-up link works, milliseconds.
pub const SET_UP_MS: i64 = 72 * 60 * 60 * 1000;
