//! How a connection begins.

use super::Prefixed;
use std::io;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

/// The protocol name of TURN over TLS (RFC 7443). Most clients do not send it.
pub const ALPN: &[u8] = b"stun.turn";
/// Bytes by which TURN is known.
pub const HEAD: usize = 8;
/// How soon a socket with too few bytes is looked at again: it is readable all the while.
const AGAIN: Duration = Duration::from_millis(10);

/// What a connection begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// A STUN message: a TURN client.
    Stun,
    /// Anything else, such as a TLS client hello or an HTTP request.
    Other,
}

/// Whether these bytes begin a STUN message: two zero bits, and the magic cookie (RFC 8489
/// section 5). A TURN client cannot begin with ChannelData.
#[must_use]
pub fn is_stun(head: &[u8; HEAD]) -> bool {
    matches!(head, [0..4, _, _, _, 0x21, 0x12, 0xa4, 0x42])
}

/// Looks at the first bytes of a connection and leaves them in it. The first byte of TLS and of
/// HTTP is enough; only for what may become STUN more is waited for.
///
/// # Errors
/// `TimedOut` when nothing decisive came within `limit`, `UnexpectedEof` when the client closed
/// before, and those of the socket.
pub async fn peek(stream: &TcpStream, limit: Duration) -> io::Result<Opening> {
    timeout(limit, peek_on(stream)).await?
}

/// As [`peek`], for a stream that cannot be peeked at: what was read is put in front again.
///
/// # Errors
/// As for [`peek`].
pub async fn read_opening<S: AsyncRead + Unpin>(
    stream: S,
    limit: Duration,
) -> io::Result<(Opening, Prefixed<S>)> {
    timeout(limit, read_on(stream)).await?
}

async fn peek_on(stream: &TcpStream) -> io::Result<Opening> {
    let mut head = [0; HEAD];
    loop {
        let count = stream.peek(&mut head).await?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if let Some(opening) = decide(&head, count) {
            return Ok(opening);
        }
        sleep(AGAIN).await;
    }
}

async fn read_on<S: AsyncRead + Unpin>(mut stream: S) -> io::Result<(Opening, Prefixed<S>)> {
    let mut head = [0; HEAD];
    let mut count = 0;
    loop {
        let rest = head.get_mut(count..).unwrap_or_default();
        let more = stream.read(rest).await?;
        if more == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        count += more;
        if let Some(opening) = decide(&head, count) {
            return Ok((opening, Prefixed::new(head, count, stream)));
        }
    }
}

/// What `count` bytes tell; `None` while they could be either.
fn decide(head: &[u8; HEAD], count: usize) -> Option<Opening> {
    let [first, ..] = *head;
    match count {
        0 => None,
        1.. if first > 3 => Some(Opening::Other),
        HEAD.. if is_stun(head) => Some(Opening::Stun),
        HEAD.. => Some(Opening::Other),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncWriteExt;
    use tokio::net::TcpListener;

    const STUN: [u8; 8] = [0, 3, 0, 8, 0x21, 0x12, 0xa4, 0x42];
    const LONG: Duration = Duration::from_secs(30);

    async fn connection() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap());
        let (client, server) = tokio::join!(client, listener.accept());
        (client.unwrap(), server.unwrap().0)
    }

    #[test]
    fn only_the_cookie_makes_stun() {
        assert!(is_stun(&STUN));
        assert!(!is_stun(&[0x16, 3, 1, 0, 0x21, 0x12, 0xa4, 0x42]));
        assert!(!is_stun(&[0, 3, 0, 8, 0x21, 0x12, 0xa4, 0x43]));
        assert!(!is_stun(b"GET / HT"));
    }

    #[tokio::test]
    async fn one_byte_of_tls_or_http_is_enough() {
        for first in [b"\x16", b"G", b"P"] {
            let (mut client, server) = connection().await;
            client.write_all(first).await.unwrap();
            assert_eq!(peek(&server, LONG).await.unwrap(), Opening::Other);
        }
    }

    #[tokio::test]
    async fn stun_is_known_when_it_comes_in_pieces_and_nothing_is_lost() {
        let (mut client, mut server) = connection().await;
        client.set_nodelay(true).unwrap();
        client.write_all(&STUN[..3]).await.unwrap();
        let looking = peek(&server, LONG);
        let rest = async {
            tokio::task::yield_now().await;
            client.write_all(&STUN[3..]).await.unwrap();
        };
        assert_eq!(tokio::join!(looking, rest).0.unwrap(), Opening::Stun);
        let mut all = [0; 8];
        server.read_exact(&mut all).await.unwrap();
        assert_eq!(all, STUN);
    }

    #[tokio::test]
    async fn what_was_read_is_put_in_front_again() {
        for (sent, opening) in [
            (&STUN[..], Opening::Stun),
            (b"PRI * HTTP/2.0\r\n", Opening::Other),
        ] {
            let (mut near, far) = tokio::io::duplex(4);
            let writing = async {
                near.write_all(sent).await.unwrap();
                drop(near);
            };
            let reading = async {
                let (found, mut stream) = read_opening(far, LONG).await.unwrap();
                assert_eq!(found, opening);
                let mut all = Vec::new();
                stream.read_to_end(&mut all).await.unwrap();
                all
            };
            assert_eq!(tokio::join!(writing, reading).1, sent);
        }
    }

    #[tokio::test]
    async fn a_silent_or_closed_connection_is_an_error() {
        let (client, server) = connection().await;
        let silent = peek(&server, Duration::from_millis(1)).await.unwrap_err();
        assert_eq!(silent.kind(), io::ErrorKind::TimedOut);
        drop(client);
        let closed = peek(&server, LONG).await.unwrap_err();
        assert_eq!(closed.kind(), io::ErrorKind::UnexpectedEof);
    }
}
