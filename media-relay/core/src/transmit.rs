//! What the plane hands to the sockets, and where it goes.

use std::collections::VecDeque;
use std::net::SocketAddr;

/// Spare buffers kept for reuse; more than a batch has listeners is never needed for long.
const MAX_SPARE: usize = 256;

/// One way to a peer: a socket of this worker and the address at its other end.
///
/// An ICE answer has to leave from the address its check came to (RFC 8445 section 7.3.1.2), and
/// a browser checks every candidate from one and the same port: the remote address alone does
/// not tell the ways apart on a machine with more than one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Route {
    /// Index of the socket in the shell's own list.
    pub socket: u8,
    pub remote: SocketAddr,
}

impl Route {
    /// From this number on a socket is no socket: the peer is a TURN client of this machine, whose
    /// relayed address is `remote`, and the number less this one is the index of the media address
    /// that it speaks to.
    pub const RELAYED: u8 = 128;
}

/// Datagrams for one destination, in order.
#[derive(Debug)]
pub struct Transmit {
    pub to: Route,
    pub packets: TxBuf,
}

/// Datagrams back to back, so that a run of equal lengths can be sent by one GSO call.
#[derive(Debug, Default)]
pub struct TxBuf {
    data: Vec<u8>,
    lengths: Vec<u16>,
}

impl TxBuf {
    /// All datagrams, one after the other.
    pub fn data(&self) -> &[u8] {
        &self.data
    }

    /// The length of each datagram, bytes; their sum is the length of [`Self::data`].
    pub fn lengths(&self) -> &[u16] {
        &self.lengths
    }

    pub fn is_empty(&self) -> bool {
        self.lengths.is_empty()
    }

    /// Appends one datagram. `write` may only append to what it is given; the second argument is
    /// where its datagram begins.
    pub(crate) fn push(&mut self, write: impl FnOnce(&mut Vec<u8>, usize)) {
        let start = self.data.len();
        write(&mut self.data, start);
        let Ok(length) = u16::try_from(self.data.len().saturating_sub(start)) else {
            self.data.truncate(start);
            return;
        };
        if length > 0 {
            self.lengths.push(length);
        }
    }

    fn clear(&mut self) {
        self.data.clear();
        self.lengths.clear();
    }
}

/// Transmits waiting for the shell, and the empty buffers it gave back.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    queue: VecDeque<Transmit>,
    spare: Vec<TxBuf>,
}

impl Outbox {
    /// An empty buffer, used before where possible.
    pub(crate) fn buffer(&mut self) -> TxBuf {
        self.spare.pop().unwrap_or_default()
    }

    pub(crate) fn push(&mut self, to: Route, packets: TxBuf) {
        if packets.is_empty() {
            self.recycle(packets);
        } else {
            self.queue.push_back(Transmit { to, packets });
        }
    }

    pub(crate) fn send(&mut self, to: Route, datagram: &[u8]) {
        let mut packets = self.buffer();
        packets.push(|data, _| data.extend_from_slice(datagram));
        self.push(to, packets);
    }

    pub(crate) fn poll(&mut self) -> Option<Transmit> {
        self.queue.pop_front()
    }

    pub(crate) fn recycle(&mut self, mut packets: TxBuf) {
        if self.spare.len() < MAX_SPARE {
            packets.clear();
            self.spare.push(packets);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_add_up_to_the_data() {
        let mut buffer = TxBuf::default();
        buffer.push(|data, _| data.extend_from_slice(b"one"));
        buffer.push(|_, _| ());
        buffer.push(|data, start| {
            assert_eq!(start, 3);
            data.extend_from_slice(b"three");
        });
        assert_eq!(buffer.lengths(), [3, 5]);
        assert_eq!(buffer.data(), b"onethree");
    }

    #[test]
    fn a_buffer_given_back_is_used_again_and_empty() {
        let mut outbox = Outbox::default();
        let to = Route {
            socket: 0,
            remote: SocketAddr::from(([127, 0, 0, 1], 9)),
        };
        outbox.send(to, b"hello");
        let sent = outbox.poll().unwrap();
        let room = sent.packets.data.capacity();
        outbox.recycle(sent.packets);
        let again = outbox.buffer();
        assert!(again.is_empty() && again.data.is_empty());
        assert_eq!(again.data.capacity(), room);
    }
}
