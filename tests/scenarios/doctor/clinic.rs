//! A clinic's server over TLS on loopback, and the doctor beside it.

use quietroom_tests::clinic::{binary, free_port};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStderr, Command};

/// A folder with a configuration, a certificate, and the authority that signed it.
pub(crate) struct Clinic {
    _folder: TempDir,
    pub(crate) port: u16,
    pub(crate) data: PathBuf,
    config: PathBuf,
    authority: PathBuf,
}

/// A running server. Dropping it kills it.
pub(crate) struct Server {
    child: Child,
    /// Kept, so that the server never writes into a closed pipe.
    _log: Lines<BufReader<ChildStderr>>,
}

/// What the doctor printed, and how it ended.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) code: Option<i32>,
    pub(crate) text: String,
    pub(crate) complaint: String,
}

impl Clinic {
    /// A clinic with `[relay]` and `[turn]` as given, whose certificate is made out for `name`.
    pub(crate) fn new(relay: &str, turn: &str, name: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let path = |name: &str| folder.path().join(name);
        let (clinic, port) = (path("quietroom.toml"), free_port());
        certify(folder.path(), name);
        let key = path("records.key");
        fs::write(&key, "11".repeat(32)).unwrap();
        fs::set_permissions(&key, Permissions::from_mode(0o600)).unwrap();
        let text = format!(
            r#"
[server]
listen = "127.0.0.1:{port}"
public_origin = "https://localhost:{port}"
[tls]
certificate_file = "certificate.pem"
key_file = "certificate.key"
[data]
folder = "data"
key_encryption_key_file = "records.key"
[clinic]
name = "Clinic"
time_zone = "UTC"
[relay]
listen = ["127.0.0.1"]
port_base = 0
workers = 2
{relay}
[turn]
{turn}
"#
        );
        fs::write(&clinic, text).unwrap();
        Self {
            data: path("data"),
            config: clinic,
            authority: path("authority.pem"),
            port,
            _folder: folder,
        }
    }

    /// Starts the server and waits until it serves.
    pub(crate) async fn open(&self) -> Server {
        let mut child = Command::new(binary())
            .arg("--config")
            .arg(&self.config)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
        loop {
            let line = log.next_line().await.unwrap().expect("the server starts");
            if line.contains("serving") {
                return Server { child, _log: log };
            }
        }
    }

    /// Runs the doctor of someone who trusts the clinic's authority.
    pub(crate) async fn doctor(&self) -> Report {
        let config = [Path::new("--config"), &self.config];
        let authority = [Path::new("--ca"), &self.authority];
        examine(&[config, authority].concat()).await
    }

    /// Runs the doctor of someone who does not.
    pub(crate) async fn distrustful_doctor(&self) -> Report {
        examine(&[Path::new("--config"), &self.config]).await
    }

    /// Where the server lets doctors in.
    pub(crate) fn socket(&self) -> PathBuf {
        self.data.join("doctor.sock")
    }
}

impl Server {
    /// Asks the server to stop and waits until it has.
    pub(crate) async fn stop(mut self) {
        let pid = i32::try_from(self.child.id().unwrap()).unwrap();
        let pid = nix::unistd::Pid::from_raw(pid);
        nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM).unwrap();
        assert!(self.child.wait().await.unwrap().success());
    }

    /// Kills the server without a warning.
    pub(crate) async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }
}

impl Report {
    /// The line of a way, its columns parted by single blanks.
    pub(crate) fn line(&self, way: &str) -> String {
        let mut lines = self.text.lines();
        let line = lines.find(|line| line.split(' ').next() == Some(way));
        let line = line.unwrap_or_else(|| panic!("no line of {way}: {self:?}"));
        line.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Panics unless these ways work.
    pub(crate) fn assert_works(&self, ways: &[&str]) {
        for way in ways {
            let line = self.line(way);
            let works = format!("{way} works connected in ");
            assert!(line.starts_with(&works), "{line}\n{self:?}");
            assert!(line.contains(" ms, round trip "), "{line}");
        }
    }

    /// Panics unless this way fails, with a sentence that contains `words`.
    pub(crate) fn assert_fails(&self, way: &str, words: &str) {
        let line = self.line(way);
        assert!(line.starts_with(&format!("{way} fails ")), "{line}");
        assert!(line.contains(words), "{line}");
    }
}

/// Runs `quietroom doctor`.
pub(crate) async fn examine(arguments: &[&Path]) -> Report {
    let output = Command::new(binary())
        .arg("doctor")
        .args(arguments)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .unwrap();
    Report {
        code: output.status.code(),
        text: String::from_utf8(output.stdout).unwrap(),
        complaint: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Writes an authority and a certificate that it signed for `name`.
fn certify(folder: &Path, name: &str) {
    let key = KeyPair::generate().unwrap();
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let made = authority.self_signed(&key).unwrap();
    fs::write(folder.join("authority.pem"), made.pem()).unwrap();
    let issuer = Issuer::new(authority, key);
    let key = KeyPair::generate().unwrap();
    let server = CertificateParams::new(vec![name.to_owned()]).unwrap();
    let made = server.signed_by(&key, &issuer).unwrap();
    fs::write(folder.join("certificate.pem"), made.pem()).unwrap();
    fs::write(folder.join("certificate.key"), key.serialize_pem()).unwrap();
}
