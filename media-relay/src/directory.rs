//! Which worker holds which room and peer.

use media_relay_control::{Command, Event, Failure, PeerId, RequestId, RoomId};
use std::collections::{BTreeMap, BTreeSet};

/// Where rooms and peers are. A room goes to the worker with the fewest peers and stays there.
#[derive(Debug)]
pub(crate) struct Directory {
    workers: usize,
    rooms: BTreeMap<RoomId, Room>,
    peers: BTreeMap<PeerId, RoomId>,
}

#[derive(Debug, Default)]
struct Room {
    worker: usize,
    peers: BTreeSet<PeerId>,
}

/// What becomes of a command.
#[derive(Debug, PartialEq)]
pub(crate) enum Way {
    /// To this worker.
    To(usize),
    /// Answered at once.
    Answered(Event),
    /// Meant for something that is not there, and nobody waits for an answer.
    Nowhere,
}

impl Directory {
    pub(crate) fn new(workers: usize) -> Directory {
        Directory {
            workers,
            rooms: BTreeMap::new(),
            peers: BTreeMap::new(),
        }
    }

    /// Finds the worker for a command about a room or peer, and remembers what it makes or
    /// closes. A listener that is a peer of another room is struck from `Reconcile`.
    pub(crate) fn route(&mut self, command: &mut Command) -> Way {
        match command {
            Command::OpenRoom { room } => Way::To(self.open(*room)),
            Command::CloseRoom { room } => self.close(*room),
            Command::Publish {
                request,
                room,
                peer,
                ..
            } => self.publish(*request, *room, *peer),
            Command::Answer { request, peer, .. } => self.answer(*request, *peer),
            Command::Reconcile { room, listeners } => {
                listeners.retain(|listener| self.may_be_in(*room, listener.peer));
                let listening = listeners.iter().map(|listener| listener.peer).collect();
                self.reconcile(*room, listening)
            }
            Command::RestartIce { peer } => self.worker_of(*peer).map_or(Way::Nowhere, Way::To),
            Command::ClosePeer { peer } => self.close_peer(*peer),
            Command::Configure(_)
            | Command::Stats { .. }
            | Command::Ping { .. }
            | Command::Shutdown => Way::Nowhere,
        }
    }

    /// All open rooms with their workers.
    pub(crate) fn rooms(&self) -> impl Iterator<Item = (RoomId, usize)> {
        self.rooms.iter().map(|(&id, room)| (id, room.worker))
    }

    fn open(&mut self, id: RoomId) -> usize {
        if let Some(room) = self.rooms.get(&id) {
            return room.worker;
        }
        let worker = self.least_loaded();
        let peers = BTreeSet::new();
        self.rooms.insert(id, Room { worker, peers });
        worker
    }

    /// By peers, then by rooms: rooms opened together are empty at first.
    fn least_loaded(&self) -> usize {
        let mut loads = vec![(0, 0); self.workers];
        for room in self.rooms.values() {
            if let Some((peers, rooms)) = loads.get_mut(room.worker) {
                *peers += room.peers.len();
                *rooms += 1;
            }
        }
        (0..self.workers)
            .min_by_key(|&worker| loads.get(worker))
            .unwrap_or_default()
    }

    fn close(&mut self, id: RoomId) -> Way {
        let Some(room) = self.rooms.remove(&id) else {
            return Way::Nowhere;
        };
        for peer in room.peers {
            self.peers.remove(&peer);
        }
        Way::To(room.worker)
    }

    fn publish(&mut self, request: RequestId, id: RoomId, peer: PeerId) -> Way {
        let failed = |failure| {
            Way::Answered(Event::Failed {
                request,
                peer,
                failure,
            })
        };
        if !self.may_be_in(id, peer) {
            return failed(Failure::NoSuchPeer);
        }
        let Some(room) = self.rooms.get_mut(&id) else {
            return failed(Failure::NoSuchRoom);
        };
        room.peers.insert(peer);
        self.peers.insert(peer, id);
        Way::To(room.worker)
    }

    fn answer(&self, request: RequestId, peer: PeerId) -> Way {
        let Some(worker) = self.worker_of(peer) else {
            let failure = Failure::NoSuchPeer;
            return Way::Answered(Event::Failed {
                request,
                peer,
                failure,
            });
        };
        Way::To(worker)
    }

    /// Peers that listened before and do not any more stay known until their room closes: the
    /// directory does not tell them from publishers, and ids are never used again.
    fn reconcile(&mut self, id: RoomId, listening: BTreeSet<PeerId>) -> Way {
        let Some(room) = self.rooms.get_mut(&id) else {
            return Way::Nowhere;
        };
        for &peer in &listening {
            self.peers.insert(peer, id);
        }
        room.peers.extend(listening);
        Way::To(room.worker)
    }

    fn close_peer(&mut self, peer: PeerId) -> Way {
        let Some(room) = self
            .peers
            .remove(&peer)
            .and_then(|id| self.rooms.get_mut(&id))
        else {
            return Way::Nowhere;
        };
        room.peers.remove(&peer);
        Way::To(room.worker)
    }

