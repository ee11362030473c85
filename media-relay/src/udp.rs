//! One UDP socket: how it is made, and how runs of datagrams leave it.

use crate::socket::{self, BATCH, Message, Name};
use nix::errno::Errno;
use nix::sys::socket::{setsockopt, sockopt};
use socket2::{Domain, Protocol, Socket, Type};
use std::io::{self, IoSlice};
use std::net::{SocketAddr, UdpSocket};
use std::os::fd::{AsFd, BorrowedFd};

/// Segments per send that every kernel with GSO accepts (`UDP_MAX_SEGMENTS` was 64).
pub(crate) const MAX_SEGMENTS: usize = 64;
/// Bytes per send: below the 65,507 of one UDP datagram over IPv4.
pub(crate) const MAX_SEND: usize = 65_000;
/// Socket buffers asked for, bytes: half a second of a busy core, and of one busy allocation.
const SHARED_BUFFER: usize = 8 << 20;
const ALLOCATION_BUFFER: usize = 1 << 20;
/// A datagram that every path of either family carries whole (RFC 8200 section 5).
const SAFE_SIZE: u16 = 1_232;

/// A non-blocking UDP socket.
#[derive(Debug)]
pub(crate) struct Udp {
    socket: UdpSocket,
    v4: bool,
    /// Whether its device cuts messages into datagrams.
    segmented: bool,
}

/// Datagrams to one address: `size` bytes each, the last one `size` or fewer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run<'a> {
    pub(crate) to: Name,
    pub(crate) size: u16,
    pub(crate) parts: &'a [IoSlice<'a>],
    /// How many of `parts` each datagram has, in order.
    pub(crate) counts: &'a [u8],
}

impl Run<'_> {
    pub(crate) const EMPTY: Run<'static> = Run {
        to: Name::EMPTY,
        size: 0,
        parts: &[],
        counts: &[],
    };

    /// 0 when there is one datagram only.
    fn segment(&self) -> u16 {
        if self.counts.len() > 1 { self.size } else { 0 }
    }
}

impl Udp {
    /// Binds one address of those that all clients share; an IPv6 socket takes IPv6 only, so that
    /// both families can have the same port.
    ///
    /// # Errors
    /// Those of the system, such as an address in use.
    pub(crate) fn bind(address: SocketAddr) -> io::Result<Udp> {
        Udp::with_buffers(address, SHARED_BUFFER)
    }

    /// Binds the address of one allocation. Its datagrams may be fragmented, as those of a
    /// client that did not ask for DONT-FRAGMENT have to be (RFC 8656 section 15).
    ///
    /// # Errors
    /// As for [`Self::bind`].
    pub(crate) fn bind_allocation(address: SocketAddr) -> io::Result<Udp> {
        let udp = Udp::with_buffers(address, ALLOCATION_BUFFER)?;
        socket::forbid_fragments(&udp, udp.v4, false);
        Ok(udp)
    }

    fn with_buffers(address: SocketAddr, buffer: usize) -> io::Result<Udp> {
        let socket = Socket::new(
            Domain::for_address(address),
            Type::DGRAM,
            Some(Protocol::UDP),
        )?;
        if address.is_ipv6() {
            socket.set_only_v6(true)?;
        }
        socket.set_nonblocking(true)?;
        enlarge(&socket, buffer);
        // A kernel without GRO hands over one datagram at a time.
        let _ = setsockopt(&socket, sockopt::UdpGroSegment, &true);
        socket.bind(&address.into())?;
        Ok(Udp {
            socket: socket.into(),
            v4: address.is_ipv4(),
            segmented: true,
        })
    }

    /// The port it listens on.
    ///
    /// # Errors
    /// Those of `getsockname`.
    pub(crate) fn port(&self) -> io::Result<u16> {
        Ok(self.socket.local_addr()?.port())
    }

    /// Sends datagrams that lie back to back in `data` to one address, equal neighbors in one
    /// call (the last of a run may be shorter). What the socket does not take is lost, as on any
    /// network.
    pub(crate) fn send(&mut self, mut data: &[u8], mut lengths: &[u16], to: SocketAddr) {
        let to = Name::from(to);
        while let Some(&size) = lengths.first() {
            let (count, bytes) = self.run(lengths);
            let (now, later) = data.split_at(bytes.min(data.len()));
            self.send_back_to_back(now, size, count, to);
            data = later;
            lengths = lengths.get(count..).unwrap_or_default();
        }
    }

