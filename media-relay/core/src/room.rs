//! A set of peers between whom media may flow.

use media_relay_control::{PeerId, Wanted};
use std::collections::{BTreeMap, BTreeSet};

/// Peers of one room, publishing and receiving together.
pub(crate) const MAX_PEERS: usize = 256;
/// Lost peers that are remembered.
const MAX_GONE: usize = 1024;

#[derive(Debug, Default)]
pub(crate) struct Room {
    /// Peers of the room, by their keys.
    pub(crate) peers: BTreeMap<PeerId, usize>,
    /// What each receiving peer may receive: nothing else flows.
    pub(crate) audience: BTreeMap<PeerId, Vec<Wanted>>,
    /// Peers that were lost: a command that was under way when they were must not revive them.
    gone: BTreeSet<PeerId>,
}

impl Room {
    pub(crate) fn lose(&mut self, peer: PeerId) {
        self.gone.insert(peer);
        if self.gone.len() > MAX_GONE {
            self.gone.pop_first();
        }
    }

    pub(crate) fn is_gone(&self, peer: PeerId) -> bool {
        self.gone.contains(&peer)
    }
}
