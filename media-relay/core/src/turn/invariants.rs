//! What always holds, whatever came.

use super::family::Family;
use super::server::Turn;
use super::timers::Due;
use super::users::Owner;
use std::collections::{HashMap, HashSet};
use std::time::Instant;

impl Turn {
    /// Panics when the maps disagree, or something has outlived its end.
    pub(super) fn assert_consistent(&self, now: Instant) {
        let mut held: HashMap<Owner, u32> = HashMap::new();
        let mut ports = HashSet::new();
        let mut timers = HashSet::new();
        let mut count = 0;
        for (place, allocation) in self.table.iter() {
            count += 1;
            *held.entry(allocation.owner.clone()).or_default() += 1;
            assert_eq!(self.table.clients().get(&allocation.client), Some(&place));
            for family in Family::BOTH {
                let Some(relayed) = allocation.relayed.get(family) else {
                    continue;
                };
                assert!(relayed.expires > now, "outlived its end");
                assert_eq!(Family::of(relayed.address.ip()), family);
                assert_eq!(self.table.of_id(relayed.id), Some((place, family)));
                assert_eq!(self.table.of_relayed(relayed.address), Some(place));
                assert!(ports.insert((family, relayed.address.port())));
            }
            assert!(allocation.relayed.v4.is_some() || allocation.relayed.v6.is_some());
            assert_eq!(allocation.armed, allocation.next(), "wakes when it ends");
            let armed = allocation.armed.unwrap();
            assert!(armed > now);
            timers.insert((armed, Due::Allocation(place)));
        }
        for kept in self.reservations.iter() {
            *held.entry(kept.owner.clone()).or_default() += 1;
            assert!(ports.insert((kept.family, kept.port)));
        }
        for (stream, open) in &self.streams {
            let client = super::api::Client::Stream(*stream);
            let has = self.table.clients().contains_key(&client);
            assert_eq!(has, open.idle.is_none());
            timers.extend(open.idle.map(|idle| (idle, Due::Stream(*stream))));
        }
        assert_eq!(self.table.clients().len(), count);
        assert_eq!(self.table.len(), count);
        assert_eq!(self.table.held(), &held);
        assert_eq!(self.timers.all(), timers);
        for family in Family::BOTH {
            let taken = self.table.ports.get(family).taken();
            let ports = ports.iter().filter(|(of, _)| *of == family);
            assert_eq!(
                taken,
                ports.map(|(_, port)| *port).collect::<HashSet<u16>>()
            );
        }
    }
}
