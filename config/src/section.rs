//! The sections, as the rest of Quietroom uses them: validated and complete.

use crate::{Secret, Turn};
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
    str::FromStr,
};

/// Everything that is configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    pub server: Server,
    pub data: Data,
    pub clinic: Clinic,
    pub relay: Relay,
    pub turn: Turn,
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
    pub key_encryption_key: KeySource,
}

/// Where the key-encryption key comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeySource {
    File(PathBuf),
    /// Given by the environment.
    Value(Secret),
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
    /// Addresses to bind; empty stands for every interface of the machine.
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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

/// First UDP port of the relay unless configured.
pub(crate) const PORT_BASE: u16 = 40000;

/// A worker per core.
pub(crate) fn workers() -> u16 {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    u16::try_from(cores).unwrap_or(u16::MAX).min(256)
}

impl Default for SignIn {
    fn default() -> Self {
        Self {
            idle_minutes: 15,
            absolute_hours: 12,
        }
    }
}

impl Default for Consent {
    /// A plain text to begin with; a clinic has its own.
    fn default() -> Self {
        let text = [
            "This session takes place over video. It is not recorded by the clinic.",
            "Find a place where nobody else can hear you. You may stop at any time, and you may ask \
             for a session in person instead.",
            "If the connection is lost, the clinic calls you back on the number you give here. If you \
             are in danger, the clinic may send help to the address you give here.",
        ];
        Self {
            version: "general-1".to_owned(),
            text: text.map(str::to_owned).to_vec(),
        }
    }
}

/// Not one of the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not one of the words")]
pub struct NotAWord;

impl FromStr for LogFormat {
    type Err = NotAWord;

    fn from_str(word: &str) -> Result<Self, NotAWord> {
        match word {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err(NotAWord),
        }
    }
}

impl FromStr for LogLevel {
    type Err = NotAWord;

    fn from_str(word: &str) -> Result<Self, NotAWord> {
        match word {
            "error" => Ok(Self::Error),
            "warn" => Ok(Self::Warn),
            "info" => Ok(Self::Info),
            "debug" => Ok(Self::Debug),
            _ => Err(NotAWord),
        }
    }
}

impl Config {
    /// What a demonstration runs with: plain http on localhost, everything below `folder`.
    #[must_use]
    pub fn demo(folder: PathBuf, port: u16, time_zone: String) -> Self {
        Self {
            server: Server {
                listen: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
                public_origin: format!("http://localhost:{port}"),
                trusted_proxy: None,
                tls: None,
            },
            data: Data {
                key_encryption_key: KeySource::File(folder.join("key")),
                folder,
            },
            clinic: Clinic {
                name: "Alder Street Clinic (demo)".to_owned(),
                time_zone,
            },
            relay: Relay {
                listen: Vec::new(),
                port_base: 0,
                workers: workers(),
                advertise: Vec::new(),
            },
            turn: Turn {
                tcp_port: Some(port),
                ..Turn::at("localhost")
            },
            sign_in: SignIn::default(),
            consent: Consent::default(),
            log: Log::default(),
        }
    }
}
