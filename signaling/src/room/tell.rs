//! Effects, and what everyone is told: computed from the state and sent when it has changed.

use super::{actor::Actor, links::Socket, message::Glance};
use quietroom_protocol::{Connection, DeviceId, ServerMessage};
use quietroom_session::{Effect, Session};

impl Actor<'_> {
    pub(super) fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Dismiss { device, reason } => {
                    self.media.detach(device);
                    self.links.dismiss(device, reason);
                }
                // Recorded together with the facts.
                Effect::WriteStubs => {}
            }
        }
    }

    /// Tells every connected device what is new to it, and the relay who receives what.
    pub(super) fn tell(&mut self) {
        self.give_peers();
        self.tell_ways();
        let knocks = self.session.knocks();
        for (device, link) in self.links.iter_mut() {
            let Some(socket) = &mut link.socket else {
                continue;
            };
            let mut news = Vec::new();
            views(&self.session, device, socket, &mut news);
            if self.session.may_admit(device) && socket.knocks.as_ref() != Some(&knocks) {
                socket.knocks = Some(knocks.clone());
                news.push(ServerMessage::Knocks {
                    knocks: knocks.clone(),
                });
            }
            for message in news {
                link.send(message);
            }
        }
        self.tell_groups();
        self.media.reconcile(&self.session.audience());
    }

    /// The ways to the relay, to those who may have media: before the first word of the room, when
    /// they change, and before they end.
    pub(super) fn tell_ways(&mut self) {
        let now = self.now();
        let Some(udp) = self.setup.relay.udp_port(self.media.worker()) else {
            return;
        };
        for (device, link) in self.links.iter_mut() {
            let Some(socket) = &mut link.socket else {
                continue;
            };
            let told = socket.ways.as_ref();
            let good = told.is_some_and(|(port, issued)| *port == udp && !issued.ends_soon(now));
            if good || !self.session.admitted(device) {
                continue;
            }
            let issued = self.setup.turn.issue(device, udp, now);
            let ice_servers = issued.ice_servers.clone();
            socket.ways = Some((udp, issued));
            link.send(ServerMessage::Ways { ice_servers });
        }
    }

    /// Peers are for devices that are admitted and connected, and for nobody else.
    fn give_peers(&mut self) {
        for (device, link) in self.links.iter_mut() {
            let admitted = self.session.admitted(device);
            if !admitted && self.media.attached(device) {
                self.media.detach(device);
            }
            if admitted && link.socket.is_some() && !self.media.attached(device) {
                self.media.attach(device);
            }
        }
    }

    pub(super) fn glance(&self) -> Glance {
        Glance {
            state: self.session.state(),
            waiting: self.session.knocks(),
            present: u32::try_from(self.session.audience().listeners.len()).unwrap_or(u32::MAX),
        }
    }
}

fn views(session: &Session, device: DeviceId, socket: &mut Socket, news: &mut Vec<ServerMessage>) {
    let waiting = session.waiting_view(device);
    if let Some(waiting) = waiting.filter(|waiting| socket.waiting.as_ref() != Some(waiting)) {
        socket.waiting = Some(waiting.clone());
        news.push(ServerMessage::Waiting { waiting });
    }
    let room = session.room_view(device);
    if let Some(room) = room.filter(|room| socket.room.as_ref() != Some(room)) {
        socket.room = Some(room.clone());
        news.push(ServerMessage::Room { room });
    }
}

/// Whether the session takes the device for lost although it is admitted.
pub(super) fn is_lost(session: &Session, device: DeviceId) -> bool {
    let Some(room) = session.room_view(device) else {
        return false;
    };
    let mut present = room.present.iter();
    present.any(|it| it.device == device && it.connection == Connection::Lost)
}
