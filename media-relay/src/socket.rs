//! The system calls of the fast path: receive a batch, send scattered parts.

#![expect(
    unsafe_code,
    reason = "the safe wrappers allocate and copy per call, which is most of what a small packet costs beside the call itself"
)]

use nix::errno::Errno;
use nix::libc;
use std::io::IoSlice;
use std::mem::MaybeUninit;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};
use std::ops::Range;
use std::os::fd::{AsFd, AsRawFd};

/// Messages of one receive or send.
pub(crate) const BATCH: usize = 32;
/// Largest aggregate of datagrams that the kernel hands over, bytes.
const RECEIVE: usize = 65_536;
/// From one receive buffer to the next: at a power of two all would share the same few cache sets.
const STRIDE: usize = RECEIVE + 1_088;
/// Bytes of a control message that carries a segment size, a `u16` out and an `int` in.
const CONTROL: usize = size_of::<Control>();

// A control message's data begins right behind its head.
const _: () = assert!(size_of::<libc::cmsghdr>() == 16 && CONTROL == 24);
const _: () = assert!(size_of::<Name>() == size_of::<libc::sockaddr_in6>());
const _: () = assert!(size_of::<IoSlice<'_>>() == size_of::<libc::iovec>());

/// `sockaddr_in` and `sockaddr_in6` in one: on Linux the shorter lies within the longer, its
/// address where the other has its flow label.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub(crate) struct Name {
    family: u16,
    port: [u8; 2],
    v4: [u8; 4],
    v6: [u8; 16],
    scope: u32,
}

const V4: u16 = 2;
const V6: u16 = 10;
const _: () = assert!(libc::AF_INET == 2 && libc::AF_INET6 == 10);

impl From<SocketAddr> for Name {
    fn from(address: SocketAddr) -> Name {
        let port = address.port().to_be_bytes();
        match address {
            SocketAddr::V4(v4) => Name {
                family: V4,
                port,
                v4: v4.ip().octets(),
                ..Name::EMPTY
            },
            SocketAddr::V6(v6) => Name {
                family: V6,
                port,
                v4: [0; 4],
                v6: v6.ip().octets(),
                scope: v6.scope_id(),
            },
        }
    }
}

impl Name {
    pub(crate) const EMPTY: Name = Name {
        family: 0,
        port: [0; 2],
        v4: [0; 4],
        v6: [0; 16],
        scope: 0,
    };

    fn address(&self) -> Option<SocketAddr> {
        let port = u16::from_be_bytes(self.port);
        match self.family {
            V4 => Some((Ipv4Addr::from(self.v4), port).into()),
            V6 => Some(SocketAddrV6::new(Ipv6Addr::from(self.v6), port, 0, self.scope).into()),
            _ => None,
        }
    }
}

/// One control message.
#[repr(C)]
#[derive(Clone, Copy)]
struct Control {
    head: libc::cmsghdr,
    value: [u8; 8],
}

impl Control {
    const EMPTY: Control = Control {
        head: libc::cmsghdr {
            cmsg_len: 0,
            cmsg_level: 0,
            cmsg_type: 0,
        },
        value: [0; 8],
    };

    /// Asks the kernel to cut a message into datagrams of `size` bytes.
    fn segment(size: u16) -> Control {
        let [low, high] = size.to_ne_bytes();
        Control {
            head: libc::cmsghdr {
                cmsg_len: size_of::<libc::cmsghdr>() + size_of::<u16>(),
                cmsg_level: libc::SOL_UDP,
                cmsg_type: libc::UDP_SEGMENT,
            },
            value: [low, high, 0, 0, 0, 0, 0, 0],
        }
    }

    /// The size of the datagrams in a message, when the kernel put some together.
    fn segments(&self, length: usize) -> Option<usize> {
        let said = length >= size_of::<libc::cmsghdr>() + size_of::<i32>()
            && self.head.cmsg_level == libc::SOL_UDP
            && self.head.cmsg_type == libc::UDP_GRO;
        let [a, b, c, d, ..] = self.value;
        let size = i32::from_ne_bytes([a, b, c, d]);
        usize::try_from(size).ok().filter(|&size| said && size > 0)
    }
}

