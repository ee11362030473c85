//! What a session is, moment by moment.

use quietroom_protocol::{
    Attestation, AttestationPart, MediaState, OverReason, ParticipantId, Phi, Phrase, Role,
    UtcMillis,
};

use crate::rules;

/// Where the session as a whole stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    Scheduled,
    /// Staff came in; nobody was admitted yet.
    Open,
    /// Since the first admission.
    Live {
        since: UtcMillis,
    },
    Ended,
    Cancelled,
    NoShow,
}

impl Phase {
    /// Nothing more can happen.
    pub(crate) const fn is_over(self) -> bool {
        matches!(self, Self::Ended | Self::Cancelled | Self::NoShow)
    }
}

/// One device, from its knock or entry on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Device {
    pub(crate) participant: ParticipantId,
    /// The name to show.
    pub(crate) name: Phi<String>,
    pub(crate) stage: Stage,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    Waiting(AtDoor),
    Present(Inside),
    Gone(Gone),
}

/// A guest at the door.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AtDoor {
    /// Sequence number of the knock: the order at the door.
    pub(crate) order: u64,
    pub(crate) since: UtcMillis,
    pub(crate) heard: Heard,
    pub(crate) attested: Attestation,
    pub(crate) said: Option<Phrase>,
}

impl AtDoor {
    /// What this role still has to state.
    pub(crate) fn missing(&self, role: Role) -> Vec<AttestationPart> {
        let mut missing = self.attested.missing();
        missing.retain(|part| rules::required(role).contains(part));
        missing
    }
}

/// Someone in the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Inside {
    /// Sequence number of the admission or entry: the order in the roster.
    pub(crate) order: u64,
    pub(crate) heard: Heard,
    /// As last said; kept while the device is lost.
    pub(crate) media: MediaState,
}

/// Whether the device is heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    Here { since: UtcMillis },
    Lost,
}

impl Heard {
    pub(crate) const fn is_here(self) -> bool {
        matches!(self, Self::Here { .. })
    }
}

/// How a device went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gone {
    Replaced,
    Declined,
    /// Left the door before admission.
    GaveUp,
    Left,
    Removed,
    /// The session was over.
    Over(OverReason),
}

impl Gone {
    pub(crate) const fn reason(self) -> OverReason {
        match self {
            Self::Replaced => OverReason::Replaced,
            Self::Declined => OverReason::Declined,
            Self::GaveUp | Self::Left => OverReason::Left,
            Self::Removed => OverReason::Removed,
            Self::Over(reason) => reason,
        }
    }
}

impl Device {
    pub(crate) const fn waiting(&self) -> Option<&AtDoor> {
        match &self.stage {
            Stage::Waiting(at_door) => Some(at_door),
            Stage::Present(_) | Stage::Gone(_) => None,
        }
    }

    pub(crate) const fn present(&self) -> Option<&Inside> {
        match &self.stage {
            Stage::Present(inside) => Some(inside),
            Stage::Waiting(_) | Stage::Gone(_) => None,
        }
    }

    /// Admitted and heard.
    pub(crate) const fn is_here(&self) -> bool {
        matches!(&self.stage, Stage::Present(inside) if inside.heard.is_here())
    }

    pub(crate) const fn is_gone(&self) -> bool {
        matches!(self.stage, Stage::Gone(_))
    }

    pub(crate) const fn heard(&self) -> Option<Heard> {
        match &self.stage {
            Stage::Waiting(at_door) => Some(at_door.heard),
            Stage::Present(inside) => Some(inside.heard),
            Stage::Gone(_) => None,
        }
    }

    pub(crate) const fn heard_mut(&mut self) -> Option<&mut Heard> {
        match &mut self.stage {
            Stage::Waiting(at_door) => Some(&mut at_door.heard),
            Stage::Present(inside) => Some(&mut inside.heard),
            Stage::Gone(_) => None,
        }
    }
}
