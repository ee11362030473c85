//! What people draw and write together, as far as it is decided for all: which boards there are,
//! who may draw, whether there is a chat.

use super::Session;
use crate::rules::{self, Action};
use crate::{Decision, Fact, Refusal};
use quietroom_protocol::{BoardsShown, DeviceId, Drawers, MAX_BOARDS, ParticipantId, UtcMillis};

/// What was decided for all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shared {
    /// Boards are numbered from 1 up to this.
    pub(super) open: u32,
    /// The one that everyone is shown.
    pub(super) shown: Option<u32>,
    /// As was last said; by the kind of the session before.
    pub(super) drawers: Option<Drawers>,
    /// Everyone may write in the chat.
    pub(super) chat: bool,
}

impl Shared {
    pub(super) const fn new() -> Self {
        Self {
            open: 0,
            shown: None,
            drawers: None,
            chat: true,
        }
    }
}

impl Session {
    /// Whether there is such a board.
    #[must_use]
    pub const fn has_board(&self, board: u32) -> bool {
        board > 0 && board <= self.shared.open
    }

    /// Whether this device may draw: it is in, and who it is may.
    #[must_use]
    pub fn may_draw(&self, device: DeviceId) -> bool {
        if self.allowed_inside(device, Action::Draw).is_err() {
            return false;
        }
        let Ok((_, seat)) = self.device_and_seat(device) else {
            return false;
        };
        rules::leads(seat.role)
            || match self.drawers() {
                Drawers::Facilitators => false,
                Drawers::Everyone => true,
                Drawers::Chosen { participants } => participants.contains(&seat.participant),
            }
    }

    pub(super) fn boards_shown(&self, device: DeviceId) -> BoardsShown {
        BoardsShown {
            open: self.shared.open,
            shown: self.shared.shown,
            drawers: self.drawers(),
            may_draw: self.may_draw(device),
        }
    }

    /// Takes the number after the last one: two who open a board at once do not get the same.
    pub(super) fn open_board(
        &self,
        now: UtcMillis,
        by: DeviceId,
        board: u32,
    ) -> Result<Decision, Refusal> {
        self.allowed_inside(by, Action::LeadBoards)?;
        if self.shared.open.checked_add(1) != Some(board) {
            return Err(Refusal::Overtaken);
        }
        if board > MAX_BOARDS {
            return Err(Refusal::BoardsFull);
        }
        let fact = Fact::BoardOpened { board };
        Ok(Decision::of(now, self.actor(by), fact))
    }

    pub(super) fn show_board(
        &self,
        now: UtcMillis,
        by: DeviceId,
        board: Option<u32>,
    ) -> Result<Decision, Refusal> {
        self.allowed_inside(by, Action::LeadBoards)?;
        if board.is_some_and(|board| !self.has_board(board)) {
            return Err(Refusal::NoSuchBoard);
        }
        if self.shared.shown == board {
            return Ok(Decision::default());
        }
        let fact = Fact::BoardShown { board };
        Ok(Decision::of(now, self.actor(by), fact))
    }

    /// Whoever is chosen has a seat that can draw: an observer who is named would see no difference.
    pub(super) fn allow_drawing(
        &self,
        now: UtcMillis,
        by: DeviceId,
        who: Drawers,
    ) -> Result<Decision, Refusal> {
        self.allowed_inside(by, Action::LeadBoards)?;
        if let Drawers::Chosen { participants } = &who {
            for participant in participants {
                self.can_be_chosen(*participant)?;
            }
        }
        if self.drawers() == who {
            return Ok(Decision::default());
        }
        let fact = Fact::DrawingAllowed { who };
        Ok(Decision::of(now, self.actor(by), fact))
    }

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

    fn drawers(&self) -> Drawers {
        let said = self.shared.drawers.clone();
        said.unwrap_or_else(|| rules::drawers(self.booking.kind))
    }

    fn can_be_chosen(&self, participant: ParticipantId) -> Result<(), Refusal> {
        let seat = self.seat(participant).ok_or(Refusal::NoSuchDevice)?;
        if rules::allowed(seat.role, Action::Draw) {
            Ok(())
        } else {
            Err(Refusal::Invalid("who.chosen.participants"))
        }
    }
}

#[cfg(test)]
#[path = "shared_tests.rs"]
mod tests;
