//! The TURN side of a worker: what its server is given, and what is done with its answers.

mod counts;
mod streams;

use crate::neighbors::{Addressee, Ends, Neighbors, Parcel};
use crate::net::Net;
use crate::outgoing::{Exits, Outgoing};
use crate::socket::Inbox;
use media_relay_control::Way;
use media_relay_core::turn::{Client, Relay, Request, Target, Turn};
use media_relay_core::{Plane, Route, Transmit};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::ops::Range;
use std::time::Instant;

/// Batches taken from one allocation's socket before others have their turn.
const BATCHES: usize = 4;

/// One worker's TURN server and the ways of what it relays.
#[derive(Debug)]
pub(crate) struct Relaying {
    worker: u16,
    turn: Turn,
    /// This worker's media addresses, in the order of the plane's candidates.
    media: Vec<SocketAddr>,
    outgoing: Outgoing,
    neighbors: Neighbors,
    /// How the clients of other workers' relayed addresses come that speak to this plane.
    ways: HashMap<SocketAddr, Way>,
    /// Something was for a peer, or came from one, since this was last asked.
    relayed: bool,
}

/// What the server's answers touch.
pub(crate) struct Around<'a> {
    pub(crate) net: &'a mut Net,
    pub(crate) plane: &'a mut Plane,
    pub(crate) now: Instant,
}

impl Relaying {
    pub(crate) fn new(
        worker: u16,
        turn: Turn,
        media: Vec<SocketAddr>,
        neighbors: Neighbors,
    ) -> Relaying {
        Relaying {
            worker,
            turn,
            media,
            outgoing: Outgoing::default(),
            neighbors,
            ways: HashMap::new(),
            relayed: false,
        }
    }

    /// Takes one message of a client, which lies at `at` of `buffer`. What it makes is sent by
    /// [`Self::flush`].
    pub(crate) fn client_input(
        &mut self,
        buffer: &mut [u8],
        at: Range<usize>,
        from: Client,
        around: &mut Around<'_>,
    ) {
        let start = at.start;
        let message = buffer.get(at).unwrap_or_default();
        match self.turn.handle_client_input(message, from, around.now) {
            Some(relay) => self.pass(relay, buffer, start, around),
            None => self.settle(around),
        }
    }

    /// Sends what the messages in `buffer` made.
    pub(crate) fn flush(&mut self, buffer: &[u8], net: &mut Net) {
        self.neighbors.flush();
        let exits = Exits {
            shared: &mut net.shared,
            allocations: &mut net.allocations,
            streams: &mut net.streams,
        };
        self.outgoing.flush(buffer, exits);
    }

    /// Takes what came to an allocation's socket.
    pub(crate) fn peer_input(
        &mut self,
        key: usize,
        all: bool,
        inbox: &mut Inbox,
        around: &mut Around<'_>,
    ) {
        self.relayed = true;
        for _ in 0..BATCHES {
            let Some((allocation, udp)) = around.net.allocations.at(key) else {
                return;
            };
            inbox.receive(udp, all);
            while let Some((_, udp)) = around.net.allocations.at(key)
                && let Some(received) = inbox.next(udp)
            {
                let peer = received.from;
                for at in received.datagrams() {
                    let now = around.now;
                    if let Some(relay) =
                        self.turn.handle_peer_input(allocation, peer, at.len(), now)
                    {
                        self.pass(relay, inbox.buffer(), at.start, around);
                    }
                }
            }
            self.flush(inbox.buffer(), around.net);
            self.settle(around);
            if !inbox.is_full() {
                return;
            }
        }
    }

    /// Takes what the plane sends to a relayed address. `to.socket` is [`Route::RELAYED`] or more.
    pub(crate) fn plane_output(&mut self, transmit: &Transmit, around: &mut Around<'_>) {
        let Route { socket, remote } = transmit.to;
        let media = usize::from(socket.saturating_sub(Route::RELAYED));
        let (Some(&from), Some(worker)) = (self.media.get(media), self.turn.worker_of(remote))
        else {
            return;
        };
        let packets = &transmit.packets;
        let ends = Ends {
            from,
            to: Addressee::Relayed(remote),
        };
        if worker == self.worker {
            self.local_input(ends, packets.data(), packets.lengths(), around);
        } else {
            let parcel = Parcel {
                ends,
                way: None,
                data: packets.data().to_vec(),
                lengths: packets.lengths().to_vec(),
            };
            self.neighbors.send(worker, parcel);
        }
    }

