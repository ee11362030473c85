//! Facts: all that a session is. Append-only.

use quietroom_protocol::{
    Attestation, AttestationPart, DeviceId, Drawers, IdentityMethod, MediaState, ParticipantId,
    Phi, Phrase, Scope, StaffId, UtcMillis,
};
use serde::{Deserialize, Serialize};

/// A fact as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// 1, 2, 3 … within the session.
    pub seq: u64,
    /// When it happened.
    pub at: UtcMillis,
    /// When it was written, if that was more than a second later.
    pub late: Option<UtcMillis>,
    pub actor: Actor,
    /// Epoch of the room that wrote it; a stale room cannot write.
    pub epoch: u32,
    pub fact: Fact,
}

/// Who brought it about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Actor {
    Staff {
        staff: StaffId,
    },
    Device {
        device: DeviceId,
    },
    /// It happened by itself, or the server did it.
    Server,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Fact {
    Scheduled {
        starts_at: UtcMillis,
        ends_at: UtcMillis,
    },
    Rescheduled {
        starts_at: UtcMillis,
        ends_at: UtcMillis,
    },
    Cancelled,
    /// The client did not come.
    NoShow,
    /// The first member of staff entered.
    Opened,
    /// A guest's device asked to come in.
    Knocked {
        participant: ParticipantId,
        device: DeviceId,
        name: Phi<String>,
    },
    /// A newer redemption of the same link took the place of this waiting device.
    Replaced {
        device: DeviceId,
    },
    Attested {
        device: DeviceId,
        attestation: Attestation,
    },
    Said {
        device: DeviceId,
        phrase: Phrase,
    },
    /// A waiting device went away before admission.
    GaveUp {
        device: DeviceId,
    },
    Admitted {
        device: DeviceId,
        identity: IdentityMethod,
        /// Parts that were missing and overridden by the clinician.
        overridden: Vec<AttestationPart>,
    },
    Declined {
        device: DeviceId,
    },
    /// Staff came in, needing no admission.
    Entered {
        participant: ParticipantId,
        device: DeviceId,
        name: Phi<String>,
    },
    Media {
        device: DeviceId,
        state: MediaState,
    },
    /// The device is heard no more; `at` of the record is when it was last heard.
    ConnectionLost {
        device: DeviceId,
    },
    Resumed {
        device: DeviceId,
    },
    Left {
        device: DeviceId,
    },
    Removed {
        device: DeviceId,
    },
    /// A group begins, in epoch 0; the one before it in this scope is over.
    GroupStarted {
        scope: Scope,
        group: u32,
        /// The one that started it.
        device: DeviceId,
    },
    /// A commit was taken.
    GroupCommitted {
        scope: Scope,
        group: u32,
        /// The epoch that begins with it.
        epoch: u32,
        /// The one that made it.
        device: DeviceId,
    },
    BoardOpened {
        board: u32,
    },
    /// The board that everyone is shown from now on.
    BoardShown {
        board: Option<u32>,
    },
    DrawingAllowed {
        who: Drawers,
    },
    /// The chat was turned on or off.
    ChatAllowed {
        on: bool,
    },
    /// The server was down; every open interval ends at `last_alive`.
    ServerRestarted {
        last_alive: UtcMillis,
    },
    Ended,
}

impl Fact {
    /// The device it is about; `None` when it is about the session.
    #[must_use]
    pub const fn device(&self) -> Option<DeviceId> {
        match self {
            Self::Knocked { device, .. }
            | Self::Replaced { device }
            | Self::Attested { device, .. }
            | Self::Said { device, .. }
            | Self::GaveUp { device }
            | Self::Admitted { device, .. }
            | Self::Declined { device }
            | Self::Entered { device, .. }
            | Self::Media { device, .. }
            | Self::ConnectionLost { device }
            | Self::Resumed { device }
            | Self::Left { device }
            | Self::Removed { device } => Some(*device),
            Self::Scheduled { .. }
            | Self::Rescheduled { .. }
            | Self::Cancelled
            | Self::NoShow
            | Self::Opened
            | Self::GroupStarted { .. }
            | Self::GroupCommitted { .. }
            | Self::BoardOpened { .. }
            | Self::BoardShown { .. }
            | Self::DrawingAllowed { .. }
            | Self::ChatAllowed { .. }
            | Self::ServerRestarted { .. }
            | Self::Ended => None,
        }
    }
}
