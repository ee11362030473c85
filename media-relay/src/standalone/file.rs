//! The configuration file as it is written. Keys that are not known are errors.

use serde::Deserialize;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) realm: String,
    #[serde(default)]
    pub(super) udp: UdpSection,
    #[serde(default)]
    pub(super) tcp: TcpSection,
    pub(super) tls: Option<TlsSection>,
    pub(super) credentials: Credentials,
    pub(super) relay: RelaySection,
    #[serde(default)]
    pub(super) limits: Limits,
}

#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct UdpSection {
    pub(super) listen: Vec<IpAddr>,
    pub(super) port: u16,
    pub(super) workers: u16,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct TcpSection {
    pub(super) listen: Vec<SocketAddr>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TlsSection {
    pub(super) listen: Vec<SocketAddr>,
    pub(super) certificate_file: PathBuf,
    pub(super) key_file: PathBuf,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Credentials {
    pub(super) users_file: Option<PathBuf>,
    pub(super) shared_secret_file: Option<PathBuf>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RelaySection {
    pub(super) addresses: Vec<String>,
    #[serde(default = "first_port")]
    pub(super) first_port: u16,
    #[serde(default = "last_port")]
    pub(super) last_port: u16,
    #[serde(default)]
    pub(super) allow: Vec<String>,
    #[serde(default)]
    pub(super) deny: Vec<String>,
    #[serde(default)]
    pub(super) rfc5766_channels: bool,
}

#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Limits {
    pub(super) allocations: u32,
    pub(super) allocations_per_user: u32,
    pub(super) kilobytes_per_second: u32,
    pub(super) streams: u32,
}

impl Default for UdpSection {
    fn default() -> UdpSection {
        UdpSection {
            listen: vec![
                IpAddr::from([0; 4]),
                IpAddr::from(std::net::Ipv6Addr::UNSPECIFIED),
            ],
            port: 3478,
            workers: 1,
        }
    }
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            allocations: 2_000,
            allocations_per_user: 100,
            kilobytes_per_second: 2_500,
            streams: 1_000,
        }
    }
}

/// The dynamic ports (RFC 6335 section 6), from which RFC 8656 section 7.2 wants relayed ones.
fn first_port() -> u16 {
    49_152
}

fn last_port() -> u16 {
    65_535
}