    /// How many of `lengths`, and how many bytes, one call can send.
    fn run(&self, lengths: &[u16]) -> (usize, usize) {
        let Some(&size) = lengths.first() else {
            return (0, 0);
        };
        let limit = if self.segmented { MAX_SEGMENTS } else { 1 };
        let (mut count, mut bytes) = (1, usize::from(size));
        for &next in lengths.iter().take(limit).skip(1) {
            if next > size || bytes + usize::from(next) > MAX_SEND {
                break;
            }
            count += 1;
            bytes += usize::from(next);
            if next < size {
                break;
            }
        }
        (count, bytes)
    }

    fn send_back_to_back(&mut self, data: &[u8], size: u16, count: usize, to: Name) {
        let segment = if count > 1 { size } else { 0 };
        let sent = socket::send(self, Some(&to), &[IoSlice::new(data)], segment);
        if !self.refused(segment, sent) {
            return;
        }
        for datagram in data.chunks(usize::from(size).max(1)) {
            let _ = socket::send(self, Some(&to), &[IoSlice::new(datagram)], 0);
        }
    }

    /// Sends one run of datagrams made of parts. What the socket does not take is lost.
    pub(crate) fn send_run(&mut self, run: Run<'_>) {
        let segment = run.segment();
        if segment > 0 && !self.segmented {
            return self.send_singly(run);
        }
        let sent = socket::send(self, Some(&run.to), run.parts, segment);
        if self.refused(segment, sent) {
            self.send_singly(run);
        }
    }

    /// Sends up to [`BATCH`] runs by one call where possible.
    pub(crate) fn send_runs(&mut self, runs: &[Run<'_>]) {
        if !self.segmented {
            runs.iter().for_each(|&run| self.send_run(run));
            return;
        }
        let mut rest = runs;
        while let [first, ..] = rest {
            let mut messages: [Message<'_>; BATCH] = std::array::from_fn(|_| Message {
                to: first.to,
                parts: &[],
                segment: 0,
            });
            let count = rest.len().min(BATCH);
            for (message, run) in messages.iter_mut().zip(rest) {
                message.to = run.to;
                message.parts = run.parts;
                message.segment = run.segment();
            }
            let sent = socket::send_all(self, messages.get(..count).unwrap_or_default());
            rest = rest.get(sent..).unwrap_or_default();
            // The one that failed goes by itself, which finds out why.
            if sent < count
                && let [failed, later @ ..] = rest
            {
                self.send_run(*failed);
                rest = later;
            }
        }
    }

    /// Sends one datagram whole or not at all (DONT-FRAGMENT, RFC 8656 section 15).
    pub(crate) fn send_whole(&mut self, run: Run<'_>) {
        socket::forbid_fragments(self, self.v4, true);
        self.send_singly(run);
        socket::forbid_fragments(self, self.v4, false);
    }

    fn send_singly(&self, run: Run<'_>) {
        let mut parts = run.parts;
        for &count in run.counts {
            let (datagram, rest) = parts.split_at(usize::from(count).min(parts.len()));
            let _ = socket::send(self, Some(&run.to), datagram, 0);
            parts = rest;
        }
    }

    /// Whether a segmented send has to be repeated datagram by datagram: the device cannot
    /// segment, or its MTU is smaller than one segment. Any other failure, a full buffer before
    /// all, is a loss.
    fn refused(&mut self, segment: u16, sent: Result<usize, Errno>) -> bool {
        let refused = matches!(sent, Err(Errno::EIO | Errno::EINVAL | Errno::EMSGSIZE));
        if segment == 0 || !refused {
            return false;
        }
        // Large datagrams are a client's choice, and say nothing about the device.
        if segment <= SAFE_SIZE || sent == Err(Errno::EIO) {
            self.segmented = false;
            tracing::info!("sending each datagram by itself: the network device cannot segment");
        }
        true
    }
}

