//! Payload passed on: channels, Send and Data indications (RFC 8656 sections 11 and 12). Nothing
//! is copied or allocated here.

use super::allocation::Allocation;
use super::api::{AllocationId, Client, Header, Relay, Target};
use super::policy;
use super::server::Turn;
use super::stun::{Message, xor_address};
use super::table::Place;
use super::write::data_head;
use crate::transmit::Route;
use rand::RngCore;
use rtc_stun::attributes::{ATTR_DATA, ATTR_DONT_FRAGMENT, ATTR_XOR_PEER_ADDRESS};
use std::net::SocketAddr;
use std::ops::Range;
use std::time::Instant;

/// What a client wants passed on.
struct Outgoing {
    peer: SocketAddr,
    place: policy::Place,
    payload: Range<usize>,
    dont_fragment: bool,
}

impl Turn {
    pub(super) fn channel_data(
        &mut self,
        message: &[u8],
        from: Client,
        now: Instant,
    ) -> Option<Relay> {
        let relay = self.channel_relay(message, from, now);
        self.count(relay)
    }

    pub(super) fn send_indication(
        &mut self,
        message: &Message<'_>,
        from: Client,
        now: Instant,
    ) -> Option<Relay> {
        let relay = self.send_relay(message, from, now);
        self.count(relay)
    }

    pub(super) fn peer_sends(
        &mut self,
        allocation: AllocationId,
        peer: SocketAddr,
        length: usize,
        now: Instant,
    ) -> Option<Relay> {
        let found = self.table.of_id(allocation);
        let relay = found.and_then(|(place, _)| self.inward(place, peer, 0..length, now));
        self.count(relay)
    }

    pub(super) fn neighbor_sends(
        &mut self,
        relayed: SocketAddr,
        peer: SocketAddr,
        length: usize,
        now: Instant,
    ) -> Option<Relay> {
        let found = self.table.of_relayed(relayed);
        let relay = found.and_then(|place| self.local(place, peer, 0..length, now));
        self.count(relay)
    }

    fn channel_relay(&mut self, message: &[u8], from: Client, now: Instant) -> Option<Relay> {
        let &[n0, n1, l0, l1, ref rest @ ..] = message else {
            return None;
        };
        let length = usize::from(u16::from_be_bytes([l0, l1]));
        // Up to three bytes of padding may follow (RFC 8656 section 12.5).
        if !(length..length + 4).contains(&rest.len()) {
            return None;
        }
        let place = self.table.of_client(from)?;
        let allocation = self.table.get(place)?;
        let channel = allocation.channel(u16::from_be_bytes([n0, n1]), now)?;
        let outgoing = Outgoing {
            peer: channel.peer,
            place: channel.place,
            payload: 4..4 + length,
            dont_fragment: false,
        };
        self.outward(place, outgoing, now)
    }

    fn send_relay(&mut self, message: &Message<'_>, from: Client, now: Instant) -> Option<Relay> {
        let mut address = None;
        let mut data = None;
        let mut dont_fragment = false;
        for attribute in message.attributes() {
            match attribute.kind {
                ATTR_XOR_PEER_ADDRESS if address.is_none() => address = Some(attribute.value),
                ATTR_DATA if data.is_none() => {
                    data = Some(attribute.at..attribute.at + attribute.value.len());
                }
                ATTR_DONT_FRAGMENT => dont_fragment = true,
                other if !super::attributes::is_known(other) => return None,
                _ => {}
            }
        }
        let peer = xor_address(address?, &message.transaction())?;
        let place = self.table.of_client(from)?;
        let allocation = self.table.get(place)?;
        let permitted = allocation.permitted(peer.ip(), now)?;
        let participant = allocation.owner.is_participant();
        // The policy was asked of the host when the permission was installed; of the port it has
        // to be asked where ports differ.
        let target = if permitted.ours {
            self.policy.place(peer, participant)?
        } else if peer.port() != 0 {
            policy::Place::Outside
        } else {
            return None;
        };
        let outgoing = Outgoing {
            peer,
            place: target,
            payload: data?,
            dont_fragment,
        };
        self.outward(place, outgoing, now)
    }

