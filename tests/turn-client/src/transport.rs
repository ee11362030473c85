//! How messages reach a server.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

/// Longest message that is read.
const LONGEST: usize = 65_536;

/// One path to a server, a message at a time.
pub trait Transport: std::fmt::Debug {
    /// # Errors
    /// Those of the socket.
    fn send(&mut self, message: &[u8]) -> io::Result<()>;

    /// The next message; an error of kind `WouldBlock` or `TimedOut` when none came in time, of
    /// kind `UnexpectedEof` when the server has closed.
    ///
    /// # Errors
    /// Those of the socket.
    fn receive(&mut self) -> io::Result<Vec<u8>>;

    /// Whether messages can get lost, and have to be said again.
    fn loses(&self) -> bool;
}

impl<T: Transport + ?Sized> Transport for Box<T> {
    fn send(&mut self, message: &[u8]) -> io::Result<()> {
        (**self).send(message)
    }

    fn receive(&mut self) -> io::Result<Vec<u8>> {
        (**self).receive()
    }

    fn loses(&self) -> bool {
        (**self).loses()
    }
}

/// Datagrams.
#[derive(Debug)]
pub struct Udp {
    pub socket: UdpSocket,
    buffer: Vec<u8>,
}

impl Udp {
    /// From a port that the system chooses on `address`, to `server`.
    ///
    /// # Errors
    /// Those of the system.
    pub fn connect(address: SocketAddr, server: SocketAddr, wait: Duration) -> io::Result<Self> {
        let socket = UdpSocket::bind(address)?;
        socket.connect(server)?;
        socket.set_read_timeout(Some(wait))?;
        let buffer = vec![0; LONGEST];
        Ok(Self { socket, buffer })
    }
}

impl Transport for Udp {
    fn send(&mut self, message: &[u8]) -> io::Result<()> {
        self.socket.send(message).map(drop)
    }

    fn receive(&mut self) -> io::Result<Vec<u8>> {
        let length = self.socket.recv(&mut self.buffer)?;
        Ok(self.buffer[..length].to_vec())
    }

    fn loses(&self) -> bool {
        true
    }
}

/// A TCP or TLS connection: messages one after the other (RFC 8656 section 12.5). Its read timeout
/// is the caller's.
#[derive(Debug)]
pub struct Stream<S> {
    pub stream: S,
    got: Vec<u8>,
}

impl<S: Read + Write> Stream<S> {
    #[must_use]
    pub fn new(stream: S) -> Self {
        let got = Vec::new();
        Self { stream, got }
    }
}

impl<S: Read + Write + std::fmt::Debug> Transport for Stream<S> {
    fn send(&mut self, message: &[u8]) -> io::Result<()> {
        let mut padded = message.to_vec();
        padded.resize(message.len().next_multiple_of(4), 0);
        self.stream.write_all(&padded)?;
        self.stream.flush()
    }

    fn receive(&mut self) -> io::Result<Vec<u8>> {
        let mut some = [0; 4096];
        loop {
            if let Some((message, padded)) = whole(&self.got) {
                let taken: Vec<u8> = self.got.drain(..padded).collect();
                return Ok(taken[..message].to_vec());
            }
            match self.stream.read(&mut some)? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                length => self.got.extend(&some[..length]),
            }
        }
    }

    fn loses(&self) -> bool {
        false
    }
}

/// Bytes of the message at the head, without and with padding; `None` when it is not whole.
fn whole(head: &[u8]) -> Option<(usize, usize)> {
    let length = usize::from(u16::from_be_bytes([*head.get(2)?, *head.get(3)?]));
    let is_channel_data = head[0] >= 0x40;
    let message = if is_channel_data { 4 } else { 20 } + length;
    let padded = message.next_multiple_of(4);
    (head.len() >= padded).then_some((message, padded))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_on_a_stream_ends_after_its_padding() {
        assert_eq!(whole(&[0x40, 0, 0]), None);
        assert_eq!(whole(&[0x40, 0, 0, 1, 9, 0, 0]), None);
        assert_eq!(whole(&[0x40, 0, 0, 1, 9, 0, 0, 0]), Some((5, 8)));
        let mut binding = vec![0; 20];
        binding[1] = 1;
        assert_eq!(whole(&binding), Some((20, 20)));
        assert_eq!(whole(&binding[..19]), None);
    }
}
