//! One stream: what it brought, and what waits to be written to it.

use crate::mailbox::Place;
use crate::socket;
use media_relay_core::turn::StreamId;
use nix::errno::Errno;
use nix::sys::socket::{MsgFlags, recv, setsockopt, sockopt};
use std::collections::VecDeque;
use std::io::IoSlice;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

/// Bytes that may wait to be written; what does not fit is dropped message by message.
const QUEUE: usize = 256 << 10;
/// Memory that an empty buffer keeps, bytes.
const KEPT: usize = 4096;
/// Seconds without a byte taken after which a stream with something to take is closed.
const STALLED: u8 = 10;

/// A client's TCP connection, or the decrypted side of its TLS connection.
#[derive(Debug)]
pub(crate) struct Stream {
    pub(crate) id: StreamId,
    socket: OwnedFd,
    /// The beginning of a message whose rest is still to come.
    pub(crate) pending: Vec<u8>,
    queue: VecDeque<u8>,
    /// To be closed once the queue is written.
    pub(crate) closing: bool,
    /// Something was written since the last second began.
    moved: bool,
    stalled: u8,
    _place: Place,
}

/// What became of a read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Read {
    Bytes(usize),
    Nothing,
    Ended,
}

/// The client is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Broken;

impl Stream {
    pub(crate) fn new(id: StreamId, socket: OwnedFd, place: Place) -> Stream {
        // A socket pair knows no TCP.
        let _ = setsockopt(&socket, sockopt::TcpNoDelay, &true);
        Stream {
            id,
            socket,
            pending: Vec::new(),
            queue: VecDeque::new(),
            closing: false,
            moved: false,
            stalled: 0,
            _place: place,
        }
    }

    pub(crate) fn read(&self, buffer: &mut [u8]) -> Read {
        let read = recv(self.socket.as_raw_fd(), buffer, MsgFlags::MSG_DONTWAIT);
        match read {
            Ok(0) => Read::Ended,
            Ok(count) => Read::Bytes(count),
            Err(Errno::EAGAIN | Errno::EINTR) => Read::Nothing,
            Err(_) => Read::Ended,
        }
    }

