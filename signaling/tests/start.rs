//! How the real binary starts, refuses to start, and stops.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use std::{
    fs,
    io::{BufRead, BufReader},
    net::{Ipv4Addr, TcpListener},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, ExitStatus, Output, Stdio},
};
use tempfile::TempDir;

/// A folder with a configuration, its key, and whatever a test puts there.
struct Place {
    folder: TempDir,
    port: u16,
}

impl Place {
    fn new() -> Self {
        let place = Self {
            folder: TempDir::new().unwrap(),
            port: free_port(),
        };
        place.write_key("key", "11");
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write_key(&self, name: &str, digits: &str) {
        let key = self.path(name);
        fs::write(&key, digits.repeat(32)).unwrap();
        fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    }

    /// Writes the configuration of a clinic behind a proxy, with `change` made to its text.
    fn configure(&self, change: impl FnOnce(String) -> String) -> PathBuf {
        let text = format!(
            r#"
[server]
listen = "127.0.0.1:{}"
public_origin = "https://clinic.example"
trusted_proxy = "127.0.0.1"
[data]
folder = "data"
key_encryption_key_file = "key"
[clinic]
name = "Clinic"
time_zone = "UTC"
[relay]
listen = ["127.0.0.1"]
port_base = 0
workers = 1
"#,
            self.port
        );
        let file = self.path("quietroom.toml");
        fs::write(&file, change(text)).unwrap();
        file
    }

    fn demo(&self) -> Command {
        let mut command = quietroom();
        command.arg("--data").arg(self.path("demo"));
        command.arg("--port").arg(self.port.to_string());
        command
    }
}

/// A server that runs.
struct Running {
    child: Child,
    lines: std::io::Lines<BufReader<ChildStdout>>,
    said: Vec<String>,
}

impl Running {
    fn start(mut command: Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self {
            child,
            lines,
            said: Vec::new(),
        }
    }

    /// Reads lines up to one that contains `mark`.
    fn until(&mut self, mark: &str) {
        loop {
            let line = self.lines.next().unwrap().unwrap();
            let found = line.contains(mark);
            self.said.push(line);
            if found {
                return;
            }
        }
    }

    fn links(&self, page: &str) -> Vec<String> {
        let mark = format!("/{page}#");
        let links = self.said.iter().filter_map(|line| line.split_once(&mark));
        links.map(|(_, token)| token.to_owned()).collect()
    }

    fn stop(mut self, signal: Signal) -> ExitStatus {
        let pid = Pid::from_raw(i32::try_from(self.child.id()).unwrap());
        kill(pid, signal).unwrap();
        self.child.wait().unwrap()
    }
}

fn quietroom() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_quietroom"));
    command.stdin(Stdio::null());
    command
}

fn with_config(file: &Path) -> Command {
    let mut command = quietroom();
    command.arg("--config").arg(file);
    command
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap().port()
}

/// Runs to the end, which must be a refusal in one sentence.
fn refusal(mut command: Command) -> String {
    let Output { status, stderr, .. } = command.output().unwrap();
    let said = String::from_utf8(stderr).unwrap();
    assert!(!status.success(), "{said}");
    assert_eq!(said.lines().count(), 1, "one sentence: {said}");
    said
}

/// Everything in a folder, byte for byte.
fn bytes_of(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect();
    files.sort();
    files
}

#[test]
fn a_demo_prints_its_links_and_stops_when_told() {
    let place = Place::new();
    let mut first = Running::start(place.demo());
    first.until("Ctrl-C");
    assert_eq!(first.links("sign-in").len(), 1);
    assert_eq!(first.links("join").len(), 6);
    let key = fs::metadata(place.path("demo/key")).unwrap();
    assert_eq!(key.permissions().mode() & 0o777, 0o600);
    let titles = |running: &Running| -> Vec<String> {
        let said = running.said.iter();
        said.filter(|line| line.contains(" at ")).cloned().collect()
    };
    let (links, sessions) = (first.links("sign-in"), titles(&first));
    assert_eq!(sessions.len(), 3);
    assert!(first.stop(Signal::SIGINT).success());

    let mut second = Running::start(place.demo());
    second.until("Ctrl-C");
    assert_eq!(titles(&second), sessions, "it finds its data again");
    assert_ne!(second.links("sign-in"), links, "with a fresh link");
    assert!(second.stop(Signal::SIGTERM).success());
}

