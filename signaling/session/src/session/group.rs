//! Groups: which one a scope has, and in which epoch it is. Of their messages nothing is known here.

use super::Session;
use crate::rules::Action;
use crate::{Decision, Fact, Refusal};
use quietroom_protocol::{DeviceId, GroupEpoch, Scope, UtcMillis};

impl Session {
    /// The present group of a scope and its epoch; `None` before the first is started.
    #[must_use]
    pub fn head(&self, scope: Scope) -> Option<GroupEpoch> {
        self.groups.get(&scope).copied()
    }

    /// Whether this device may send content of that epoch: it is in, and the epoch is one of the
    /// present group, for what was on its way when the epoch changed can still be read.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for whoever is not in, [`Refusal::StaleEpoch`] otherwise.
    pub fn may_send(&self, device: DeviceId, at: GroupEpoch) -> Result<(), Refusal> {
        if !self.admitted(device) {
            return Err(Refusal::NotAllowed);
        }
        match self.head(at.scope) {
            Some(head) if head.group == at.group && at.epoch <= head.epoch => Ok(()),
            _ => Err(Refusal::StaleEpoch),
        }
    }

    /// Whether this device may change groups, and so is told what others offer to be added by.
    #[must_use]
    pub fn may_commit(&self, device: DeviceId) -> bool {
        self.allowed_inside(device, Action::Commit).is_ok()
    }

    /// Takes the number after the last one: two who start at once do not both succeed.
    pub(super) fn start_group(
        &self,
        now: UtcMillis,
        by: DeviceId,
        scope: Scope,
        group: u32,
    ) -> Result<Decision, Refusal> {
        self.allowed_inside(by, Action::StartGroup)?;
        let last = self.head(scope).map_or(0, |head| head.group);
        if last.checked_add(1) != Some(group) {
            return Err(Refusal::StaleEpoch);
        }
        let device = by;
        let fact = Fact::GroupStarted {
            scope,
            group,
            device,
        };
        Ok(Decision::of(now, self.actor(by), fact))
    }

    pub(super) fn commit(
        &self,
        now: UtcMillis,
        by: DeviceId,
        base: GroupEpoch,
    ) -> Result<Decision, Refusal> {
        let fact = self.committed(by, base)?;
        Ok(Decision::of(now, self.actor(by), fact))
    }

    /// What a commit by this device makes of the group: taken in the present epoch only, so that
    /// every epoch has one.
    pub(super) fn committed(&self, by: DeviceId, base: GroupEpoch) -> Result<Fact, Refusal> {
        self.allowed_inside(by, Action::Commit)?;
        if self.head(base.scope) != Some(base) {
            return Err(Refusal::StaleEpoch);
        }
        let next = base.next().ok_or(Refusal::Full)?;
        Ok(Fact::GroupCommitted {
            scope: next.scope,
            group: next.group,
            epoch: next.epoch,
            device: by,
        })
    }
}

#[cfg(test)]
#[path = "group_tests.rs"]
mod tests;
