//! The TURN server as devices are told of it: where it is, and with which password.
//!
//! The relay checks the passwords with the same key and asks nobody. The key is new with each
//! server; what was issued by an earlier one is worth nothing.

use crate::random::{NoRandomness, Random};
use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use media_relay_control::{
    GeneralRelaying, RelayAddress, Secret, TurnSettings, TurnUser, participant,
};
use quietroom_config::{Config, Turn as TurnConfig};
use quietroom_protocol::{Credential, DeviceId, IceServer, UtcMillis};
use std::{fmt, sync::Arc};

/// How long a password is good, milliseconds: longer than any session.
const GOOD_FOR: i64 = 12 * 60 * 60 * 1000;
/// A device gets another once the one it has is good for less, milliseconds.
const RENEWED_BEFORE: i64 = 6 * 60 * 60 * 1000;
/// Streams of TURN open at one time.
pub(crate) const MOST_STREAMS: u16 = 4096;

/// Issues what devices need to reach the relay through TURN. Cheap to clone.
#[derive(Clone)]
pub struct Turn(Arc<Inner>);

struct Inner {
    config: TurnConfig,
    /// UDP port that browsers see in place of the worker's.
    advertised_port: Option<u16>,
    key: Secret,
    passwords: Key,
    /// Names devices to the relay.
    names: Key,
}

/// What a device is told, and until when it is good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issued {
    pub ice_servers: Vec<IceServer>,
    pub expires: UtcMillis,
}

impl Issued {
    /// Whether the device should get others by now.
    #[must_use]
    pub fn ends_soon(&self, now: UtcMillis) -> bool {
        self.expires.since(now) < RENEWED_BEFORE
    }
}

impl Turn {
    /// With a new key.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn new(config: &Config, random: &Random) -> Result<Self, NoRandomness> {
        let key = hex(&random.bytes::<32>()?);
        let advertised = config.relay.advertise.iter().map(|address| address.port());
        Ok(Self(Arc::new(Inner {
            config: config.turn.clone(),
            advertised_port: advertised.clone().find(|port| *port != 0),
            passwords: Key::new(HMAC_SHA256, key.as_bytes()),
            key: Secret::new(key),
            names: Key::new(HMAC_SHA256, &random.bytes::<32>()?),
        })))
    }

    /// What the relay is told.
    #[must_use]
    pub fn settings(&self, config: &Config) -> TurnSettings {
        let turn = &self.0.config;
        TurnSettings {
            realm: turn.host.trim_matches(['[', ']']).to_owned(),
            participants: Some(self.0.key.clone()),
            general: turn.general.as_ref().map(general),
            max_allocations: turn.max_allocations,
            max_allocations_per_user: turn.max_allocations_per_user,
            max_bytes_per_second: u64::from(turn.max_kilobytes_per_second) * 1000,
            max_streams: MOST_STREAMS.into(),
            own_listeners: vec![config.server.listen],
        }
    }

    /// For one device, which has the same name to the relay each time. `udp` is the UDP port of the
    /// worker on which its room lives.
    #[must_use]
    pub fn issue(&self, device: DeviceId, udp: u16, now: UtcMillis) -> Issued {
        let expires = now.plus(GOOD_FOR);
        let seconds = u64::try_from(expires.0 / 1000).unwrap_or(0);
        let name = sign(&self.0.names, device.0.as_bytes());
        let name = URL_SAFE_NO_PAD.encode(name.as_ref().get(..16).unwrap_or_default());
        let username = participant::username(seconds, &name);
        let password = STANDARD.encode(sign(&self.0.passwords, username.as_bytes()));
        Issued {
            ice_servers: vec![IceServer {
                urls: self.urls(udp),
                username: Credential::new(username),
                credential: Credential::new(password),
            }],
            expires,
        }
    }

    /// In the order in which they are to be preferred.
    fn urls(&self, udp: u16) -> Vec<String> {
        let TurnConfig {
            host,
            tcp_port,
            tls_port,
            ..
        } = &self.0.config;
        let udp = self.0.advertised_port.unwrap_or(udp);
        let tcp = tcp_port.map(|port| format!("turn:{host}:{port}?transport=tcp"));
        let tls = tls_port.map(|port| format!("turns:{host}:{port}?transport=tcp"));
        let mut urls = vec![format!("turn:{host}:{udp}?transport=udp")];
        urls.extend(tcp.into_iter().chain(tls));
        urls
    }
}

