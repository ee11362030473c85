//! CreatePermission (RFC 8656 section 10).

use super::super::allocation::TooMany;
use super::super::server::Turn;
use super::super::write::Answer;
use super::{Asked, Outcome, Refused};
use rtc_stun::error_code::*;
use std::net::IpAddr;

impl Turn {
    pub(super) fn create_permission(&mut self, asked: &Asked<'_>) -> Result<Outcome, Refused> {
        let place = self.allocation_of(asked)?;
        let peers = asked.peers()?;
        let participant = asked.caller.owner.is_participant();
        let hosts: Vec<(IpAddr, bool)> = peers
            .iter()
            .map(|peer| (peer.ip(), self.policy.is_ours(peer.ip())))
            .collect();
        let Some(allocation) = self.table.get_mut(place) else {
            return Err(Refused(CODE_ALLOC_MISMATCH));
        };
        for (host, _) in &hosts {
            if allocation.relayed_for(*host).is_none() {
                return Err(Refused(CODE_PEER_ADDR_FAMILY_MISMATCH));
            }
            if !self.policy.permits(*host, participant) {
                return Err(Refused(CODE_FORBIDDEN));
            }
        }
        allocation
            .permit(&hosts, asked.now)
            .map_err(|TooMany| Refused(CODE_INSUFFICIENT_CAPACITY))?;
        self.arm(place);
        Ok(Outcome::Answer(Answer::success(asked.question)))
    }
}
