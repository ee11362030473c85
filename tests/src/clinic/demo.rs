//! The real binary in demo mode.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// A running demo. Dropping it kills the server, as a power cut would.
#[derive(Debug)]
pub struct Demo {
    child: Child,
    /// Kept, so that the server never writes into a closed pipe.
    _stdout: Lines<BufReader<ChildStdout>>,
    pub port: u16,
    /// `http://localhost:<port>`.
    pub origin: String,
    /// Token of the one-time link that signs the seeded clinician in.
    pub sign_in: String,
    /// Secrets of the join links that were printed.
    pub joins: Vec<String>,
}

impl Demo {
    /// Starts the server on `folder` and waits until it has printed its links.
    ///
    /// # Panics
    /// When the binary is missing or ends before it is ready: a test cannot go on.
    pub async fn start(folder: &Path) -> Self {
        Self::start_on(folder, free_port()).await
    }

    /// As [`Demo::start`], on a port of the caller's choice.
    ///
    /// # Panics
    /// As [`Demo::start`].
    pub async fn start_on(folder: &Path, port: u16) -> Self {
        let mut child = Command::new(binary())
            .arg("--data")
            .arg(folder)
            .arg("--port")
            .arg(port.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("quietroom starts");
        let stdout = child.stdout.take().expect("stdout is piped");
        let mut lines = BufReader::new(stdout).lines();
        let (mut sign_in, mut joins) = (None, Vec::new());
        while let Some(line) = lines.next_line().await.expect("stdout is text") {
            if let Some(token) = after(&line, "/sign-in#") {
                sign_in = Some(token);
            }
            joins.extend(after(&line, "/join#"));
            if sign_in.is_some() && line.contains("Ctrl-C") {
                break;
            }
        }
        Self {
            child,
            _stdout: lines,
            port,
            origin: format!("http://localhost:{port}"),
            sign_in: sign_in.expect("the server printed a sign-in link"),
            joins,
        }
    }

    /// Process id, for measurements.
    ///
    /// # Panics
    /// When the server has ended.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id().expect("the server runs")
    }

    /// Kills the server without a warning (SIGKILL) and waits until it is gone.
    ///
    /// # Panics
    /// When the process cannot be killed.
    pub async fn kill(mut self) {
        self.child.kill().await.expect("the server can be killed");
    }

    /// Asks the server to stop, as Ctrl-C does, and returns how it ended.
    ///
    /// # Panics
    /// When the signal cannot be sent.
    pub async fn stop(mut self) -> ExitStatus {
        let pid = self.child.id().expect("the server runs");
        let pid = nix::unistd::Pid::from_raw(i32::try_from(pid).expect("a process id"));
        nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGINT).expect("a signal is sent");
        self.child.wait().await.expect("the server ends")
    }
}

/// A TCP port that was free a moment ago.
///
/// # Panics
/// When the machine has none.
#[must_use]
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}

/// The binary under test: `QUIETROOM_BIN`, or the release build of this workspace.
#[must_use]
pub fn binary() -> PathBuf {
    std::env::var_os("QUIETROOM_BIN").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/release/quietroom"),
        PathBuf::from,
    )
}

/// The secret that follows `mark` in `line`.
fn after(line: &str, mark: &str) -> Option<String> {
    let (_, rest) = line.split_once(mark)?;
    let end = rest
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_')
        .unwrap_or(rest.len());
    Some(rest[..end].to_owned())
}
