//! Rooms: one task and one bounded mailbox per running session.
//!
//! [`Rooms`] finds the room of a session, or makes it by loading the session's facts. Everything
//! that changes a session goes through its room, in order: the [session core](quietroom_session)
//! decides, the facts become durable, then the core applies them and everyone is told. A room that
//! nobody uses is unloaded; its facts stay.

mod actor;
mod asks;
mod boards;
mod groups;
mod late;
mod links;
mod media;
mod message;
mod presence;
mod record;
mod relayed;
mod stored;
mod tell;

pub use message::{Asker, AttachError, Attached, Glance, Heard, OUTBOUND, Outbound, Speaker};
pub(crate) use stored::encode as fact_row;

use crate::{clock::Clock, random::Random, relay::Relay, turn::Turn};
use message::{Attach, Message};
use quietroom_protocol::{DeviceId, OrganisationId, RefusalCode, Refused, Request, SessionId};
use quietroom_records::Records;
use quietroom_session::Input;
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::sync::{mpsc, oneshot};

/// Messages that may wait for a room.
const MAILBOX: usize = 1024;
/// How often the server writes down that it is alive.
const HEARTBEAT: Duration = Duration::from_secs(10);

/// All rooms of this server. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Rooms(Arc<Inner>);

/// What every room is given.
#[derive(Clone, Debug)]
pub struct RoomsSetup {
    pub organisation: OrganisationId,
    pub records: Records,
    pub relay: Relay,
    pub turn: Turn,
    pub clock: Clock,
    pub random: Random,
    /// IANA name.
    pub time_zone: String,
    pub consent_version: String,
}

#[derive(Debug)]
struct Inner {
    setup: RoomsSetup,
    rooms: Mutex<HashMap<SessionId, Room>>,
    numbers: AtomicU64,
    draining: AtomicBool,
}

/// The way to one room. `number` tells it from an earlier room of the same session.
#[derive(Clone, Debug)]
struct Room {
    number: u64,
    mailbox: mpsc::Sender<Message>,
}

/// A room could not be reached: it cannot be loaded, or goes down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the room cannot be reached")]
pub struct Unreachable;

impl Rooms {
    #[must_use]
    pub fn new(setup: RoomsSetup) -> Self {
        Self(Arc::new(Inner {
            setup,
            rooms: Mutex::default(),
            numbers: AtomicU64::new(0),
            draining: AtomicBool::new(false),
        }))
    }

    /// Takes up the sessions that were open when the server stopped, then keeps writing down that
    /// the server is alive. To be called once, before anyone can connect.
    ///
    /// # Errors
    /// When the record store cannot be read or written.
    pub async fn start(&self) -> Result<(), StartError> {
        let setup = &self.0.setup;
        if let Some(last_alive) = setup.records.last_alive().await? {
            for session in setup.records.open_sessions(setup.organisation).await? {
                self.ask(session, |reply| Message::Restart { last_alive, reply })
                    .await
                    .map_err(|_| StartError::Session)?
                    .map_err(|_| StartError::Session)?;
            }
        }
        setup.records.heartbeat(setup.clock.now()).await?;
        tokio::spawn(beat(self.clone()));
        Ok(())
    }

    /// Connects a device, whose identity has been proven, to its session.
    ///
    /// # Errors
    /// When the session does not take it in.
    pub async fn attach(
        &self,
        session: SessionId,
        speaker: Speaker,
        asker: Asker,
        outbound: Outbound,
        heard: Heard,
    ) -> Result<Attached, AttachError> {
        if self.0.draining.load(Ordering::SeqCst) {
            return Err(AttachError::Refused(message::draining()));
        }
        let attach = |reply| {
            Message::Attach(Attach {
                speaker,
                asker: asker.clone(),
                outbound: outbound.clone(),
                heard: heard.clone(),
                reply,
            })
        };
        self.ask(session, attach)
            .await
            .unwrap_or_else(|_| Err(AttachError::Refused(refused(RefusalCode::Fault))))
    }

    /// Puts a request that does not come over a socket to a session.
    ///
    /// # Errors
    /// When the session refuses it, or it could not be recorded.
    pub async fn act(&self, session: SessionId, asker: Asker, input: Input) -> Result<(), Refused> {
        if self.0.draining.load(Ordering::SeqCst) {
            return Err(message::draining());
        }
        let act = |reply| Message::Act {
            asker: asker.clone(),
            input: input.clone(),
            reply,
        };
        self.ask(session, act)
            .await
            .unwrap_or_else(|_| Err(refused(RefusalCode::Fault)))
    }

