//! The media of one room: which peers its devices have, what they publish, who receives what.
//!
//! It decides nothing about people: the audience comes from the session, and is narrowed here to
//! what is really published. A device that is not [attached](Media::attach) has no peer.

mod events;
mod peer;

pub(super) use events::Outcome;

use crate::relay::{Line, NoRelay, peer_in};
use media_relay_control::{Command, Generation, Listener, PeerId, RequestId, RoomId, Wanted};
use peer::{Peer, Peers, Publishing, Receiving};
use quietroom_protocol::{DeviceId, Quality, Source, SourceSection, UtcMillis, Want};
use quietroom_session::Audience;
use std::collections::{BTreeMap, HashMap};

/// Silence that the relay may not have reported yet, milliseconds.
const QUIET: i64 = 3_500;

#[derive(Debug)]
pub(super) struct Media {
    room: RoomId,
    peers_made: u32,
    /// `None` while there is no relay.
    line: Option<Line>,
    /// On which the room lives, once the relay has said so.
    worker: Option<u16>,
    devices: BTreeMap<DeviceId, Peers>,
    owners: HashMap<PeerId, DeviceId>,
    offers: HashMap<RequestId, Offered>,
    /// The audience that the relay has.
    told: Option<Vec<Listener>>,
    opened: bool,
}

/// An offer to publish that waits for the relay's answer.
#[derive(Debug)]
struct Offered {
    device: DeviceId,
    /// The client's number for its message.
    id: u32,
    peer: PeerId,
    sources: Vec<SourceSection>,
}

impl Media {
    pub(super) fn new(room: RoomId) -> Self {
        Self {
            room,
            peers_made: 0,
            line: None,
            worker: None,
            devices: BTreeMap::new(),
            owners: HashMap::new(),
            offers: HashMap::new(),
            told: None,
            opened: false,
        }
    }

    /// The relay is there and knows nothing of this room. Returns the devices whose peer
    /// connections have to be built anew.
    pub(super) fn relay_up(&mut self, line: Line) -> Vec<DeviceId> {
        if self.opened {
            // The relay may have lived on while this room did not listen.
            let _ = line.send(Command::CloseRoom { room: self.room });
        }
        self.opened = true;
        let _ = line.send(Command::OpenRoom { room: self.room });
        self.line = Some(line);
        self.worker = None;
        self.told = None;
        let devices: Vec<_> = self.devices.keys().copied().collect();
        for device in &devices {
            self.attach(*device);
        }
        devices
    }

    /// The relay is gone and every peer with it. Returns who waits for an answer in vain: device
    /// and number of the message.
    pub(super) fn relay_gone(&mut self) -> Vec<(DeviceId, u32)> {
        self.line = None;
        self.worker = None;
        self.told = None;
        self.owners.clear();
        for peers in self.devices.values_mut() {
            peers.publishing = None;
            peers.receiving = None;
        }
        let waiting = self.offers.drain();
        waiting
            .map(|(_, offered)| (offered.device, offered.id))
            .collect()
    }

    /// Ends a room that nobody needs.
    pub(super) fn close(&mut self) {
        self.send(Command::CloseRoom { room: self.room });
        self.line = None;
    }

    /// An admitted device is connected, anew or again: whatever peers it had are closed, and it
    /// gets a new one to receive on.
    pub(super) fn attach(&mut self, device: DeviceId) {
        self.close_peers(device);
        let peer = self.new_peer(device);
        let peers = self.devices.entry(device).or_default();
        peers.generations_before = peers.last_generation;
        peers.wants.clear();
        peers.receiving = Some(Receiving {
            peer: Peer::new(peer),
            listed: false,
        });
    }

    /// The device is gone: it has no peer any more.
    pub(super) fn detach(&mut self, device: DeviceId) {
        self.close_peers(device);
        self.devices.remove(&device);
    }