    /// From a client to a peer it may reach.
    fn outward(&mut self, place: Place, outgoing: Outgoing, now: Instant) -> Option<Relay> {
        let Outgoing {
            peer,
            payload,
            dont_fragment,
            ..
        } = outgoing;
        let allocation = self.table.get_mut(place)?;
        let relayed = *allocation.relayed_for(peer.ip())?;
        if !allocation.up.take(payload.len(), now) {
            return None;
        }
        let from = relayed.address;
        let outside = Target::Peer {
            allocation: relayed.id,
            peer,
            dont_fragment,
        };
        let elsewhere = |worker, media| Target::Worker {
            worker,
            media,
            from,
            to: peer,
        };
        let to = match outgoing.place {
            policy::Place::Outside => outside,
            policy::Place::Media { worker, index } if worker == self.worker => {
                Target::Media(Route {
                    socket: Route::RELAYED.checked_add(index)?,
                    remote: from,
                })
            }
            policy::Place::Media { worker, index } => elsewhere(worker, Some(index)),
            policy::Place::Relayed { worker, otherwise } if worker == self.worker => {
                match self.table.of_relayed(peer) {
                    Some(other) => return self.local(other, from, payload, now),
                    None if otherwise => outside,
                    None => return None,
                }
            }
            policy::Place::Relayed { worker, .. } => elsewhere(worker, None),
        };
        Some(Relay {
            to,
            header: Header::EMPTY,
            payload,
            padding: 0,
        })
    }

    /// From within this machine to a client. Participants hear media addresses only.
    fn local(
        &mut self,
        place: Place,
        peer: SocketAddr,
        payload: Range<usize>,
        now: Instant,
    ) -> Option<Relay> {
        let allocation = self.table.get(place)?;
        if allocation.owner.is_participant() && !self.policy.is_media(peer) {
            return None;
        }
        self.inward(place, peer, payload, now)
    }

    /// From a peer to the client that permits it.
    fn inward(
        &mut self,
        place: Place,
        peer: SocketAddr,
        payload: Range<usize>,
        now: Instant,
    ) -> Option<Relay> {
        let random = &mut self.random;
        let allocation = self.table.get_mut(place)?;
        let length = payload.len();
        let (header, padded) = match channel_head(allocation, peer, length, now) {
            Some(header) => (header, matches!(allocation.client, Client::Stream(_))),
            None => {
                allocation.permitted(peer.ip(), now)?;
                let mut transaction = [0; 12];
                random.fill_bytes(&mut transaction);
                let (head, end) = data_head(peer, length, transaction)?;
                (Header::new(head.get(..end)?)?, true)
            }
        };
        if !allocation.down.take(length, now) {
            return None;
        }
        let padding = if padded { length.wrapping_neg() % 4 } else { 0 };
        Some(Relay {
            to: Target::Client(allocation.client),
            header,
            payload,
            padding: u8::try_from(padding).ok()?,
        })
    }

    fn count(&mut self, relay: Option<Relay>) -> Option<Relay> {
        match &relay {
            Some(relay) => {
                self.totals.packets += 1;
                self.totals.bytes += u64::try_from(relay.payload.len()).unwrap_or(u64::MAX);
            }
            None => self.totals.dropped += 1,
        }
        relay
    }
}

/// The ChannelData header, when the peer has a channel.
fn channel_head(
    allocation: &Allocation,
    peer: SocketAddr,
    length: usize,
    now: Instant,
) -> Option<Header> {
    let [n0, n1] = allocation.channel_to(peer, now)?.number.to_be_bytes();
    let [l0, l1] = u16::try_from(length).ok()?.to_be_bytes();
    Header::new(&[n0, n1, l0, l1])
}
