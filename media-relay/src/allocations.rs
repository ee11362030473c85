//! The sockets of allocations.

use crate::poller::{Poller, Token};
use crate::udp::Udp;
use media_relay_core::turn::{AllocationId, BindError};
use slab::Slab;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::io;
use std::net::SocketAddr;

/// Sockets by allocation, and by the number that the poller reports.
#[derive(Debug, Default)]
pub(crate) struct Allocations {
    sockets: Slab<(AllocationId, Udp)>,
    ids: HashMap<AllocationId, usize, BuildHasherDefault<IdHasher>>,
}

impl Allocations {
    /// Binds a socket for an allocation.
    ///
    /// # Errors
    /// [`BindError`], for the server.
    pub(crate) fn bind(
        &mut self,
        id: AllocationId,
        address: SocketAddr,
        poller: &Poller,
    ) -> Result<(), BindError> {
        let udp = Udp::bind_allocation(address).map_err(|error| match error.kind() {
            io::ErrorKind::AddrInUse => BindError::InUse,
            _ => BindError::Refused,
        })?;
        let entry = self.sockets.vacant_entry();
        let key = entry.key();
        poller
            .add(&udp, Token::Allocation(key))
            .map_err(|_| BindError::Refused)?;
        entry.insert((id, udp));
        if let Some(replaced) = self.ids.insert(id, key) {
            self.sockets.try_remove(replaced);
        }
        Ok(())
    }

    /// Closes the socket, if there is one.
    pub(crate) fn close(&mut self, id: AllocationId) {
        if let Some(key) = self.ids.remove(&id) {
            self.sockets.try_remove(key);
        }
    }

    pub(crate) fn udp(&mut self, id: AllocationId) -> Option<&mut Udp> {
        let (_, udp) = self.sockets.get_mut(*self.ids.get(&id)?)?;
        Some(udp)
    }

    /// By the number that the poller reported.
    pub(crate) fn at(&self, key: usize) -> Option<(AllocationId, &Udp)> {
        self.sockets.get(key).map(|(id, udp)| (*id, udp))
    }
}

/// Allocations have numbers that no client chooses: no other client's can be made to collide.
#[derive(Debug, Default)]
struct IdHasher(u64);

impl Hasher for IdHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u64(u64::from(byte));
        }
    }

    fn write_u64(&mut self, number: u64) {
        // The table takes both ends of the hash: an odd factor spreads low bits over all of them.
        let mixed = (self.0.rotate_left(5) ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ (mixed >> 32);
    }
}