    pub(super) fn attached(&self, device: DeviceId) -> bool {
        self.devices.contains_key(&device)
    }

    /// Hands an offer to publish to the relay; [`Outcome::Published`] or [`Outcome::Unpublished`]
    /// follows.
    pub(super) fn publish(
        &mut self,
        device: DeviceId,
        id: u32,
        offer: String,
        sources: Vec<SourceSection>,
    ) -> Result<(), NoRelay> {
        let line = self.line.clone().ok_or(NoRelay)?;
        if !self.attached(device) {
            return Err(NoRelay);
        }
        let peer = self.publishing_peer(device, connection_of(&offer));
        let request = line.request();
        line.send(Command::Publish {
            request,
            room: self.room,
            peer,
            offer,
        })?;
        let offered = Offered {
            device,
            id,
            peer,
            sources,
        };
        self.offers.insert(request, offered);
        Ok(())
    }

    /// The answer of a device to the offer `generation`. One to an offer of an earlier receiving
    /// peer is ignored.
    pub(super) fn answer(
        &mut self,
        device: DeviceId,
        generation: u32,
        answer: String,
    ) -> Result<(), NoRelay> {
        let line = self.line.as_ref().ok_or(NoRelay)?;
        let peers = self.devices.get(&device).ok_or(NoRelay)?;
        let Some(receiving) = peers.receiving else {
            return Ok(());
        };
        let Some(generation) = generation
            .checked_sub(peers.generations_before)
            .filter(|generation| *generation > 0)
        else {
            return Ok(());
        };
        line.send(Command::Answer {
            request: line.request(),
            peer: receiving.peer.id,
            generation: Generation(generation),
            answer,
        })
    }

    /// New ICE credentials for what the device receives, or a new peer when it has none.
    pub(super) fn restart_receive(&mut self, device: DeviceId) -> Result<(), NoRelay> {
        let line = self.line.clone().ok_or(NoRelay)?;
        let receiving = self.devices.get(&device).and_then(|peers| peers.receiving);
        match receiving {
            Some(Receiving { peer, listed: true }) => {
                line.send(Command::RestartIce { peer: peer.id })
            }
            Some(_) => Ok(()),
            None => {
                let peer = self.new_peer(device);
                let peers = self.devices.entry(device).or_default();
                peers.generations_before = peers.last_generation;
                peers.receiving = Some(Receiving {
                    peer: Peer::new(peer),
                    listed: false,
                });
                Ok(())
            }
        }
    }

    /// What the device shows of the others; sources not named are sent at their best.
    pub(super) fn show(&mut self, device: DeviceId, wants: Vec<Want>) {
        if let Some(peers) = self.devices.get_mut(&device) {
            peers.wants = wants
                .into_iter()
                .map(|want| ((want.device, want.source), want.quality))
                .collect();
        }
    }

    /// Gives the relay the whole audience, if it is not what it has.
    pub(super) fn reconcile(&mut self, audience: &Audience) {
        if self.line.is_none() {
            return;
        }
        let listeners = self.listeners(audience);
        if self.told.as_ref() == Some(&listeners) || (self.told.is_none() && listeners.is_empty()) {
            return;
        }
        for peers in self.devices.values_mut() {
            if let Some(receiving) = &mut peers.receiving {
                let id = receiving.peer.id;
                receiving.listed |= listeners.iter().any(|listener| listener.peer == id);
            }
        }
        self.send(Command::Reconcile {
            room: self.room,
            listeners: listeners.clone(),
        });
        self.told = Some(listeners);
    }

    /// The relay's worker on which the room lives, as far as it is known.
    pub(super) const fn worker(&self) -> Option<u16> {
        self.worker
    }

    /// When the relay has surely heard the device last.
    pub(super) fn heard(&self, device: DeviceId, now: UtcMillis) -> Option<UtcMillis> {
        let peers = self.devices.get(&device)?;
        let flowing = peers.flow().then(|| now.plus(-QUIET));
        peers.heard.max(flowing)
    }

