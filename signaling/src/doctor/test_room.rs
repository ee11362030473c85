//! A room of the relay in which nobody is: the doctor publishes to itself.

use super::{desk::Desk, wire::Told};
use crate::{
    random::NoRandomness,
    relay::{Line, NoRelay, Notice, Relay, peer_in},
};
use media_relay_control::{Command, Event, Generation, Listener, PeerId, Quality, RoomId, Wanted};
use quietroom_protocol::{DeviceId, IceServer};
use std::time::Duration;
use tokio::{sync::mpsc, time::timeout};

/// How long the relay may take to come back, or to open a room.
const PATIENCE: Duration = Duration::from_secs(3);

/// An open room with a place to publish and a place to receive. It belongs to no session, and
/// nothing of it is recorded. Dropping it closes it.
#[derive(Debug)]
pub(super) struct TestRoom {
    relay: Relay,
    id: RoomId,
    line: Line,
    notices: mpsc::Receiver<Notice>,
    /// The section published.
    mid: String,
}

/// Why there is no test room.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoRoom {
    #[error(transparent)]
    NoRelay(#[from] NoRelay),
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}

impl TestRoom {
    /// Opens a room, and issues the ways to it as a device gets them.
    pub(super) async fn open(desk: &Desk) -> Result<(Self, Vec<IceServer>), NoRoom> {
        let id = desk.relay.new_room();
        let mut notices = desk.relay.subscribe(id);
        let up = timeout(PATIENCE, notices.recv()).await;
        let Ok(Some(Notice::Up(line))) = up else {
            desk.relay.unsubscribe(id);
            return Err(NoRelay.into());
        };
        let mut room = Self {
            relay: desk.relay.clone(),
            id,
            line,
            notices,
            mid: String::new(),
        };
        room.line.send(Command::OpenRoom { room: id })?;
        let worker = room.opened().await?;
        let udp = desk.relay.udp_port(Some(worker)).ok_or(NoRelay)?;
        let device = DeviceId(desk.random.uuid()?);
        let issued = desk.turn.issue(device, udp, desk.clock.now());
        Ok((room, issued.ice_servers))
    }

    /// The worker on which the room lives.
    async fn opened(&mut self) -> Result<u16, NoRelay> {
        let opened = async {
            loop {
                match self.notices.recv().await {
                    Some(Notice::Event(Event::RoomOpened { worker, .. })) => return Ok(worker),
                    Some(_) => {}
                    None => return Err(NoRelay),
                }
            }
        };
        timeout(PATIENCE, opened).await.map_err(|_| NoRelay)?
    }

    /// [`Told::Published`] or [`Told::Refused`] follows.
    pub(super) fn publish(&mut self, offer: String, mid: String) -> Result<(), NoRelay> {
        self.mid = mid;
        self.line.send(Command::Publish {
            request: self.line.request(),
            room: self.id,
            peer: self.publisher(),
            offer,
        })
    }

    pub(super) fn answer(&self, generation: u32, answer: String) -> Result<(), NoRelay> {
        self.line.send(Command::Answer {
            request: self.line.request(),
            peer: self.listener(),
            generation: Generation(generation),
            answer,
        })
    }

    /// What there is to tell next. Cancel safe.
    pub(super) async fn next(&mut self) -> Told {
        loop {
            match self.notices.recv().await {
                Some(Notice::Event(event)) => {
                    if let Some(told) = self.event(event) {
                        return told;
                    }
                }
                Some(Notice::Up(_)) | None => return Told::NoRelay,
            }
        }
    }

    fn event(&self, event: Event) -> Option<Told> {
        match event {
            Event::Answered { answer, .. } => Some(match self.listen() {
                Ok(()) => Told::Published { answer },
                Err(NoRelay) => Told::NoRelay,
            }),
            Event::Offer {
                generation, offer, ..
            } => Some(Told::Offer {
                generation: generation.0,
                offer,
            }),
            Event::Failed { failure, .. } => Some(Told::Refused {
                reason: failure.to_string(),
            }),
            _ => None,
        }
    }

    /// Who receives gets what is published.
    fn listen(&self) -> Result<(), NoRelay> {
        let published = Wanted {
            publisher: self.publisher(),
            mid: self.mid.clone(),
            quality: Quality::High,
        };
        self.line.send(Command::Reconcile {
            room: self.id,
            listeners: vec![Listener {
                peer: self.listener(),
                streams: vec![published],
            }],
        })
    }

    const fn publisher(&self) -> PeerId {
        peer_in(self.id, 1)
    }

    const fn listener(&self) -> PeerId {
        peer_in(self.id, 2)
    }
}

impl Drop for TestRoom {
    fn drop(&mut self) {
        self.relay.unsubscribe(self.id);
        // A relay that is gone has no rooms.
        let _ = self.line.send(Command::CloseRoom { room: self.id });
    }
}
