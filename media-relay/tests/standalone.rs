//! The relay as a TURN server of its own.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what cannot go on ends the test"
)]

mod support;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::time::Duration;
use support::{LONG, USER, localhost, relays, udp_client};
use tempfile::TempDir;
use turn_client::{Session, Stream};

/// Longer than a client may take for its first bytes.
const GREETING: Duration = Duration::from_secs(15);

struct Server {
    child: Child,
    folder: TempDir,
    port: u16,
    certificate: CertificateDer<'static>,
}

impl Server {
    /// On free ports of loopback: UDP and TCP on one, TLS on the next.
    fn start() -> Server {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().to_str().unwrap();
        let signed = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        fs::write(folder.path().join("certificate.pem"), signed.cert.pem()).unwrap();
        let key = signed.signing_key.serialize_pem();
        fs::write(folder.path().join("key.pem"), key).unwrap();
        fs::write(
            folder.path().join("users"),
            format!("{}:{}\n", USER.0, USER.1),
        )
        .unwrap();
        let port = free_ports();
        let tls = port + 1;
        let text = format!(
            r#"
            realm = "turn.example.org"
            [udp]
            listen = ["127.0.0.1", "::1"]
            port = {port}
            workers = 2
            [tcp]
            listen = ["127.0.0.1:{port}", "[::1]:{port}"]
            [tls]
            listen = ["127.0.0.1:{tls}", "[::1]:{tls}"]
            certificate_file = "{place}/certificate.pem"
            key_file = "{place}/key.pem"
            [credentials]
            users_file = "{place}/users"
            [relay]
            addresses = ["127.0.0.1", "::1"]
            first_port = 61000
            allow = ["127.0.0.0/8", "::1"]
            "#
        );
        let file = folder.path().join("turn.toml");
        fs::write(&file, text).unwrap();
        let mut child = program()
            .arg("--config")
            .arg(&file)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        said.read_line(&mut line).unwrap();
        assert_eq!(line, "media-relay: ready\n");
        Server {
            child,
            folder,
            port,
            certificate: signed.cert.der().clone(),
        }
    }

    fn tcp(&self, ipv6: bool) -> TcpStream {
        let address = SocketAddr::new(localhost(ipv6), self.port);
        connect(address)
    }

    fn tls(&self, ipv6: bool) -> StreamOwned<ClientConnection, TcpStream> {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from("localhost").unwrap();
        let client = ClientConnection::new(Arc::new(config), name).unwrap();
        let address = SocketAddr::new(localhost(ipv6), self.port + 1);
        StreamOwned::new(client, connect(address))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_media-relay"))
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(LONG)).unwrap();
    stream
}

/// A port that is free for UDP and TCP, and so is the next one.
fn free_ports() -> u16 {
    loop {
        let first = UdpSocket::bind("127.0.0.1:0").unwrap();
        let port = first.local_addr().unwrap().port();
        let others = (
            TcpListener::bind(("127.0.0.1", port)),
            UdpSocket::bind(("127.0.0.1", port + 1)),
            TcpListener::bind(("127.0.0.1", port + 1)),
        );
        if matches!(others, (Ok(_), Ok(_), Ok(_))) {
            return port;
        }
    }
}

#[test]
fn clients_come_by_udp_tcp_and_tls_over_both_families_until_it_is_told_to_end() {
    let mut server = Server::start();
    for ipv6 in [false, true] {
        for worker in 0..2 {
            let address = SocketAddr::new(localhost(ipv6), server.port + worker);
            relays(udp_client(address), ipv6);
        }
        let tcp = Stream::new(server.tcp(ipv6));
        relays(Session::new(tcp, USER.0, USER.1), ipv6);
        let tls = Stream::new(server.tls(ipv6));
        relays(Session::new(tls, USER.0, USER.1), ipv6);
    }
    let id = i32::try_from(server.child.id()).unwrap();
    kill(Pid::from_raw(id), Signal::SIGTERM).unwrap();
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
}

#[test]
fn clients_that_say_nothing_or_something_else_are_closed() {
    let server = Server::start();
    let mut silent = server.tcp(false);
    let mut handshaking = connect(SocketAddr::new(localhost(false), server.port + 1));
    let mut other = server.tcp(false);
    std::io::Write::write_all(&mut other, b"GET / HTTP/1.1\r\n\r\n").unwrap();
    assert_eq!(end(&mut other), 0);
    for stream in [&mut silent, &mut handshaking] {
        stream.set_read_timeout(Some(GREETING)).unwrap();
        assert_eq!(end(stream), 0);
    }
    // Others are served meanwhile and after.
    relays(
        Session::new(Stream::new(server.tcp(false)), USER.0, USER.1),
        false,
    );
}

/// Bytes read before the end; a reset is one.
fn end(stream: &mut TcpStream) -> usize {
    let mut all = Vec::new();
    match stream.read_to_end(&mut all) {
        Err(error) if error.kind() != std::io::ErrorKind::ConnectionReset => {
            panic!("still open: {error}")
        }
        _ => all.len(),
    }
}

#[test]
fn a_check_says_everything_that_is_wrong_and_exits_78() {
    let check = |file: &std::path::Path| -> Output {
        let mut program = program();
        program.arg("--check").arg("--config").arg(file);
        program.output().unwrap()
    };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("turn.toml");
    fs::write(
        &file,
        "realm = \"\"\n[credentials]\n[relay]\naddresses = []\nallow = [\"all\"]\n",
    )
    .unwrap();
    let checked = check(&file);
    assert_eq!(checked.status.code(), Some(78));
    let said = String::from_utf8(checked.stderr).unwrap();
    for problem in [
        "realm has 1 to 763 bytes",
        "nobody can use it",
        "relay.addresses names no address",
        "all is not a range of addresses",
    ] {
        assert!(said.contains(problem), "{said}");
    }
    let server = Server::start();
    let good = check(&server.folder.path().join("turn.toml"));
    assert_eq!(good.status.code(), Some(0));
}

#[test]
fn what_cannot_be_listened_on_ends_it_with_one_sentence() {
    let server = Server::start();
    let again = program()
        .arg("--config")
        .arg(server.folder.path().join("turn.toml"))
        .output()
        .unwrap();
    assert_eq!(again.status.code(), Some(69));
    let said = String::from_utf8(again.stderr).unwrap();
    assert!(said.contains("cannot listen on TCP 127.0.0.1:"), "{said}");
}
