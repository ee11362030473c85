//! The sockets of one worker.

use crate::allocations::Allocations;
use crate::poller::{Poller, Token};
use crate::streams::Streams;
use crate::udp::Udp;
use media_relay_core::turn::{Client, Reply};
use std::io::IoSlice;
use std::sync::Arc;

/// Everything a worker sends by and receives from.
#[derive(Debug)]
pub(crate) struct Net {
    pub(crate) poller: Arc<Poller>,
    /// Sockets that all clients share, in the order of `Route::socket`.
    pub(crate) shared: Vec<Udp>,
    pub(crate) allocations: Allocations,
    pub(crate) streams: Streams,
}

impl Net {
    /// # Errors
    /// Those of `epoll`.
    pub(crate) fn new(shared: Vec<Udp>) -> nix::Result<Net> {
        let poller = Arc::new(Poller::new()?);
        for (number, udp) in shared.iter().enumerate() {
            poller.add(udp, Token::Shared(number))?;
        }
        Ok(Net {
            streams: Streams::new(Arc::clone(&poller)),
            poller,
            shared,
            allocations: Allocations::default(),
        })
    }

    /// Sends an answer to a client.
    pub(crate) fn reply(&mut self, reply: &Reply) {
        let message = reply.message.as_slice();
        match reply.to {
            Client::Stream(stream) => self.streams.send(stream, &[IoSlice::new(message)], &[1]),
            Client::Udp(route) => {
                let socket = self.shared.get_mut(usize::from(route.socket));
                if let (Some(udp), Ok(length)) = (socket, u16::try_from(message.len())) {
                    udp.send(message, &[length], route.remote);
                }
            }
        }
    }
}
