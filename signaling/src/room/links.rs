//! Connected devices and their sockets.

use super::message::{Asker, Heard, Outbound};
use crate::turn::Issued;
use quietroom_protocol::{
    DeviceId, DevicePackage, GroupEpoch, Knock, OverReason, Refused, Room, ServerMessage,
    UtcMillis, Waiting,
};
use quietroom_records::Actor as By;
use std::collections::BTreeMap;

/// Every device that is connected, or was a moment ago.
#[derive(Debug, Default)]
pub(super) struct Links {
    pub(super) devices: BTreeMap<DeviceId, Link>,
    sockets: u64,
}

/// One device.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) asker: Asker,
    pub(super) socket: Option<Socket>,
    /// Since when there is no socket, as far as it was noticed.
    pub(super) gone_since: Option<UtcMillis>,
    /// When anything last came over a socket.
    pub(super) heard: Heard,
}

/// A connected socket, and what it was last told.
#[derive(Debug)]
pub(super) struct Socket {
    pub(super) number: u64,
    outbound: Outbound,
    /// What it was last issued, for that UDP port.
    pub(super) ways: Option<(u16, Issued)>,
    pub(super) room: Option<Room>,
    pub(super) waiting: Option<Waiting>,
    pub(super) knocks: Option<Vec<Knock>>,
    pub(super) packages: Option<Vec<DevicePackage>>,
    pub(super) following: Following,
    /// By board. None for those it has not asked for.
    pub(super) boards: BTreeMap<u32, Following>,
    /// The newest epoch that was said to be reached over this very socket.
    pub(super) reached: Option<GroupEpoch>,
    pub(super) settled: Option<GroupEpoch>,
}

/// Whether deliveries, or the entries of a board, go to a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Following {
    /// It has not asked for any.
    Nothing,
    /// From `next` on they are still to be read for it; then request `id` is answered.
    CatchingUp { next: u64, id: u32 },
    /// As they are recorded.
    Live,
}

impl Socket {
    /// Messages that it can still take.
    pub(super) fn free(&self) -> usize {
        self.outbound.capacity()
    }
}

