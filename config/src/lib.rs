//! What an operator configures: typed sections with defaults and validation.
//!
//! Begin with [`Config`]. The commented file for operators is `quietroom.example.toml` beside this
//! crate. Values of secrets come from files or the environment only, and have no `Debug`.

mod section;

pub use section::{
    Clinic, Config, Consent, Data, Log, LogFormat, LogLevel, Relay, Server, SignIn, Tls,
};
