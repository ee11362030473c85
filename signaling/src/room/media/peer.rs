//! The peers of one device.

use media_relay_control::PeerId;
use quietroom_protocol::{DeviceId, Quality, Source, UtcMillis};
use std::collections::BTreeMap;

/// One peer connection, as far as the relay has told of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer {
    pub(super) id: PeerId,
    /// Media could flow at some time.
    pub(super) connected: bool,
    /// The relay hears nothing of it for the moment.
    pub(super) quiet: bool,
}

impl Peer {
    pub(super) const fn new(id: PeerId) -> Self {
        Self {
            id,
            connected: false,
            quiet: false,
        }
    }

    const fn flows(&self) -> bool {
        self.connected && !self.quiet
    }
}

/// What a device publishes: the sections of its last accepted offer.
#[derive(Clone, Debug)]
pub(super) struct Publishing {
    pub(super) peer: Peer,
    /// What tells the browser's peer connection from another.
    pub(super) connection: Option<String>,
    pub(super) sections: BTreeMap<Source, String>,
    /// The relay has taken an offer.
    pub(super) accepted: bool,
}

/// What a device receives on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Receiving {
    pub(super) peer: Peer,
    /// The relay knows the peer: it had something to receive at some time.
    pub(super) listed: bool,
}

/// The peers of one device, and what it shows.
#[derive(Clone, Debug, Default)]
pub(super) struct Peers {
    pub(super) publishing: Option<Publishing>,
    pub(super) receiving: Option<Receiving>,
    pub(super) wants: BTreeMap<(DeviceId, Source), Quality>,
    /// Generations told to the device by earlier receiving peers: the relay counts from 1 for each
    /// peer, the device hears one rising row, so that a late answer meets no younger offer.
    pub(super) generations_before: u32,
    pub(super) last_generation: u32,
    /// When the relay last heard the device, as far as it is known exactly.
    pub(super) heard: Option<UtcMillis>,
}

impl Peers {
    /// Authenticated packets come.
    pub(super) fn flow(&self) -> bool {
        self.each().any(|peer| peer.flows())
    }

    pub(super) fn get_mut(&mut self, id: PeerId) -> Option<&mut Peer> {
        let publishing = self
            .publishing
            .as_mut()
            .map(|publishing| &mut publishing.peer);
        let receiving = self.receiving.as_mut().map(|receiving| &mut receiving.peer);
        publishing
            .into_iter()
            .chain(receiving)
            .find(|peer| peer.id == id)
    }

    /// Forgets one peer and returns it.
    pub(super) fn remove(&mut self, id: PeerId) -> Option<Peer> {
        if self.publishing.as_ref().is_some_and(|it| it.peer.id == id) {
            return self.publishing.take().map(|it| it.peer);
        }
        if self.receiving.as_ref().is_some_and(|it| it.peer.id == id) {
            return self.receiving.take().map(|it| it.peer);
        }
        None
    }

    pub(super) fn note_heard(&mut self, at: UtcMillis) {
        self.heard = self.heard.max(Some(at));
    }

    fn each(&self) -> impl Iterator<Item = &Peer> {
        let publishing = self.publishing.iter().map(|publishing| &publishing.peer);
        publishing.chain(self.receiving.iter().map(|receiving| &receiving.peer))
    }
}
