//! Loading, as an operator meets it.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

use quietroom_config::{Config, KeySource, LogFormat, Problem};
use std::{fs, path::PathBuf};
use tempfile::TempDir;

const GOOD: &str = r#"
[server]
listen = "127.0.0.1:8080"
public_origin = "https://clinic.example"
trusted_proxy = "127.0.0.1"

[data]
folder = "data"
key_encryption_key_file = "key"

[clinic]
name = "Clinic"
time_zone = "UTC"
"#;

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("key"), [7; 32]).unwrap();
        Self(folder)
    }

    fn load(&self, text: &str, variables: &[(&str, &str)]) -> Result<Config, Vec<Problem>> {
        let file = self.file();
        fs::write(&file, text).unwrap();
        let variables = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Config::load(&file, variables)
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("q.toml")
    }

    /// The problems as they are shown, with the folder's name cut away.
    fn problems(&self, text: &str, variables: &[(&str, &str)]) -> Vec<String> {
        let folder = format!("{}/", self.0.path().display());
        let problems = self.load(text, variables).unwrap_err();
        problems
            .iter()
            .map(|problem| problem.to_string().replace(&folder, ""))
            .collect()
    }
}

#[test]
fn a_good_file_is_loaded_with_defaults() {
    let folder = Folder::new();
    let config = folder.load(GOOD, &[]).unwrap();
    assert_eq!(config.server.public_origin, "https://clinic.example");
    assert_eq!(config.data.folder, folder.0.path().join("data"));
    assert_eq!(config.sign_in.idle_minutes, 15);
    assert_eq!(config.log.format, LogFormat::Text);
    assert!(!config.consent.text.is_empty());
}

#[test]
fn every_error_is_listed_with_its_place() {
    let folder = Folder::new();
    let text = r#"
colour = "red"
[server]
listen = "0.0.0.0:80"
public_origin = "http://clinic.example"
nonsense = 1
[data]
key_encryption_key_file = "missing"
key_encryption_key = "AAAA"
[clinic]
name = " "
time_zone = "Mars/Olympus"
[relay]
port_base = 70000
listen = ["::1", "here"]
[sign_in]
idle_minutes = "15"
[extra]
"#;
    let variables = [
        ("QUIETROOM_LOG__FORMAT", "xml"),
        ("QUIETROOM_LOG__COLOR", "red"),
        ("QUIETROOM_RELAY__WORKERS", "0"),
    ];
    assert_eq!(
        folder.problems(text, &variables),
        [
            "colour (q.toml:2): there is no such key outside a section",
            "server.nonsense (q.toml:6): there is no such key",
            "data.key_encryption_key (q.toml:9): a secret does not belong in this file: use the key \
             that ends in _file, or the environment",
            "sign_in.idle_minutes (q.toml:17): must be a whole number",
            "extra (q.toml:18): there is no such section",
            "log.color (QUIETROOM_LOG__COLOR): there is no such key",
            "server.listen (q.toml:4): without [tls] the server listens on a loopback address only",
            "server.trusted_proxy (q.toml): must be set when there is no [tls]: the proxy that \
             speaks https to browsers",
            "server.public_origin (q.toml:5): must begin with https://: browsers give cameras to \
             nothing else",
            "data.folder (q.toml): must be set",
            "data.key_encryption_key_file (q.toml:8): the file cannot be read: entity not found",
            "clinic.name (q.toml:11): must not be empty",
            "clinic.time_zone (q.toml:12): must be the IANA name of a time zone, as in \
             America/Los_Angeles",
            "relay.listen (q.toml:15): item 2 must be an address",
            "relay.port_base (q.toml:14): must be between 0 and 65535",
            "relay.workers (QUIETROOM_RELAY__WORKERS): must be between 1 and 256",
            "log.format (QUIETROOM_LOG__FORMAT): must be text or json",
        ]
    );
}

#[test]
fn broken_toml_is_an_error_with_its_line() {
    let folder = Folder::new();
    let problems = folder.problems(&format!("{GOOD}\n[log]\nlevel = = \"info\"\n"), &[]);
    assert!(
        problems[0].starts_with("configuration (q.toml:16): "),
        "{problems:?}"
    );
}

#[test]
fn a_missing_file_is_an_error() {
    let folder = Folder::new();
    let problems = Config::load(&folder.file(), []).unwrap_err();
    assert!(
        problems[0]
            .to_string()
            .ends_with("the file cannot be read: entity not found")
    );
}

