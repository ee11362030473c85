//! Accepts connections and serves HTTP/1.1 on them, until told to stop.

use crate::http::Peer;
use axum::{Router, body::Body};
use hyper::{Request, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::{net::SocketAddr, pin::pin, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
    task::JoinSet,
    time::timeout,
};
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;

/// Connections open at one time; more wait in the kernel's queue.
const MOST_CONNECTIONS: usize = 4096;

/// For a TLS handshake, and for the head of each request.
const PATIENCE: Duration = Duration::from_secs(30);

/// Largest head of a request, bytes.
const MAX_HEAD: usize = 64 * 1024;

/// Serves until `stop` turns true, then lets requests that run finish, `grace` at most. Upgraded
/// connections are not waited for: whoever took them over closes them.
pub(crate) async fn serve(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    router: Router,
    mut stop: watch::Receiver<bool>,
    grace: Duration,
) {
    let permits = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &permits) => accepted,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        // Those that are done are forgotten.
        while connections.try_join_next().is_some() {}
        let Some((permit, stream, peer)) = accepted else {
            continue;
        };
        let (tls, router, stop) = (tls.clone(), router.clone(), stop.clone());
        connections.spawn(async move {
            let _permit = permit;
            connection(stream, peer, tls, router, stop).await;
        });
    }
    drop(listener);
    let finished = async { while connections.join_next().await.is_some() {} };
    if timeout(grace, finished).await.is_err() {
        tracing::warn!(count = connections.len(), "connections cut off");
    }
}

async fn accept(
    listener: &TcpListener,
    permits: &Arc<Semaphore>,
) -> Option<(tokio::sync::OwnedSemaphorePermit, TcpStream, SocketAddr)> {
    let permit = permits.clone().acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => Some((permit, stream, peer)),
        Err(error) => {
            // Out of file descriptors, or the client is gone already: the next one may do better.
            tracing::warn!(%error, "a connection cannot be accepted");
            tokio::time::sleep(Duration::from_millis(50)).await;
            None
        }
    }
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    tls: Option<TlsAcceptor>,
    router: Router,
    stop: watch::Receiver<bool>,
) {
    // Small answers and socket messages go out at once.
    let _ = stream.set_nodelay(true);
    let Some(tls) = tls else {
        return requests(stream, peer, router, stop).await;
    };
    // A failed handshake is the other side's affair.
    if let Ok(Ok(stream)) = timeout(PATIENCE, tls.accept(stream)).await {
        requests(stream, peer, router, stop).await;
    }
}

async fn requests(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    peer: SocketAddr,
    router: Router,
    mut stop: watch::Receiver<bool>,
) {
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(Peer(peer.ip()));
        router.clone().oneshot(request.map(Body::new))
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .max_buf_size(MAX_HEAD)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    tokio::select! {
        // How a connection ends is the other side's affair.
        _ = connection.as_mut() => return,
        _ = stop.wait_for(|stop| *stop) => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls;
    use axum::{extract::Extension, routing::get};
    use quietroom_config::Tls;
    use rustls::{
        ClientConfig, RootCertStore, SupportedProtocolVersion, crypto::aws_lc_rs,
        pki_types::ServerName, version,
    };
    use std::fs;
    use tempfile::TempDir;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        sync::Notify,
        task::JoinHandle,
    };
    use tokio_rustls::TlsConnector;

    struct Served {
        address: SocketAddr,
        stop: watch::Sender<bool>,
        serving: JoinHandle<()>,
    }

    async fn start(tls: Option<TlsAcceptor>, router: Router) -> Served {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = watch::channel(false);
        let serving = serve(listener, tls, router, stopped, Duration::from_secs(5));
        Served {
            address,
            stop,
            serving: tokio::spawn(serving),
        }
    }

    async fn ask(mut stream: impl AsyncRead + AsyncWrite + Unpin) -> String {
        let request = b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
        stream.write_all(request).await.unwrap();
        let mut answer = String::new();
        // A peer that closes without close_notify has said all it had.
        let _ = stream.read_to_string(&mut answer).await;
        answer
    }

    #[tokio::test]
    async fn both_versions_of_tls_are_served_from_certificate_files() {
        let _ = aws_lc_rs::default_provider().install_default();
        let folder = TempDir::new().unwrap();
        let files = Tls {
            certificate_file: folder.path().join("certificate.pem"),
            key_file: folder.path().join("key.pem"),
        };
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        fs::write(&files.certificate_file, made.cert.pem()).unwrap();
        fs::write(&files.key_file, made.signing_key.serialize_pem()).unwrap();
        let peer = |Extension(Peer(ip)): Extension<Peer>| async move { ip.to_string() };
        let router = Router::new().route("/", get(peer));
        let served = start(Some(tls::acceptor(&files).unwrap()), router).await;

        let mut roots = RootCertStore::empty();
        roots.add(made.cert.der().clone()).unwrap();
        let speak = async |version: &'static SupportedProtocolVersion| {
            let config = ClientConfig::builder_with_protocol_versions(&[version])
                .with_root_certificates(roots.clone())
                .with_no_client_auth();
            let stream = TcpStream::connect(served.address).await.unwrap();
            let name = ServerName::try_from("localhost").unwrap();
            let connector = TlsConnector::from(Arc::new(config));
            ask(connector.connect(name, stream).await.unwrap()).await
        };
        for version in [&version::TLS12, &version::TLS13] {
            let answer = speak(version).await;
            assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
            assert!(answer.ends_with("127.0.0.1"), "{answer}");
        }
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
        let served = start(None, Router::new().route("/", get(slow))).await;
        let stream = TcpStream::connect(served.address).await.unwrap();
        let asked = tokio::spawn(ask(stream));
        began.notified().await;
        served.stop.send_replace(true);
        while TcpStream::connect(served.address).await.is_ok() {
            tokio::task::yield_now().await;
        }
        assert!(!served.serving.is_finished());
        finish.notify_one();
        let answer = asked.await.unwrap();
        assert!(answer.ends_with("done"), "{answer}");
        served.serving.await.unwrap();
    }
}
