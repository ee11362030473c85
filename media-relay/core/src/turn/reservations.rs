//! Ports kept for who has their token (RFC 8656 section 7.2), and deletions remembered for who
//! asks again.

use super::api::Client;
use super::family::Family;
use super::users::Owner;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// How long a port is kept (RFC 8656 section 7.2).
const RESERVATION: Duration = Duration::from_secs(30);
/// How long a client may repeat a request (RFC 8489 section 6.2.1), and how many are remembered.
const DELETION: Duration = Duration::from_secs(40);
const MAX_DELETIONS: usize = 256;

#[derive(Debug)]
pub(super) struct Reservation {
    pub(super) token: [u8; 8],
    pub(super) owner: Owner,
    pub(super) family: Family,
    pub(super) port: u16,
    expires: Instant,
}

/// Reservations in order of their end. Each owner's are counted with its allocations.
#[derive(Debug, Default)]
pub(super) struct Reservations(VecDeque<Reservation>);

impl Reservations {
    pub(super) fn add(
        &mut self,
        token: [u8; 8],
        owner: Owner,
        (family, port): (Family, u16),
        now: Instant,
    ) {
        self.0.push_back(Reservation {
            token,
            owner,
            family,
            port,
            expires: now + RESERVATION,
        });
    }

    /// When the oldest ends.
    pub(super) fn next(&self) -> Option<Instant> {
        self.0.front().map(|kept| kept.expires)
    }

    /// The reservation with this token, if it is its owner who asks.
    pub(super) fn claim(&mut self, token: &[u8], owner: &Owner) -> Option<Reservation> {
        let mut all = self.0.iter();
        let at = all.position(|kept| kept.token == *token && kept.owner == *owner)?;
        self.0.remove(at)
    }

    pub(super) fn cancel(&mut self, token: [u8; 8]) -> Option<Reservation> {
        let at = self.0.iter().position(|kept| kept.token == token)?;
        self.0.remove(at)
    }

    pub(super) fn expire(&mut self, now: Instant) -> Option<Reservation> {
        self.0.pop_front_if(|kept| kept.expires <= now)
    }

    #[cfg(test)]
    pub(super) fn iter(&self) -> impl Iterator<Item = &Reservation> {
        self.0.iter()
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

#[derive(Debug)]
struct Deletion {
    client: Client,
    transaction: [u8; 12],
    owner: Owner,
    answer: Vec<u8>,
    forgotten: Instant,
}

/// Answers to requests that deleted, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Deletions(VecDeque<Deletion>);

impl Deletions {
    pub(super) fn add(
        &mut self,
        (client, transaction): (Client, [u8; 12]),
        owner: Owner,
        answer: Vec<u8>,
        now: Instant,
    ) {
        if self.0.len() >= MAX_DELETIONS {
            self.0.pop_front();
        }
        self.0.push_back(Deletion {
            client,
            transaction,
            owner,
            answer,
            forgotten: now + DELETION,
        });
    }

    /// When the oldest is forgotten.
    pub(super) fn next(&self) -> Option<Instant> {
        self.0.front().map(|kept| kept.forgotten)
    }

    pub(super) fn find(
        &self,
        client: Client,
        transaction: [u8; 12],
        owner: &Owner,
    ) -> Option<&[u8]> {
        let mut all = self.0.iter();
        let found = all.find(|kept| {
            kept.client == client && kept.transaction == transaction && kept.owner == *owner
        })?;
        Some(&found.answer)
    }

    pub(super) fn expire(&mut self, now: Instant) {
        while self.0.pop_front_if(|kept| kept.forgotten <= now).is_some() {}
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}