#[test]
fn links_are_printed_and_never_logged() {
    let place = Place::new();
    let mut running = Running::start(place.demo());
    running.until("Ctrl-C");
    let mut secrets = running.links("sign-in");
    secrets.extend(running.links("join"));
    let stderr = running.child.stderr.take().unwrap();
    assert!(running.stop(Signal::SIGINT).success());
    let log = std::io::read_to_string(stderr).unwrap();
    assert!(log.contains("serving"), "{log}");
    for secret in secrets {
        assert!(!log.contains(&secret), "{log}");
    }
}

#[test]
fn a_port_in_use_is_refused_before_anything_is_made() {
    let place = Place::new();
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, place.port)).unwrap();
    let said = refusal(place.demo());
    let port = taken.local_addr().unwrap().port();
    assert!(said.contains(&format!("port {port} is in use")), "{said}");
    assert!(!place.path("demo").exists());
}

#[test]
fn a_data_folder_that_cannot_be_written_is_refused() {
    let place = Place::new();
    // Root writes wherever the mode forbids it, but not here.
    let file = place.configure(|text| text.replace("\"data\"", "\"/sys/kernel\""));
    let said = refusal(with_config(&file));
    assert!(said.contains("data folder /sys/kernel cannot be"), "{said}");
}

#[test]
fn a_damaged_database_is_refused_and_left_as_it_is() {
    let place = Place::new();
    let mut running = Running::start(place.demo());
    running.until("Ctrl-C");
    assert!(running.stop(Signal::SIGINT).success());
    for (path, _) in bytes_of(&place.path("demo")) {
        if path.file_name().unwrap() != "key" && fs::metadata(&path).unwrap().len() > 0 {
            fs::write(&path, vec![0x5a; 8192]).unwrap();
        }
    }
    let before = bytes_of(&place.path("demo"));
    let said = refusal(place.demo());
    assert!(said.contains("damaged"), "{said}");
    assert_eq!(bytes_of(&place.path("demo")), before);
}

#[test]
fn another_key_is_refused_and_the_right_one_still_opens() {
    let place = Place::new();
    let mut running = Running::start(place.demo());
    running.until("Ctrl-C");
    assert!(running.stop(Signal::SIGINT).success());
    let right = fs::read(place.path("demo/key")).unwrap();
    place.write_key("demo/key", "22");
    let said = refusal(place.demo());
    assert!(said.contains("key does not belong"), "{said}");
    fs::write(place.path("demo/key"), right).unwrap();
    let mut running = Running::start(place.demo());
    running.until("Ctrl-C");
    assert!(running.stop(Signal::SIGINT).success());
}

#[test]
fn a_lost_key_is_not_replaced() {
    let place = Place::new();
    let mut running = Running::start(place.demo());
    running.until("Ctrl-C");
    assert!(running.stop(Signal::SIGINT).success());
    fs::remove_file(place.path("demo/key")).unwrap();
    let said = refusal(place.demo());
    assert!(said.contains("does not exist"), "{said}");
    assert!(!place.path("demo/key").exists());
}

#[test]
fn demo_data_is_refused_by_a_clinic() {
    let place = Place::new();
    let mut running = Running::start(place.demo());
    running.until("Ctrl-C");
    assert!(running.stop(Signal::SIGINT).success());
    let file = place.configure(|text| {
        text.replace("\"data\"", "\"demo\"")
            .replace("\"key\"", "\"demo/key\"")
    });
    let said = refusal(with_config(&file));
    assert!(said.contains("holds demo data"), "{said}");
}

#[test]
fn a_clinics_data_is_refused_by_a_demo() {
    let place = Place::new();
    let file = place.configure(|text| text);
    let created = create_admin(&file).output().unwrap();
    assert!(created.status.success(), "{created:?}");
    fs::rename(place.path("data"), place.path("demo")).unwrap();
    fs::rename(place.path("key"), place.path("demo/key")).unwrap();
    let said = refusal(place.demo());
    assert!(said.contains("holds real data"), "{said}");
}

