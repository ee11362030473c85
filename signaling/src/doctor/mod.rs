//! `quietroom doctor`: a call through the running server by each way, and what it showed.
//!
//! [`run`] is the operator's end: a [`call::Caller`] asks the server for a test room, publishes
//! sound into it with one [`peer::Peer`] and receives it with another, through TURN over a
//! [`bridge::Bridge`]. [`Door`] is the server's end, a Unix socket in the data folder: who can open
//! that may ask, and nobody over the network.

mod allocation;
mod bridge;
mod call;
mod carrier;
mod description;
mod desk;
mod fault;
mod measure;
mod network;
mod peer;
mod report;
mod test_room;
mod trust;
mod way;
mod wire;

pub(crate) use desk::{Desk, Door};

use crate::{clock::Clock, terminal};
use call::{Caller, Finding};
use std::{
    io,
    path::{Path, PathBuf},
};
use tokio::net::UnixStream;
use way::WAYS;
use wire::{Wire, socket_in};

/// Why nothing can be tested: one sentence for the operator.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CannotTest {
    #[error("no server runs on the data folder {0}: start it first")]
    NoServer(PathBuf),
    #[error(
        "the server on the data folder {0} cannot be asked: run this as the user who runs the server"
    )]
    NotAllowed(PathBuf),
    #[error("the path {0} is too long for the socket in it: no server can be asked there")]
    TooLong(PathBuf),
    #[error("the server on the data folder {0} cannot be asked: {1}")]
    Unreachable(PathBuf, io::ErrorKind),
    #[error(transparent)]
    Authority(#[from] trust::NoAuthority),
}

/// Calls by each way through the server on `folder`, and prints what was found. `authority` is a
/// PEM file of certificates that are trusted besides the system's. True when all that is offered
/// works.
pub(crate) async fn run(folder: &Path, authority: Option<&Path>) -> Result<bool, CannotTest> {
    let trust = trust::load(authority)?;
    let socket = UnixStream::connect(socket_in(folder)).await;
    let stream = socket.map_err(|error| cannot_ask(folder, error.kind()))?;
    let mut caller = Caller {
        wire: Wire::over(stream),
        trust,
        clock: Clock::system(),
    };
    let (mut failed, mut tried) = (0, 0);
    for way in WAYS {
        terminal::begin(&report::beginning(way));
        let finding = caller.call(way).await;
        terminal::say(&report::rest(way, &finding));
        tried += usize::from(!matches!(finding, Finding::NotOffered));
        failed += usize::from(matches!(finding, Finding::Fails(_)));
        if let Finding::Fails(fault) = finding
            && fault.ends_test()
        {
            return Ok(false);
        }
    }
    terminal::say("");
    terminal::say(&report::conclusion(failed, tried));
    Ok(failed == 0)
}

fn cannot_ask(folder: &Path, kind: io::ErrorKind) -> CannotTest {
    let folder = folder.to_owned();
    match kind {
        // A socket that nobody listens at was left by a server that was killed.
        io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => CannotTest::NoServer(folder),
        io::ErrorKind::InvalidInput => CannotTest::TooLong(folder),
        io::ErrorKind::PermissionDenied => CannotTest::NotAllowed(folder),
        kind => CannotTest::Unreachable(folder, kind),
    }
}