impl AsFd for Udp {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

/// Beyond the system's limit when allowed to (`CAP_NET_ADMIN`), up to it otherwise.
fn enlarge(socket: &Socket, buffer: usize) {
    if setsockopt(socket, sockopt::RcvBufForce, &buffer).is_err() {
        let _ = socket.set_recv_buffer_size(buffer);
    }
    if setsockopt(socket, sockopt::SndBufForce, &buffer).is_err() {
        let _ = socket.set_send_buffer_size(buffer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::socket::Inbox;
    use nix::poll::{PollFd, PollFlags, poll};

    /// All datagrams that come within a second, one after the other.
    fn receive(udp: &mut Udp, count: usize) -> Vec<Vec<u8>> {
        let mut inbox = Inbox::new();
        let mut got = Vec::new();
        while got.len() < count {
            let mut ready = [PollFd::new(udp.as_fd(), PollFlags::POLLIN)];
            assert_ne!(poll(&mut ready, 1000_u16).unwrap(), 0, "{} came", got.len());
            for message in 0..inbox.receive(udp, true) {
                let datagrams = inbox.message(message).unwrap().datagrams();
                got.extend(datagrams.map(|at| inbox.buffer()[at].to_vec()));
            }
        }
        got
    }

    fn crosses(address: &str) {
        let mut near = Udp::bind(address.parse().unwrap()).unwrap();
        let mut far = Udp::bind(address.parse().unwrap()).unwrap();
        let to = far.socket.local_addr().unwrap();
        let lengths = [100, 100, 100, 40, 1200, 1200, 7, 9];
        let data: Vec<u8> = (0..=255).cycle().take(2756).collect();
        near.send(&data, &lengths, to);
        let got = receive(&mut far, lengths.len());
        let sizes: Vec<usize> = got.iter().map(Vec::len).collect();
        assert_eq!(sizes, lengths.map(usize::from));
        assert_eq!(got.concat(), data);
        assert!(near.segmented);
    }

    #[test]
    fn datagrams_of_all_sizes_cross_ipv4() {
        crosses("127.0.0.1:0");
    }

    #[test]
    fn datagrams_of_all_sizes_cross_ipv6() {
        crosses("[::1]:0");
    }

    #[test]
    fn both_families_share_a_port() {
        let v6 = Udp::bind("[::]:0".parse().unwrap()).unwrap();
        let port = v6.port().unwrap();
        Udp::bind(SocketAddr::from(([0, 0, 0, 0], port))).unwrap();
    }

    #[test]
    fn a_run_ends_at_a_longer_or_after_a_shorter_datagram_and_at_the_limits() {
        let udp = Udp::bind("127.0.0.1:0".parse().unwrap()).unwrap();
        assert_eq!(udp.run(&[5, 5, 6]), (2, 10));
        assert_eq!(udp.run(&[5, 5, 4, 4]), (3, 14));
        assert_eq!(udp.run(&[10; 100]), (64, 640));
        assert_eq!(udp.run(&[1400; 64]), (46, 64_400));
        assert_eq!(udp.run(&[]), (0, 0));
    }

    #[test]
    fn runs_of_parts_arrive_as_datagrams_in_order() {
        let mut near = Udp::bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let mut far = Udp::bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let to = Name::from(far.socket.local_addr().unwrap());
        let parts = [b"head", b"body", b"HEAD", b"tail"].map(|part| IoSlice::new(part));
        let run = |parts, counts, size| Run {
            to,
            size,
            parts,
            counts,
        };
        near.send_runs(&[
            run(&parts, &[2, 2], 8),
            run(&parts[1..2], &[1], 4),
            run(&parts[..2], &[1, 1], 4),
        ]);
        near.send_whole(run(&parts[2..], &[2], 8));
        let got = receive(&mut far, 6);
        let expected: [&[u8]; 6] = [
            b"headbody",
            b"HEADtail",
            b"body",
            b"head",
            b"body",
            b"HEADtail",
        ];
        assert_eq!(got, expected);
    }

    #[test]
    fn a_device_that_cannot_segment_is_sent_single_datagrams() {
        let mut near = Udp::bind("127.0.0.1:0".parse().unwrap()).unwrap();
        near.segmented = false;
        let mut far = Udp::bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let to = Name::from(far.socket.local_addr().unwrap());
        let parts = [b"head", b"body", b"HEAD", b"tail"].map(|part| IoSlice::new(part));
        let counts = [2, 2];
        near.send_runs(&[Run {
            to,
            size: 8,
            parts: &parts,
            counts: &counts,
        }]);
        assert_eq!(receive(&mut far, 2), [b"headbody", b"HEADtail"]);
    }

    #[test]
    fn an_empty_datagram_is_one() {
        let mut near = Udp::bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let mut far = Udp::bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let to = far.socket.local_addr().unwrap();
        near.send(&[], &[0], to);
        assert_eq!(receive(&mut far, 1), [b""]);
    }
}
