//! One connection to the relay: frames out and in, answers to their askers, events to their rooms.

use super::room_of;
use media_relay::front::Hander;
use media_relay_control::{
    Command, Event, PeerId, RelayStats, RequestId, RoomId,
    frame::{self, Decoder, FrameError},
};
use std::{
    collections::HashMap,
    io,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        UnixStream,
        unix::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::{Notify, mpsc, oneshot, watch},
};

/// Commands that may wait for the relay to read them.
const COMMANDS: usize = 4096;
/// Notices that may wait for a room to read them.
const NOTICES: usize = 1024;

/// What a room is told.
#[derive(Debug)]
pub enum Notice {
    /// The relay is there and knows nothing of the room yet.
    Up(Line),
    Event(Event),
}

/// The relay is not there, or has not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the relay is not there for the moment")]
pub struct NoRelay;

/// Speaks to one life of the relay; a later life has another line.
#[derive(Clone, Debug)]
pub struct Line {
    commands: mpsc::Sender<Command>,
    requests: Arc<AtomicU64>,
    stuck: Arc<Notify>,
}

impl Line {
    /// Hands one command over; commands are applied in order.
    ///
    /// # Errors
    /// When this life of the relay is over. A relay that leaves thousands of commands unread is
    /// made to restart.
    pub fn send(&self, command: Command) -> Result<(), NoRelay> {
        self.commands.try_send(command).map_err(|refused| {
            if matches!(refused, mpsc::error::TrySendError::Full(_)) {
                self.stuck.notify_one();
            }
            NoRelay
        })
    }

    /// An id for a command that is answered.
    #[must_use]
    pub fn request(&self) -> RequestId {
        RequestId(self.requests.fetch_add(1, Ordering::Relaxed))
    }
}

#[cfg(test)]
impl Line {
    /// A line whose commands the test reads.
    pub(crate) fn scripted() -> (Self, mpsc::Receiver<Command>) {
        let (commands, receiver) = mpsc::channel(COMMANDS);
        let line = Self {
            commands,
            requests: Arc::default(),
            stuck: Arc::default(),
        };
        (line, receiver)
    }
}

/// Who listens, and the line of the relay's present life.
#[derive(Debug, Default)]
pub(super) struct Lines {
    inner: Mutex<Inner>,
    requests: Arc<AtomicU64>,
    /// Of the present life.
    hander: watch::Sender<Option<Hander>>,
    pub(super) stop: Notify,
}

#[derive(Debug, Default)]
struct Inner {
    line: Option<Line>,
    rooms: HashMap<RoomId, mpsc::Sender<Notice>>,
    stats: HashMap<RequestId, oneshot::Sender<RelayStats>>,
}

impl Lines {
    pub(super) fn subscribe(&self, room: RoomId) -> mpsc::Receiver<Notice> {
        let (notices, receiver) = mpsc::channel(NOTICES);
        let mut inner = self.inner();
        if let Some(line) = &inner.line {
            // The channel is new and empty.
            let _ = notices.try_send(Notice::Up(line.clone()));
        }
        inner.rooms.insert(room, notices);
        receiver
    }

    pub(super) fn unsubscribe(&self, room: RoomId) {
        self.inner().rooms.remove(&room);
    }

    pub(super) async fn stats(&self) -> Result<RelayStats, NoRelay> {
        let (sender, receiver) = oneshot::channel();
        {
            let mut inner = self.inner();
            let line = inner.line.clone().ok_or(NoRelay)?;
            let request = line.request();
            line.send(Command::Stats { request })?;
            inner.stats.insert(request, sender);
        }
        receiver.await.map_err(|_| NoRelay)
    }

    pub(super) fn hander(&self) -> watch::Receiver<Option<Hander>> {
        self.hander.subscribe()
    }

    pub(super) fn shut_down(&self) {
        self.stop.notify_one();
    }

    /// Begins a life: returns the commands to write and the signal that the relay is stuck.
    pub(super) fn open(&self, hander: Option<Hander>) -> (mpsc::Receiver<Command>, Arc<Notify>) {
        let (commands, receiver) = mpsc::channel(COMMANDS);
        let stuck = Arc::new(Notify::new());
        let line = Line {
            commands,
            requests: self.requests.clone(),
            stuck: stuck.clone(),
        };
        let mut inner = self.inner();
        inner
            .rooms
            .retain(|_, room| room.try_send(Notice::Up(line.clone())).is_ok());
        inner.line = Some(line);
        self.hander.send_replace(hander);
        (receiver, stuck)
    }

