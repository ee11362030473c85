//! Refresh (RFC 8656 section 8).

use super::super::api::Client;
use super::super::family::Family;
use super::super::server::Turn;
use super::super::table::Place;
use super::super::write::Answer;
use super::allocate::{lifetime, requested_family};
use super::{Asked, Outcome, Refused};
use rtc_stun::attributes::{ATTR_LIFETIME, ATTR_REQUESTED_ADDRESS_FAMILY};
use rtc_stun::error_code::*;
use rtc_turn::proto::lifetime::Lifetime;
use std::time::Duration;

impl Turn {
    pub(super) fn refresh(&mut self, asked: &Asked<'_>) -> Result<Outcome, Refused> {
        let transaction = asked.message.transaction();
        if self.table.of_client(asked.from).is_none()
            && let Some(answer) = self
                .deletions
                .find(asked.from, transaction, &asked.caller.owner)
        {
            return Ok(Outcome::Repeat(answer.to_vec()));
        }
        let place = self.allocation_of(asked)?;
        let families: Vec<Family> = match asked.message.get(ATTR_REQUESTED_ADDRESS_FAMILY) {
            Some(value) => vec![requested_family(value)?],
            None => Family::BOTH.to_vec(),
        };
        let Some(allocation) = self.table.get_mut(place) else {
            return Err(Refused(CODE_ALLOC_MISMATCH));
        };
        let has = |family: &Family| allocation.relayed.get(*family).is_some();
        if !families.iter().any(has) {
            return Err(Refused(CODE_PEER_ADDR_FAMILY_MISMATCH));
        }
        let asked_for = asked.message.get(ATTR_LIFETIME);
        if asked_for == Some(&[0; 4]) {
            return self.delete(asked, place, &families);
        }
        let lifetime = lifetime(asked_for)?;
        for family in families {
            if let Some(relayed) = allocation.relayed.get_mut(family) {
                relayed.expires = asked.now + lifetime;
            }
        }
        self.arm(place);
        let answer = Answer::success(asked.question).with(&Lifetime(lifetime))?;
        Ok(Outcome::Answer(answer))
    }

    /// Ends the allocation, or one family of it, at once.
    fn delete(
        &mut self,
        asked: &Asked<'_>,
        place: Place,
        families: &[Family],
    ) -> Result<Outcome, Refused> {
        let answer = Answer::success(asked.question).with(&Lifetime(Duration::ZERO))?;
        for family in families {
            self.remove_family(place, *family);
        }
        let Some(allocation) = self.table.get_mut(place) else {
            return Err(Refused(CODE_ALLOC_MISMATCH));
        };
        if allocation.relayed.v4.is_some() || allocation.relayed.v6.is_some() {
            allocation.purge(asked.now);
            self.arm(place);
            return Ok(Outcome::Answer(answer));
        }
        self.remove(place);
        if let Client::Stream(stream) = asked.from {
            self.let_stream_idle(stream, asked.now);
        }
        let Some(answer) = answer.finish(Some(&asked.caller.protection)) else {
            return Err(Refused(CODE_SERVER_ERROR));
        };
        self.deletions.add(
            (asked.from, asked.message.transaction()),
            asked.caller.owner.clone(),
            answer.clone(),
            asked.now,
        );
        Ok(Outcome::Repeat(answer))
    }
}
