//! One peer connection with a browser.

use crate::listener::Receiving;
use crate::publisher::Publishing;
use crate::transmit::TxBuf;
use crate::transport::Transport;
use media_relay_control::{PeerId, RoomId};

#[derive(Debug)]
pub(crate) struct Peer {
    pub(crate) id: PeerId,
    pub(crate) room: RoomId,
    pub(crate) transport: Transport,
    pub(crate) role: Role,
    pub(crate) ssrcs: Ssrcs,
    /// Sender of our reports.
    pub(crate) reporter: u32,
    /// Session id of our descriptions and how many there were.
    pub(crate) session: u64,
    pub(crate) descriptions: u64,
    /// What the batch being forwarded has for it.
    pub(crate) queue: Option<TxBuf>,
    pub(crate) packets_in: u64,
    pub(crate) packets_out: u64,
}

/// A browser has one connection of each kind.
#[derive(Debug)]
pub(crate) enum Role {
    Publishing(Publishing),
    Receiving(Receiving),
}

impl Peer {
    pub(crate) fn publishing(&mut self) -> Option<&mut Publishing> {
        match &mut self.role {
            Role::Publishing(publishing) => Some(publishing),
            Role::Receiving(_) => None,
        }
    }

    pub(crate) fn receiving(&mut self) -> Option<&mut Receiving> {
        match &mut self.role {
            Role::Receiving(receiving) => Some(receiving),
            Role::Publishing(_) => None,
        }
    }
}

/// SSRCs for one peer, from a random start and never twice: two streams under one key and SSRC
/// would share nonces (RFC 3711 section 8.1).
#[derive(Debug)]
pub(crate) struct Ssrcs(u32);

impl Ssrcs {
    pub(crate) fn new(random: u32) -> Ssrcs {
        Ssrcs(random)
    }

    pub(crate) fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_add(1);
        // 0 means "none" to some.
        if self.0 == 0 {
            self.0 = 1;
        }
        self.0
    }
}
