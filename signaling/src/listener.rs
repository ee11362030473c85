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
