//! What streams bring.

use super::{Around, Relaying};
use crate::mailbox::NewStream;
use crate::stream::Read;
use media_relay_core::turn::frame::{Cut, cut};
use media_relay_core::turn::{Client, StreamId};

/// Bytes taken from one stream before others have their turn.
const READ: usize = 65_536;

impl Relaying {
    /// Takes a stream in.
    pub(crate) fn open_stream(&mut self, new: NewStream, around: &mut Around<'_>) {
        let handover = new.handover;
        if let Some(id) = around.net.streams.open(new) {
            let (transport, remote) = (handover.transport, handover.remote);
            self.turn.open_stream(id, transport, remote, around.now);
            self.settle(around);
        }
    }

    /// Takes what a stream brought.
    pub(crate) fn stream_input(&mut self, key: usize, buffer: &mut [u8], around: &mut Around<'_>) {
        let Some(buffer) = buffer.get_mut(..READ) else {
            return;
        };
        let read = around.net.streams.read(key, buffer);
        let Some(stream) = around.net.streams.at(key) else {
            return;
        };
        let id = stream.id;
        let count = match read {
            Read::Nothing => return,
            Read::Ended => {
                self.close(id, around);
                return;
            }
            // What a client says after it was given up is not listened to.
            Read::Bytes(_) if stream.closing => return,
            Read::Bytes(count) => count,
        };
        let mut pending = std::mem::take(&mut stream.pending);
        let new = buffer.get_mut(..count).unwrap_or_default();
        let cut = if pending.is_empty() {
            let cut = self.messages(id, new, around);
            let rest = new.get(cut.unwrap_or(count)..).unwrap_or_default();
            pending.extend_from_slice(rest);
            cut.map(|_| 0)
        } else {
            pending.extend_from_slice(new);
            self.messages(id, &mut pending, around)
        };
        match (cut, around.net.streams.get(id)) {
            (Some(used), Some(stream)) => stream.keep_after(pending, used),
            _ => self.close(id, around),
        }
    }

    /// Closes the streams that were found broken meanwhile.
    pub(crate) fn close_broken(&mut self, around: &mut Around<'_>) {
        while let Some(id) = around.net.streams.next_broken() {
            self.close(id, around);
        }
    }

    /// Cuts whole messages off the head of `bytes`; how many bytes they took, or `None` for
    /// garbage.
    fn messages(
        &mut self,
        id: StreamId,
        bytes: &mut [u8],
        around: &mut Around<'_>,
    ) -> Option<usize> {
        let mut used = 0;
        let whole = loop {
            match cut(bytes.get(used..).unwrap_or_default()) {
                Cut::More => break Some(()),
                Cut::Garbage => break None,
                Cut::Whole { message, stream } => {
                    let at = used..used + message;
                    self.client_input(bytes, at, Client::Stream(id), around);
                    used += stream;
                }
            }
        };
        self.flush(bytes, around.net);
        whole.map(|()| used)
    }

    /// Closes a stream and tells the server.
    fn close(&mut self, id: StreamId, around: &mut Around<'_>) {
        if around.net.streams.close(id) {
            self.turn.close_stream(id, around.now);
            self.settle(around);
        }
    }
}