/// Datagrams of one message: `bytes` of the buffer, each `segment` long but the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Received {
    pub(crate) at: usize,
    pub(crate) bytes: usize,
    /// At least 1.
    pub(crate) segment: usize,
    pub(crate) from: SocketAddr,
}

impl Received {
    /// Where each datagram lies in the buffer.
    pub(crate) fn datagrams(self) -> impl Iterator<Item = Range<usize>> {
        let end = self.at + self.bytes;
        let count = self.bytes.div_ceil(self.segment).max(1);
        let starts = (0..count).map(move |index| self.at + index * self.segment);
        starts.map(move |start| start..end.min(start + self.segment))
    }
}

/// Buffers for a batch of messages. It stays on its thread.
pub(crate) struct Inbox {
    buffer: Box<[u8]>,
    /// Point into the four others, which are never moved or resized.
    heads: Box<[libc::mmsghdr]>,
    names: Box<[Name]>,
    controls: Box<[Control]>,
    parts: Box<[libc::iovec]>,
    /// Messages that came, and how many of them were asked for by [`Self::next`].
    got: usize,
    read: usize,
    width: Width,
}

/// How many messages are asked for at once. Asking for one more than there are costs as much as a
/// fortieth of a relayed packet, so while packets come one by one only one is asked for; the rest of
/// a burst is reported by the poller again.
#[derive(Debug)]
struct Width {
    /// How often more is still asked for.
    wide: u8,
    /// How often in a row one was asked for.
    narrow: u8,
}

impl Width {
    /// Receives without a second message after which packets are taken to come one by one.
    const PATIENCE: u8 = 64;
    /// Receives of one message after which more is asked for, to see.
    const PROBE: u8 = 8;

    fn ask(&mut self) -> usize {
        if self.wide > 0 {
            self.wide -= 1;
            return BATCH;
        }
        self.narrow += 1;
        if self.narrow < Width::PROBE {
            return 1;
        }
        self.narrow = 0;
        BATCH
    }

    fn got(&mut self, count: usize) {
        if count > 1 {
            self.wide = Width::PATIENCE;
        }
    }
}

impl Inbox {
    pub(crate) fn new() -> Inbox {
        let mut buffer = vec![0; BATCH * STRIDE].into_boxed_slice();
        let mut names = vec![Name::EMPTY; BATCH].into_boxed_slice();
        let mut controls = vec![Control::EMPTY; BATCH].into_boxed_slice();
        let mut parts: Box<[libc::iovec]> = buffer
            .chunks_mut(STRIDE)
            .map(|chunk| libc::iovec {
                iov_base: chunk.as_mut_ptr().cast(),
                iov_len: RECEIVE,
            })
            .collect();
        let slots = names.iter_mut().zip(&mut controls).zip(&mut parts);
        let heads = slots.map(|((name, control), part)| {
            let mut head = empty();
            head.msg_name = std::ptr::from_mut(name).cast();
            head.msg_namelen = length_of::<Name>();
            head.msg_iov = part;
            head.msg_iovlen = 1;
            head.msg_control = std::ptr::from_mut(control).cast();
            head.msg_controllen = CONTROL;
            libc::mmsghdr {
                msg_hdr: head,
                msg_len: 0,
            }
        });
        Inbox {
            heads: heads.collect(),
            buffer,
            names,
            controls,
            parts,
            got: 0,
            read: 0,
            width: Width { wide: 0, narrow: 0 },
        }
    }

    /// Takes what waits on a UDP socket: how many messages came, [`BATCH`] at most. When fewer
    /// came there are no more, or the poller says so again; `all` leaves nothing to the poller.
    pub(crate) fn receive(&mut self, socket: &impl AsFd, all: bool) -> usize {
        for head in self.heads.iter_mut().take(self.got) {
            head.msg_hdr.msg_namelen = length_of::<Name>();
            head.msg_hdr.msg_controllen = CONTROL;
        }
        self.got = 0;
        self.read = 0;
        let asked = if all { BATCH } else { self.width.ask() };
        let got = self.append(socket, asked);
        self.width.got(got);
        got
    }

