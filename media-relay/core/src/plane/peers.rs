//! Peers come and go, with everything that leads to them.

use super::Plane;
use crate::ice::Credentials;
use crate::peer::{Peer, Role, Ssrcs};
use crate::room::{MAX_PEERS, Room};
use crate::sdp::Local;
use crate::transport::Transport;
use media_relay_control::{Failure, PeerId, RoomId};
use rand::RngCore;

/// Peers of one worker.
const MAX_WORKER_PEERS: usize = 4096;

impl Plane {
    pub(super) fn open_peer(
        &mut self,
        room: RoomId,
        id: PeerId,
        role: Role,
    ) -> Result<usize, Failure> {
        let Some(open) = self.rooms.get_mut(&room) else {
            return Err(Failure::NoSuchRoom);
        };
        if open.peers.len() >= MAX_PEERS || self.peers.len() >= MAX_WORKER_PEERS {
            return Err(Failure::TooMany);
        }
        if self.ids.contains_key(&id) || open.is_gone(id) {
            return Err(Failure::NoSuchPeer);
        }
        let credentials = Credentials::generate(&mut self.random);
        let mut ssrcs = Ssrcs::new(self.random.next_u32());
        let key = self.peers.insert(Peer {
            id,
            room,
            transport: Transport::new(credentials.clone()),
            role,
            reporter: ssrcs.next(),
            ssrcs,
            // RFC 8829 section 5.2.1: 63 bits.
            session: self.random.next_u64() >> 1,
            descriptions: 0,
            queue: None,
            packets_in: 0,
            packets_out: 0,
        });
        open.peers.insert(id, key);
        self.ids.insert(id, key);
        self.ufrags.insert(credentials.ufrag, key);
        Ok(key)
    }

    /// Closes a peer; what it published ends everywhere. The caller refreshes the room.
    pub(super) fn remove_peer(&mut self, key: usize) {
        let Some(peer) = self.peers.try_remove(key) else {
            return;
        };
        self.ids.remove(&peer.id);
        for ufrag in peer.transport.ufrags() {
            self.ufrags.remove(ufrag);
        }
        for route in peer.transport.routes() {
            self.routes.remove(route);
        }
        if let Some(room) = self.rooms.get_mut(&peer.room) {
            room.peers.remove(&peer.id);
            room.audience.remove(&peer.id);
        }
        match peer.role {
            Role::Publishing(publishing) => {
                for section in publishing.sections {
                    self.remove_track(section.track);
                }
            }
            Role::Receiving(receiving) => {
                for section in receiving.sections {
                    if let Some(stream) = section.stream()
                        && let Some(track) = self.tracks.get_mut(stream.outgoing.track)
                    {
                        track.taps.retain(|tap| tap.peer != key);
                    }
                }
            }
        }
    }

    /// Ends a track: whoever carries it carries nothing from now on.
    pub(super) fn remove_track(&mut self, key: usize) {
        if self.tracks.try_remove(key).is_none() {
            return;
        }
        self.batch.retain(|item| item.track != key);
        for (_, peer) in &mut self.peers {
            if let Some(receiving) = peer.receiving() {
                for section in &mut receiving.sections {
                    if section
                        .stream()
                        .is_some_and(|stream| stream.outgoing.track == key)
                    {
                        section.end();
                    }
                }
            }
        }
    }

    /// New ICE credentials for a peer, next to those in use.
    pub(super) fn restart_ice(&mut self, key: usize) {
        let Some(peer) = self.peers.get_mut(key) else {
            return;
        };
        let credentials = Credentials::generate(&mut self.random);
        self.ufrags.insert(credentials.ufrag.clone(), key);
        if let Some(unused) = peer.transport.restart(credentials) {
            self.ufrags.remove(&unused);
        }
    }

    /// Writes the next description of a peer.
    pub(super) fn describe(
        &mut self,
        key: usize,
        setup: &'static str,
        write: impl FnOnce(&Local<'_>) -> String,
    ) -> String {
        let Some(peer) = self.peers.get_mut(key) else {
            return String::new();
        };
        peer.descriptions += 1;
        write(&Local {
            session: peer.session,
            version: peer.descriptions,
            credentials: peer.transport.credentials(),
            fingerprint: self.identity.fingerprint(),
            candidates: &self.candidates,
            setup,
        })
    }

    pub(super) fn room(&self, id: RoomId) -> Option<&Room> {
        self.rooms.get(&id)
    }
}
