//! What the server says over the WebSocket.

use crate::{
    AttestationPart, BoardEntry, BoardsShown, Delivery, DeviceId, DevicePackage, GroupEpoch,
    IceServer, MediaState, Opaque, ParticipantId, Phi, Phrase, PlaceKind, Refused, Role, SessionId,
    SessionKind, SessionState, UtcMillis,
};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerMessage {
    /// First message of every connection.
    Challenge {
        version: u32,
        /// 32 random bytes, base64url without padding, for [`crate::Identity::Guest`].
        nonce: String,
        now: UtcMillis,
    },
    /// The message `id` is done and recorded.
    Done {
        id: u32,
    },
    /// The message `id` was refused and changed nothing.
    Refused {
        id: u32,
        refused: Refused,
    },
    /// To a guest who is not admitted; again whenever it changes. No roster, no media.
    Waiting {
        waiting: Waiting,
    },
    /// To an admitted device before its first `Room`, and again whenever they change: the servers
    /// for both of its peer connections, in place of those before.
    Ways {
        ice_servers: Vec<IceServer>,
    },
    /// To an admitted device; again whenever anything in it changes.
    Room {
        room: Room,
    },
    /// To those who may admit; again whenever it changes.
    Knocks {
        knocks: Vec<Knock>,
    },
    /// To those who may admit: what each device at the door and in the session offers to be added
    /// by; again whenever it changes.
    Packages {
        packages: Vec<DevicePackage>,
    },
    /// To an admitted device that has caught up, in order. Its own come back to it too.
    Delivery {
        delivery: Delivery,
    },
    /// Every device that is admitted and connected has said `Reached` of this epoch.
    Settled {
        at: GroupEpoch,
    },
    /// Answer to `BoardAppend`: it is kept under that number.
    Appended {
        id: u32,
        #[cfg_attr(feature = "typescript", ts(type = "number"))]
        seq: u64,
    },
    /// To every device that has caught up with the board, in order. Its own come back to it too.
    BoardEntry {
        entry: BoardEntry,
    },
    /// To every other device that has caught up with the board and reads fast enough.
    BoardStroke {
        board: u32,
        from: DeviceId,
        stroke: Opaque,
    },
    /// To a device that catches up with the board.
    BoardSnapshotted {
        board: u32,
        #[cfg_attr(feature = "typescript", ts(type = "number"))]
        upto: u64,
        from: DeviceId,
        snapshot: Opaque,
    },
    /// Answer to `Publish`.
    Published {
        id: u32,
        /// SDP answer (RFC 8829).
        answer: String,
    },
    /// What the device receives has changed: to be answered by `Answer`.
    Offer {
        generation: u32,
        /// SDP offer (RFC 8829).
        offer: String,
        streams: Vec<ReceivedStream>,
    },
    /// The relay is new: build both peer connections anew.
    RelayRestarted,
    /// The server goes down on purpose: reconnect in a while, the session is kept.
    Draining,
    /// Nothing more will come; the socket closes.
    Over {
        reason: OverReason,
    },
    Pong {
        id: u32,
    },
}

/// What a waiting guest is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct Waiting {
    pub device: DeviceId,
    /// First name of the clinician.
    pub clinician: Phi<String>,
    /// The clinician is in the session.
    pub clinician_here: bool,
    pub starts_at: UtcMillis,
    pub since: UtcMillis,
    /// Parts of the attestation still to give. What was given is never shown.
    pub missing: Vec<AttestationPart>,
}

/// What an admitted device is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct Room {
    pub session: SessionId,
    pub kind: SessionKind,
    pub state: SessionState,
    pub starts_at: UtcMillis,
    pub ends_at: UtcMillis,
    /// When the first person was admitted.
    pub live_since: Option<UtcMillis>,
    /// The device spoken to.
    pub you: DeviceId,
    /// Everyone admitted, in the order in which they came, `you` included.
    pub present: Vec<Present>,
    /// Everyone may write in the chat, not only those who may turn it off.
    pub chat: bool,
    pub boards: BoardsShown,
}

/// One admitted device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct Present {
    pub device: DeviceId,
    pub participant: ParticipantId,
    /// The name they chose to show.
    pub name: Phi<String>,
    pub role: Role,
    pub media: MediaState,
    pub connection: Connection,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
#[serde(rename_all = "snake_case")]
pub enum Connection {
    Here,
    /// Nothing is heard of the device; it may come back as the same.
    Lost,
}

/// One waiting device, for those who may admit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct Knock {
    pub device: DeviceId,
    pub participant: ParticipantId,
    /// The name they typed.
    pub name: Phi<String>,
    /// The name the clinic knows for this seat.
    pub booked_name: Phi<String>,
    pub role: Role,
    pub since: UtcMillis,
    /// State (USPS code) and kind of place; the address stays sealed.
    pub state: Option<String>,
    pub place: Option<PlaceKind>,
    pub missing: Vec<AttestationPart>,
    pub said: Option<Phrase>,
    pub connection: Connection,
    /// Another device of this seat is already in the session.
    pub second_device: bool,
}

/// One section of an offer to receive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct ReceivedStream {
    pub mid: String,
    pub device: DeviceId,
    pub source: Source,
}

/// What a track shows or sounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    Microphone,
    Camera,
    Screen,
}

/// The best simulcast layer there is a use for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
#[serde(rename_all = "snake_case")]
pub enum Quality {
    Low,
    Medium,
    High,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
#[serde(rename_all = "snake_case")]
pub enum OverReason {
    /// The clinician ended the session.
    Ended,
    /// The clinician did not let this device in.
    Declined,
    /// The clinician took this device out.
    Removed,
    /// The same link was opened on another device before admission, or this very device connected
    /// again from another tab.
    Replaced,
    /// The person left.
    Left,
    Cancelled,
}
