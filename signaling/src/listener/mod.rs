//! Accepts connections and serves HTTP/1.1 on them, until told to stop. Those that speak TURN, over
//! TCP or TLS, go to the relay.

use crate::{http::Peer, turn::MOST_STREAMS};
use axum::{Router, body::Body};
use hyper::{Request, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use media_relay::front::{self, Hander, Opening};
use std::{io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    task::JoinSet,
    time::timeout,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use tower::ServiceExt;

/// For the first bytes, for a TLS handshake, and for the head of each request.
const PATIENCE: Duration = Duration::from_secs(30);

/// Largest head of a request, bytes.
const MAX_HEAD: usize = 64 * 1024;

/// What is served.
#[derive(Clone)]
pub(crate) struct Served {
    /// Plain HTTP without it.
    pub(crate) tls: Option<TlsAcceptor>,
    pub(crate) router: Router,
    /// Takes TURN; `None` while the relay is not there.
    pub(crate) hander: watch::Receiver<Option<Hander>>,
    pub(crate) most: Most,
}

/// How many connections are open at one time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Most {
    /// Of HTTP, and of those that have not said yet what they are; more wait in the kernel's queue.
    pub(crate) requests: usize,
    /// Of TURN over TLS; more are closed. Those over TCP are the relay's own.
    pub(crate) streams: usize,
}

impl Default for Most {
    fn default() -> Self {
        Self {
            requests: 4096,
            streams: MOST_STREAMS.into(),
        }
    }
}

/// Serves until `stop` turns true, then lets requests that run finish, `grace` at most. Upgraded
/// connections are not waited for: whoever took them over closes them. TURN ends at once.
pub(crate) async fn serve(
    listener: TcpListener,
    served: Served,
    mut stop: watch::Receiver<bool>,
    grace: Duration,
) {
    let permits = Arc::new(Semaphore::new(served.most.requests));
    let streams = Arc::new(Semaphore::new(served.most.streams));
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
        let connection = Connection {
            permit,
            streams: streams.clone(),
            peer,
            served: served.clone(),
            stop: stop.clone(),
        };
        // How a connection ends is the other side's affair.
        connections.spawn(async move { drop(connection.run(stream).await) });
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
) -> Option<(OwnedSemaphorePermit, TcpStream, SocketAddr)> {
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

/// One accepted connection.
struct Connection {
    /// Given back as soon as it turns out to be TURN.
    permit: OwnedSemaphorePermit,
    /// Those of TURN.
    streams: Arc<Semaphore>,
    peer: SocketAddr,
    served: Served,
    stop: watch::Receiver<bool>,
}

impl Connection {
    async fn run(mut self, stream: TcpStream) -> io::Result<()> {
        // Small answers, socket messages and media go out at once.
        let _ = stream.set_nodelay(true);
        let opening = unless(&mut self.stop, front::peek(&stream, PATIENCE)).await?;
        if opening == Opening::Stun {
            let hander = self.hander()?;
            return hander.hand_over(stream).await.map_err(io::Error::other);
        }
        let Some(tls) = &self.served.tls else {
            self.requests(stream).await;
            return Ok(());
        };
        let accepted = async { timeout(PATIENCE, tls.accept(stream)).await? };
        let stream = unless(&mut self.stop, accepted).await?;
        if stream.get_ref().1.alpn_protocol() == Some(front::ALPN) {
            let local = local_of(&stream)?;
            return self.turn(stream, local).await;
        }
        // Most TURN clients name no protocol.
        let read = front::read_opening(stream, PATIENCE);
        let (opening, stream) = unless(&mut self.stop, read).await?;
        match opening {
            Opening::Stun => {
                let local = local_of(stream.get_ref())?;
                self.turn(stream, local).await
            }
            Opening::Other => {
                self.requests(stream).await;
                Ok(())
            }
        }
    }

    /// Copies what TLS carries to and from the relay.
    async fn turn(self, stream: impl AsyncRead + AsyncWrite, local: SocketAddr) -> io::Result<()> {
        let hander = self.hander()?;
        let Self {
            permit,
            streams,
            peer,
            mut stop,
            ..
        } = self;
        let _permit = streams.try_acquire().map_err(io::Error::other)?;
        drop(permit);
        tokio::select! {
            ended = hander.hand_over_tls(stream, peer, local) => ended.map_err(io::Error::other),
            _ = stop.wait_for(|stop| *stop) => Ok(()),
        }
    }

    fn hander(&self) -> io::Result<Hander> {
        let hander = self.served.hander.borrow().clone();
        hander.ok_or_else(|| io::ErrorKind::ConnectionRefused.into())
    }

    async fn requests(self, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) {
        let _permit = self.permit;
        requests(stream, self.peer, self.served.router, self.stop).await;
    }
}

/// What `work` gives, unless the server stops before.
async fn unless<T>(
    stop: &mut watch::Receiver<bool>,
    work: impl Future<Output = io::Result<T>>,
) -> io::Result<T> {
    tokio::select! {
        done = work => done,
        _ = stop.wait_for(|stop| *stop) => Err(io::ErrorKind::ConnectionAborted.into()),
    }
}

fn local_of(stream: &TlsStream<TcpStream>) -> io::Result<SocketAddr> {
    stream.get_ref().0.local_addr()
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
mod tests;
