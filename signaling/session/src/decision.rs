//! What follows from an input.

use crate::{Actor, Fact};
use quietroom_protocol::{AttestationPart, DeviceId, OverReason, RefusalCode, UtcMillis};

/// Facts to record, then effects to perform in order. The shell records first; if that fails,
/// nothing happened. Whatever can be computed from the state after [`crate::Session::apply`]
/// (views, audience) is no effect: the shell compares and tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decision {
    pub facts: Vec<(UtcMillis, Actor, Fact)>,
    pub effects: Vec<Effect>,
}

impl Decision {
    /// One fact, nothing else.
    pub(crate) fn of(at: UtcMillis, actor: Actor, fact: Fact) -> Self {
        Self {
            facts: vec![(at, actor, fact)],
            effects: Vec::new(),
        }
    }

    pub(crate) fn record(&mut self, at: UtcMillis, actor: Actor, fact: Fact) {
        self.facts.push((at, actor, fact));
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Tell this device that it is over and close its socket and peers.
    Dismiss {
        device: DeviceId,
        reason: OverReason,
    },
    /// Write `ended`, the stubs and the outbox row in one transaction: the facts of this decision
    /// go into that transaction.
    WriteStubs,
}

/// An input that was refused. It changed nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("there is no such device or seat in this session")]
    NoSuchDevice,
    #[error("the role does not allow it")]
    NotAllowed,
    #[error("not in this state of the session")]
    NotNow,
    #[error("attestations are missing: {0:?}")]
    AttestationMissing(Vec<AttestationPart>),
    #[error("the group is in another epoch")]
    StaleEpoch,
    #[error("the session is full")]
    Full,
    #[error("there is no such board")]
    NoSuchBoard,
    #[error("the boards of the session are full")]
    BoardsFull,
    #[error("someone was faster: look at what there is now")]
    Overtaken,
    #[error("too much at once: wait a moment")]
    TooFast,
    #[error("{0} cannot be accepted")]
    Invalid(&'static str),
}

impl Refusal {
    /// The code the asker is told.
    #[must_use]
    pub const fn code(&self) -> RefusalCode {
        match self {
            Self::NoSuchDevice | Self::NoSuchBoard => RefusalCode::NotFound,
            Self::NotAllowed => RefusalCode::NotAllowed,
            Self::NotNow => RefusalCode::NotNow,
            Self::AttestationMissing(_) => RefusalCode::AttestationMissing,
            Self::StaleEpoch => RefusalCode::StaleEpoch,
            Self::Full | Self::BoardsFull => RefusalCode::Full,
            Self::Overtaken => RefusalCode::Conflict,
            Self::TooFast => RefusalCode::SlowDown,
            Self::Invalid(_) => RefusalCode::Invalid,
        }
    }
}
