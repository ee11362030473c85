//! The TURN side of a worker: what its server is given, and what is done with its answers.

use crate::mailbox::NewStream;
use crate::neighbors::{Addressee, Ends, Neighbors, Parcel};
use crate::net::Net;
use crate::outgoing::{Exits, Outgoing};
use crate::socket::{BATCH, Inbox};
use crate::stream::Read;
use media_relay_control::{TurnTotals, Way, Ways};
use media_relay_core::turn::frame::{Cut, cut};
use media_relay_core::turn::{Client, Relay, Request, StreamId, Target, Turn};
use media_relay_core::{Plane, Route, Transmit};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::ops::Range;
use std::time::Instant;

/// Batches taken from one allocation's socket before others have their turn.
const BATCHES: usize = 4;
/// Bytes taken from one stream before others have their turn.
const READ: usize = 65_536;

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
    pub(crate) fn peer_input(&mut self, key: usize, inbox: &mut Inbox, around: &mut Around<'_>) {
        self.relayed = true;
        for _ in 0..BATCHES {
            let Some((allocation, udp)) = around.net.allocations.at(key) else {
                return;
            };
            let count = inbox.receive(udp);
            for message in 0..count {
                let Some(received) = inbox.message(message) else {
                    continue;
                };
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
            if count < BATCH {
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

    pub(crate) fn totals(&self, net: &Net) -> TurnTotals {
        let mut totals = self.turn.stats();
        totals.dropped += self.neighbors.dropped() + net.streams.dropped();
        totals
    }

    /// How the connected peers of the plane come.
    pub(crate) fn count_ways(&mut self, routes: impl Iterator<Item = Route>) -> Ways {
        let mut ways = Ways::default();
        let mut known = HashMap::new();
        for route in routes {
            let way = if route.socket < Route::RELAYED {
                Some(Way::Udp)
            } else if self.turn.worker_of(route.remote) == Some(self.worker) {
                self.turn.way_of(route.remote)
            } else {
                let way = self.ways.get(&route.remote).copied();
                known.extend(way.map(|way| (route.remote, way)));
                way
            };
            if let Some(way) = way {
                ways.count(way);
            }
        }
        // Clients that speak now and are not connected yet say again how they come.
        self.ways = known;
        ways
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

    /// Closes a stream and tells the server.
    fn close(&mut self, id: StreamId, around: &mut Around<'_>) {
        if around.net.streams.close(id) {
            self.turn.close_stream(id, around.now);
            self.settle(around);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mailbox;
    use media_relay_control::TurnSettings;
    use media_relay_core::turn::TurnConfig;
    use media_relay_core::{Identity, PlaneConfig};
    use std::sync::Arc;
    use std::time::Duration;

    const MEDIA: [&str; 2] = ["192.0.2.1:5000", "192.0.2.1:5001"];

    fn relaying() -> Relaying {
        let settings = TurnSettings {
            realm: "relay.example".to_owned(),
            participants: None,
            general: None,
            max_allocations: 10,
            max_allocations_per_user: 10,
            max_bytes_per_second: 1_000_000,
            max_streams: 10,
            own_listeners: Vec::new(),
        };
        let media = MEDIA.map(|address| vec![address.parse().unwrap()]);
        let config = TurnConfig {
            worker: 0,
            settings,
            media: media.to_vec(),
            interfaces: Vec::new(),
            seed: [7; 32],
            unix: Duration::ZERO,
        };
        let turn = Turn::new(config, crate::clock::now()).unwrap();
        let ways = [mailbox::open().unwrap(), mailbox::open().unwrap()];
        let neighbors = ways.map(|(_, neighbor, _)| neighbor).to_vec();
        Relaying::new(0, turn, media[0].clone(), Neighbors::new(neighbors))
    }

    fn plane() -> Plane {
        let config = PlaneConfig {
            worker: 0,
            candidates: vec![MEDIA[0].parse().unwrap()],
            seed: [7; 32],
            unix: Duration::ZERO,
        };
        let identity = Identity::generate().unwrap();
        Plane::new(Arc::new(identity), config, crate::clock::now())
    }

    #[test]
    fn peers_behind_clients_of_other_workers_are_counted_by_the_way_that_came_along() {
        let mut relaying = relaying();
        let (mut net, mut plane) = (Net::new(Vec::new()).unwrap(), plane());
        let mut around = Around {
            net: &mut net,
            plane: &mut plane,
            now: crate::clock::now(),
        };
        // The upper half of the dynamic ports is the other worker's.
        let theirs: SocketAddr = "192.0.2.1:60000".parse().unwrap();
        let relayed = |remote| Route {
            socket: Route::RELAYED,
            remote,
        };
        let direct = Route {
            socket: 0,
            remote: theirs,
        };
        let parcel = |way| Parcel {
            ends: Ends {
                from: theirs,
                to: Addressee::Media(0),
            },
            way: Some(way),
            data: vec![0; 8],
            lengths: vec![8],
        };
        relaying.parcel(parcel(Way::TurnUdp), &mut around);
        // The port is another client's now.
        relaying.parcel(parcel(Way::TurnTls), &mut around);
        let ways = relaying.count_ways([direct, relayed(theirs)].into_iter());
        let expected = Ways {
            udp: 1,
            turn_tls: 1,
            ..Ways::default()
        };
        assert_eq!(ways, expected);
        // Forgotten once nobody is connected by it.
        assert_eq!(relaying.count_ways([direct].into_iter()).udp, 1);
        let ways = relaying.count_ways([relayed(theirs)].into_iter());
        assert_eq!(ways, Ways::default());
    }
}
