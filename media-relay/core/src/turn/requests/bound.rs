//! What becomes of an Allocate request once its sockets are bound, or are not.

use super::super::allocation::{Binding, Stage};
use super::super::api::{AllocationId, BindError, Client, Request};
use super::super::attributes::ATTR_ADDRESS_ERROR_CODE;
use super::super::family::Family;
use super::super::ports::Wish;
use super::super::server::Turn;
use super::super::table::Place;
use super::super::write::Answer;
use rtc_shared::error::Error;
use rtc_stun::error_code::CODE_INSUFFICIENT_CAPACITY;
use rtc_stun::xoraddr::XorMappedAddress;
use rtc_turn::proto::lifetime::Lifetime;
use rtc_turn::proto::relayaddr::RelayedAddress;
use rtc_turn::proto::rsrvtoken::ReservationToken;
use std::net::SocketAddr;
use std::time::Instant;

/// Ports tried for one relayed address.
const TRIES: u8 = 10;

impl Turn {
    pub(in super::super) fn socket_bound(
        &mut self,
        id: AllocationId,
        bound: Result<(), BindError>,
        now: Instant,
    ) {
        let waiting = self.table.of_id(id).filter(|(place, family)| {
            let stage = self.table.get(*place).map(|allocation| &allocation.stage);
            matches!(stage, Some(Stage::Binding(binding)) if binding.waiting.get(*family).is_some())
        });
        let Some((place, family)) = waiting else {
            // The client has gone meanwhile.
            if bound.is_ok() {
                self.requests.push_back(Request::Close { allocation: id });
            }
            return;
        };
        match bound {
            Ok(()) => {
                if let Some(binding) = self.binding_of(place) {
                    *binding.waiting.get_mut(family) = None;
                }
            }
            Err(BindError::InUse) if self.try_another(place, family, now) => return,
            Err(_) => self.go_without(place, family),
        }
        self.finish_if_bound(place, now);
    }

    /// Answers once nothing is waited for.
    pub(super) fn finish_if_bound(&mut self, place: Place, now: Instant) {
        let Some(binding) = self.binding_of(place) else {
            return;
        };
        if binding.waiting.v4.is_some() || binding.waiting.v6.is_some() {
            return;
        }
        let Some(allocation) = self.table.get(place) else {
            return;
        };
        let Stage::Binding(binding) = &allocation.stage else {
            return;
        };
        let client = allocation.client;
        let relayed = [allocation.relayed.v4, allocation.relayed.v6];
        let relayed = relayed.into_iter().flatten().map(|relayed| relayed.address);
        let relayed: Vec<SocketAddr> = relayed.collect();
        let mapped = self.address_of(client);
        let answer = mapped.and_then(|mapped| {
            let answer = success(binding, &relayed, mapped).ok()?;
            answer.finish(Some(&binding.protection))
        });
        let (Some(answer), false) = (answer, relayed.is_empty()) else {
            self.fail(place, now);
            return;
        };
        if let Some(allocation) = self.table.get_mut(place) {
            let answer = answer.clone();
            allocation.stage = Stage::Made { answer };
        }
        self.totals.allocated += 1;
        self.reply(client, Some(answer));
    }

    /// Keeps the port after an even one.
    pub(super) fn reserve(&mut self, place: Place, token: [u8; 8], now: Instant) {
        let Some(allocation) = self.table.get(place) else {
            return;
        };
        let relayed = [allocation.relayed.v4, allocation.relayed.v6];
        let Some(relayed) = relayed.into_iter().flatten().next() else {
            return;
        };
        let Some(port) = relayed.address.port().checked_add(1) else {
            return;
        };
        let family = Family::of(relayed.address.ip());
        let owner = allocation.owner.clone();
        self.table.hold(owner.clone());
        self.reservations.add(token, owner, (family, port), now);
    }

