//! Groups: what the server carries between the members of an MLS group (RFC 9420), unread.
//!
//! The server is a delivery service (RFC 9750 section 5). It puts messages in an order, takes one
//! commit for each epoch, and keeps them for those who come later.

use crate::{DeviceId, Opaque, ParticipantId};
use serde::{Deserialize, Serialize};

/// Who a group is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Everyone in the session.
    Session,
}

/// A group of a scope at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct GroupEpoch {
    pub scope: Scope,
    /// 1, 2, 3 … within the scope. A host who lost everything starts the next one.
    pub group: u32,
    /// Epoch of that group (RFC 9420 section 8): 0 when it is started, one more with every commit.
    pub epoch: u32,
}

impl GroupEpoch {
    /// The epoch that a commit made in this one leads to; `None` past the last number.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        let epoch = self.epoch.checked_add(1)?;
        Some(Self { epoch, ..self })
    }
}

/// A change of the group. Taken only in the epoch in which it was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct Commit {
    pub base: GroupEpoch,
    /// At most 32 KiB.
    pub commit: Opaque,
    /// For the devices it adds.
    pub welcome: Option<WelcomeFor>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct WelcomeFor {
    /// The devices added, each once. Nobody else is given the welcome.
    pub to: Vec<DeviceId>,
    /// At most 64 KiB.
    pub welcome: Opaque,
}

/// One entry in the order of the session's groups.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct Delivery {
    /// 1, 2, 3 … within the session, for all of its groups together.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub seq: u64,
    /// Who sent it. Proven to the server only; what is inside says it for itself.
    pub from: DeviceId,
    /// Of a commit, the epoch it was made in; of a start, epoch 0.
    pub at: GroupEpoch,
    pub what: Delivered,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Delivered {
    /// A group begins. The groups of this scope before it are over.
    Started,
    Commit {
        commit: Opaque,
        /// Only to the devices it adds.
        welcome: Option<Opaque>,
    },
    Content {
        message: Opaque,
    },
}

/// What a device offers to be added by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct DevicePackage {
    pub device: DeviceId,
    pub participant: ParticipantId,
    /// The key package (RFC 9420 section 10).
    pub package: Opaque,
    /// Shows the holder of a link's secret that the package is of someone who holds it too.
    pub binding: Option<Opaque>,
    /// The device is in the session, not at the door.
    pub admitted: bool,
}
