//! The allocations of a worker: by number, by client, by relayed address.

use super::allocation::Allocation;
use super::api::{AllocationId, Client};
use super::family::{Family, PerFamily};
use super::ports::Ports;
use super::users::Owner;
use slab::Slab;
use std::collections::HashMap;
use std::net::SocketAddr;

/// Low bits of an [`AllocationId`]: the family, and above it the place in the table.
const FAMILY_BITS: u32 = 1;
const PLACE_BITS: u32 = 20;

/// A place in the table, for as long as nothing is removed.
pub(super) type Place = usize;

#[derive(Debug)]
pub(super) struct Table {
    allocations: Slab<Allocation>,
    clients: HashMap<Client, Place>,
    /// The client that was looked up last: datagrams come in runs.
    last: Option<(Client, Place)>,
    /// Allocations and reservations of each.
    held: HashMap<Owner, u32>,
    pub(super) ports: PerFamily<Ports>,
    serial: u64,
}

impl Table {
    pub(super) fn new(slice: (u16, u16)) -> Table {
        Table {
            allocations: Slab::new(),
            clients: HashMap::new(),
            last: None,
            held: HashMap::new(),
            ports: PerFamily {
                v4: Ports::new(slice),
                v6: Ports::new(slice),
            },
            serial: 0,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.allocations.len()
    }

    /// Where the next allocation will be, and the numbers that its relayed addresses have.
    pub(super) fn next(&mut self) -> Option<PerFamily<AllocationId>> {
        let place = u64::try_from(self.allocations.vacant_key()).ok()?;
        if place >> PLACE_BITS != 0 {
            return None;
        }
        self.serial += 1;
        let id = self.serial << (PLACE_BITS + FAMILY_BITS) | place << FAMILY_BITS;
        Some(PerFamily {
            v4: AllocationId(id),
            v6: AllocationId(id | 1),
        })
    }

    pub(super) fn insert(&mut self, allocation: Allocation) -> Place {
        self.hold(allocation.owner.clone());
        let client = allocation.client;
        let place = self.allocations.insert(allocation);
        self.clients.insert(client, place);
        place
    }

    /// Removes an allocation; its ports are free again.
    pub(super) fn remove(&mut self, place: Place) -> Option<Allocation> {
        let allocation = self.allocations.try_remove(place)?;
        self.clients.remove(&allocation.client);
        self.last = None;
        self.release(&allocation.owner);
        for family in Family::BOTH {
            if let Some(relayed) = allocation.relayed.get(family) {
                self.ports.get_mut(family).release(relayed.address.port());
            }
        }
        Some(allocation)
    }

    pub(super) fn get(&self, place: Place) -> Option<&Allocation> {
        self.allocations.get(place)
    }

    pub(super) fn get_mut(&mut self, place: Place) -> Option<&mut Allocation> {
        self.allocations.get_mut(place)
    }

    pub(super) fn of_client(&mut self, client: Client) -> Option<Place> {
        if let Some((last, place)) = self.last
            && last == client
        {
            return Some(place);
        }
        let place = *self.clients.get(&client)?;
        self.last = Some((client, place));
        Some(place)
    }

    /// The allocation with this number, and which of its addresses it is.
    pub(super) fn of_id(&self, id: AllocationId) -> Option<(Place, Family)> {
        let family = match id.0 & 1 {
            0 => Family::V4,
            _ => Family::V6,
        };
        let place = usize::try_from(id.0 >> FAMILY_BITS & ((1 << PLACE_BITS) - 1)).ok()?;
        let relayed = self.allocations.get(place)?.relayed.get(family).as_ref()?;
        (relayed.id == id).then_some((place, family))
    }

    /// The allocation with this relayed address.
    pub(super) fn of_relayed(&self, address: SocketAddr) -> Option<Place> {
        let family = Family::of(address.ip());
        let id = self.ports.get(family).get(address.port())?;
        let (place, _) = self.of_id(id)?;
        let relayed = self.allocations.get(place)?.relayed.get(family).as_ref()?;
        (relayed.address == address).then_some(place)
    }

    #[cfg(test)]
    pub(super) fn iter(&self) -> impl Iterator<Item = (Place, &Allocation)> {
        self.allocations.iter()
    }

    #[cfg(test)]
    pub(super) fn clients(&self) -> &HashMap<Client, Place> {
        &self.clients
    }

    #[cfg(test)]
    pub(super) fn held(&self) -> &HashMap<Owner, u32> {
        &self.held
    }

    /// Allocations and reservations of an owner.
    pub(super) fn held_by(&self, owner: &Owner) -> u32 {
        self.held.get(owner).copied().unwrap_or(0)
    }

    pub(super) fn hold(&mut self, owner: Owner) {
        *self.held.entry(owner).or_insert(0) += 1;
    }

    pub(super) fn release(&mut self, owner: &Owner) {
        let Some(held) = self.held.get_mut(owner) else {
            return;
        };
        *held = held.saturating_sub(1);
        if *held == 0 {
            self.held.remove(owner);
        }
    }
}