impl Links {
    pub(super) fn is_empty(&self) -> bool {
        self.devices.is_empty()
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = (DeviceId, &mut Link)> {
        self.devices.iter_mut().map(|(id, link)| (*id, link))
    }

    pub(super) fn socket(&mut self, device: DeviceId) -> Option<&mut Socket> {
        self.devices.get_mut(&device)?.socket.as_mut()
    }

    /// Devices that are not given all they asked for yet.
    pub(super) fn catching_up(&self) -> Vec<DeviceId> {
        let behind = |link: &&Link| {
            let following = link.socket.as_ref().map(|socket| socket.following);
            matches!(following, Some(Following::CatchingUp { .. }))
        };
        self.devices
            .iter()
            .filter(|(_, link)| behind(link))
            .map(|(device, _)| *device)
            .collect()
    }

    pub(super) fn anyone_catches_up(&self) -> bool {
        !self.catching_up().is_empty() || !self.behind_on_boards().is_empty()
    }

    /// Devices that are not given all they asked for of a board yet.
    pub(super) fn behind_on_boards(&self) -> Vec<(DeviceId, u32)> {
        let mut behind = Vec::new();
        for (device, link) in &self.devices {
            let boards = link.socket.iter().flat_map(|socket| &socket.boards);
            for (board, following) in boards {
                if matches!(following, Following::CatchingUp { .. }) {
                    behind.push((*device, *board));
                }
            }
        }
        behind
    }

    pub(super) fn connected(&self, device: DeviceId) -> bool {
        self.devices
            .get(&device)
            .is_some_and(|link| link.socket.is_some())
    }

    /// A device that cannot take any more is cut off.
    pub(super) fn send(&mut self, device: DeviceId, message: ServerMessage) {
        if let Some(link) = self.devices.get_mut(&device) {
            link.send(message);
        }
    }

    pub(super) fn refuse(&mut self, device: DeviceId, id: u32, refused: Refused) {
        self.send(device, ServerMessage::Refused { id, refused });
    }

    pub(super) fn everyone(&mut self, message: &ServerMessage) {
        for link in self.devices.values_mut() {
            link.send(message.clone());
        }
    }

    /// Says that it is over, and closes the socket after that.
    pub(super) fn dismiss(&mut self, device: DeviceId, reason: OverReason) {
        self.send(device, ServerMessage::Over { reason });
        self.devices.remove(&device);
    }

    pub(super) fn clear(&mut self) {
        self.devices.clear();
    }

    /// The asker behind a socket, if it is still the device's.
    pub(super) fn asker(&self, device: DeviceId, socket: u64) -> Option<&Asker> {
        let link = self.devices.get(&device)?;
        let present = link.socket.as_ref()?;
        (present.number == socket).then_some(&link.asker)
    }

    /// A device that knocked over HTTP is about to connect.
    pub(super) fn expect(&mut self, device: DeviceId, now: UtcMillis) {
        let heard = Heard::default();
        heard.set(now);
        self.devices.entry(device).or_insert(Link {
            asker: Asker {
                actor: By::Device(device),
                source: None,
            },
            socket: None,
            gone_since: Some(now),
            heard,
        });
    }

    pub(super) fn attach(
        &mut self,
        device: DeviceId,
        asker: Asker,
        outbound: Outbound,
        heard: Heard,
    ) -> u64 {
        self.sockets += 1;
        let socket = Socket {
            number: self.sockets,
            outbound,
            ways: None,
            room: None,
            waiting: None,
            knocks: None,
            packages: None,
            following: Following::Nothing,
            boards: BTreeMap::new(),
            reached: None,
            settled: None,
        };
        let link = Link {
            asker,
            socket: Some(socket),
            gone_since: None,
            heard,
        };
        // A page that is still behind the old socket (a tab that was duplicated) must not come
        // back for it: the two would take it from each other forever. The page that reconnected
        // does not listen to its old socket any more.
        self.send(
            device,
            ServerMessage::Over {
                reason: OverReason::Replaced,
            },
        );
        // The old socket, if there is one, closes as it is dropped.
        self.devices.insert(device, link);
        self.sockets
    }
}

impl Link {
    /// Milliseconds without a socket.
    pub(super) fn gone_for(&self, now: UtcMillis) -> i64 {
        self.gone_since.map_or(0, |since| now.since(since))
    }

    pub(super) fn send(&mut self, message: ServerMessage) {
        let Some(socket) = &self.socket else {
            return;
        };
        if socket.outbound.try_send(message).is_err() {
            // Too slow, or closing: it has `GONE` to come back.
            self.socket = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::mpsc;
    use uuid::Uuid;

    #[test]
    fn a_device_has_one_socket_and_the_older_one_is_told_that_it_is_over() {
        let device = DeviceId(Uuid::from_u128(1));
        let mut links = Links::default();
        let attach = |links: &mut Links| {
            let (outbound, messages) = mpsc::channel(4);
            let asker = Asker {
                actor: By::Device(device),
                source: None,
            };
            let number = links.attach(device, asker, outbound, Heard::default());
            (number, messages)
        };
        let (old, mut to_old) = attach(&mut links);
        let (new, mut to_new) = attach(&mut links);
        assert_eq!(
            to_old.try_recv(),
            Ok(ServerMessage::Over {
                reason: OverReason::Replaced,
            })
        );
        assert_eq!(
            to_old.try_recv(),
            Err(mpsc::error::TryRecvError::Disconnected)
        );
        assert_eq!(to_new.try_recv(), Err(mpsc::error::TryRecvError::Empty));
        assert!(links.asker(device, old).is_none());
        assert!(links.asker(device, new).is_some());
    }
}
