//! Sockets of the load and of the floor: bursts and segmented sends, with or without GRO.

use nix::cmsg_space;
use nix::sys::socket::{
    ControlMessage, ControlMessageOwned, MsgFlags, MultiHeaders, SockaddrStorage, recvmsg,
    sendmmsg, sendmsg, setsockopt, sockopt,
};
use std::io::{IoSlice, IoSliceMut};
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::os::fd::AsRawFd;

/// Asked for, so that the load itself loses nothing.
const SOCKET_BUFFER: usize = 8 << 20;
/// Largest datagram, segments together.
pub(crate) const RECEIVE: usize = 65_536;

/// A socket on the loopback address, with large buffers.
pub(crate) fn socket(gro: bool) -> UdpSocket {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    prepare(&socket, gro);
    socket
}

pub(crate) fn prepare(socket: &UdpSocket, gro: bool) {
    // Beyond the system's limit for root, up to it for others.
    if setsockopt(socket, sockopt::RcvBufForce, &SOCKET_BUFFER).is_err() {
        let _ = setsockopt(socket, sockopt::RcvBuf, &SOCKET_BUFFER);
    }
    if setsockopt(socket, sockopt::SndBufForce, &SOCKET_BUFFER).is_err() {
        let _ = setsockopt(socket, sockopt::SndBuf, &SOCKET_BUFFER);
    }
    setsockopt(socket, sockopt::UdpGroSegment, &gro).expect("a kernel with UDP GRO (5.0)");
}

/// Sends the same bursts again and again.
#[derive(Debug)]
pub(crate) struct Bursts {
    /// As many copies of the packet as the burst has.
    packets: Vec<u8>,
    size: usize,
    gso: bool,
    headers: MultiHeaders<SockaddrStorage>,
}

impl Bursts {
    pub(crate) fn new(packet: &[u8], burst: usize, gso: bool) -> Self {
        Self {
            packets: packet.repeat(burst),
            size: packet.len(),
            gso,
            headers: MultiHeaders::preallocate(burst, None),
        }
    }

    /// Sends one burst, to whom the socket is connected unless `to` says another; returns how many
    /// packets the socket took.
    pub(crate) fn send(&mut self, from: &UdpSocket, to: Option<SocketAddr>) -> usize {
        let to = to.map(SockaddrStorage::from);
        if self.gso {
            return self.send_segmented(from, to.as_ref());
        }
        let packets = self.packets.chunks(self.size);
        let parts: Vec<[IoSlice<'_>; 1]> = packets.map(|packet| [IoSlice::new(packet)]).collect();
        let to = vec![to; parts.len()];
        let (fd, flags) = (from.as_raw_fd(), MsgFlags::MSG_DONTWAIT);
        let sent = sendmmsg(fd, &mut self.headers, &parts, &to, [], flags);
        sent.map_or(0, Iterator::count)
    }

    fn send_segmented(&self, from: &UdpSocket, to: Option<&SockaddrStorage>) -> usize {
        let taken = send_segmented(from, &[IoSlice::new(&self.packets)], self.size, to);
        if taken {
            self.packets.len() / self.size
        } else {
            0
        }
    }
}

/// One datagram, or many of `size` bytes by one send; whether the socket took it.
pub(crate) fn send_segmented(
    from: &UdpSocket,
    parts: &[IoSlice<'_>],
    size: usize,
    to: Option<&SockaddrStorage>,
) -> bool {
    let bytes: usize = parts.iter().map(|part| part.len()).sum();
    let segment = u16::try_from(size).expect("a packet's size");
    let segments = [ControlMessage::UdpGsoSegments(&segment)];
    let control = if bytes > size { &segments[..] } else { &[] };
    sendmsg(from.as_raw_fd(), parts, control, MsgFlags::MSG_DONTWAIT, to).is_ok()
}

/// How many packets of [`super::case::PAYLOAD`] bytes or a little more wait at a socket; takes
/// them without looking at them.
pub(crate) fn drain(socket: &UdpSocket) -> usize {
    let fd = socket.as_raw_fd();
    // The kernel says how long the datagram was without copying it.
    let flags = MsgFlags::MSG_DONTWAIT | MsgFlags::MSG_TRUNC;
    let mut count = 0;
    while let Ok(length) = nix::sys::socket::recv(fd, &mut [], flags) {
        count += length / super::case::PAYLOAD;
    }
    count
}

/// What one receive brought: bytes, the size of its segments, and its sender's port.
pub(crate) fn receive(socket: &UdpSocket, buffer: &mut [u8]) -> Option<(usize, usize, u16)> {
    let mut control = cmsg_space!(i32);
    let mut parts = [IoSliceMut::new(buffer)];
    let (fd, flags) = (socket.as_raw_fd(), MsgFlags::MSG_DONTWAIT);
    let message = recvmsg::<SockaddrStorage>(fd, &mut parts, Some(&mut control), flags).ok()?;
    let segments = message.cmsgs().ok()?.next();
    let size = match segments {
        Some(ControlMessageOwned::UdpGroSegments(size)) => usize::try_from(size).ok()?,
        _ => message.bytes,
    };
    let port = message.address?.as_sockaddr_in()?.port();
    Some((message.bytes, size, port))
}