    /// Authenticated packets of the device come.
    pub(super) fn flows(&self, device: DeviceId) -> bool {
        self.devices.get(&device).is_some_and(Peers::flow)
    }

    fn listeners(&self, audience: &Audience) -> Vec<Listener> {
        let listener = |(device, peers): (&DeviceId, &Peers)| {
            let receiving = peers.receiving?;
            let streams: Vec<Wanted> = audience
                .listeners
                .get(device)
                .into_iter()
                .flatten()
                .filter_map(|(publisher, source)| self.wanted(peers, *publisher, *source))
                .collect();
            // A peer that never had anything to receive is not made.
            (receiving.listed || !streams.is_empty()).then_some(Listener {
                peer: receiving.peer.id,
                streams,
            })
        };
        self.devices.iter().filter_map(listener).collect()
    }

    fn wanted(&self, listener: &Peers, publisher: DeviceId, source: Source) -> Option<Wanted> {
        let publishing = self.devices.get(&publisher)?.publishing.as_ref()?;
        let mid = publishing.sections.get(&source)?;
        let quality = listener.wants.get(&(publisher, source)).copied();
        Some(Wanted {
            publisher: publishing.peer.id,
            mid: mid.clone(),
            quality: rank(quality.unwrap_or(Quality::High)),
        })
    }

    /// The peer of the browser's peer connection; a new connection gets a new peer.
    fn publishing_peer(&mut self, device: DeviceId, connection: Option<String>) -> PeerId {
        let publishing = self
            .devices
            .get(&device)
            .and_then(|it| it.publishing.as_ref());
        if let Some(publishing) = publishing {
            let id = publishing.peer.id;
            if publishing.connection == connection {
                return id;
            }
            self.owners.remove(&id);
            self.offers.retain(|_, offered| offered.peer != id);
            self.send(Command::ClosePeer { peer: id });
        }
        let peer = self.new_peer(device);
        let peers = self.devices.entry(device).or_default();
        peers.publishing = Some(Publishing {
            peer: Peer::new(peer),
            connection,
            sections: BTreeMap::new(),
            accepted: false,
        });
        peer
    }

    fn new_peer(&mut self, device: DeviceId) -> PeerId {
        self.peers_made = self.peers_made.wrapping_add(1);
        let peer = peer_in(self.room, self.peers_made);
        self.owners.insert(peer, device);
        peer
    }

    fn close_peers(&mut self, device: DeviceId) {
        let Some(peers) = self.devices.get_mut(&device) else {
            return;
        };
        let publishing = peers.publishing.take().map(|it| it.peer.id);
        let receiving = peers.receiving.take();
        self.offers.retain(|_, offered| offered.device != device);
        if let Some(peer) = publishing {
            self.owners.remove(&peer);
            self.send(Command::ClosePeer { peer });
        }
        if let Some(Receiving { peer, listed }) = receiving {
            self.owners.remove(&peer.id);
            if listed {
                self.send(Command::ClosePeer { peer: peer.id });
            }
        }
    }

    /// Nothing is lost when there is no relay: the next one is given everything anew.
    fn send(&self, command: Command) {
        if let Some(line) = &self.line {
            let _ = line.send(command);
        }
    }
}

/// The session id in the origin line, which every offer of one peer connection repeats and no
/// other has (RFC 8829 section 5.2.1).
fn connection_of(offer: &str) -> Option<String> {
    let origin = offer.lines().find_map(|line| line.strip_prefix("o="))?;
    origin.split(' ').nth(1).map(str::to_owned)
}

const fn rank(quality: Quality) -> media_relay_control::Quality {
    match quality {
        Quality::Low => media_relay_control::Quality::Low,
        Quality::Medium => media_relay_control::Quality::Medium,
        Quality::High => media_relay_control::Quality::High,
    }
}

#[cfg(test)]
mod tests;
