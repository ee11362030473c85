//! What a room is sent.

use quietroom_protocol::{
    DeviceId, Knock, OverReason, Phi, RefusalCode, Refused, Request, ServerMessage, SessionState,
    StaffId, UtcMillis,
};
use quietroom_records::Actor;
use quietroom_session::{Input, Refusal};
use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};
use tokio::sync::{mpsc, oneshot};

/// Messages that may wait for a device to read them; a device that lets more wait is cut off and
/// may connect again.
pub const OUTBOUND: usize = 256;

/// Where messages for a connected device go. When the room drops it, the socket closes after what
/// was sent.
pub type Outbound = mpsc::Sender<ServerMessage>;

/// When anything last came from a device, told by its socket to its room.
#[derive(Clone, Debug, Default)]
pub struct Heard(Arc<AtomicI64>);

impl Heard {
    pub fn set(&self, at: UtcMillis) {
        self.0.fetch_max(at.0, Ordering::Relaxed);
    }

    #[must_use]
    pub fn get(&self) -> UtcMillis {
        UtcMillis(self.0.load(Ordering::Relaxed))
    }
}

#[derive(Debug)]
pub(super) enum Message {
    Attach(Attach),
    Said {
        device: DeviceId,
        socket: u64,
        request: Request,
    },
    Detach {
        device: DeviceId,
        socket: u64,
    },
    Act {
        asker: Asker,
        input: Input,
        reply: oneshot::Sender<Result<(), Refused>>,
    },
    Glance {
        reply: oneshot::Sender<Glance>,
    },
    Restart {
        last_alive: UtcMillis,
        reply: oneshot::Sender<Result<(), Refused>>,
    },
    Drain {
        reply: oneshot::Sender<()>,
    },
}

impl Message {
    /// Answers for a room that cannot be loaded.
    pub(super) fn refuse(self, refused: &Refused) {
        match self {
            Self::Attach(attach) => {
                let _ = attach
                    .reply
                    .send(Err(AttachError::Refused(refused.clone())));
            }
            Self::Act { reply, .. } | Self::Restart { reply, .. } => {
                let _ = reply.send(Err(refused.clone()));
            }
            Self::Drain { reply } => {
                let _ = reply.send(());
            }
            Self::Said { .. } | Self::Detach { .. } | Self::Glance { .. } => {}
        }
    }
}

/// A device connects.
#[derive(Debug)]
pub(super) struct Attach {
    pub(super) speaker: Speaker,
    pub(super) asker: Asker,
    pub(super) outbound: Outbound,
    pub(super) heard: Heard,
    pub(super) reply: oneshot::Sender<Result<Attached, AttachError>>,
}

/// Whose device it is, proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaker {
    Staff { staff: StaffId, device: DeviceId },
    Guest { device: DeviceId },
}

impl Speaker {
    #[must_use]
    pub const fn device(self) -> DeviceId {
        match self {
            Self::Staff { device, .. } | Self::Guest { device } => device,
        }
    }
}

/// Who asks and from where, for the audit log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asker {
    pub actor: Actor,
    pub source: Option<Phi<IpAddr>>,
}

impl Asker {
    pub(super) const SERVER: Self = Self {
        actor: Actor::Server,
        source: None,
    };
}

/// A device that is connected to its room.
#[derive(Debug)]
pub struct Attached {
    pub(super) device: DeviceId,
    /// Tells this connection from an older one of the device.
    pub(super) socket: u64,
    pub(super) mailbox: mpsc::Sender<Message>,
}

/// Why a device could not be connected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AttachError {
    Refused(Refused),
    /// It is out of this session for good.
    Over(OverReason),
}

/// How a session stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glance {
    pub state: SessionState,
    pub waiting: Vec<Knock>,
    /// Devices that are in and heard.
    pub present: u32,
}

/// A refusal in a developer's words.
pub(super) fn refusal(code: RefusalCode, reason: impl Into<String>) -> Refused {
    Refused {
        code,
        reason: reason.into(),
        retry_after: None,
    }
}

impl From<Refusal> for AttachError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(in_words(&refusal))
    }
}

pub(super) fn in_words(refused: &Refusal) -> Refused {
    Refused {
        retry_after: (*refused == Refusal::TooFast).then_some(1),
        ..refusal(refused.code(), refused.to_string())
    }
}

pub(super) fn not_recorded() -> Refused {
    Refused {
        code: RefusalCode::NotRecorded,
        reason: "it could not be recorded, so it did not happen".to_owned(),
        retry_after: Some(2),
    }
}

pub(super) fn draining() -> Refused {
    Refused {
        code: RefusalCode::NoRelay,
        reason: "the server goes down; connect again in a while".to_owned(),
        retry_after: Some(2),
    }
}