#[test]
fn a_variable_goes_before_the_file() {
    let folder = Folder::new();
    let variables = [
        ("QUIETROOM_CLINIC__NAME", "Other"),
        ("QUIETROOM_RELAY__LISTEN", "127.0.0.1, ::1"),
        ("QUIETROOM_BIN", "/not/a/key"),
    ];
    let config = folder.load(GOOD, &variables).unwrap();
    assert_eq!(config.clinic.name, "Other");
    assert_eq!(config.relay.listen.len(), 2);
}

#[test]
fn a_secret_comes_from_the_environment_and_is_never_shown() {
    let folder = Folder::new();
    let text = GOOD.replace("key_encryption_key_file = \"key\"\n", "");
    let variables = [("QUIETROOM_DATA__KEY_ENCRYPTION_KEY", "c2VjcmV0")];
    let config = folder.load(&text, &variables).unwrap();
    assert!(
        matches!(&config.data.key_encryption_key, KeySource::Value(key) if key.expose() == "c2VjcmV0")
    );
    assert!(!format!("{config:?}").contains("c2VjcmV0"));
}

#[test]
fn a_broken_line_is_not_repeated_for_it_may_be_a_secret() {
    let folder = Folder::new();
    let text = format!("{GOOD}\n[data]\nkey_encryption_key = \"c2VjcmV0\n");
    let shown = folder.problems(&text, &[]).join("\n");
    assert!(!shown.contains("c2VjcmV0"), "{shown}");
}

#[test]
fn half_of_a_pair_is_not_enough() {
    let folder = Folder::new();
    let text = format!("{GOOD}\n[consent]\nversion = \"2\"\n[tls]\nkey_file = \"key\"\n");
    let problems = folder.problems(&text, &[]);
    assert!(problems.contains(&"tls.certificate_file (q.toml): must be set".to_owned()));
    assert!(problems.contains(&"consent.text_file (q.toml): must be set".to_owned()));
}

#[test]
fn paragraphs_of_the_consent_are_parted_by_empty_lines() {
    let folder = Folder::new();
    fs::write(folder.0.path().join("c.txt"), "One\ntwo.\n\n\nThree.\n").unwrap();
    let text = format!("{GOOD}\n[consent]\nversion = \"2\"\ntext_file = \"c.txt\"\n");
    let config = folder.load(&text, &[]).unwrap();
    assert_eq!(config.consent.text, ["One two.", "Three."]);
}

#[test]
fn behind_a_proxy_turn_on_the_web_port_is_offered_only_where_it_is_said_to_be() {
    let folder = Folder::new();
    let turn = folder.load(GOOD, &[]).unwrap().turn;
    assert_eq!(turn.host, "clinic.example");
    assert_eq!((turn.tcp_port, turn.tls_port), (None, None));
    let text = format!("{GOOD}\n[turn]\nhost = \"2001:db8::1\"\ntls_port = 8443\n");
    let turn = folder.load(&text, &[]).unwrap().turn;
    assert_eq!(turn.host, "[2001:db8::1]");
    assert_eq!((turn.tcp_port, turn.tls_port), (None, Some(8443)));

    let text = format!("{GOOD}\n[turn]\ntcp_port = 443\ntls_port = 0\n");
    let turn = folder.load(&text, &[]).unwrap().turn;
    assert_eq!((turn.tcp_port, turn.tls_port), (Some(443), None));

    fs::write(folder.0.path().join("tls.pem"), "x").unwrap();
    let text = GOOD
        .replace("trusted_proxy = \"127.0.0.1\"\n", "")
        .replace("https://clinic.example", "https://clinic.example:8443");
    let text = format!("{text}\n[tls]\ncertificate_file = \"tls.pem\"\nkey_file = \"tls.pem\"\n");
    let turn = folder.load(&text, &[]).unwrap().turn;
    assert_eq!((turn.tcp_port, turn.tls_port), (Some(8443), Some(8443)));
}

