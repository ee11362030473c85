//! One UDP socket: GRO on receive, GSO on send, through the safe wrappers of `nix`.

use nix::cmsg_space;
use nix::errno::Errno;
use nix::sys::socket::{
    ControlMessage, ControlMessageOwned, MsgFlags, SockaddrStorage, recvmsg, sendmsg, setsockopt,
    sockopt,
};
use socket2::{Domain, Protocol, Socket, Type};
use std::io::{self, IoSlice, IoSliceMut};
use std::net::{SocketAddr, UdpSocket};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};

/// Largest aggregate of datagrams that the kernel hands over.
pub(crate) const RECEIVE: usize = 65_536;
/// Segments per send that every kernel with GSO accepts (`UDP_MAX_SEGMENTS` was 64).
const MAX_SEGMENTS: usize = 64;
/// Bytes per send: below the 65,507 of one UDP datagram over IPv4.
const MAX_SEND: usize = 65_000;
/// Socket buffers asked for, bytes: half a second of a busy core.
const SOCKET_BUFFER: usize = 8 << 20;

/// A non-blocking UDP socket.
#[derive(Debug)]
pub(crate) struct Udp {
    socket: UdpSocket,
    control: Vec<u8>,
    segmented: bool,
}

/// Datagrams of one receive: `bytes` of the buffer, each `segment` long but the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Received {
    pub(crate) bytes: usize,
    pub(crate) segment: usize,
    pub(crate) from: SocketAddr,
}

impl Udp {
    /// Binds one address; an IPv6 socket takes IPv6 only, so that both families can have the
    /// same port.
    ///
    /// # Errors
    /// Those of the system, such as an address in use.
    pub(crate) fn bind(address: SocketAddr) -> io::Result<Udp> {
        let socket = Socket::new(
            Domain::for_address(address),
            Type::DGRAM,
            Some(Protocol::UDP),
        )?;
        if address.is_ipv6() {
            socket.set_only_v6(true)?;
        }
        socket.set_nonblocking(true)?;
        enlarge(&socket);
        // A kernel without GRO hands over one datagram at a time.
        let _ = setsockopt(&socket, sockopt::UdpGroSegment, &true);
        socket.bind(&address.into())?;
        Ok(Udp {
            socket: socket.into(),
            control: cmsg_space!(i32),
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

    /// Takes the next datagrams; `None` when there are none. `buffer` holds [`RECEIVE`] bytes.
    pub(crate) fn receive(&mut self, buffer: &mut [u8]) -> Option<Received> {
        let mut parts = [IoSliceMut::new(buffer)];
        let message = recvmsg::<SockaddrStorage>(
            self.socket.as_raw_fd(),
            &mut parts,
            Some(&mut self.control),
            MsgFlags::MSG_DONTWAIT,
        )
        .ok()?;
        let mut segment = message.bytes;
        if let Ok(mut control) = message.cmsgs()
            && let Some(ControlMessageOwned::UdpGroSegments(size)) = control.next()
        {
            segment = usize::try_from(size).unwrap_or(segment);
        }
        Some(Received {
            bytes: message.bytes,
            segment: segment.max(1),
            from: to_std(message.address?)?,
        })
    }

    /// Sends datagrams that lie back to back in `data` to one address, equal neighbors in one
    /// call (the last of a run may be shorter). What the socket does not take is lost, as on any
    /// network.
    pub(crate) fn send(&mut self, mut data: &[u8], mut lengths: &[u16], to: SocketAddr) {
        let to = SockaddrStorage::from(to);
        while let Some(&size) = lengths.first() {
            let (count, bytes) = self.run(lengths);
            let (now, later) = data.split_at(bytes.min(data.len()));
            self.send_run(now, size, count, &to);
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

    fn send_run(&mut self, data: &[u8], size: u16, count: usize, to: &SockaddrStorage) {
        let segments = [ControlMessage::UdpGsoSegments(&size)];
        let control = if count > 1 { &segments[..] } else { &[] };
        match self.send_once(data, control, to) {
            // The device cannot segment, or its MTU is smaller than one segment.
            Err(Errno::EIO | Errno::EINVAL | Errno::EMSGSIZE) if count > 1 => {}
            // Anything else, a full buffer before all, is a lost datagram.
            _ => return,
        }
        self.segmented = false;
        tracing::info!("sending each datagram by itself: the network device cannot segment");
        for datagram in data.chunks(usize::from(size).max(1)) {
            let _ = self.send_once(datagram, &[], to);
        }
    }

    fn send_once(
        &self,
        data: &[u8],
        control: &[ControlMessage<'_>],
        to: &SockaddrStorage,
    ) -> Result<usize, Errno> {
        let parts = [IoSlice::new(data)];
        let flags = MsgFlags::MSG_DONTWAIT;
        sendmsg(self.socket.as_raw_fd(), &parts, control, flags, Some(to))
    }
}

impl AsFd for Udp {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

/// Beyond the system's limit when allowed to (`CAP_NET_ADMIN`), up to it otherwise.
fn enlarge(socket: &Socket) {
    if setsockopt(socket, sockopt::RcvBufForce, &SOCKET_BUFFER).is_err() {
        let _ = socket.set_recv_buffer_size(SOCKET_BUFFER);
    }
    if setsockopt(socket, sockopt::SndBufForce, &SOCKET_BUFFER).is_err() {
        let _ = socket.set_send_buffer_size(SOCKET_BUFFER);
    }
}

fn to_std(address: SockaddrStorage) -> Option<SocketAddr> {
    if let Some(v4) = address.as_sockaddr_in() {
        return Some((*v4).into());
    }
    address.as_sockaddr_in6().map(|v6| (*v6).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use nix::poll::{PollFd, PollFlags, poll};

    /// All datagrams that come within a second, one after the other.
    fn receive(udp: &mut Udp, count: usize) -> Vec<Vec<u8>> {
        let mut buffer = vec![0; RECEIVE];
        let mut got = Vec::new();
        while got.len() < count {
            let mut ready = [PollFd::new(udp.as_fd(), PollFlags::POLLIN)];
            assert_ne!(poll(&mut ready, 1000_u16).unwrap(), 0, "{} came", got.len());
            while let Some(received) = udp.receive(&mut buffer) {
                let datagrams = buffer[..received.bytes].chunks(received.segment);
                got.extend(datagrams.map(<[u8]>::to_vec));
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
}
