//! A group for the server's eyes: it carries commits unread, so any bytes are one.

use crate::clinic::Socket;
use quietroom_protocol::{
    ClientMessage, Commit, Delivered, Delivery, DeviceId, GroupEpoch, IdentityMethod, Opaque,
    Scope, ServerMessage, WelcomeFor,
};
use std::collections::BTreeMap;

/// The session's first group as it is started.
pub const FIRST: GroupEpoch = GroupEpoch {
    scope: Scope::Session,
    group: 1,
    epoch: 0,
};

/// A commit that adds `devices`, or none.
#[must_use]
pub fn commit(base: GroupEpoch, devices: &[DeviceId]) -> Commit {
    let welcome = (!devices.is_empty()).then(|| WelcomeFor {
        to: devices.to_vec(),
        welcome: Opaque::new(b"a welcome".to_vec()),
    });
    Commit {
        base,
        commit: Opaque::new(format!("a commit in {base:?}").into_bytes()),
        welcome,
    }
}

/// What one socket has seen of the session's group and boards.
#[derive(Debug, Default)]
pub struct Seen {
    following: bool,
    head: Option<GroupEpoch>,
    /// By sequence number: what came live comes again to whoever catches up.
    deliveries: BTreeMap<u64, Delivery>,
    /// Entries and snapshots of boards, as they came.
    pub(super) drawn: Vec<ServerMessage>,
    /// How many strokes came.
    pub(super) strokes: u64,
}

impl Seen {
    pub(super) fn note(&mut self, message: &ServerMessage) {
        let delivery = match message {
            ServerMessage::Delivery { delivery } => delivery,
            ServerMessage::BoardEntry { .. } | ServerMessage::BoardSnapshotted { .. } => {
                self.drawn.push(message.clone());
                return;
            }
            ServerMessage::BoardStroke { .. } => {
                self.strokes += 1;
                return;
            }
            _ => return,
        };
        match &delivery.what {
            Delivered::Started => self.head = Some(delivery.at),
            Delivered::Commit { .. } => self.head = delivery.at.next(),
            Delivered::Content { .. } => {}
        }
        self.deliveries.insert(delivery.seq, delivery.clone());
    }
}

impl Socket {
    /// Follows the deliveries from now on, and returns all there were for this device. Those that
    /// come later are [`Socket::delivery`]'s.
    pub async fn catch_up(&mut self) -> Vec<Delivery> {
        self.done(ClientMessage::CatchUp { after: 0 }).await;
        self.seen.following = true;
        self.held
            .retain(|message| !matches!(message, ServerMessage::Delivery { .. }));
        let all = std::mem::take(&mut self.seen.deliveries);
        all.into_values().collect()
    }

    /// The epoch that the session's group is in, as far as this device has heard. The host starts
    /// the first group when there is none.
    ///
    /// # Panics
    /// When there is no group and this device may not start one.
    pub async fn head(&mut self) -> GroupEpoch {
        if !self.seen.following {
            self.catch_up().await;
        }
        if self.seen.head.is_none() {
            let (scope, group) = (FIRST.scope, FIRST.group);
            self.done(ClientMessage::StartGroup { scope, group }).await;
        }
        self.seen.head.expect("a group is started")
    }

    /// Lets a waiting device in, which joins the group in the same step.
    pub async fn admission(&mut self, device: DeviceId) -> ClientMessage {
        ClientMessage::Admit {
            device,
            identity: IdentityMethod::KnownToMe,
            override_missing: false,
            commit: commit(self.head().await, &[device]),
        }
    }

    /// Moves the group on by a commit that changes nobody.
    pub async fn move_on(&mut self) -> ClientMessage {
        ClientMessage::Commit {
            commit: commit(self.head().await, &[]),
        }
    }

    /// The next delivery.
    pub async fn delivery(&mut self) -> Delivery {
        self.until(|message| match message {
            ServerMessage::Delivery { delivery } => Some(delivery),
            _ => None,
        })
        .await
    }
}
