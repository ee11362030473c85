//! Hands open streams to the relay process.

use super::copy::both_ways;
use media_relay_control::{Handover, StreamTransport};
use rustix::net::{
    AddressFamily, SendAncillaryBuffer, SendAncillaryMessage, SendFlags, SocketFlags, SocketType,
    sendmsg, socketpair,
};
use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::net::SocketAddr;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::{UnixDatagram as StdUnixDatagram, UnixStream as StdUnixStream};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, Interest};
use tokio::net::{TcpStream, UnixDatagram, UnixStream};
use tokio::time::timeout;

/// A relay that takes no stream for this long takes none.
const TAKEN: Duration = Duration::from_secs(10);
/// A TLS stream on which nothing moves for so long ends: clients refresh their allocations sooner.
const IDLE: Duration = Duration::from_mins(10);

/// Why a stream could not be handed over; it is closed.
#[derive(Debug, thiserror::Error)]
pub enum HandOverError {
    #[error("the relay takes no streams")]
    Relay(#[source] io::Error),
    #[error("the stream broke")]
    Stream(#[source] io::Error),
}

/// The two ends of a hand-over socket: one for [`Hander::new`], the other for the relay, as its
/// standard output.
///
/// # Errors
/// Those of `socketpair`.
pub fn pair() -> io::Result<(OwnedFd, OwnedFd)> {
    let flags = SocketFlags::CLOEXEC;
    Ok(socketpair(
        AddressFamily::UNIX,
        SocketType::SEQPACKET,
        flags,
        None,
    )?)
}

/// Hands streams to one relay process. Clones hand to the same.
#[derive(Clone, Debug)]
pub struct Hander {
    /// Held as a datagram socket: like one it keeps the bounds of messages.
    socket: Arc<UnixDatagram>,
}

impl Hander {
    /// `socket` is one end of a [`pair`]. Called within a tokio runtime.
    ///
    /// # Errors
    /// Those of registering the socket.
    pub fn new(socket: OwnedFd) -> io::Result<Hander> {
        let socket = StdUnixDatagram::from(socket);
        socket.set_nonblocking(true)?;
        Ok(Hander {
            socket: Arc::new(UnixDatagram::from_std(socket)?),
        })
    }

    /// Hands over a client's own TCP connection, of which nothing was read.
    ///
    /// # Errors
    /// [`HandOverError`] when the client or the relay is gone.
    pub async fn hand_over(&self, stream: TcpStream) -> Result<(), HandOverError> {
        let handover = Handover {
            transport: StreamTransport::Tcp,
            remote: stream.peer_addr().map_err(HandOverError::Stream)?,
            local: stream.local_addr().map_err(HandOverError::Stream)?,
        };
        self.send(&handover, stream.as_fd()).await
    }

    /// Hands over what a TLS stream carries, and copies until either side ends or nothing moves
    /// for ten minutes. `remote` and `local` are the addresses of the connection below.
    ///
    /// # Errors
    /// [`HandOverError`]; a stream that ended is none.
    pub async fn hand_over_tls<S: AsyncRead + AsyncWrite>(
        &self,
        stream: S,
        remote: SocketAddr,
        local: SocketAddr,
    ) -> Result<(), HandOverError> {
        let (ours, theirs) = StdUnixStream::pair().map_err(HandOverError::Stream)?;
        let handover = Handover {
            transport: StreamTransport::Tls,
            remote,
            local,
        };
        self.send(&handover, theirs.as_fd()).await?;
        drop(theirs);
        let copied = async {
            ours.set_nonblocking(true)?;
            both_ways(stream, UnixStream::from_std(ours)?, IDLE).await
        };
        copied.await.map_err(HandOverError::Stream)
    }

    async fn send(&self, handover: &Handover, stream: BorrowedFd<'_>) -> Result<(), HandOverError> {
        let message = serde_json::to_vec(handover)
            .map_err(|error| HandOverError::Stream(io::Error::from(error)))?;
        let sending = self.socket.async_io(Interest::WRITABLE, || {
            Ok(send_with(self.socket.as_fd(), &message, stream)?)
        });
        let sent = timeout(TAKEN, sending).await;
        sent.unwrap_or_else(|late| Err(late.into()))
            .map_err(HandOverError::Relay)
    }
}

fn send_with(
    socket: BorrowedFd<'_>,
    message: &[u8],
    stream: BorrowedFd<'_>,
) -> rustix::io::Result<()> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    let streams = [stream];
    ancillary.push(SendAncillaryMessage::ScmRights(&streams));
    let flags = SendFlags::DONTWAIT | SendFlags::NOSIGNAL;
    sendmsg(socket, &[IoSlice::new(message)], &mut ancillary, flags)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handover::Handovers;
    use std::io::{Read, Write};
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
    use tokio::net::TcpListener;

    fn receive(handovers: Handovers) -> tokio::task::JoinHandle<(Handover, OwnedFd)> {
        tokio::task::spawn_blocking(move || handovers.next().unwrap().unwrap())
    }

    #[tokio::test]
    async fn a_tcp_connection_arrives_with_its_addresses_and_works() {
        let (ours, theirs) = pair().unwrap();
        let taken = receive(Handovers::on(theirs).unwrap());
        let hander = Hander::new(ours).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let local = listener.local_addr().unwrap();
        let mut client = TcpStream::connect(local).await.unwrap();
        let (stream, remote) = listener.accept().await.unwrap();
        hander.hand_over(stream).await.unwrap();
        let (handover, stream) = taken.await.unwrap();
        let transport = StreamTransport::Tcp;
        assert_eq!(
            handover,
            Handover {
                transport,
                remote,
                local
            }
        );
        let mut stream = std::net::TcpStream::from(stream);
        stream.set_nonblocking(false).unwrap();
        stream.write_all(b"hello").unwrap();
        drop(stream);
        let mut got = Vec::new();
        client.read_to_end(&mut got).await.unwrap();
        assert_eq!(got, b"hello");
    }

    #[tokio::test]
    async fn what_a_tls_stream_carries_is_copied_until_the_relay_closes_it() {
        let (ours, theirs) = pair().unwrap();
        let taken = receive(Handovers::on(theirs).unwrap());
        let hander = Hander::new(ours).unwrap();
        let (mut client, stream) = duplex(1024);
        let address = SocketAddr::from(([192, 0, 2, 1], 443));
        let copying =
            tokio::spawn(async move { hander.hand_over_tls(stream, address, address).await });
        client.write_all(b"ping").await.unwrap();
        let (handover, stream) = taken.await.unwrap();
        assert_eq!(handover.transport, StreamTransport::Tls);
        let relay = tokio::task::spawn_blocking(move || {
            let mut stream = StdUnixStream::from(stream);
            let mut got = [0; 4];
            stream.read_exact(&mut got).unwrap();
            stream.write_all(&got).unwrap();
        });
        relay.await.unwrap();
        let mut got = Vec::new();
        client.read_to_end(&mut got).await.unwrap();
        assert_eq!(got, b"ping");
        copying.await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn a_relay_that_is_gone_is_an_error() {
        let (ours, theirs) = pair().unwrap();
        drop(theirs);
        let hander = Hander::new(ours).unwrap();
        let (_client, stream) = duplex(1024);
        let address = SocketAddr::from(([192, 0, 2, 1], 443));
        let refused = hander.hand_over_tls(stream, address, address).await;
        assert!(matches!(refused, Err(HandOverError::Relay(_))));
    }
}
