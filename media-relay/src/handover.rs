//! Streams that the listener's process hands over.

use media_relay_control::Handover;
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, SocketType, recvmsg,
    sockopt::socket_type,
};
use std::io::{self, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;

/// Longest message, bytes.
const MESSAGE: usize = 1024;

/// The relay's end of a hand-over socket.
#[derive(Debug)]
pub(crate) struct Handovers {
    socket: OwnedFd,
}

impl Handovers {
    /// `None` when the descriptor is no hand-over socket: then there are no streams.
    pub(crate) fn on(socket: OwnedFd) -> Option<Handovers> {
        let handing = socket_type(&socket).is_ok_and(|kind| kind == SocketType::SEQPACKET);
        handing.then_some(Handovers { socket })
    }

    /// Waits for the next stream; `None` once the other end is closed. What is no handover of a
    /// stream socket is closed and passed over.
    ///
    /// # Errors
    /// Those of the socket.
    pub(crate) fn next(&self) -> io::Result<Option<(Handover, OwnedFd)>> {
        loop {
            let mut message = [0; MESSAGE];
            let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(4))];
            let mut ancillary = RecvAncillaryBuffer::new(&mut space);
            let mut parts = [IoSliceMut::new(&mut message)];
            let flags = RecvFlags::CMSG_CLOEXEC;
            let received = match recvmsg(&self.socket, &mut parts, &mut ancillary, flags) {
                Ok(received) => received,
                Err(rustix::io::Errno::INTR) => continue,
                Err(error) => return Err(error.into()),
            };
            if received.bytes == 0 {
                return Ok(None);
            }
            let mut streams = ancillary.drain().filter_map(|part| match part {
                RecvAncillaryMessage::ScmRights(streams) => Some(streams),
                _ => None,
            });
            let stream = streams.next().and_then(|mut streams| streams.next());
            drop(streams);
            let text = message.get(..received.bytes).unwrap_or_default();
            let whole = !received.flags.contains(ReturnFlags::TRUNC);
            if let (Some(stream), true, Ok(handover)) =
                (stream, whole, serde_json::from_slice(text))
                && socket_type(&stream).is_ok_and(|kind| kind == SocketType::STREAM)
            {
                return Ok(Some((handover, stream)));
            }
            tracing::warn!("a message on the hand-over socket names no stream");
        }
    }
}
