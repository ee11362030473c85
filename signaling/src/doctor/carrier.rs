//! Carries TURN messages between this machine and a server: over UDP, TCP or TLS.

use super::{
    fault::{Fault, Mistrust},
    way::{Place, Transport, TurnServer},
};
use bytes::BytesMut;
use media_relay_control::Way;
use rustls::{ClientConfig, pki_types::ServerName};
use std::{
    io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpStream, UdpSocket, lookup_host},
};
use tokio_rustls::TlsConnector;

/// Largest message, bytes.
const LARGEST: usize = 4 + u16::MAX as usize + 3;

/// An open way to a TURN server.
pub(super) struct Carrier {
    pub(super) local: SocketAddr,
    pub(super) remote: SocketAddr,
    pub(super) reliable: bool,
    pipe: Pipe,
}

enum Pipe {
    Datagrams(UdpSocket, Box<[u8; LARGEST]>),
    Stream(Box<dyn Stream>, BytesMut),
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

impl Carrier {
    /// Opens the way to `server`.
    pub(super) async fn open(
        way: Way,
        server: &TurnServer,
        trust: &Arc<ClientConfig>,
    ) -> Result<Self, Fault> {
        let place = &server.place;
        let addresses = resolve(place).await?;
        if place.transport == Transport::Udp {
            return datagrams(&addresses).await;
        }
        let stream = TcpStream::connect(addresses.as_slice())
            .await
            .map_err(|error| unreached(place, &error))?;
        stream.set_nodelay(true)?;
        let (local, remote) = (stream.local_addr()?, stream.peer_addr()?);
        let stream: Box<dyn Stream> = match way {
            Way::TurnTls => Box::new(encrypted(stream, place, trust).await?),
            _ => Box::new(stream),
        };
        Ok(Self {
            local,
            remote,
            reliable: true,
            pipe: Pipe::Stream(stream, BytesMut::new()),
        })
    }

    pub(super) async fn send(&mut self, message: &[u8]) -> io::Result<()> {
        match &mut self.pipe {
            Pipe::Datagrams(socket, _) => socket.send(message).await.map(drop),
            Pipe::Stream(stream, _) => {
                stream.write_all(message).await?;
                stream.flush().await
            }
        }
    }

    /// The next message. Cancel safe.
    pub(super) async fn receive(&mut self) -> io::Result<BytesMut> {
        match &mut self.pipe {
            Pipe::Datagrams(socket, buffer) => {
                let length = socket.recv(buffer.as_mut_slice()).await?;
                Ok(buffer.get(..length).unwrap_or_default().into())
            }
            Pipe::Stream(stream, held) => loop {
                if let Some(message) = cut(held)? {
                    return Ok(message);
                }
                if stream.read_buf(held).await? == 0 {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
            },
        }
    }
}

/// Takes one message off the front of a stream, padding and all: a STUN message says its length
/// (RFC 8489 section 5), channel data is padded to four bytes (RFC 8656 section 12.5).
fn cut(held: &mut BytesMut) -> io::Result<Option<BytesMut>> {
    let Some([first, _, high, low]) = held.first_chunk::<4>() else {
        return Ok(None);
    };
    let length = usize::from(u16::from_be_bytes([*high, *low]));
    let whole = match first >> 6 {
        0 => 20 + length,
        1 => 4 + length.next_multiple_of(4),
        _ => return Err(io::ErrorKind::InvalidData.into()),
    };
    Ok((held.len() >= whole).then(|| held.split_to(whole)))
}

async fn resolve(place: &Place) -> Result<Vec<SocketAddr>, Fault> {
    let unknown = || Fault::UnknownName(place.host.clone());
    let found = lookup_host((place.host.as_str(), place.port)).await;
    let mut addresses: Vec<SocketAddr> = found.map_err(|_| unknown())?.collect();
    // Without an answer a datagram's way says nothing, so the likelier family goes first.
    addresses.sort_by_key(SocketAddr::is_ipv6);
    if addresses.is_empty() {
        return Err(unknown());
    }
    Ok(addresses)
}

async fn datagrams(addresses: &[SocketAddr]) -> Result<Carrier, Fault> {
    let remote = addresses.first().copied().ok_or(io::ErrorKind::NotFound);
    let remote = remote.map_err(io::Error::from)?;
    let any = if remote.is_ipv4() {
        SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0))
    } else {
        SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0))
    };
    let socket = UdpSocket::bind(any).await?;
    socket.connect(remote).await?;
    Ok(Carrier {
        local: socket.local_addr()?,
        remote,
        reliable: false,
        pipe: Pipe::Datagrams(socket, Box::new([0; LARGEST])),
    })
}

async fn encrypted(
    stream: TcpStream,
    place: &Place,
    trust: &Arc<ClientConfig>,
) -> Result<impl Stream + use<>, Fault> {
    let name = ServerName::try_from(place.host.clone())
        .map_err(|_| Fault::UnknownName(place.host.clone()))?;
    let connector = TlsConnector::from(Arc::clone(trust));
    let connected = connector.connect(name, stream).await;
    connected.map_err(|error| untrusted(place, &error))
}

/// In the words of [`Fault`], what a connection that was not made says.
fn unreached(place: &Place, error: &io::Error) -> Fault {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Fault::NobodyListens(place.clone()),
        io::ErrorKind::TimedOut => Fault::Silent(place.clone()),
        kind => Fault::Unreachable(place.clone(), kind),
    }
}

fn untrusted(place: &Place, error: &io::Error) -> Fault {
    let inner = error.get_ref().and_then(|error| error.downcast_ref());
    match inner {
        Some(rustls::Error::InvalidCertificate(error)) => {
            Fault::Certificate(place.clone(), Mistrust::of(error.clone(), &place.host))
        }
        Some(rustls::Error::InvalidMessage(_)) | None => Fault::NoTls(place.clone()),
        Some(error) => Fault::Tls(place.clone(), error.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_cut_where_they_end() {
        let stun = [&[0, 1, 0, 4][..], &[7; 20]].concat();
        let channel = [&[0x40, 0, 0, 5][..], &[8; 8]].concat();
        let both = [stun.clone(), channel.clone()].concat();
        for split in 0..=both.len() {
            let (mut held, mut got) = (BytesMut::new(), Vec::new());
            for part in [&both[..split], &both[split..]] {
                held.extend_from_slice(part);
                while let Some(message) = cut(&mut held).unwrap() {
                    got.push(message.to_vec());
                }
            }
            assert_eq!(got, [stun.clone(), channel.clone()]);
        }
    }

    #[test]
    fn a_web_page_is_no_message() {
        let mut held = BytesMut::from(&b"\xffTTP/1.1"[..]);
        assert!(cut(&mut held).is_err());
    }
}
