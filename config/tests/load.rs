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
    let config = folder.load(&uncommented, &[]).unwrap();
    assert_eq!(config.consent.version, "2026-01");
    assert_eq!(config.relay.port_base, 40000);
}

fn is_assignment(line: &str) -> bool {
    line.split_once(" = ").is_some_and(|(key, _)| {
        !key.is_empty() && key.chars().all(|c| c.is_ascii_lowercase() || c == '_')
    })
}