    /// Ends a life: every subscription ends, every asker hears that there is no relay.
    pub(super) fn close(&self) {
        let mut inner = self.inner();
        inner.line = None;
        self.hander.send_replace(None);
        inner.rooms.clear();
        inner.stats.clear();
    }

    /// Brings an event to whom it concerns.
    pub(super) fn dispatch(&self, event: Event) {
        let mut inner = self.inner();
        if let Event::Stats { request, stats } = event {
            if let Some(asker) = inner.stats.remove(&request) {
                let _ = asker.send(stats);
            }
            return;
        }
        let Some(room) = concerned(&event) else {
            return;
        };
        let Some(notices) = inner.rooms.get(&room) else {
            return;
        };
        if notices.try_send(Notice::Event(event)).is_err() {
            // The room is gone, or so far behind that its view of its peers is lost: it begins anew.
            inner.rooms.remove(&room);
        }
    }

    pub(super) fn request(&self) -> RequestId {
        RequestId(self.requests.fetch_add(1, Ordering::Relaxed))
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why a connection ended.
#[derive(Debug, thiserror::Error)]
pub(super) enum Broken {
    #[error("the relay closed the control stream")]
    Closed,
    #[error("the control stream failed: {0}")]
    Io(#[from] io::Error),
    #[error("the control stream is unreadable: {0}")]
    Frame(#[from] FrameError),
}

/// The reading end of the control stream.
#[derive(Debug)]
pub(super) struct Reader {
    half: OwnedReadHalf,
    decoder: Decoder,
}

impl Reader {
    /// The next event. Cancel safe.
    pub(super) async fn next(&mut self) -> Result<Event, Broken> {
        let mut buffer = [0; 16 * 1024];
        loop {
            if let Some(event) = self.decoder.next()? {
                return Ok(event);
            }
            let read = self.half.read(&mut buffer).await?;
            if read == 0 {
                return Err(Broken::Closed);
            }
            self.decoder.push(buffer.get(..read).unwrap_or_default());
        }
    }
}

/// The writing end of the control stream.
#[derive(Debug)]
pub(super) struct Writer {
    half: OwnedWriteHalf,
    buffer: Vec<u8>,
}

impl Writer {
    /// Writes the commands that are there already in one go.
    pub(super) async fn write(
        &mut self,
        first: Command,
        more: &mut mpsc::Receiver<Command>,
    ) -> Result<(), Broken> {
        self.buffer.clear();
        frame::encode(&first, &mut self.buffer)?;
        while self.buffer.len() < 64 * 1024
            && let Ok(command) = more.try_recv()
        {
            frame::encode(&command, &mut self.buffer)?;
        }
        Ok(self.half.write_all(&self.buffer).await?)
    }

    pub(super) async fn write_one(&mut self, command: &Command) -> Result<(), Broken> {
        self.buffer.clear();
        frame::encode(command, &mut self.buffer)?;
        Ok(self.half.write_all(&self.buffer).await?)
    }
}

pub(super) fn split(stream: UnixStream) -> (Reader, Writer) {
    let (reading, writing) = stream.into_split();
    (
        Reader {
            half: reading,
            decoder: Decoder::default(),
        },
        Writer {
            half: writing,
            buffer: Vec::new(),
        },
    )
}

fn concerned(event: &Event) -> Option<RoomId> {
    let peer: PeerId = match event {
        Event::RoomOpened { room, .. } => return Some(*room),
        Event::Answered { peer, .. }
        | Event::Offer { peer, .. }
        | Event::Failed { peer, .. }
        | Event::Connected { peer }
        | Event::WrongFingerprint { peer }
        | Event::Lost { peer, .. }
        | Event::Quiet { peer, .. }
        | Event::Heard { peer, .. } => *peer,
        Event::Ready { .. }
        | Event::CannotStart { .. }
        | Event::Stats { .. }
        | Event::Pong { .. } => return None,
    };
    Some(room_of(peer))
}
