//! What signaling asks, one by one.

use super::Plane;
use crate::sdp::{Description, Setup};
use crate::transport::OtherCertificate;
use media_relay_control::{Command, Event, Failure, Generation, PeerId, RequestId, RoomId};
use std::time::Instant;

impl Plane {
    pub(super) fn command(&mut self, command: Command, now: Instant) {
        match command {
            Command::OpenRoom { room } => self.open_room(room),
            Command::CloseRoom { room } => self.close_room(room),
            Command::Publish {
                request,
                room,
                peer,
                offer,
            } => match self.publish(room, peer, &offer, now) {
                Ok(answer) => {
                    self.events.push_back(Event::Answered {
                        request,
                        peer,
                        answer,
                    });
                    self.refresh(room, now);
                }
                Err(failure) => self.fail(request, peer, failure),
            },
            Command::Answer {
                request,
                peer,
                generation,
                answer,
            } => {
                if let Err(failure) = self.answer(peer, generation, &answer, now) {
                    self.fail(request, peer, failure);
                }
            }
            Command::Reconcile { room, listeners } => self.reconcile(room, listeners, now),
            Command::RestartIce { peer } => self.restart_listener(peer, now),
            Command::ClosePeer { peer } => self.close_peer(peer, now),
            Command::Configure(_)
            | Command::Stats { .. }
            | Command::Ping { .. }
            | Command::Shutdown => {}
        }
        self.timers.housekeep_soon(now);
    }

    fn open_room(&mut self, room: RoomId) {
        self.rooms.entry(room).or_default();
        let worker = self.worker;
        self.events.push_back(Event::RoomOpened { room, worker });
    }

    fn close_room(&mut self, room: RoomId) {
        let Some(open) = self.rooms.get(&room) else {
            return;
        };
        let peers: Vec<usize> = open.peers.values().copied().collect();
        for key in peers {
            self.remove_peer(key);
        }
        self.rooms.remove(&room);
    }

    fn close_peer(&mut self, peer: PeerId, now: Instant) {
        let Some(&key) = self.ids.get(&peer) else {
            return;
        };
        let Some(room) = self.peers.get(key).map(|peer| peer.room) else {
            return;
        };
        self.remove_peer(key);
        self.refresh(room, now);
    }

    /// The answer to an offer of ours.
    fn answer(
        &mut self,
        id: PeerId,
        generation: Generation,
        answer: &str,
        now: Instant,
    ) -> Result<(), Failure> {
        let key = *self.ids.get(&id).ok_or(Failure::NoSuchPeer)?;
        let peer = self.peers.get_mut(key).ok_or(Failure::NoSuchPeer)?;
        let receiving = match &mut peer.role {
            crate::peer::Role::Receiving(receiving) => receiving,
            crate::peer::Role::Publishing(_) => return Err(Failure::NoSuchPeer),
        };
        if !receiving.awaits(generation) {
            return Ok(());
        }
        let unreadable = Failure::UnreadableDescription;
        let answer = Description::parse(answer).map_err(|_| unreadable)?;
        // We never begin a handshake: two passive ends would wait for each other.
        if answer.setup == Setup::Passive {
            return Err(unreadable);
        }
        peer.transport
            .expect(answer.fingerprint)
            .map_err(|OtherCertificate| unreadable)?;
        let outcomes = receiving.finish_offer(&answer);
        self.settle(key, &outcomes, now);
        self.admit(key, now);
        self.offer(key, now);
        Ok(())
    }

    fn restart_listener(&mut self, id: PeerId, now: Instant) {
        let Some(&key) = self.ids.get(&id) else {
            return;
        };
        let Some(receiving) = self.peers.get_mut(key).and_then(|peer| peer.receiving()) else {
            return;
        };
        receiving.restart();
        self.restart_ice(key);
        self.offer(key, now);
    }

    fn fail(&mut self, request: RequestId, peer: PeerId, failure: Failure) {
        self.events.push_back(Event::Failed {
            request,
            peer,
            failure,
        });
    }
}
