//! Listeners that serve TURN and nothing else.

use super::{Hander, Opening, peek, read_opening};
use std::io;
use std::net::TcpListener as StdListener;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

/// How long a client may take for the TLS handshake, and then for its first bytes.
const GREETING: Duration = Duration::from_secs(10);
/// How soon accepting is tried again that failed, for want of descriptors.
const AGAIN: Duration = Duration::from_millis(100);

/// Bound listeners and how TLS is accepted.
pub struct Doors {
    pub tcp: Vec<StdListener>,
    pub tls: Vec<StdListener>,
    pub acceptor: Option<TlsAcceptor>,
    /// Connections at one time, TLS streams that were handed over included; more are closed.
    pub limit: usize,
}

impl Doors {
    /// Accepts and hands over until the task is dropped.
    ///
    /// # Errors
    /// Those of registering the listeners.
    pub async fn serve(self, hander: Hander) -> io::Result<()> {
        let places = Arc::new(Semaphore::new(self.limit.min(Semaphore::MAX_PERMITS)));
        let mut serving = JoinSet::new();
        let plain = self.tcp.into_iter().map(|listener| (listener, None));
        let protected = self.tls.into_iter();
        let protected = protected.map(|listener| (listener, self.acceptor.clone()));
        for (listener, acceptor) in plain.chain(protected) {
            listener.set_nonblocking(true)?;
            let door = Door {
                listener: TcpListener::from_std(listener)?,
                acceptor,
                hander: hander.clone(),
                places: Arc::clone(&places),
            };
            serving.spawn(door.serve());
        }
        while serving.join_next().await.is_some() {}
        Ok(())
    }
}

impl std::fmt::Debug for Doors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Doors")
            .field("tcp", &self.tcp.len())
            .field("tls", &self.tls.len())
            .finish_non_exhaustive()
    }
}

/// One listener.
struct Door {
    listener: TcpListener,
    acceptor: Option<TlsAcceptor>,
    hander: Hander,
    places: Arc<Semaphore>,
}

impl Door {
    async fn serve(self) {
        loop {
            let Ok((stream, _)) = self.listener.accept().await else {
                sleep(AGAIN).await;
                continue;
            };
            let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else {
                continue;
            };
            let (acceptor, hander) = (self.acceptor.clone(), self.hander.clone());
            tokio::spawn(async move {
                let done = match acceptor {
                    None => plain(stream, &hander).await,
                    Some(acceptor) => protected(stream, &acceptor, &hander).await,
                };
                if let Err(error) = done {
                    tracing::debug!(kind = ?error.kind(), "a connection ended");
                }
                drop::<OwnedSemaphorePermit>(place);
            });
        }
    }
}

async fn plain(stream: TcpStream, hander: &Hander) -> io::Result<()> {
    match peek(&stream, GREETING).await? {
        Opening::Stun => hander.hand_over(stream).await.map_err(io::Error::other),
        Opening::Other => Ok(()),
    }
}

async fn protected(stream: TcpStream, acceptor: &TlsAcceptor, hander: &Hander) -> io::Result<()> {
    let (remote, local) = (stream.peer_addr()?, stream.local_addr()?);
    stream.set_nodelay(true)?;
    let stream = timeout(GREETING, acceptor.accept(stream)).await??;
    let (opening, stream) = read_opening(stream, GREETING).await?;
    match opening {
        Opening::Stun => hander
            .hand_over_tls(stream, remote, local)
            .await
            .map_err(io::Error::other),
        Opening::Other => Ok(()),
    }
}
