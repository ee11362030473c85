//! Datagrams: to whom they belong, ICE checks and handshakes. Media goes on in `media`.

use super::Plane;
use crate::demux::Protocol;
use crate::ice::Check;
use crate::transmit::Route;
use crate::transport::Admission;
use media_relay_control::Event;
use std::time::{Duration, Instant};

/// A way belongs to a peer for so long after its last packet, whoever else may claim it.
const IN_USE: Duration = Duration::from_secs(2);

impl Plane {
    pub(super) fn datagram(&mut self, datagram: &mut [u8], from: Route, now: Instant) {
        self.timers.advance(now);
        let taken = match Protocol::of(datagram) {
            Some(Protocol::Stun) => self.check(datagram, from, now),
            // Only from ways that ICE has validated: nobody else gets a handshake, and none of
            // theirs is kept. A browser sends its first ClientHello after our answer to its
            // check.
            Some(protocol) => match self.routes.get(&from) {
                Some(&key) => match protocol {
                    Protocol::Rtp => {
                        let taken = self.rtp(key, datagram, now);
                        self.follow(taken, key, from)
                    }
                    Protocol::Rtcp => {
                        let taken = self.rtcp(key, datagram, now);
                        self.follow(taken, key, from)
                    }
                    Protocol::Dtls | Protocol::Stun => self.handshake(key, datagram, from, now),
                },
                None => None,
            },
            None => None,
        };
        if taken.is_none() {
            self.totals.dropped += 1;
        }
    }

    /// An accepted packet tells which way the browser has chosen.
    fn follow(&mut self, taken: Option<()>, key: usize, from: Route) -> Option<()> {
        taken?;
        self.peers.get_mut(key)?.transport.follow(from);
        Some(())
    }

    /// Answers a check: whose it is, its ufrag says, whatever way it came.
    fn check(&mut self, datagram: &[u8], from: Route, now: Instant) -> Option<()> {
        let check = Check::parse(datagram)?;
        let key = *self.ufrags.get(check.local_ufrag())?;
        if self.is_in_use(from, key, now) {
            return None;
        }
        let peer = self.peers.get_mut(key)?;
        let checked = peer
            .transport
            .check(check, from, self.identity.provider())?;
        self.outbox.send(from, &checked.reply);
        if let Some(retired) = checked.retired {
            self.ufrags.remove(&retired);
        }
        if let Some(dropped) = checked.dropped {
            self.routes.remove(&dropped);
        }
        if let Some(route) = checked.route
            && let Some(before) = self.routes.insert(route, key)
            && before != key
            && let Some(other) = self.peers.get_mut(before)
        {
            other.transport.lose_route(route);
        }
        self.hear(key, now);
        Some(())
    }

    /// A way that another peer uses at this moment. A source address can be forged, and who
    /// forges one must not cut off its owner; a browser that uses a port again tries again.
    fn is_in_use(&self, route: Route, key: usize, now: Instant) -> bool {
        let Some(&owner) = self.routes.get(&route) else {
            return false;
        };
        let life = self.peers.get(owner).map(|peer| &peer.transport.life);
        owner != key && life.is_some_and(|life| life.is_heard(IN_USE, now))
    }

    fn handshake(&mut self, key: usize, datagram: &[u8], from: Route, now: Instant) -> Option<()> {
        let peer = self.peers.get_mut(key)?;
        let result = peer.transport.handshake(&self.identity, datagram, now);
        if let Err(error) = result {
            tracing::debug!(peer = peer.id.0, %error, "handshake failed");
        }
        while let Some(reply) = peer.transport.poll_handshake() {
            self.outbox.send(from, &reply);
        }
        self.timers.handshake_at(peer.transport.handshake_timeout());
        self.admit(key, now);
        Some(())
    }

    /// Takes keys into use once certificate and description agree.
    pub(super) fn admit(&mut self, key: usize, now: Instant) {
        let Some(peer) = self.peers.get_mut(key) else {
            return;
        };
        let id = peer.id;
        match peer.transport.admit(now) {
            Admission::Nothing => {}
            Admission::WrongFingerprint => {
                tracing::warn!(peer = id.0, "certificate is not the described one");
                self.events.push_back(Event::WrongFingerprint { peer: id });
            }
            Admission::Connected => {
                self.events.push_back(Event::Connected { peer: id });
                let sections = peer
                    .receiving()
                    .map_or(0, |receiving| receiving.sections.len());
                for section in 0..sections {
                    self.want_key_frame(key, section, now);
                }
            }
        }
    }

    /// Something authenticated came from a peer.
    pub(super) fn hear(&mut self, key: usize, now: Instant) {
        let Some(peer) = self.peers.get_mut(key) else {
            return;
        };
        if let Some(quiet) = peer.transport.life.hear(now) {
            self.events.push_back(Event::Heard {
                peer: peer.id,
                quiet_ms: millis(quiet),
            });
        }
    }
}

pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
