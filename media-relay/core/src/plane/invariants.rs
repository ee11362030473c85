//! What holds between two calls, for tests.

use super::Plane;
use crate::forward::Tap;
use crate::peer::Role;

impl Plane {
    /// True when nothing is left of any peer.
    pub(crate) fn is_empty(&self) -> bool {
        self.peers.is_empty()
            && self.tracks.is_empty()
            && self.ids.is_empty()
            && self.ufrags.is_empty()
            && self.routes.is_empty()
            && self.rooms.values().all(|room| room.peers.is_empty())
    }

    /// Stops the test when two parts of the plane disagree.
    pub(crate) fn check_invariants(&mut self) {
        for (id, key) in &self.ids {
            let peer = &self.peers[*key];
            assert_eq!(peer.id, *id);
            assert_eq!(self.rooms[&peer.room].peers.get(id), Some(key));
        }
        assert_eq!(self.ids.len(), self.peers.len());
        let ufrags: usize = self
            .peers
            .iter()
            .map(|(key, peer)| {
                let ufrags = peer.transport.ufrags();
                ufrags
                    .inspect(|ufrag| assert_eq!(self.ufrags.get(*ufrag), Some(&key)))
                    .count()
            })
            .sum();
        assert_eq!(ufrags, self.ufrags.len());
        for (route, key) in &self.routes {
            assert!(self.peers[*key].transport.routes().contains(route));
        }
        for (key, track) in &self.tracks {
            let Role::Publishing(publishing) = &self.peers[track.publisher].role else {
                panic!("a track without a publisher");
            };
            let sections = publishing.sections.iter();
            assert_eq!(sections.filter(|section| section.track == key).count(), 1);
        }
        self.check_taps();
    }

    /// Taps are exactly the live sections, and each is in the audience.
    fn check_taps(&mut self) {
        let mut live = 0;
        for (key, peer) in &mut self.peers {
            let (id, room) = (peer.id, peer.room);
            let Role::Receiving(receiving) = &mut peer.role else {
                continue;
            };
            for (at, section) in receiving.sections.iter_mut().enumerate() {
                let Some(stream) = section.live() else {
                    continue;
                };
                live += 1;
                let tap = Tap {
                    peer: key,
                    section: at,
                };
                let taps = &self.tracks[stream.outgoing.track].taps;
                assert_eq!(taps.iter().filter(|known| **known == tap).count(), 1);
                let wanted = &self.rooms[&room].audience[&id];
                assert!(wanted.iter().any(|wanted| {
                    (wanted.publisher, &wanted.mid) == (stream.publisher, &stream.publisher_mid)
                }));
            }
        }
        let taps: usize = self.tracks.iter().map(|(_, track)| track.taps.len()).sum();
        assert_eq!(taps, live);
    }
}
