//! The server's end: who can open the data folder may ask for a test room.

use super::{
    test_room::TestRoom,
    wire::{Ask, Broken, Told, Wire, socket_in},
};
use crate::{clock::Clock, random::Random, relay::Relay, turn::Turn};
use nix::sys::socket::{
    AddressFamily, Backlog, SockFlag, SockType, UnixAddr, bind, listen, socket,
};
use std::{
    fs::{self, Permissions},
    io,
    os::{
        fd::AsRawFd,
        unix::{
            fs::{FileTypeExt, PermissionsExt},
            net::UnixListener as StdUnixListener,
        },
    },
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tokio::{
    net::{UnixListener, UnixStream},
    sync::{Semaphore, watch},
    task::JoinSet,
    time::{sleep, timeout},
};

/// The longest that one doctor may take.
const LONGEST: Duration = Duration::from_secs(180);
/// How long a doctor may take to read that another is at work.
const BRIEF: Duration = Duration::from_secs(1);

/// What a test room is made of.
#[derive(Clone, Debug)]
pub(crate) struct Desk {
    pub(crate) relay: Relay,
    pub(crate) turn: Turn,
    pub(crate) clock: Clock,
    pub(crate) random: Random,
}

/// The socket in the data folder, for its owner alone. Dropping it removes the file.
#[derive(Debug)]
pub(crate) struct Door {
    listener: UnixListener,
    path: PathBuf,
}

impl Door {
    /// Listens in `folder`, whose lock the caller holds: a socket that lies there belongs to a
    /// server that is gone.
    pub(crate) fn open(folder: &Path) -> io::Result<Self> {
        let path = socket_in(folder);
        if fs::symlink_metadata(&path).is_ok_and(|it| it.file_type().is_socket()) {
            fs::remove_file(&path)?;
        }
        let flags = SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK;
        let door = socket(AddressFamily::Unix, SockType::Stream, flags, None)?;
        bind(door.as_raw_fd(), &UnixAddr::new(&path)?)?;
        // Nobody gets in before it listens, and it listens once its mode is set.
        fs::set_permissions(&path, Permissions::from_mode(0o600))?;
        listen(&door, Backlog::new(4)?)?;
        let listener = UnixListener::from_std(StdUnixListener::from(door))?;
        Ok(Self { listener, path })
    }

    /// Serves one doctor at a time until `stop` turns true.
    pub(crate) async fn keep(self, desk: Desk, mut stop: watch::Receiver<bool>) {
        let one = Arc::new(Semaphore::new(1));
        // Whoever is still here when it ends is cut off.
        let mut visits = JoinSet::new();
        loop {
            let stream = tokio::select! {
                stream = self.accept() => stream,
                _ = stop.wait_for(|stop| *stop) => return,
            };
            while visits.try_join_next().is_some() {}
            let wire = Wire::over(stream);
            match Arc::clone(&one).try_acquire_owned() {
                Ok(permit) => {
                    let desk = desk.clone();
                    visits.spawn(async move {
                        let _permit = permit;
                        if timeout(LONGEST, visit(&desk, wire)).await.is_err() {
                            tracing::warn!("a doctor took too long and was sent away");
                        }
                    });
                }
                Err(_) => turn_away(wire).await,
            }
        }
    }

    async fn accept(&self) -> UnixStream {
        loop {
            match self.listener.accept().await {
                Ok((stream, _)) => return stream,
                // Out of file descriptors: there may be some later.
                Err(_) => sleep(Duration::from_millis(50)).await,
            }
        }
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        // The next server replaces it otherwise.
        let _ = fs::remove_file(&self.path);
    }
}

async fn turn_away(mut wire: Wire) {
    // Whoever does not read it sees the connection close.
    let _ = timeout(BRIEF, wire.say(&Told::Busy)).await;
}

async fn visit(desk: &Desk, mut wire: Wire) {
    tracing::info!("a doctor tests the ways to the relay");
    match converse(desk, &mut wire).await {
        Ok(()) | Err(Broken::Closed) => {}
        Err(error) => tracing::warn!(%error, "a doctor left early"),
    }
}

async fn converse(desk: &Desk, wire: &mut Wire) -> Result<(), Broken> {
    let mut room: Option<TestRoom> = None;
    loop {
        let told = match &mut room {
            Some(open) => tokio::select! {
                ask = wire.hear() => take(desk, &mut room, ask?).await,
                told = open.next() => Some(told),
            },
            None => take(desk, &mut room, wire.hear().await?).await,
        };
        if matches!(told, Some(Told::NoRelay)) {
            room = None;
        }
        if let Some(told) = told {
            wire.say(&told).await?;
        }
    }
}

async fn take(desk: &Desk, room: &mut Option<TestRoom>, ask: Ask) -> Option<Told> {
    let done = match (ask, room.as_mut()) {
        (Ask::Open, _) => {
            // The one before is closed first.
            *room = None;
            return Some(match TestRoom::open(desk).await {
                Ok((open, ice_servers)) => {
                    *room = Some(open);
                    Told::Open { ice_servers }
                }
                Err(error) => {
                    tracing::warn!(%error, "no test room");
                    Told::NoRelay
                }
            });
        }
        (Ask::Publish { offer, mid }, Some(room)) => room.publish(offer, mid),
        (Ask::Answer { generation, answer }, Some(room)) => room.answer(generation, answer),
        (_, None) => return Some(Told::NoRelay),
    };
    done.err().map(|_| Told::NoRelay)
}

#[cfg(test)]
mod tests;