fn create_admin(file: &Path) -> Command {
    let mut command = quietroom();
    command.args(["admin", "create", "--username", "ada", "--name", "Ada"]);
    command.arg("--config").arg(file);
    command
}

#[test]
fn the_first_administrator_is_created_once_and_gets_a_new_link_each_time() {
    let place = Place::new();
    let file = place.configure(|text| text);
    let mut links = Vec::new();
    for _ in 0..2 {
        let created = create_admin(&file).output().unwrap();
        assert!(created.status.success(), "{created:?}");
        let said = String::from_utf8(created.stdout).unwrap();
        let (_, token) = said.split_once("https://clinic.example/setup#").unwrap();
        links.push(token.trim().to_owned());
    }
    assert_ne!(links[0], links[1]);
    assert_eq!(links[0].len(), 43);
}

#[test]
fn a_clinic_serves_and_stops_when_told() {
    let place = Place::new();
    let file = place.configure(|text| text);
    let mut child = with_config(&file).stderr(Stdio::piped()).spawn().unwrap();
    let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
    let serving = log.find(|line| line.as_ref().unwrap().contains("serving"));
    assert!(serving.is_some());
    let mut second = with_config(&file);
    second.env(
        "QUIETROOM_SERVER__LISTEN",
        format!("127.0.0.1:{}", free_port()),
    );
    let said = refusal(second);
    assert!(said.contains("in use by another quietroom"), "{said}");
    let pid = Pid::from_raw(i32::try_from(child.id()).unwrap());
    kill(pid, Signal::SIGTERM).unwrap();
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_missing_certificate_is_refused() {
    let place = Place::new();
    let file = place.configure(|text| {
        format!("{text}\n[tls]\ncertificate_file = \"missing.pem\"\nkey_file = \"key\"\n")
    });
    let said = refusal(with_config(&file));
    let expected = format!(
        "quietroom: tls.certificate_file ({}:18): the file cannot be read: entity not found\n",
        file.display()
    );
    assert_eq!(said, expected);
}

#[test]
fn a_certificate_that_is_none_is_refused() {
    let place = Place::new();
    fs::write(place.path("certificate.pem"), "nothing").unwrap();
    let file = place.configure(|text| {
        format!("{text}\n[tls]\ncertificate_file = \"certificate.pem\"\nkey_file = \"key\"\n")
    });
    let said = refusal(with_config(&file));
    assert!(said.contains("certificate.pem cannot be used"), "{said}");
    assert!(!place.path("data").exists());
}

#[test]
fn check_config_lists_every_error() {
    let place = Place::new();
    let file = place.configure(|text| {
        text.replace("\"Clinic\"", "\"\"")
            .replace("\"UTC\"", "\"Nowhere\"")
            .replace("workers = 1", "workers = 0\nworkforce = 1")
    });
    let mut command = quietroom();
    command.arg("check-config").arg("--config").arg(&file);
    let output = command
        .env("QUIETROOM_LOG__LEVEL", "loud")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(78));
    let said = String::from_utf8(output.stderr).unwrap();
    let place = |line: usize| format!("({}:{line})", file.display());
    for expected in [
        format!("relay.workforce {}: there is no such key", place(16)),
        format!("clinic.name {}: must not be empty", place(10)),
        format!("clinic.time_zone {}: must be the IANA name", place(11)),
        format!("relay.workers {}: must be between 1 and 256", place(15)),
        "log.level (QUIETROOM_LOG__LEVEL): must be error, warn, info or debug".to_owned(),
    ] {
        assert!(said.contains(&expected), "{expected}\nin\n{said}");
    }
    assert_eq!(said.lines().count(), 5);
}

#[test]
fn check_config_passes_a_good_file_and_makes_nothing() {
    let place = Place::new();
    let file = place.configure(|text| text);
    let mut command = quietroom();
    command.arg("check-config").arg("--config").arg(&file);
    assert!(command.output().unwrap().status.success());
    assert!(!place.path("data").exists());
}