#[test]
fn general_relaying_is_for_the_users_and_secrets_of_the_files() {
    let folder = Folder::new();
    assert_eq!(folder.load(GOOD, &[]).unwrap().turn.general, None);
    let users = "# phones\n\nana:pass:word\nben:b\n";
    fs::write(folder.0.path().join("users"), users).unwrap();
    let text = format!(
        "{GOOD}\n[turn]\nusers_file = \"users\"\nrelay_addresses = [\"10.0.0.5=192.0.2.1\"]\n\
         deny = [\"198.51.100.0/24\"]\n"
    );
    let variables = [("QUIETROOM_TURN__SHARED_SECRET", "c2VjcmV0")];
    let turn = folder.load(&text, &variables).unwrap().turn;
    assert!(!format!("{turn:?}").contains("c2VjcmV0"));
    assert!(!format!("{turn:?}").contains("pass:word"));
    let general = turn.general.unwrap();
    let names: Vec<_> = general
        .users
        .iter()
        .map(|user| user.name.as_str())
        .collect();
    assert_eq!(names, ["ana", "ben"]);
    assert_eq!(general.users[0].password.expose(), "pass:word");
    assert_eq!(general.shared_secrets[0].expose(), "c2VjcmV0");
    assert_eq!(general.deny[0].to_string(), "198.51.100.0/24");
}

#[test]
fn what_is_wrong_with_turn_is_said_without_repeating_a_password() {
    let folder = Folder::new();
    let users = "session:1800000000:x\nana\n12345:secret\nana:\nsession:secret\n :secret\n";
    fs::write(folder.0.path().join("users"), users).unwrap();
    fs::write(folder.0.path().join("secret"), "# none\n").unwrap();
    let text = format!(
        "{GOOD}\n[turn]\nhost = \"turn.example:443\"\ntls_port = 70000\nusers_file = \"users\"\n\
         shared_secret_file = \"secret\"\nfirst_port = 6000\nlast_port = 5000\n\
         allow = [\"10.0.0.1\"]\nmax_allocations = 0\n"
    );
    assert_eq!(
        folder.problems(&text, &[]),
        [
            "turn.host (q.toml:16): must be a host name or an address, without a port",
            "turn.tls_port (q.toml:17): must be between 0 and 65535",
            "turn.max_allocations (q.toml:23): must be between 1 and 100000",
            "turn.users_file (q.toml:18): line 2 must be name:password",
            "turn.users_file (q.toml:18): line 3 must have a name that is no number: those are \
             time-limited credentials",
            "turn.users_file (q.toml:18): line 4 must have a password after the colon",
            "turn.users_file (q.toml:18): line 5 has the name of an earlier line",
            "turn.users_file (q.toml:18): line 6 must begin with a name",
            "turn.shared_secret_file (q.toml:19): the file holds nothing",
            "turn.relay_addresses (q.toml): must be set",
            "turn.last_port (q.toml:21): must not be below first_port",
            "turn.allow (q.toml:22): item 1 must be a range of addresses, as in 10.0.0.0/8",
        ]
    );
    let alone = format!("{GOOD}\n[turn]\ndeny = [\"198.51.100.0/24\"]\n");
    assert_eq!(
        folder.problems(&alone, &[]),
        ["turn.deny (q.toml:16): has no effect without users_file or a shared secret"]
    );
}

/// The example is whole: it names every key, and with its paths in place it loads.
#[test]
fn the_example_loads_and_names_every_default() {
    let folder = Folder::new();
    let example = fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/quietroom.example.toml"
    ))
    .unwrap();
    for name in ["certificate.pem", "certificate.key", "records.key"] {
        fs::write(folder.0.path().join(name), "x").unwrap();
    }
    let here = folder.0.path().display().to_string();
    let example = example.replace("/etc/quietroom", &here);
    folder.load(&example, &[]).unwrap();

    fs::write(folder.0.path().join("consent.txt"), "Text.").unwrap();
    let uncommented: String = example
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(rest) if is_assignment(rest) => format!("{rest}\n"),
            _ => format!("{line}\n"),
        })
        .collect();
    fs::write(folder.0.path().join("turn.users"), "ana:pass\n").unwrap();
    fs::write(folder.0.path().join("turn.secret"), "first\nsecond\n").unwrap();
    let config = folder.load(&uncommented, &[]).unwrap();
    let turn = folder.load(&example, &[]).unwrap().turn;
    assert_eq!(turn.host, "quietroom.clinic.example");
    assert_eq!((turn.tcp_port, turn.tls_port), (Some(443), Some(443)));
    assert_eq!(
        (&turn.general, config.turn.max_allocations_per_user),
        (&None, turn.max_allocations_per_user)
    );
    assert_eq!(config.turn.general.unwrap().ports, (49_152, 65_535));
    assert_eq!(config.consent.version, "2026-01");
    assert_eq!(config.relay.port_base, 40000);
}

fn is_assignment(line: &str) -> bool {
    line.split_once(" = ").is_some_and(|(key, _)| {
        !key.is_empty() && key.chars().all(|c| c.is_ascii_lowercase() || c == '_')
    })
}
