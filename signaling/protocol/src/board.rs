//! Boards: what people draw together, carried unread.
//!
//! A board is a page of drawing. What is finished on it is an *entry* of its log, kept in order; what
//! is under way is a *stroke*, handed on and forgotten. A *snapshot* is the whole of a board as of
//! one entry, made by a member, and takes the place of the entries up to it.

use crate::{DeviceId, Opaque, ParticipantId};
use serde::{Deserialize, Serialize};

/// Most boards of a session.
pub const MAX_BOARDS: u32 = 20;
/// Largest entry, bytes.
pub const MAX_ENTRY: usize = 64 * 1024;
/// Largest stroke, bytes.
pub const MAX_STROKE: usize = 8 * 1024;
/// Largest snapshot, bytes.
pub const MAX_SNAPSHOT: usize = 1024 * 1024;

/// Who draws, besides the clinician and co-facilitators: they always may. Observers and interpreters
/// never do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
#[serde(rename_all = "snake_case")]
pub enum Drawers {
    /// Nobody else.
    Facilitators,
    Everyone,
    Chosen {
        /// At most 64, each once.
        participants: Vec<ParticipantId>,
    },
}

/// The boards of a session, as one device is told of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct BoardsShown {
    /// How many are open: they are numbered from 1.
    pub open: u32,
    /// The one that everyone is shown.
    pub shown: Option<u32>,
    pub drawers: Drawers,
    /// The device spoken to may draw.
    pub may_draw: bool,
}

/// A finished change of a board.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct BoardEntry {
    pub board: u32,
    /// 1, 2, 3 … within the board.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub seq: u64,
    /// Who sent it. Proven to the server only; what is inside says it for itself.
    pub from: DeviceId,
    pub entry: Opaque,
}
