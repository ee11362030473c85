//! What people write together, as far as the server knows of it: who may.

use super::Session;
use crate::rules::Action;
use crate::{Decision, Fact, Refusal};
use quietroom_protocol::{DeviceId, UtcMillis};

/// What was decided for all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shared {
    /// Everyone may write in the chat.
    pub(super) chat: bool,
}

impl Shared {
    pub(super) const fn new() -> Self {
        Self { chat: true }
    }
}

impl Session {
    pub(super) fn allow_chat(
        &self,
        now: UtcMillis,
        by: DeviceId,
        on: bool,
    ) -> Result<Decision, Refusal> {
        self.allowed_inside(by, Action::AllowChat)?;
        if self.shared.chat == on {
            return Ok(Decision::default());
        }
        Ok(Decision::of(now, self.actor(by), Fact::ChatAllowed { on }))
    }
}

#[cfg(test)]
#[path = "shared_tests.rs"]
mod tests;