    /// The next message of the batch. While packets come in bursts, what came since
    /// [`Self::receive`] is added to the batch, so that a burst leaves as one although it was still
    /// coming.
    pub(crate) fn next(&mut self, socket: &impl AsFd) -> Option<Received> {
        loop {
            if self.read == self.got && self.width.wide > 0 && (1..BATCH).contains(&self.got) {
                self.append(socket, BATCH - self.got);
            }
            if self.read == self.got {
                return None;
            }
            self.read += 1;
            if let Some(received) = self.message(self.read - 1) {
                return Some(received);
            }
        }
    }

    /// Whether the batch took all it could: more may wait.
    pub(crate) fn is_full(&self) -> bool {
        self.got == BATCH
    }

    fn append(&mut self, socket: &impl AsFd, asked: usize) -> usize {
        debug_assert_eq!(self.parts.len(), self.heads.len());
        let Some(heads) = self.heads.get_mut(self.got..self.got + asked) else {
            return 0;
        };
        let asked = u32::try_from(heads.len()).unwrap_or(0);
        // SAFETY: there are as many heads as are asked for; each points to a name, a control
        // message and a part of the buffer of the stated sizes, all owned by `self` and touched by
        // nobody meanwhile.
        let got = unsafe {
            libc::recvmmsg(
                socket.as_fd().as_raw_fd(),
                heads.as_mut_ptr(),
                asked,
                libc::MSG_DONTWAIT,
                std::ptr::null_mut(),
            )
        };
        let got = usize::try_from(got).unwrap_or(0);
        self.got += got;
        got
    }

    /// One message of the last batch.
    pub(crate) fn message(&self, index: usize) -> Option<Received> {
        let head = self.heads.get(..self.got)?.get(index)?;
        let bytes = usize::try_from(head.msg_len).ok()?.min(RECEIVE);
        let control = self.controls.get(index)?;
        let segment = control.segments(head.msg_hdr.msg_controllen);
        Some(Received {
            at: index * STRIDE,
            bytes,
            segment: segment.unwrap_or(bytes).max(1),
            from: self.names.get(index)?.address()?,
        })
    }

    pub(crate) fn buffer(&mut self) -> &mut [u8] {
        &mut self.buffer
    }
}

/// One message of [`send_all`].
pub(crate) struct Message<'a> {
    pub(crate) to: Name,
    pub(crate) parts: &'a [IoSlice<'a>],
    /// Size of the datagrams it is cut into; 0 when it is one.
    pub(crate) segment: u16,
}

