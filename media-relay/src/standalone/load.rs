//! From the configuration file to what is run.

use super::file::{File, RelaySection, TlsSection};
use super::problems::Problems;
use crate::front::{self, ALPN};
use media_relay_control::{
    GeneralRelaying, RelayAddress, Secret, Settings, TurnSettings, TurnUser,
};
use media_relay_core::turn::check_range;
use std::net::SocketAddr;
use std::path::Path;
use tokio_rustls::TlsAcceptor;

/// Longest realm and name, bytes (RFC 8489 sections 14.9 and 14.3).
const LONGEST_REALM: usize = 763;
const LONGEST_NAME: usize = 508;

/// Everything that is needed to run.
pub(super) struct Plan {
    pub(super) settings: Settings,
    pub(super) tcp: Vec<SocketAddr>,
    pub(super) tls: Vec<SocketAddr>,
    /// There is one when `tls` is not empty.
    pub(super) acceptor: Option<TlsAcceptor>,
    pub(super) max_streams: u32,
}

/// Reads a configuration and the files it names.
///
/// # Errors
/// Everything that is wrong with it.
pub(super) fn load(path: &Path) -> Result<Plan, Problems> {
    let mut problems = Problems::default();
    let text = read(path, &mut problems).unwrap_or_default();
    if !problems.is_empty() {
        return Err(problems);
    }
    match toml::from_str::<File>(&text) {
        Ok(file) => plan(file),
        Err(error) => {
            problems.add(format!("{}: {error}", path.display()));
            Err(problems)
        }
    }
}

fn plan(file: File) -> Result<Plan, Problems> {
    let mut problems = Problems::default();
    let realm = file.realm;
    if realm.is_empty() || realm.len() > LONGEST_REALM {
        problems.add(format!("realm has 1 to {LONGEST_REALM} bytes"));
    }
    if file.udp.listen.is_empty() {
        problems.add("udp.listen names no address");
    }
    if !(1..=64).contains(&file.udp.workers) {
        problems.add("udp.workers is 1 to 64");
    }
    if file.limits.kilobytes_per_second == 0 || file.limits.allocations == 0 {
        problems.add("limits of 0 leave nothing");
    }
    let users = file.credentials.users_file;
    let users = users.map(|path| read_users(&path, &mut problems));
    let secrets = file.credentials.shared_secret_file;
    let secrets = secrets.map(|path| read_secrets(&path, &mut problems));
    if users.is_none() && secrets.is_none() {
        problems
            .add("credentials has neither users_file nor shared_secret_file: nobody can use it");
    }
    let general = GeneralRelaying {
        users: users.unwrap_or_default(),
        shared_secrets: secrets.unwrap_or_default(),
        relay: read_addresses(&file.relay, &mut problems),
        ports: (file.relay.first_port, file.relay.last_port),
        allow: file.relay.allow,
        deny: file.relay.deny,
        rfc5766_channels: file.relay.rfc5766_channels,
    };
    for range in general.allow.iter().chain(&general.deny) {
        problems.note(check_range(range));
    }
    if general.ports.0 > general.ports.1 {
        problems.add("relay.first_port is after relay.last_port");
    }
    let (tls, acceptor) = read_tls(file.tls, &mut problems);
    let own_listeners = file.tcp.listen.iter().chain(&tls).copied().collect();
    let plan = Plan {
        settings: Settings {
            listen: file.udp.listen,
            port_base: file.udp.port,
            workers: file.udp.workers,
            advertise: Vec::new(),
            turn: Some(TurnSettings {
                realm,
                participants: None,
                general: Some(general),
                max_allocations: file.limits.allocations,
                max_allocations_per_user: file.limits.allocations_per_user,
                max_bytes_per_second: u64::from(file.limits.kilobytes_per_second) * 1000,
                max_streams: file.limits.streams,
                own_listeners,
            }),
        },
        tcp: file.tcp.listen,
        tls,
        acceptor,
        max_streams: file.limits.streams,
    };
    if problems.is_empty() {
        Ok(plan)
    } else {
        Err(problems)
    }
}

/// Lines of `name:password`.
fn read_users(path: &Path, problems: &mut Problems) -> Vec<TurnUser> {
    let text = read(path, problems).unwrap_or_default();
    let mut users: Vec<TurnUser> = Vec::new();
    for (number, line) in lines(&text) {
        let place = format!("{} line {number}", path.display());
        let Some((name, password)) = line.split_once(':') else {
            problems.add(format!("{place} is not name:password"));
            continue;
        };
        if name.is_empty() || name.len() > LONGEST_NAME || password.is_empty() {
            problems.add(format!(
                "{place} has no name, no password, or too long a name"
            ));
        } else if users.iter().any(|user| user.name == name) {
            problems.add(format!("{place} repeats a name"));
        } else {
            users.push(TurnUser {
                name: name.to_owned(),
                password: Secret::new(password.to_owned()),
            });
        }
    }
    users
}

/// One secret a line.
fn read_secrets(path: &Path, problems: &mut Problems) -> Vec<Secret> {
    let text = read(path, problems).unwrap_or_default();
    let secrets = lines(&text).map(|(_, line)| Secret::new(line.to_owned()));
    let secrets: Vec<Secret> = secrets.collect();
    if secrets.is_empty() {
        problems.add(format!("{} holds no secret", path.display()));
    }
    secrets
}

