//! Which ports of the worker's slice are taken, and by which allocation.

use super::api::AllocationId;
use rand::Rng;

const FREE: u64 = 0;
/// Kept for who has the token.
const RESERVED: u64 = u64::MAX;
/// Ports tried at random before the rest are looked through in order.
const RANDOM_TRIES: u32 = 16;

/// Taken ports of one family.
#[derive(Debug)]
pub(super) struct Ports {
    first: u16,
    taken: Vec<u64>,
}

/// What is asked of a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    Any,
    Even,
    /// Even, and the next one is reserved with it.
    EvenWithNext,
}

impl Ports {
    pub(super) fn new((first, size): (u16, u16)) -> Ports {
        Ports {
            first,
            taken: vec![FREE; usize::from(size)],
        }
    }

    /// Takes a port at random; `None` when no free one fits.
    pub(super) fn take(
        &mut self,
        id: AllocationId,
        wish: Wish,
        random: &mut impl Rng,
    ) -> Option<u16> {
        let at = self.find(wish, random)?;
        *self.taken.get_mut(at)? = id.0;
        if wish == Wish::EvenWithNext {
            *self.taken.get_mut(at + 1)? = RESERVED;
        }
        self.port(at)
    }

    /// Takes the port that was reserved.
    pub(super) fn claim(&mut self, port: u16, id: AllocationId) {
        if let Some(slot) = self.slot(port) {
            *slot = id.0;
        }
    }

    pub(super) fn release(&mut self, port: u16) {
        if let Some(slot) = self.slot(port) {
            *slot = FREE;
        }
    }

    pub(super) fn get(&self, port: u16) -> Option<AllocationId> {
        let at = usize::from(port.checked_sub(self.first)?);
        let taken = self.taken.get(at).copied()?;
        (taken != FREE && taken != RESERVED).then_some(AllocationId(taken))
    }

    #[cfg(test)]
    pub(super) fn taken(&self) -> std::collections::HashSet<u16> {
        let taken = (0..).zip(&self.taken).filter(|(_, taken)| **taken != FREE);
        taken.map(|(at, _)| self.first + at).collect()
    }

    fn find(&self, wish: Wish, random: &mut impl Rng) -> Option<usize> {
        let size = self.taken.len();
        if size == 0 {
            return None;
        }
        for _ in 0..RANDOM_TRIES {
            let at = random.random_range(0..size);
            if self.fits(at, wish) {
                return Some(at);
            }
        }
        let start = random.random_range(0..size);
        (start..size)
            .chain(0..start)
            .find(|at| self.fits(*at, wish))
    }

    fn fits(&self, at: usize, wish: Wish) -> bool {
        let is_free = |at: usize| self.taken.get(at) == Some(&FREE);
        let is_even = self.port(at).is_some_and(|port| port.is_multiple_of(2));
        is_free(at)
            && match wish {
                Wish::Any => true,
                Wish::Even => is_even,
                Wish::EvenWithNext => is_even && is_free(at + 1),
            }
    }

    fn port(&self, at: usize) -> Option<u16> {
        self.first.checked_add(u16::try_from(at).ok()?)
    }

    fn slot(&mut self, port: u16) -> Option<&mut u64> {
        let at = usize::from(port.checked_sub(self.first)?);
        self.taken.get_mut(at)
    }
}