impl fmt::Debug for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Turn")
    }
}

fn general(general: &quietroom_config::GeneralRelaying) -> GeneralRelaying {
    let secret = |secret: &quietroom_config::Secret| Secret::new(secret.expose().to_owned());
    let user = |user: &quietroom_config::TurnUser| TurnUser {
        name: user.name.clone(),
        password: secret(&user.password),
    };
    let address = |address: &quietroom_config::RelayAddress| RelayAddress {
        bind: address.bind,
        advertise: address.advertise,
    };
    let ranges =
        |ranges: &[quietroom_config::Range]| ranges.iter().map(ToString::to_string).collect();
    GeneralRelaying {
        users: general.users.iter().map(user).collect(),
        shared_secrets: general.shared_secrets.iter().map(secret).collect(),
        relay: general.addresses.iter().map(address).collect(),
        ports: general.ports,
        allow: ranges(&general.allow),
        deny: ranges(&general.deny),
        rfc5766_channels: false,
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;
    use uuid::Uuid;

    const DEVICE: DeviceId = DeviceId(Uuid::from_u128(7));
    const NOW: UtcMillis = UtcMillis(1_790_000_000_000);

    fn demo() -> Config {
        Config::demo(PathBuf::from("/nowhere"), 8080, "UTC".to_owned())
    }

    fn turn(config: &Config) -> Turn {
        Turn::new(config, &Random::system()).unwrap()
    }

    #[test]
    fn a_password_is_what_the_relay_computes_from_its_key() {
        let config = demo();
        let turn = turn(&config);
        let issued = turn.issue(DEVICE, 40_000, NOW);
        let [server] = issued.ice_servers.as_slice() else {
            panic!("one server: {issued:?}");
        };
        let name = server.username.expose();
        let (expires, id) = participant::parse(name).unwrap();
        assert_eq!(expires, 1_790_000_000 + 12 * 60 * 60);
        assert!(!id.contains(&DEVICE.0.simple().to_string()));
        let key = turn.settings(&config).participants.unwrap();
        assert_eq!(key.expose().len(), 64);
        let password = sign(
            &Key::new(HMAC_SHA256, key.expose().as_bytes()),
            name.as_bytes(),
        );
        assert_eq!(server.credential.expose(), STANDARD.encode(password));
    }

    #[test]
    fn a_device_keeps_its_name_and_shares_it_with_nobody() {
        let turn = turn(&demo());
        let name = |device, now| {
            let issued = turn.issue(device, 1, now);
            let username = issued.ice_servers[0].username.expose().to_owned();
            participant::parse(&username).unwrap().1.to_owned()
        };
        assert_eq!(name(DEVICE, NOW), name(DEVICE, NOW.plus(GOOD_FOR)));
        assert_ne!(name(DEVICE, NOW), name(DeviceId(Uuid::from_u128(8)), NOW));
    }

    #[test]
    fn ways_are_told_from_the_best_to_the_last_resort() {
        let mut config = demo();
        config.turn.host = "clinic.example".to_owned();
        config.turn.tcp_port = Some(443);
        config.turn.tls_port = Some(443);
        let urls = |config: &Config| {
            let issued = turn(config).issue(DEVICE, 40_001, NOW);
            issued.ice_servers[0].urls.clone()
        };
        assert_eq!(
            urls(&config),
            [
                "turn:clinic.example:40001?transport=udp",
                "turn:clinic.example:443?transport=tcp",
                "turns:clinic.example:443?transport=tcp",
            ]
        );
        config.turn.tcp_port = None;
        config.turn.tls_port = None;
        config.relay.advertise = vec!["192.0.2.1:0".parse().unwrap()];
        assert_eq!(urls(&config), ["turn:clinic.example:40001?transport=udp"]);
        config.relay.advertise = vec!["192.0.2.1:3478".parse().unwrap()];
        assert_eq!(urls(&config), ["turn:clinic.example:3478?transport=udp"]);
    }

    #[test]
    fn nothing_secret_is_shown() {
        let config = demo();
        let turn = turn(&config);
        let issued = turn.issue(DEVICE, 1, NOW);
        let shown = format!("{turn:?} {issued:?} {:?}", turn.settings(&config));
        let key = turn.settings(&config).participants.unwrap();
        let server = &issued.ice_servers[0];
        for secret in [
            &key.expose(),
            &server.username.expose(),
            &server.credential.expose(),
        ] {
            assert!(!shown.contains(*secret), "{shown}");
        }
    }
}
