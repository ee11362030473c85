//! What the TURN server and its shell say to each other.

use crate::transmit::Route;
use std::net::SocketAddr;
use std::ops::Range;

/// A stream's number, chosen by the shell and never used again by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamId(pub u64);

/// Who sent a message: the client's half of the 5-tuple.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Client {
    Udp(Route),
    Stream(StreamId),
}

/// The number of an allocation's relayed address, never used again while the server lives. An
/// allocation of both families (RFC 8656 section 7.2) has two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AllocationId(pub u64);

/// Payload to pass on: `header`, then `payload` of the input as it lies there, then `padding`
/// zero bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relay {
    pub to: Target,
    pub header: Header,
    /// Within the message given to the call that returned this.
    pub payload: Range<usize>,
    /// 0 to 3.
    pub padding: u8,
}

/// Where payload goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// Out of the allocation's own socket.
    Peer {
        allocation: AllocationId,
        peer: SocketAddr,
        /// DONT-FRAGMENT was asked for.
        dont_fragment: bool,
    },
    /// To a client of this worker.
    Client(Client),
    /// To this worker's plane, as if it had come by `Route`: its socket is
    /// [`Route::RELAYED`] plus the index of the media address.
    Media(Route),
    /// To a media port or allocation of another worker: give it to that worker's
    /// [`super::Turn::handle_local_input`] when `to` is a relayed address, to its plane when `media`
    /// says the index of the media address. There is no header.
    Worker {
        worker: u16,
        media: Option<u8>,
        from: SocketAddr,
        to: SocketAddr,
    },
}

/// Up to 48 bytes that stand before a payload: ChannelData, or the head of a Data indication.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Header {
    bytes: [u8; Header::MAX],
    length: u8,
}

impl Header {
    /// A Data indication from an IPv6 peer: 20 of STUN, 24 of XOR-PEER-ADDRESS, 4 of DATA.
    pub const MAX: usize = 48;
    pub const EMPTY: Header = Header {
        bytes: [0; Header::MAX],
        length: 0,
    };

    /// `None` when it is longer than [`Self::MAX`].
    pub(crate) fn new(header: &[u8]) -> Option<Header> {
        let mut new = Header::EMPTY;
        new.bytes.get_mut(..header.len())?.copy_from_slice(header);
        new.length = u8::try_from(header.len()).ok()?;
        Some(new)
    }

    pub fn as_bytes(&self) -> &[u8] {
        self.bytes
            .get(..usize::from(self.length))
            .unwrap_or_default()
    }
}

impl std::fmt::Debug for Header {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Header({} bytes)", self.length)
    }
}

/// An answer to a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    pub to: Client,
    pub message: Vec<u8>,
}

/// What the shell has to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// Bind a UDP socket to `address`, of its family alone, for the allocation, and say how that went by
    /// [`super::Turn::bound`].
    Bind {
        allocation: AllocationId,
        address: SocketAddr,
    },
    /// The relayed address is gone: close its socket, if there is one.
    Close { allocation: AllocationId },
    /// Close this client's connection once what was queued for it is written.
    CloseStream { stream: StreamId },
}

/// Why an address could not be bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BindError {
    /// Another port may be free.
    InUse,
    /// No other port would do: no such address, or no more descriptors.
    Refused,
}
