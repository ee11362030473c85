//! ChannelBind (RFC 8656 section 12).

use super::super::allocation::ChannelError;
use super::super::policy::Place;
use super::super::server::Turn;
use super::super::write::Answer;
use super::{Asked, Outcome, Refused};
use rtc_stun::attributes::ATTR_CHANNEL_NUMBER;
use rtc_stun::error_code::*;

impl Turn {
    pub(super) fn channel_bind(&mut self, asked: &Asked<'_>) -> Result<Outcome, Refused> {
        let bad = || Refused(CODE_BAD_REQUEST);
        let place = self.allocation_of(asked)?;
        let Some(&[n0, n1, _, _]) = asked.message.get(ATTR_CHANNEL_NUMBER) else {
            return Err(bad());
        };
        let number = u16::from_be_bytes([n0, n1]);
        let Some(&peer) = asked.peers()?.first() else {
            return Err(bad());
        };
        if !self.channels.contains(&number) || peer.port() == 0 {
            return Err(bad());
        }
        let participant = asked.caller.owner.is_participant();
        let target = self.policy.place(peer, participant);
        let is_nobody = matches!(
            target,
            Some(Place::Relayed { worker, otherwise: false })
                if worker == self.worker && self.table.of_relayed(peer).is_none()
        );
        let Some(allocation) = self.table.get_mut(place) else {
            return Err(Refused(CODE_ALLOC_MISMATCH));
        };
        if allocation.relayed_for(peer.ip()).is_none() {
            return Err(Refused(CODE_PEER_ADDR_FAMILY_MISMATCH));
        }
        let Some(target) = target.filter(|_| !is_nobody) else {
            return Err(Refused(CODE_FORBIDDEN));
        };
        let ours = self.policy.is_ours(peer.ip());
        let bound = allocation.bind(number, (peer, target), ours, asked.now);
        bound.map_err(|error| match error {
            ChannelError::Conflict => bad(),
            ChannelError::Full => Refused(CODE_INSUFFICIENT_CAPACITY),
        })?;
        self.arm(place);
        Ok(Outcome::Answer(Answer::success(asked.question)))
    }
}
