//! The servers under load.

use crate::{SERVER_CORE, cpu};
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use turn_client::{METHOD_BINDING, Request, Transport, Udp};

const USER: &str = "bench";
const PASSWORD: &str = "bench-password";
/// How often a server that starts is asked whether it listens, and how long each time.
const ATTEMPTS: u32 = 100;
const ATTEMPT: Duration = Duration::from_millis(100);

/// A running server, pinned to its core. Dropping it ends the process.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    address: SocketAddr,
    /// Of its configuration.
    _folder: Option<TempDir>,
}

impl Server {
    /// Debian's coturn, with one relay thread.
    ///
    /// # Panics
    /// When it is missing or does not start.
    pub(crate) fn coturn() -> Server {
        let address = free_address();
        let mut coturn = cpu::on(SERVER_CORE, "turnserver");
        coturn
            .args(["-n", "--no-cli", "--no-tls", "--no-dtls", "--no-tcp"])
            .args([
                "--lt-cred-mech",
                "--allow-loopback-peers",
                "--relay-threads=1",
            ])
            .args(["--no-stdout-log", "--log-file=/dev/null", "--simple-log"])
            .args(["--pidfile=/dev/null", "--realm=bench"])
            .arg(format!("--user={USER}:{PASSWORD}"))
            .arg(format!("--listening-port={}", address.port()))
            .args(["--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1"]);
        Self::start(coturn, "turnserver (Debian: coturn)", address, None)
    }

    /// The relay as a server of its own, with one worker.
    ///
    /// # Panics
    /// When it does not start.
    pub(crate) fn ours() -> Server {
        let address = free_address();
        let folder = tempfile::tempdir().expect("a folder for temporary files");
        let write = |name: &str, text: String| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).expect("the folder can be written");
            path
        };
        write("users", format!("{USER}:{PASSWORD}\n"));
        let config = write("media-relay.toml", configuration(address));
        let mut relay = cpu::on(SERVER_CORE, env!("CARGO_BIN_EXE_media-relay"));
        relay
            .arg("--config")
            .arg(&config)
            .current_dir(folder.path());
        Self::start(relay, "media-relay", address, Some(folder))
    }

    fn start(
        mut command: Command,
        name: &str,
        address: SocketAddr,
        folder: Option<TempDir>,
    ) -> Server {
        let quiet = command.stdin(Stdio::null()).stdout(Stdio::null());
        let child = quiet.stderr(Stdio::null()).spawn();
        let child = child.unwrap_or_else(|error| panic!("{name} does not start: {error}"));
        let mut server = Server {
            child,
            address,
            _folder: folder,
        };
        server.await_answer(name);
        cpu::prefer(server.pid());
        server
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// A user of general relaying, and the password.
    pub(crate) fn user(&self) -> (&'static str, &'static str) {
        (USER, PASSWORD)
    }

    fn await_answer(&mut self, name: &str) {
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let udp = Udp::connect(any, self.address, ATTEMPT);
        let mut udp = udp.expect("a free port");
        let binding = Request::new(METHOD_BINDING, [7; 12]).unsigned();
        for _ in 0..ATTEMPTS {
            if udp.send(&binding).is_ok() && udp.receive().is_ok() {
                return;
            }
            let ended = self.child.try_wait().expect("it is ours");
            assert!(ended.is_none(), "{name} is missing or does not start");
            std::thread::sleep(ATTEMPT / 10);
        }
        panic!("{name} does not answer on {}", self.address);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One worker, and no limit that the load could reach.
fn configuration(address: SocketAddr) -> String {
    let (ip, port) = (address.ip(), address.port());
    format!(
        r#"
realm = "bench"

[udp]
listen = ["{ip}"]
port = {port}
workers = 1

[credentials]
users_file = "users"

[relay]
addresses = ["{ip}"]
allow = ["{ip}/32"]

[limits]
kilobytes_per_second = 1000000
"#
    )
}

fn free_address() -> SocketAddr {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    socket.local_addr().expect("it is bound")
}