/// Sends one message, cut into datagrams of `segment` bytes unless that is 0. `to` is `None` on
/// a stream. Never waits and never raises a signal. Gives the bytes taken.
///
/// # Errors
/// Those of `sendmsg`.
pub(crate) fn send(
    socket: &impl AsFd,
    to: Option<&Name>,
    parts: &[IoSlice<'_>],
    segment: u16,
) -> Result<usize, Errno> {
    let control = Control::segment(segment);
    let head = head(to, parts, (segment > 0).then_some(&control));
    let flags = libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL;
    // SAFETY: the head points to a name, parts and a control message that outlive the call, which
    // only reads them.
    let sent = unsafe { libc::sendmsg(socket.as_fd().as_raw_fd(), &raw const head, flags) };
    usize::try_from(sent).map_err(|_| Errno::last())
}

/// Sends up to [`BATCH`] messages by one call; how many were taken. When fewer than given, the
/// next one failed or there is no room.
pub(crate) fn send_all(socket: &impl AsFd, messages: &[Message<'_>]) -> usize {
    let mut controls = [Control::EMPTY; BATCH];
    let mut heads = [const { MaybeUninit::<libc::mmsghdr>::uninit() }; BATCH];
    let mut count = 0;
    for ((message, control), slot) in messages.iter().zip(&mut controls).zip(&mut heads) {
        *control = Control::segment(message.segment);
        let control = (message.segment > 0).then_some(&*control);
        slot.write(libc::mmsghdr {
            msg_hdr: head(Some(&message.to), message.parts, control),
            msg_len: 0,
        });
        count += 1;
    }
    let flags = libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL;
    // SAFETY: the first `count` heads are written, and point to names, parts and control messages
    // that outlive the call, which only reads them.
    let sent = unsafe {
        libc::sendmmsg(
            socket.as_fd().as_raw_fd(),
            heads.as_mut_ptr().cast(),
            count,
            flags,
        )
    };
    usize::try_from(sent).unwrap_or(0)
}

/// Whether datagrams of a socket may be fragmented on their way, and by this machine. What the
/// system does not know is left as it is.
pub(crate) fn forbid_fragments(socket: &impl AsFd, v4: bool, forbid: bool) {
    let (level, option, value) = match (v4, forbid) {
        (true, true) => (
            libc::IPPROTO_IP,
            libc::IP_MTU_DISCOVER,
            libc::IP_PMTUDISC_DO,
        ),
        (true, false) => (
            libc::IPPROTO_IP,
            libc::IP_MTU_DISCOVER,
            libc::IP_PMTUDISC_DONT,
        ),
        (false, true) => (
            libc::IPPROTO_IPV6,
            libc::IPV6_MTU_DISCOVER,
            libc::IPV6_PMTUDISC_DO,
        ),
        (false, false) => (
            libc::IPPROTO_IPV6,
            libc::IPV6_MTU_DISCOVER,
            libc::IPV6_PMTUDISC_DONT,
        ),
    };
    // SAFETY: the option's value is an int, read during the call only.
    unsafe {
        libc::setsockopt(
            socket.as_fd().as_raw_fd(),
            level,
            option,
            (&raw const value).cast(),
            length_of::<libc::c_int>(),
        );
    }
}

fn head(to: Option<&Name>, parts: &[IoSlice<'_>], control: Option<&Control>) -> libc::msghdr {
    let mut head = empty();
    if let Some(name) = to {
        head.msg_name = std::ptr::from_ref(name).cast_mut().cast();
        head.msg_namelen = match name.family {
            V4 => length_of::<libc::sockaddr_in>(),
            _ => length_of::<Name>(),
        };
    }
    head.msg_iov = parts.as_ptr().cast_mut().cast();
    head.msg_iovlen = parts.len();
    if let Some(control) = control {
        head.msg_control = std::ptr::from_ref(control).cast_mut().cast();
        head.msg_controllen = CONTROL;
    }
    head
}

fn empty() -> libc::msghdr {
    // SAFETY: null pointers and zero lengths are a valid message head.
    unsafe { std::mem::zeroed() }
}

const fn length_of<T>() -> u32 {
    size_of::<T>() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_hold_addresses_of_both_families() {
        for address in ["192.0.2.7:5000", "[2001:db8::7]:5000", "[fe80::1%3]:9"] {
            let address: SocketAddr = address.parse().unwrap();
            assert_eq!(Name::from(address).address(), Some(address));
        }
        assert_eq!(Name::EMPTY.address(), None);
    }

    #[test]
    fn one_message_is_asked_for_while_they_come_one_by_one() {
        let mut width = Width { wide: 0, narrow: 0 };
        let mut asked = |got: usize| {
            let asked = width.ask();
            width.got(got.min(asked));
            asked
        };
        // A burst is found by the next probe, and then taken whole.
        let found = (0..).position(|_| asked(4) == BATCH).unwrap();
        assert!(found < 8);
        assert!((0..100).all(|_| asked(4) == BATCH));
        // It goes on for a while after the last.
        assert!((0..64).all(|_| asked(1) == BATCH));
        let wide = (0..80).filter(|_| asked(1) == BATCH).count();
        assert_eq!(wide, 10);
    }
}
