//! The real relay as a TURN server of its own, with a configuration file and no signaling.

use crate::relay_process::PATIENCE;
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use turn_client::{METHOD_BINDING, Request, Session, Stream, Transport, Udp};

/// A user of general relaying, the password, and the secret of time-limited credentials.
pub const USER: &str = "tester";
pub const PASSWORD: &str = "a-password-of-tests";
pub const SHARED_SECRET: &str = "a-shared-secret-of-tests";
/// A name in the server's certificate.
const NAME: &str = "localhost";
/// Wait for one answer.
const ANSWER: Duration = Duration::from_millis(500);
/// As often is a server that starts asked whether it listens.
const ATTEMPT: Duration = Duration::from_millis(20);

/// A running server on both loopback addresses. Dropping it ends the process.
#[derive(Debug)]
pub struct TurnServer {
    child: Child,
    pub udp: u16,
    pub tcp: u16,
    pub tls: u16,
    listen: [IpAddr; 2],
    certificate: CertificateDer<'static>,
    _folder: TempDir,
}

/// What tests choose.
#[derive(Clone, Debug)]
pub struct Options {
    /// Peers that are allowed, as CIDR.
    pub allow: Vec<String>,
    /// First and last port of allocations.
    pub ports: (u16, u16),
    /// Where the server listens, one address of each family.
    pub listen: [&'static str; 2],
    /// Where allocations are, one address of each family.
    pub relay: [&'static str; 2],
    /// Channel numbers of RFC 5766, too, of which coturn 4.6's client takes one by chance.
    pub rfc5766_channels: bool,
}

/// How a client speaks to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    Udp,
    Tcp,
    Tls,
}

/// A client of any transport.
pub type Client = Session<Box<dyn Transport>>;

impl Default for Options {
    /// Loopback peers, and ports below those that the system gives to others.
    fn default() -> Self {
        let allow = ["127.0.0.0/8", "::1/128"].map(str::to_owned).to_vec();
        Self {
            allow,
            ports: (20_000, 32_000),
            listen: ["127.0.0.1", "::1"],
            relay: ["127.0.0.1", "::1"],
            rfc5766_channels: false,
        }
    }
}

impl Options {
    /// A configuration file whose other files lie beside it.
    fn configuration(&self, [udp, tcp, tls]: [u16; 3]) -> String {
        let (first, last) = self.ports;
        let Self {
            allow,
            listen: [v4, v6],
            relay,
            rfc5766_channels,
            ..
        } = self;
        format!(
            r#"
realm = "tests"

[udp]
listen = ["{v4}", "{v6}"]
port = {udp}
workers = 1

[tcp]
listen = ["{v4}:{tcp}", "[{v6}]:{tcp}"]

[tls]
listen = ["{v4}:{tls}", "[{v6}]:{tls}"]
certificate_file = "certificate.pem"
key_file = "key.pem"

[credentials]
users_file = "users"
shared_secret_file = "secret"

[relay]
addresses = {relay:?}
rfc5766_channels = {rfc5766_channels}
first_port = {first}
last_port = {last}
allow = {allow:?}

[limits]
allocations_per_user = 100
"#
        )
    }
}

/// Exit code of a relay that cannot listen (EX_UNAVAILABLE of sysexits.h).
const CANNOT_LISTEN: i32 = 69;
/// How often other ports are tried.
const STARTS: usize = 5;

impl TurnServer {
    /// # Panics
    /// When the relay is missing or does not answer.
    #[must_use]
    pub fn start() -> Self {
        Self::start_with(&Options::default())
    }

    /// # Panics
    /// When the relay is missing or does not answer.
    #[must_use]
    pub fn start_with(options: &Options) -> Self {
        let found = (0..STARTS).find_map(|_| Self::try_start(options));
        found.expect("ports that nothing else takes before the relay does")
    }

    /// `None` when another program took a port between its being found free and the start.
    fn try_start(options: &Options) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder for temporary files");
        let key = rcgen::generate_simple_self_signed([NAME.to_owned()]).expect("a key");
        let write = |name: &str, text: &str| -> PathBuf {
            let path = folder.path().join(name);
            std::fs::write(&path, text).expect("the folder can be written");
            path
        };
        write("certificate.pem", &key.cert.pem());
        write("key.pem", &key.signing_key.serialize_pem());
        write("users", &format!("{USER}:{PASSWORD}\n"));
        write("secret", &format!("{SHARED_SECRET}\n"));
        let (udp, tcp, tls) = (free_udp(), free_tcp(), free_tcp());
        let text = options.configuration([udp, tcp, tls]);
        let config = write("media-relay.toml", &text);
        let child = Command::new(program())
            .arg("--config")
            .arg(&config)
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .spawn();
        let mut server = Self {
            child: child.expect("the relay starts"),
            udp,
            tcp,
            tls,
            listen: options.listen.map(|ip| ip.parse().expect("an address")),
            certificate: key.cert.der().clone(),
            _folder: folder,
        };
        server.await_answer().then_some(server)
    }