    /// Takes what another worker sends.
    pub(crate) fn parcel(&mut self, mut parcel: Parcel, around: &mut Around<'_>) {
        let from = parcel.ends.from;
        let Addressee::Media(media) = parcel.ends.to else {
            self.local_input(parcel.ends, &parcel.data, &parcel.lengths, around);
            return;
        };
        if let Some(way) = parcel.way {
            self.ways.insert(from, way);
        }
        let route = Route {
            socket: Route::RELAYED.saturating_add(media),
            remote: from,
        };
        let mut rest = parcel.data.as_mut_slice();
        for &length in &parcel.lengths {
            let Some((datagram, later)) = rest.split_at_mut_checked(usize::from(length)) else {
                break;
            };
            around.plane.handle_datagram(datagram, route, around.now);
            rest = later;
        }
    }

    /// Does what time brings.
    pub(crate) fn timeout(&mut self, around: &mut Around<'_>) {
        if self.poll_timeout().is_some_and(|due| due <= around.now) {
            self.turn.handle_timeout(around.now);
            self.settle(around);
        }
    }

    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        self.turn.poll_timeout()
    }

    /// Whether anything went to or came from a peer since this was last asked: then nothing may
    /// wait for media to collect.
    pub(crate) fn has_relayed(&mut self) -> bool {
        std::mem::take(&mut self.relayed)
    }

    fn local_input(&mut self, ends: Ends, data: &[u8], lengths: &[u16], around: &mut Around<'_>) {
        let Addressee::Relayed(relayed) = ends.to else {
            return;
        };
        let mut at = 0;
        for &length in lengths {
            let length = usize::from(length);
            let relay = self
                .turn
                .handle_local_input(relayed, ends.from, length, around.now);
            if let Some(relay) = relay {
                self.outgoing.add(relay, at);
            }
            at += length;
        }
        self.flush(data, around.net);
        self.settle(around);
    }

    /// Brings a payload on its way: the input lies at `start` of `buffer`.
    fn pass(&mut self, relay: Relay, buffer: &mut [u8], start: usize, around: &mut Around<'_>) {
        let payload = start + relay.payload.start..start + relay.payload.end;
        match relay.to {
            Target::Peer { .. } | Target::Client(_) => {
                self.relayed = true;
                self.outgoing.add(relay, start);
            }
            Target::Media(route) => {
                if let Some(datagram) = buffer.get_mut(payload) {
                    around.plane.handle_datagram(datagram, route, around.now);
                }
            }
            Target::Worker {
                worker,
                media,
                from,
                to,
            } => {
                let to = media.map_or(Addressee::Relayed(to), Addressee::Media);
                let datagram = buffer.get(payload).unwrap_or_default();
                let turn = &self.turn;
                self.neighbors
                    .pack(worker, Ends { from, to }, datagram, || turn.way_of(from));
            }
        }
    }

    /// Does what the server asks, and sends its answers.
    fn settle(&mut self, around: &mut Around<'_>) {
        loop {
            if let Some(request) = self.turn.poll_request() {
                self.perform(request, around);
            } else if let Some(reply) = self.turn.poll_reply() {
                around.net.reply(&reply);
            } else {
                return;
            }
        }
    }

    fn perform(&mut self, request: Request, around: &mut Around<'_>) {
        match request {
            Request::Bind {
                allocation,
                address,
            } => {
                let net = &mut *around.net;
                let bound = net.allocations.bind(allocation, address, &net.poller);
                self.turn.bound(allocation, bound, around.now);
            }
            Request::Close { allocation } => around.net.allocations.close(allocation),
            Request::CloseStream { stream } => around.net.streams.close_gently(stream),
        }
    }
}