    /// Writes whole messages, each of the next of `counts` `parts`, or queues them. Gives how
    /// many were dropped because too much waits already.
    ///
    /// # Errors
    /// [`Broken`].
    pub(crate) fn send(&mut self, parts: &[IoSlice<'_>], counts: &[u8]) -> Result<u64, Broken> {
        if self.closing {
            return Ok(0);
        }
        let mut written = 0;
        if self.queue.is_empty() {
            written = self.write(parts)?;
        }
        let mut dropped = 0;
        let mut parts = parts;
        for &count in counts {
            let (message, rest) = parts.split_at(usize::from(count).min(parts.len()));
            parts = rest;
            let length: usize = message.iter().map(|part| part.len()).sum();
            let skip = written.min(length);
            written -= skip;
            // The rest of a message that was begun is always queued: it cannot be taken back.
            if skip == 0 && self.queue.len() + length > QUEUE {
                dropped += 1;
                continue;
            }
            self.enqueue(message, skip);
        }
        Ok(dropped)
    }

    /// Writes what waits, as far as the client takes it.
    ///
    /// # Errors
    /// [`Broken`].
    pub(crate) fn write_queue(&mut self) -> Result<(), Broken> {
        let (front, back) = self.queue.as_slices();
        let parts = [IoSlice::new(front), IoSlice::new(back)];
        let written = write(&self.socket, &parts)?;
        self.moved |= written > 0;
        self.queue.drain(..written.min(self.queue.len()));
        if self.queue.is_empty() && self.queue.capacity() > KEPT {
            self.queue = VecDeque::new();
        }
        Ok(())
    }

    pub(crate) fn has_queue(&self) -> bool {
        !self.queue.is_empty()
    }

    /// To be called every second; true when the client has taken nothing for too long.
    pub(crate) fn second(&mut self) -> bool {
        let waits = !self.queue.is_empty() && !self.moved;
        self.moved = false;
        self.stalled = if waits { self.stalled + 1 } else { 0 };
        self.stalled >= STALLED
    }

    /// Forgets `count` bytes of what is pending, with the memory that an idle stream has no use
    /// for.
    pub(crate) fn keep_after(&mut self, mut pending: Vec<u8>, count: usize) {
        pending.drain(..count.min(pending.len()));
        if pending.len() < KEPT && pending.capacity() > KEPT {
            pending.shrink_to(pending.len());
        }
        self.pending = pending;
    }

    fn write(&mut self, parts: &[IoSlice<'_>]) -> Result<usize, Broken> {
        let written = write(&self.socket, parts)?;
        self.moved |= written > 0;
        Ok(written)
    }

    fn enqueue(&mut self, message: &[IoSlice<'_>], mut skip: usize) {
        for part in message {
            let skipped = skip.min(part.len());
            skip -= skipped;
            self.queue.extend(part.get(skipped..).unwrap_or_default());
        }
    }
}

impl AsFd for Stream {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

fn write(socket: &OwnedFd, parts: &[IoSlice<'_>]) -> Result<usize, Broken> {
    match socket::send(socket, None, parts, 0) {
        Ok(written) => Ok(written),
        Err(Errno::EAGAIN | Errno::EINTR | Errno::ENOBUFS) => Ok(0),
        Err(_) => Err(Broken),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;
    use std::os::unix::net::UnixStream;
    use std::sync::Arc;
    use std::time::Duration;

    fn stream() -> (Stream, UnixStream) {
        let (near, far) = UnixStream::pair().unwrap();
        let place = Place::take(&Arc::default(), 1).unwrap();
        // A test that would wait for ever fails instead.
        far.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        (Stream::new(StreamId(0), near.into(), place), far)
    }

    /// Fills the socket and the queue with messages of 1000 bytes, numbered; how many were taken.
    fn fill(stream: &mut Stream) -> u64 {
        let mut taken = 0;
        loop {
            let number = u64::to_be_bytes(taken);
            let parts = [IoSlice::new(&number), IoSlice::new(&[7; 992])];
            if stream.send(&parts, &[2]).unwrap() > 0 {
                return taken;
            }
            taken += 1;
        }
    }

    #[test]
    fn messages_that_do_not_fit_are_dropped_whole_and_the_rest_arrives_in_order() {
        let (mut stream, mut far) = stream();
        let taken = fill(&mut stream);
        assert!(taken > 256, "{taken}");
        for expected in 0..taken {
            let mut message = [0; 1000];
            stream.write_queue().unwrap();
            far.read_exact(&mut message).unwrap();
            assert_eq!(message[..8], u64::to_be_bytes(expected));
        }
        assert!(!stream.has_queue());
        far.set_nonblocking(true).unwrap();
        assert!(far.read(&mut [0]).is_err());
        // It goes on.
        stream.send(&[IoSlice::new(b"more")], &[1]).unwrap();
        let mut more = [0; 4];
        far.read_exact(&mut more).unwrap();
        assert_eq!(&more, b"more");
    }

    #[test]
    fn a_client_that_takes_nothing_for_ten_seconds_is_stalled() {
        let (mut stream, mut far) = stream();
        fill(&mut stream);
        assert!(!stream.second());
        for _ in 0..9 {
            assert!(!stream.second());
        }
        far.read_exact(&mut [0; 50_000]).unwrap();
        stream.write_queue().unwrap();
        assert!(!stream.second());
        assert!((0..9).all(|_| !stream.second()));
        assert!(stream.second());
    }

    #[test]
    fn a_client_that_is_gone_is_noticed_by_read_and_write() {
        let (mut stream, far) = stream();
        assert_eq!(stream.read(&mut [0]), Read::Nothing);
        drop(far);
        assert_eq!(stream.read(&mut [0]), Read::Ended);
        assert_eq!(stream.send(&[IoSlice::new(b"x")], &[1]), Err(Broken));
    }
}