    /// How a session stands at this moment; `None` when nobody uses its room.
    pub async fn glance(&self, session: SessionId) -> Option<Glance> {
        let room = self.rooms().get(&session).cloned()?;
        let (reply, answer) = oneshot::channel();
        room.mailbox.send(Message::Glance { reply }).await.ok()?;
        answer.await.ok()
    }

    /// Tells everyone that the server goes down on purpose, closes every socket and ends every room.
    pub async fn drain(&self) {
        self.0.draining.store(true, Ordering::SeqCst);
        let rooms: Vec<Room> = self.rooms().values().cloned().collect();
        for room in rooms {
            let (reply, answer) = oneshot::channel();
            if room.mailbox.send(Message::Drain { reply }).await.is_ok() {
                let _ = answer.await;
            }
        }
        let setup = &self.0.setup;
        if let Err(error) = setup.records.heartbeat(setup.clock.now()).await {
            tracing::error!(%error, "the time of going down could not be written");
        }
    }

    /// Asks the room of a session, which is made when there is none.
    async fn ask<T>(
        &self,
        session: SessionId,
        message: impl Fn(oneshot::Sender<T>) -> Message,
    ) -> Result<T, Unreachable> {
        // A room that unloads itself meanwhile is followed by another.
        for _ in 0..3 {
            let room = self.room(session);
            let (reply, answer) = oneshot::channel();
            if room.mailbox.send(message(reply)).await.is_err() {
                self.forget(session, room.number);
                continue;
            }
            if let Ok(answer) = answer.await {
                return Ok(answer);
            }
        }
        Err(Unreachable)
    }

    fn room(&self, session: SessionId) -> Room {
        let mut rooms = self.rooms();
        let known = rooms.get(&session);
        if let Some(room) = known.filter(|room| !room.mailbox.is_closed()) {
            return room.clone();
        }
        let (sender, mailbox) = mpsc::channel(MAILBOX);
        let room = Room {
            number: self.0.numbers.fetch_add(1, Ordering::Relaxed),
            mailbox: sender,
        };
        rooms.insert(session, room.clone());
        drop(rooms);
        let (rooms, number) = (self.clone(), room.number);
        let own = room.mailbox.downgrade();
        tokio::spawn(async move {
            actor::run(&rooms.0.setup, session, own, mailbox).await;
            rooms.forget(session, number);
        });
        room
    }

    fn forget(&self, session: SessionId, number: u64) {
        let mut rooms = self.rooms();
        if rooms
            .get(&session)
            .is_some_and(|room| room.number == number)
        {
            rooms.remove(&session);
        }
    }

    fn rooms(&self) -> MutexGuard<'_, HashMap<SessionId, Room>> {
        self.0.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Attached {
    /// Hands over what the device says.
    ///
    /// # Errors
    /// When the room is gone: the device connects anew.
    pub async fn say(&self, request: Request) -> Result<(), Unreachable> {
        let (device, socket) = (self.device, self.socket);
        let said = Message::Said {
            device,
            socket,
            request,
        };
        self.mailbox.send(said).await.map_err(|_| Unreachable)
    }

    /// Hands over what the device says if the room has time for it; else it is left out.
    ///
    /// # Errors
    /// When the room is gone: the device connects anew.
    pub fn hint(&self, request: Request) -> Result<(), Unreachable> {
        let (device, socket) = (self.device, self.socket);
        if self.mailbox.capacity() <= MAILBOX / 2 {
            return if self.mailbox.is_closed() {
                Err(Unreachable)
            } else {
                Ok(())
            };
        }
        let said = Message::Said {
            device,
            socket,
            request,
        };
        match self.mailbox.try_send(said) {
            Ok(()) | Err(mpsc::error::TrySendError::Full(_)) => Ok(()),
            Err(mpsc::error::TrySendError::Closed(_)) => Err(Unreachable),
        }
    }

    /// The socket is closed.
    pub async fn detach(self) {
        let (device, socket) = (self.device, self.socket);
        let _ = self.mailbox.send(Message::Detach { device, socket }).await;
    }

    #[must_use]
    pub const fn device(&self) -> DeviceId {
        self.device
    }
}

/// Why the rooms could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Store(#[from] quietroom_records::Error),
    #[error("a session that was open could not be taken up again")]
    Session,
}

async fn beat(rooms: Rooms) {
    let mut beats = tokio::time::interval(HEARTBEAT);
    beats.tick().await;
    while !rooms.0.draining.load(Ordering::SeqCst) {
        beats.tick().await;
        let setup = &rooms.0.setup;
        if let Err(error) = setup.records.heartbeat(setup.clock.now()).await {
            tracing::error!(%error, "the heartbeat could not be written");
        }
    }
}

fn refused(code: RefusalCode) -> Refused {
    message::refusal(code, "the room cannot be reached")
}

#[cfg(test)]
mod tests;