/// `address`, or `address=public address` behind a one-to-one NAT.
fn read_addresses(relay: &RelaySection, problems: &mut Problems) -> Vec<RelayAddress> {
    let mut addresses = Vec::new();
    for text in &relay.addresses {
        let (bind, advertise) = match text.split_once('=') {
            Some((bind, advertise)) => (bind, Some(advertise)),
            None => (text.as_str(), None),
        };
        let advertised = advertise.map(|text| text.trim().parse()).transpose();
        match (bind.trim().parse(), advertised) {
            (Ok(bind), Ok(advertise)) => addresses.push(RelayAddress { bind, advertise }),
            _ => problems.add(format!(
                "relay.addresses: {text} is not an address, or two as in 10.0.0.5=192.0.2.10"
            )),
        }
    }
    if relay.addresses.is_empty() {
        problems.add("relay.addresses names no address");
    }
    addresses
}

fn read_tls(
    section: Option<TlsSection>,
    problems: &mut Problems,
) -> (Vec<SocketAddr>, Option<TlsAcceptor>) {
    let Some(section) = section else {
        return (Vec::new(), None);
    };
    let made = front::acceptor(&section.certificate_file, &section.key_file, &[ALPN]);
    (section.listen, problems.note(made))
}

fn read(path: &Path, problems: &mut Problems) -> Option<String> {
    let text = std::fs::read_to_string(path);
    problems.note(text.map_err(|error| format!("cannot read {}: {error}", path.display())))
}

/// Those that are neither empty nor a comment, with their numbers.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = text.lines().map(str::trim);
    let numbered = (1..).zip(lines);
    numbered.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn problems(text: &str) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let users = folder.path().join("users");
        fs::write(
            &users,
            "# comment\n\nclinic:secret\nclinic:again\nno password\n:nobody\n",
        )
        .unwrap();
        let path = folder.path().join("turn.toml");
        fs::write(&path, text.replace("USERS", users.to_str().unwrap())).unwrap();
        let Err(problems) = load(&path) else {
            return Vec::new();
        };
        let place = folder.path().to_str().unwrap();
        problems
            .iter()
            .map(|problem| problem.replace(place, ""))
            .collect()
    }

    #[test]
    fn the_example_is_good_once_its_files_are_there() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().to_str().unwrap();
        let signed = rcgen::generate_simple_self_signed(["turn.example.org".to_owned()]).unwrap();
        fs::write(folder.path().join("turn.users"), "clinic:secret\n").unwrap();
        fs::write(folder.path().join("turn.secret"), "a shared secret\n").unwrap();
        fs::write(folder.path().join("fullchain.pem"), signed.cert.pem()).unwrap();
        let key = signed.signing_key.serialize_pem();
        fs::write(folder.path().join("privkey.pem"), key).unwrap();
        let example = include_str!("../../../config/media-relay.example.toml");
        // With every key that is left out by a comment.
        let all = example
            .lines()
            .map(|line| match line.strip_prefix("# ") {
                Some(rest) if rest.contains(" = ") || rest.starts_with('[') => rest,
                _ => line,
            })
            .collect::<Vec<_>>()
            .join("\n");
        for text in [example.to_owned(), all] {
            let path = folder.path().join("media-relay.toml");
            fs::write(&path, text.replace("/etc/media-relay", place)).unwrap();
            let loaded = load(&path)
                .map_err(|problems| problems.iter().map(str::to_owned).collect::<Vec<_>>());
            let turn = loaded.map(|plan| plan.settings.turn.unwrap()).unwrap();
            assert_eq!(turn.general.unwrap().users.len(), 1);
        }
    }

    #[test]
    fn every_problem_is_said() {
        let text = r#"
            realm = ""
            [udp]
            listen = []
            workers = 0
            [credentials]
            users_file = "USERS"
            [relay]
            addresses = ["192.0.2.1=nowhere"]
            first_port = 9
            last_port = 8
            allow = ["10.0.0.0/40"]
        "#;
        let expected = [
            "realm has 1 to 763 bytes",
            "udp.listen names no address",
            "udp.workers is 1 to 64",
            "/users line 4 repeats a name",
            "/users line 5 is not name:password",
            "/users line 6 has no name, no password, or too long a name",
            "relay.addresses: 192.0.2.1=nowhere is not an address, or two as in 10.0.0.5=192.0.2.10",
            "10.0.0.0/40 is not a range of addresses, as in 10.0.0.0/8",
            "relay.first_port is after relay.last_port",
        ];
        assert_eq!(problems(text), expected);
    }

    #[test]
    fn unknown_keys_and_missing_credentials_are_refused() {
        let unknown = problems("realm = \"r\"\nport = 1\n");
        assert!(unknown.concat().contains("unknown field `port`"));
        let nobody = problems("realm = \"r\"\n[credentials]\n[relay]\naddresses = [\"::1\"]\n");
        let sentence =
            "credentials has neither users_file nor shared_secret_file: nobody can use it";
        assert_eq!(nobody, [sentence]);
    }
}
