//! The streams of one worker.

use crate::mailbox::NewStream;
use crate::poller::{Poller, Token};
use crate::stream::{Read, Stream};
use media_relay_core::turn::StreamId;
use slab::Slab;
use std::io::IoSlice;
use std::sync::Arc;

/// Streams by the number that the poller reports; a [`StreamId`] has it in its low 32 bits, under
/// a serial number.
#[derive(Debug)]
pub(crate) struct Streams {
    poller: Arc<Poller>,
    streams: Slab<Stream>,
    serial: u64,
    /// Found broken by a write, and still in the table.
    broken: Vec<StreamId>,
    dropped: u64,
}

impl Streams {
    pub(crate) fn new(poller: Arc<Poller>) -> Streams {
        Streams {
            poller,
            streams: Slab::new(),
            serial: 0,
            broken: Vec::new(),
            dropped: 0,
        }
    }

    /// Takes a stream in; `None` when it cannot be waited for.
    pub(crate) fn open(&mut self, new: NewStream) -> Option<StreamId> {
        let entry = self.streams.vacant_entry();
        let key = entry.key();
        self.serial += 1;
        let id = StreamId(self.serial << 32 | u64::try_from(key).ok()?);
        let stream = Stream::new(id, new.socket, new.place);
        self.poller.add(&stream, Token::Stream(key)).ok()?;
        entry.insert(stream);
        Some(id)
    }

    /// By the number that the poller reported.
    pub(crate) fn at(&mut self, key: usize) -> Option<&mut Stream> {
        self.streams.get_mut(key)
    }

    pub(crate) fn get(&mut self, id: StreamId) -> Option<&mut Stream> {
        let key = usize::try_from(id.0 & 0xffff_ffff).ok()?;
        self.streams.get_mut(key).filter(|stream| stream.id == id)
    }

    pub(crate) fn read(&mut self, key: usize, buffer: &mut [u8]) -> Read {
        self.at(key)
            .map_or(Read::Nothing, |stream| stream.read(buffer))
    }

    /// Writes messages, each of the next of `counts` `parts`, or queues them, or drops them when
    /// too much waits.
    pub(crate) fn send(&mut self, id: StreamId, parts: &[IoSlice<'_>], counts: &[u8]) {
        let Some(stream) = self.get(id) else {
            return;
        };
        let waited = stream.has_queue();
        match stream.send(parts, counts) {
            Ok(dropped) => self.dropped += dropped,
            Err(_) => self.broken.push(id),
        }
        self.watch(id, waited);
    }

    /// Writes what waits; to be called when there is room.
    pub(crate) fn write_queue(&mut self, key: usize) {
        let Some(stream) = self.at(key) else {
            return;
        };
        let (id, waited) = (stream.id, stream.has_queue());
        if stream.write_queue().is_err() || (stream.closing && !stream.has_queue()) {
            self.broken.push(id);
        }
        self.watch(id, waited);
    }

    /// Closes a stream once what waits is written.
    pub(crate) fn close_gently(&mut self, id: StreamId) {
        let Some(stream) = self.get(id) else {
            return;
        };
        stream.closing = true;
        if !stream.has_queue() {
            self.broken.push(id);
        }
    }

    /// Closes a stream at once; false when it is not there.
    pub(crate) fn close(&mut self, id: StreamId) -> bool {
        if self.get(id).is_none() {
            return false;
        }
        let key = usize::try_from(id.0 & 0xffff_ffff).unwrap_or(usize::MAX);
        self.streams.try_remove(key).is_some()
    }

    /// The next stream to be closed.
    pub(crate) fn next_broken(&mut self) -> Option<StreamId> {
        self.broken.pop()
    }

    /// To be called every second: finds clients that take nothing.
    pub(crate) fn second(&mut self) {
        let stalled = self.streams.iter_mut().filter_map(|(_, stream)| {
            let stalled = stream.second();
            stalled.then_some(stream.id)
        });
        self.broken.extend(stalled);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.streams.is_empty()
    }

    /// Messages dropped because too many waited.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Waits for room to write as long as something waits to be written.
    fn watch(&mut self, id: StreamId, waited: bool) {
        let Ok(key) = usize::try_from(id.0 & 0xffff_ffff) else {
            return;
        };
        let Some(stream) = self.streams.get(key).filter(|stream| stream.id == id) else {
            return;
        };
        let waits = stream.has_queue();
        if waits != waited {
            let token = Token::Stream(key);
            self.poller.also_writable(stream, token, waits);
        }
    }
}