    fn may_be_in(&self, room: RoomId, peer: PeerId) -> bool {
        self.peers.get(&peer).is_none_or(|&held| held == room)
    }

    fn worker_of(&self, peer: PeerId) -> Option<usize> {
        let room = self.rooms.get(self.peers.get(&peer)?)?;
        Some(room.worker)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use media_relay_control::Listener;

    const FIRST: RoomId = RoomId(1);
    const SECOND: RoomId = RoomId(2);

    fn publish(room: RoomId, peer: u64) -> Command {
        Command::Publish {
            request: RequestId(7),
            room,
            peer: PeerId(peer),
            offer: String::new(),
        }
    }

    fn reconcile(room: RoomId, peers: &[u64]) -> Command {
        let listener = |&peer| Listener {
            peer: PeerId(peer),
            streams: Vec::new(),
        };
        let listeners = peers.iter().map(listener).collect();
        Command::Reconcile { room, listeners }
    }

    fn answer(peer: u64) -> Command {
        Command::Answer {
            request: RequestId(7),
            peer: PeerId(peer),
            generation: media_relay_control::Generation(1),
            answer: String::new(),
        }
    }

    fn failed(peer: u64, failure: Failure) -> Way {
        Way::Answered(Event::Failed {
            request: RequestId(7),
            peer: PeerId(peer),
            failure,
        })
    }

    fn two_rooms() -> Directory {
        let mut directory = Directory::new(2);
        for (room, worker) in [(FIRST, 0), (SECOND, 1)] {
            let way = directory.route(&mut Command::OpenRoom { room });
            assert_eq!(way, Way::To(worker));
        }
        directory
    }

    #[test]
    fn rooms_go_to_the_worker_with_the_fewest_peers() {
        let mut directory = two_rooms();
        directory.route(&mut publish(FIRST, 1));
        let third = directory.route(&mut Command::OpenRoom { room: RoomId(3) });
        assert_eq!(third, Way::To(1));
        directory.route(&mut reconcile(RoomId(3), &[3, 4]));
        let fourth = directory.route(&mut Command::OpenRoom { room: RoomId(4) });
        assert_eq!(fourth, Way::To(0));
    }

    #[test]
    fn opening_an_open_room_leaves_it_where_it_is() {
        let mut directory = two_rooms();
        let again = directory.route(&mut Command::OpenRoom { room: SECOND });
        assert_eq!(again, Way::To(1));
    }

    #[test]
    fn commands_follow_the_room_of_their_peer() {
        let mut directory = two_rooms();
        assert_eq!(directory.route(&mut publish(SECOND, 1)), Way::To(1));
        assert_eq!(directory.route(&mut reconcile(SECOND, &[2])), Way::To(1));
        assert_eq!(directory.route(&mut answer(2)), Way::To(1));
        let peer = PeerId(2);
        let restarted = directory.route(&mut Command::RestartIce { peer });
        assert_eq!(restarted, Way::To(1));
        let closed = directory.route(&mut Command::ClosePeer { peer });
        assert_eq!(closed, Way::To(1));
        let gone = failed(2, Failure::NoSuchPeer);
        assert_eq!(directory.route(&mut answer(2)), gone);
    }

    #[test]
    fn what_names_no_room_or_peer_fails_where_an_answer_is_due() {
        let mut directory = two_rooms();
        let nowhere = RoomId(9);
        let no_room = failed(1, Failure::NoSuchRoom);
        assert_eq!(directory.route(&mut publish(nowhere, 1)), no_room);
        let no_peer = failed(1, Failure::NoSuchPeer);
        assert_eq!(directory.route(&mut answer(1)), no_peer);
        let unheard = directory.route(&mut reconcile(nowhere, &[1]));
        assert_eq!(unheard, Way::Nowhere);
        let room = nowhere;
        assert_eq!(
            directory.route(&mut Command::CloseRoom { room }),
            Way::Nowhere
        );
    }

    #[test]
    fn a_peer_of_one_room_neither_publishes_nor_listens_in_another() {
        let mut directory = two_rooms();
        directory.route(&mut publish(FIRST, 1));
        let refused = failed(1, Failure::NoSuchPeer);
        assert_eq!(directory.route(&mut publish(SECOND, 1)), refused);
        let mut mixed = reconcile(SECOND, &[1, 2]);
        directory.route(&mut mixed);
        assert_eq!(mixed, reconcile(SECOND, &[2]));
    }

    #[test]
    fn closing_a_room_forgets_its_peers() {
        let mut directory = two_rooms();
        directory.route(&mut reconcile(FIRST, &[1, 2]));
        directory.route(&mut Command::CloseRoom { room: FIRST });
        assert!(directory.peers.is_empty());
        assert_eq!(directory.rooms().collect::<Vec<_>>(), [(SECOND, 1)]);
    }
}
