//! The sections, as the rest of Quietroom uses them: validated and complete.

use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};

/// Everything that is configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    pub server: Server,
    pub data: Data,
    pub clinic: Clinic,
    pub relay: Relay,
    pub sign_in: SignIn,
    pub consent: Consent,
    pub log: Log,
}

/// `[server]`: how browsers reach Quietroom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// Address and TCP port to listen on.
    pub listen: SocketAddr,
    /// Scheme, host and port that browsers see, as in an `Origin` header (RFC 6454).
    pub public_origin: String,
    /// The one address whose `X-Forwarded-For` is believed.
    pub trusted_proxy: Option<IpAddr>,
    /// `[tls]`; without it the server speaks plain http, on a loopback address only.
    pub tls: Option<Tls>,
}

/// `[tls]`: PEM files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    pub certificate_file: PathBuf,
    pub key_file: PathBuf,
}

/// `[data]`: where records are kept and what seals them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Data {
    pub folder: PathBuf,
    /// A file with the 32 bytes of the key-encryption key.
    pub key_encryption_key_file: PathBuf,
}

/// `[clinic]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clinic {
    pub name: String,
    /// IANA name.
    pub time_zone: String,
}

/// `[relay]`: the media relay that the server starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relay {
    /// Addresses to bind; empty stands for all of the machine's interfaces.
    pub listen: Vec<IpAddr>,
    /// Worker `i` listens on UDP `port_base + i`; 0 lets the system choose.
    pub port_base: u16,
    pub workers: u16,
    /// Addresses offered to browsers instead of the bound ones; port 0 is the worker's own.
    pub advertise: Vec<SocketAddr>,
}

/// `[sign_in]`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignIn {
    /// Without a request for this long an account is signed out, minutes.
    pub idle_minutes: u32,
    /// A sign-in never lasts longer, hours.
    pub absolute_hours: u32,
}

/// `[consent]`: what a guest agrees to before a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    pub version: String,
    /// Paragraphs.
    pub text: Vec<String>,
}

/// `[log]`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Log {
    pub format: LogFormat,
    pub level: LogLevel,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    #[default]
    Text,
    Json,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogLevel {
    Error,
    Warn,
    #[default]
    Info,
    Debug,
}
