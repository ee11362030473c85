use super::*;
use crate::tls;
use axum::{extract::Extension, routing::get};
use media_relay_control::{Handover, StreamTransport};
use quietroom_config::Tls;
use rustix::{
    io::retry_on_intr,
    net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg},
};
use rustls::{
    ClientConfig, RootCertStore, SupportedProtocolVersion,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, ServerName},
    version,
};
use std::{
    fs,
    io::IoSliceMut,
    mem::MaybeUninit,
    os::{fd::OwnedFd, unix::net::UnixStream as StdUnixStream},
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixStream,
    sync::Notify,
    task::JoinHandle,
};
use tokio_rustls::{TlsConnector, client};

/// The beginning of an Allocate request.
const ALLOCATE: &[u8] = b"\x00\x03\x00\x00\x21\x12\xa4\x42abcdefghijkl";

struct Running {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    serving: JoinHandle<()>,
    /// The relay's end of the hand-over socket.
    relay: Arc<OwnedFd>,
    relay_is: watch::Sender<Option<Hander>>,
}

async fn start(tls: Option<TlsAcceptor>, router: Router, most: Most) -> Running {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = watch::channel(false);
    let (ours, theirs) = front::pair().unwrap();
    let (relay_is, hander) = watch::channel(Some(Hander::new(ours).unwrap()));
    let served = Served {
        tls,
        router,
        hander,
        most,
    };
    let serving = serve(listener, served, stopped, Duration::from_secs(5));
    Running {
        address,
        stop,
        serving: tokio::spawn(serving),
        relay: Arc::new(theirs),
        relay_is,
    }
}

impl Running {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// The next stream that the relay is handed.
    async fn handed(&self) -> (Handover, OwnedFd) {
        let relay = self.relay.clone();
        let receiving = tokio::task::spawn_blocking(move || receive(&relay));
        timeout(PATIENCE, receiving).await.unwrap().unwrap()
    }

    /// The page still answers, over TLS when it is spoken here.
    async fn page(&self, trust: Option<&Trust>) -> String {
        let asking = async {
            let stream = self.connect().await;
            match trust {
                Some(trust) => ask(trust.connect(stream, &[], &version::TLS13).await).await,
                None => ask(stream).await,
            }
        };
        timeout(PATIENCE, asking).await.unwrap()
    }
}

fn receive(relay: &OwnedFd) -> (Handover, OwnedFd) {
    let mut message = [0; 1024];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let mut parts = [IoSliceMut::new(&mut message)];
    let flags = RecvFlags::CMSG_CLOEXEC;
    let received = retry_on_intr(|| recvmsg(relay, &mut parts, &mut ancillary, flags)).unwrap();
    let Some(RecvAncillaryMessage::ScmRights(mut streams)) = ancillary.drain().next() else {
        panic!("a stream comes with the message");
    };
    let stream = streams.next().unwrap();
    (
        serde_json::from_slice(&message[..received.bytes]).unwrap(),
        stream,
    )
}

fn hello() -> Router {
    Router::new().route("/", get(|| async { "the page" }))
}

async fn ask(mut stream: impl AsyncRead + AsyncWrite + Unpin) -> String {
    let request = b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    stream.write_all(request).await.unwrap();
    rest(stream).await
}

/// Whatever comes until the stream is closed.
async fn rest(mut stream: impl AsyncRead + Unpin) -> String {
    let mut answer = Vec::new();
    // A peer that closes without close_notify has said all it had.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

/// The certificate of a server, and clients that trust it.
struct Trust {
    acceptor: TlsAcceptor,
    certificate: CertificateDer<'static>,
    _folder: TempDir,
}

impl Trust {
    fn new() -> Self {
        let _ = aws_lc_rs::default_provider().install_default();
        let folder = TempDir::new().unwrap();
        let files = Tls {
            certificate_file: folder.path().join("certificate.pem"),
            key_file: folder.path().join("key.pem"),
        };
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        fs::write(&files.certificate_file, made.cert.pem()).unwrap();
        fs::write(&files.key_file, made.signing_key.serialize_pem()).unwrap();
        Self {
            acceptor: tls::acceptor(&files).unwrap(),
            certificate: made.cert.der().clone(),
            _folder: folder,
        }
    }

    async fn connect(
        &self,
        stream: TcpStream,
        alpn: &[&[u8]],
        version: &'static SupportedProtocolVersion,
    ) -> client::TlsStream<TcpStream> {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone()).unwrap();
        let mut config = ClientConfig::builder_with_protocol_versions(&[version])
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = alpn.iter().map(|name| name.to_vec()).collect();
        let name = ServerName::try_from("localhost").unwrap();
        let connector = TlsConnector::from(Arc::new(config));
        connector.connect(name, stream).await.unwrap()
    }
}

#[tokio::test]
async fn both_versions_of_tls_are_served_from_certificate_files() {
    let trust = Trust::new();
    let peer = |Extension(Peer(ip)): Extension<Peer>| async move { ip.to_string() };
    let router = Router::new().route("/", get(peer));
    let running = start(Some(trust.acceptor.clone()), router, Most::default()).await;
    for version in [&version::TLS12, &version::TLS13] {
        for alpn in [
            &[] as &[&[u8]],
            &[b"http/1.1"],
            &[b"stun.turn", b"http/1.1"],
        ] {
            let stream = running.connect().await;
            let answer = ask(trust.connect(stream, alpn, version).await).await;
            assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
            assert!(answer.ends_with("127.0.0.1"), "{answer}");
        }
    }
}