    /// Memory of the process that is in use, bytes.
    ///
    /// # Panics
    /// When the relay has ended.
    #[must_use]
    pub fn resident(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.expect("the relay runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
        let kilobytes: u64 = kilobytes.and_then(|text| text.parse().ok()).expect("kB");
        kilobytes * 1024
    }

    /// A client with the name and password of [`USER`].
    ///
    /// # Panics
    /// When it cannot connect.
    #[must_use]
    pub fn client(&self, by: By, ipv6: bool) -> Client {
        self.client_named(by, ipv6, USER, PASSWORD)
    }

    /// # Panics
    /// When it cannot connect.
    #[must_use]
    pub fn client_named(&self, by: By, ipv6: bool, name: &str, password: &str) -> Client {
        let transport: Box<dyn Transport> = match by {
            By::Udp => {
                let from = SocketAddr::new(loopback(ipv6), 0);
                let udp = Udp::connect(from, self.address(by, ipv6), ANSWER);
                Box::new(udp.expect("a free port"))
            }
            By::Tcp => Box::new(Stream::new(self.connect(by, ipv6))),
            By::Tls => Box::new(Stream::new(self.connect_tls(self.connect(by, ipv6)))),
        };
        Session::new(transport, name, password)
    }

    /// A connection on which nothing was said.
    ///
    /// # Panics
    /// When the server does not listen.
    #[must_use]
    pub fn connect(&self, by: By, ipv6: bool) -> TcpStream {
        let stream = TcpStream::connect(self.address(by, ipv6)).expect("the relay listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        stream.set_nodelay(true).expect("a connection");
        stream
    }

    /// TLS over `stream`, trusting the server's certificate and no other.
    ///
    /// # Panics
    /// When the certificate is not usable.
    #[must_use]
    pub fn connect_tls(&self, stream: TcpStream) -> StreamOwned<ClientConnection, TcpStream> {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone()).expect("a certificate");
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("TLS 1.2 and 1.3")
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = NAME.try_into().expect("a name");
        let connection = ClientConnection::new(Arc::new(config), name);
        StreamOwned::new(connection.expect("a configuration"), stream)
    }

    #[must_use]
    pub fn address(&self, by: By, ipv6: bool) -> SocketAddr {
        let port = match by {
            By::Udp => self.udp,
            By::Tcp => self.tcp,
            By::Tls => self.tls,
        };
        SocketAddr::new(self.listen[usize::from(ipv6)], port)
    }

    /// False when the relay could not listen.
    fn await_answer(&mut self) -> bool {
        let any = SocketAddr::new(loopback(false), 0);
        let udp = Udp::connect(any, self.address(By::Udp, false), ATTEMPT);
        let mut udp = udp.expect("a free port");
        let binding = Request::new(METHOD_BINDING, [0; 12]).unsigned();
        for _ in 0..PATIENCE.as_millis() / ATTEMPT.as_millis() {
            let asked = udp.send(&binding);
            if asked.and_then(|()| udp.receive()).is_ok() {
                return true;
            }
            let ended = self.child.try_wait().expect("it is ours");
            if ended.is_some_and(|status| status.code() == Some(CANNOT_LISTEN)) {
                return false;
            }
            assert_eq!(ended, None, "the relay ends instead of listening");
            std::thread::sleep(ATTEMPT);
        }
        panic!("the relay does not answer on UDP port {}", self.udp);
    }
}

impl Drop for TurnServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[must_use]
pub fn loopback(ipv6: bool) -> IpAddr {
    if ipv6 {
        Ipv6Addr::LOCALHOST.into()
    } else {
        Ipv4Addr::LOCALHOST.into()
    }
}

/// `MEDIA_RELAY_BIN`, by default this workspace's release build.
fn program() -> PathBuf {
    std::env::var_os("MEDIA_RELAY_BIN").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target/release/media-relay"),
        PathBuf::from,
    )
}

/// A port that is free for both families.
fn free_udp() -> u16 {
    free(|address| UdpSocket::bind(address)?.local_addr())
}

fn free_tcp() -> u16 {
    free(|address| TcpListener::bind(address)?.local_addr())
}

fn free(bind: impl Fn(SocketAddr) -> io::Result<SocketAddr>) -> u16 {
    let ports = (0..100).filter_map(|_| {
        let port = bind(SocketAddr::new(loopback(false), 0)).ok()?.port();
        bind(SocketAddr::new(loopback(true), port)).ok()
    });
    let both = ports.map(|address| address.port()).next();
    both.expect("a port that both families have free")
}