    /// Asks for another port; false when there is none, or enough were tried.
    fn try_another(&mut self, place: Place, family: Family, now: Instant) -> bool {
        let Some(binding) = self.binding_of(place) else {
            return false;
        };
        let wish = binding.wish;
        let token = binding.token;
        let Some(tried) = binding.waiting.get_mut(family) else {
            return false;
        };
        if *tried >= TRIES {
            return false;
        }
        *tried += 1;
        if binding.fixed {
            return false;
        }
        let allocation = self.table.get(place);
        let relayed = allocation.and_then(|found| *found.relayed.get(family));
        let Some(mut relayed) = relayed else {
            return false;
        };
        // The port that is in use is held until another one is found, so that it is not found
        // again.
        if let Some(token) = token {
            self.cancel_reservation(token);
        }
        let taken = relayed.address.port();
        let ports = self.table.ports.get_mut(family);
        let found = ports.take(relayed.id, wish, &mut self.random);
        ports.release(taken);
        let Some(port) = found else {
            // Released above; the allocation ends without it.
            self.forget(place, family);
            return false;
        };
        relayed.address.set_port(port);
        if let Some(allocation) = self.table.get_mut(place) {
            *allocation.relayed.get_mut(family) = Some(relayed);
        }
        if let (Some(token), Wish::EvenWithNext) = (token, wish) {
            self.reserve(place, token, now);
        }
        self.ask_for_socket(place, family);
        true
    }

    /// The allocation has to do without this family.
    fn go_without(&mut self, place: Place, family: Family) {
        if let Some(binding) = self.binding_of(place) {
            *binding.waiting.get_mut(family) = None;
            binding.missing = Some((family, CODE_INSUFFICIENT_CAPACITY.0));
        }
        let Some(allocation) = self.table.get_mut(place) else {
            return;
        };
        if let Some(relayed) = allocation.relayed.get_mut(family).take() {
            let ports = self.table.ports.get_mut(family);
            ports.release(relayed.address.port());
        }
        self.arm(place);
    }

    fn forget(&mut self, place: Place, family: Family) {
        if let Some(allocation) = self.table.get_mut(place) {
            *allocation.relayed.get_mut(family) = None;
        }
    }

    /// Refuses the request that is waiting; nothing remains of it.
    fn fail(&mut self, place: Place, now: Instant) {
        let Some(mut allocation) = self.remove(place) else {
            return;
        };
        let made = Stage::Made { answer: Vec::new() };
        let Stage::Binding(binding) = std::mem::replace(&mut allocation.stage, made) else {
            return;
        };
        if let Some(token) = binding.token {
            self.cancel_reservation(token);
        }
        if let Client::Stream(stream) = allocation.client {
            self.let_stream_idle(stream, now);
        }
        self.totals.refused += 1;
        let answer = Answer::error(binding.question, CODE_INSUFFICIENT_CAPACITY).ok();
        let answer = answer.and_then(|answer| answer.finish(Some(&binding.protection)));
        self.reply(allocation.client, answer);
    }

    fn cancel_reservation(&mut self, token: [u8; 8]) {
        if let Some(kept) = self.reservations.cancel(token) {
            self.table.ports.get_mut(kept.family).release(kept.port);
            self.table.release(&kept.owner);
        }
    }

    fn binding_of(&mut self, place: Place) -> Option<&mut Binding> {
        match &mut self.table.get_mut(place)?.stage {
            Stage::Binding(binding) => Some(binding),
            Stage::Made { .. } => None,
        }
    }
}

/// RFC 8656 section 7.2.
fn success(binding: &Binding, relayed: &[SocketAddr], mapped: SocketAddr) -> Result<Answer, Error> {
    let mut answer = Answer::success(binding.question);
    for address in relayed {
        answer = answer.with(&RelayedAddress {
            ip: address.ip(),
            port: address.port(),
        })?;
    }
    answer = answer
        .with(&Lifetime(binding.lifetime))?
        .with(&XorMappedAddress {
            ip: mapped.ip(),
            port: mapped.port(),
        })?;
    if let Some(token) = binding.token {
        answer = answer.with(&ReservationToken(token.to_vec()))?;
    }
    if let Some((family, code)) = binding.missing {
        let [class, number] = [code / 100, code % 100].map(|part| part.to_be_bytes()[1]);
        let value = [family.number(), 0, class, number];
        answer = answer.with_raw(ATTR_ADDRESS_ERROR_CODE, &value);
    }
    Ok(answer)
}