#[tokio::test]
async fn turn_over_tcp_goes_to_the_relay_with_every_byte_and_the_page_stays() {
    let trust = Trust::new();
    for tls in [None, Some(&trust)] {
        let acceptor = tls.map(|trust| trust.acceptor.clone());
        let running = start(acceptor, hello(), Most::default()).await;
        let mut client = running.connect().await;
        client.write_all(&ALLOCATE[..3]).await.unwrap();
        client.write_all(&ALLOCATE[3..]).await.unwrap();
        let (handover, stream) = running.handed().await;
        assert_eq!(handover.transport, StreamTransport::Tcp);
        assert_eq!(handover.remote, client.local_addr().unwrap());
        assert_eq!(handover.local, running.address);
        let mut stream = TcpStream::from_std(stream.into()).unwrap();
        let mut got = vec![0; ALLOCATE.len()];
        stream.read_exact(&mut got).await.unwrap();
        assert_eq!(got, ALLOCATE);
        assert!(running.page(tls).await.ends_with("the page"));
        stream.write_all(b"answer").await.unwrap();
        drop(stream);
        assert_eq!(rest(client).await, "answer");
    }
}

#[tokio::test]
async fn turn_over_tls_goes_to_the_relay_by_its_name_or_its_first_bytes() {
    let trust = Trust::new();
    let running = start(Some(trust.acceptor.clone()), hello(), Most::default()).await;
    for alpn in [&[front::ALPN] as &[&[u8]], &[], &[b"http/1.1"]] {
        let stream = running.connect().await;
        let from = stream.local_addr().unwrap();
        let mut client = trust.connect(stream, alpn, &version::TLS13).await;
        client.write_all(ALLOCATE).await.unwrap();
        client.flush().await.unwrap();
        let (handover, stream) = running.handed().await;
        assert_eq!(handover.transport, StreamTransport::Tls);
        assert_eq!((handover.remote, handover.local), (from, running.address));
        let stream = StdUnixStream::from(stream);
        stream.set_nonblocking(true).unwrap();
        let mut stream = UnixStream::from_std(stream).unwrap();
        let mut got = vec![0; ALLOCATE.len()];
        stream.read_exact(&mut got).await.unwrap();
        assert_eq!(got, ALLOCATE);
        assert!(running.page(Some(&trust)).await.ends_with("the page"));
        stream.write_all(b"answer").await.unwrap();
        drop(stream);
        assert_eq!(rest(client).await, "answer");
    }
}

#[tokio::test]
async fn turn_is_closed_while_there_is_no_relay_and_the_page_stays() {
    let running = start(None, hello(), Most::default()).await;
    running.relay_is.send_replace(None);
    let mut client = running.connect().await;
    client.write_all(ALLOCATE).await.unwrap();
    assert_eq!(rest(client).await, "");
    assert!(running.page(None).await.ends_with("the page"));
}

#[tokio::test]
async fn turn_takes_no_place_of_the_page_and_has_a_limit_of_its_own() {
    let trust = Trust::new();
    let most = Most {
        requests: 1,
        streams: 1,
    };
    let running = start(Some(trust.acceptor.clone()), hello(), most).await;
    let turn = async || {
        let stream = running.connect().await;
        let mut client = trust
            .connect(stream, &[b"stun.turn"], &version::TLS13)
            .await;
        client.write_all(ALLOCATE).await.unwrap();
        client.flush().await.unwrap();
        client
    };
    let first = turn().await;
    let kept = running.handed().await;
    assert!(running.page(Some(&trust)).await.ends_with("the page"));
    assert_eq!(rest(turn().await).await, "");
    assert!(running.page(Some(&trust)).await.ends_with("the page"));
    drop((first, kept));
}

#[tokio::test]
async fn garbage_is_refused_at_once() {
    let trust = Trust::new();
    for acceptor in [None, Some(trust.acceptor.clone())] {
        let running = start(acceptor, hello(), Most::default()).await;
        for garbage in [&b"\x00\x03\x00\x00not a cookie"[..], &[0xff; 64], &[0; 64]] {
            let mut client = running.connect().await;
            client.write_all(garbage).await.unwrap();
            let answer = timeout(Duration::from_secs(5), rest(client)).await.unwrap();
            assert!(!answer.contains("the page"));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_silent_client_is_closed() {
    let trust = Trust::new();
    let plain = start(None, hello(), Most::default()).await;
    let tls = start(Some(trust.acceptor.clone()), hello(), Most::default()).await;
    assert_eq!(rest(plain.connect().await).await, "");
    assert_eq!(rest(tls.connect().await).await, "");
    let mut begun = tls.connect().await;
    begun.write_all(&ALLOCATE[..5]).await.unwrap();
    assert_eq!(rest(begun).await, "");
}

#[tokio::test]
async fn a_connection_that_says_nothing_does_not_hold_the_server_up() {
    let running = start(None, hello(), Most::default()).await;
    let silent = running.connect().await;
    assert!(running.page(None).await.ends_with("the page"));
    running.stop.send_replace(true);
    timeout(Duration::from_secs(4), running.serving)
        .await
        .unwrap()
        .unwrap();
    drop(silent);
}

#[tokio::test]
async fn a_request_that_runs_is_answered_before_the_server_stops() {
    let (began, finish) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (starts, waits) = (began.clone(), finish.clone());
    let slow = move || async move {
        starts.notify_one();
        waits.notified().await;
        "done"
    };
    let running = start(None, Router::new().route("/", get(slow)), Most::default()).await;
    let stream = running.connect().await;
    let asked = tokio::spawn(ask(stream));
    began.notified().await;
    running.stop.send_replace(true);
    while TcpStream::connect(running.address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert!(!running.serving.is_finished());
    finish.notify_one();
    let answer = asked.await.unwrap();
    assert!(answer.ends_with("done"), "{answer}");
    running.serving.await.unwrap();
}
