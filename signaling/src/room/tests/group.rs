//! A group as the server sees it: any bytes do.

use super::fixture::Tab;
use quietroom_protocol::{
    ClientMessage, Commit, Delivered, Delivery, DeviceId, GroupEpoch, IdentityMethod, Opaque,
    Scope, ServerMessage, WelcomeFor,
};

/// The session's first group as it is started.
pub(super) const FIRST: GroupEpoch = at(1, 0);

pub(super) const START: ClientMessage = ClientMessage::StartGroup {
    scope: FIRST.scope,
    group: FIRST.group,
};

pub(super) const fn at(group: u32, epoch: u32) -> GroupEpoch {
    GroupEpoch {
        scope: Scope::Session,
        group,
        epoch,
    }
}

pub(super) fn commit(base: GroupEpoch, added: &[DeviceId]) -> Commit {
    let welcome = (!added.is_empty()).then(|| WelcomeFor {
        to: added.to_vec(),
        welcome: Opaque::new(b"a welcome".to_vec()),
    });
    Commit {
        base,
        commit: Opaque::new(b"a commit".to_vec()),
        welcome,
    }
}

/// A commit that changes nobody.
pub(super) fn move_on(base: GroupEpoch) -> ClientMessage {
    ClientMessage::Commit {
        commit: commit(base, &[]),
    }
}

pub(super) fn content(at: GroupEpoch, text: &str) -> ClientMessage {
    ClientMessage::Content {
        at,
        message: Opaque::new(text.as_bytes().to_vec()),
    }
}

pub(super) const fn catch_up(after: u64) -> ClientMessage {
    ClientMessage::CatchUp { after }
}

/// The deliveries among messages.
pub(super) fn deliveries(messages: &[ServerMessage]) -> Vec<Delivery> {
    let deliveries = messages.iter().filter_map(|message| match message {
        ServerMessage::Delivery { delivery } => Some(delivery.clone()),
        _ => None,
    });
    deliveries.collect()
}

impl Tab {
    pub(super) fn note(&mut self, message: &ServerMessage) {
        if matches!(
            message,
            ServerMessage::BoardEntry { .. }
                | ServerMessage::BoardSnapshotted { .. }
                | ServerMessage::BoardStroke { .. }
        ) {
            self.drawn.push(message.clone());
        }
        if let ServerMessage::Delivery { delivery } = message {
            self.delivered.push(delivery.clone());
            match delivery.what {
                Delivered::Started => self.head = Some(delivery.at),
                Delivered::Commit { .. } => self.head = delivery.at.next(),
                Delivered::Content { .. } => {}
            }
        }
    }

    /// The epoch of the group as this tab knows it.
    pub(super) fn head(&self) -> GroupEpoch {
        self.head.unwrap_or(FIRST)
    }

    /// Lets a device in by a commit of the epoch that this tab knows of.
    pub(super) fn admit(&self, device: DeviceId) -> ClientMessage {
        ClientMessage::Admit {
            device,
            identity: IdentityMethod::KnownToMe,
            override_missing: true,
            commit: commit(self.head(), &[device]),
        }
    }

    /// Asks, and returns what was delivered before the answer, which is that it is done.
    pub(super) async fn ask_all(&mut self, message: ClientMessage) -> Vec<Delivery> {
        let before = self.delivered.len();
        self.done(message).await;
        self.delivered.split_off(before)
    }

    pub(super) async fn delivery(&mut self) -> Delivery {
        self.until(|message| match message {
            ServerMessage::Delivery { delivery } => Some(delivery.clone()),
            _ => None,
        })
        .await
    }

    /// Waits until the delivery with this number has come, and returns all on the way.
    pub(super) async fn deliveries_to(&mut self, seq: u64) -> Vec<Delivery> {
        let mut come = Vec::new();
        loop {
            let delivery = self.delivery().await;
            let last = delivery.seq == seq;
            come.push(delivery);
            if last {
                return come;
            }
        }
    }
}
