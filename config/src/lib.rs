//! What an operator configures: typed sections with defaults and validation.
//!
//! Begin with [`Config::load`], which finds every [`Problem`] at once. The commented file for
//! operators is `quietroom.example.toml` beside this crate. Secrets come from files or the
//! environment only, and cannot be seen in `Debug`.

mod given;
mod load;
mod origin;
mod problem;
mod range;
mod reader;
mod relay_address;
mod schema;
mod secret;
mod section;
mod turn;

pub use problem::{Place, Problem};
pub use range::{NotARange, Range};
pub use relay_address::{NotARelayAddress, RelayAddress};
pub use secret::Secret;
pub use section::{
    Clinic, Config, Consent, Data, KeySource, Log, LogFormat, LogLevel, NotAWord, Relay, Server,
    SignIn, Tls,
};
pub use turn::{GeneralRelaying, Turn, TurnUser};
