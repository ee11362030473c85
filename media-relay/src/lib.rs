//! The shell of the media relay: sockets, threads, the clock and the control stream around the
//! I/O-free planes and TURN servers of [`media_relay_core`].
//!
//! ```text
//!  signaling ──Command──▶ control thread ──Order──▶ worker 0: sockets, Plane, Turn
//!      ▲                  (main, Directory)  ┌────▶   │ ▲ Parcel
//!      │                                     │        ▼ │
//!      │      ──Handover─▶ streams thread ───┴────▶ worker 1: sockets, Plane, Turn
//!      └─────Event─────── reporting thread ◀─Report─── workers
//! ```
//!
//! A room lives on one worker, and so does an allocation. What a client of one worker sends to the
//! media or to a client of another goes there by a bounded queue; beside that workers share
//! nothing. All queues are bounded:
//! - A full order queue makes the control thread wait. Pings are answered by every worker, so
//!   one that stands still is noticed by signaling as a missing `Pong`.
//! - A full report queue makes a worker keep its next report and go on with media. Signaling
//!   that takes no byte for ten seconds is dead: the relay ends as if the stream had closed.
//! - A full queue between workers loses media, as a network does.
//!
//! Datagrams go from a batch of buffers through the plane or the server to as few sends as possible
//! (`socket`, `outgoing`); a relayed payload is sent from where it was received.
//!
//! The process gives up the file system, new privileges and core dumps before it reads the first
//! byte ([`run_child`]). It never holds a key of records, a name or a role. [`front`] is what
//! the process in front of it uses to hand streams over, and [`standalone`] is both in one.

mod addresses;
mod allocations;
mod bind;
mod clock;
mod control;
mod directory;
pub mod front;
mod handover;
mod log;
mod mailbox;
mod neighbors;
mod net;
mod outgoing;
mod poller;
mod relaying;
mod report;
mod sandbox;
mod socket;
pub mod standalone;
mod start;
mod stream;
mod streaming;
mod streams;
mod turn;
mod udp;
mod worker;

use handover::Handovers;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::process::ExitCode;

/// Runs the relay until its control stream ends: standard input must be one end of a Unix
/// stream socket, the other end is signaling's.
///
/// Exit codes, after `sysexits.h`: 0 when told to shut down or when the stream ended, 64 when
/// started without a socket, 65 when signaling sends what is not this protocol, 69 when it
/// cannot listen, 70 when it fails inside, 71 when the system refuses the sandbox.
pub fn run_child() -> ExitCode {
    log::begin();
    if let Err(refused) = sandbox::enter() {
        tracing::error!(%refused, "cannot give up privileges");
        return ExitCode::from(71);
    }
    let stream = match control_stream() {
        Ok(stream) => stream,
        Err(error) => {
            tracing::error!(%error, "quietroom starts this program with a socket as its standard input");
            return ExitCode::from(64);
        }
    };
    match control::serve(stream, handovers(), 0) {
        Ok(()) => ExitCode::SUCCESS,
        Err(ended) => {
            tracing::error!(%ended, "the relay ends");
            ExitCode::from(ended.code())
        }
    }
}

fn control_stream() -> io::Result<UnixStream> {
    let stream = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    stream.peer_addr()?;
    Ok(stream)
}

/// The socket that streams are handed over by; `None` when standard output is something else.
fn handovers() -> Option<Handovers> {
    Handovers::on(io::stdout().as_fd().try_clone_to_owned().ok()?)
}
