//! The relay standing alone: a TURN server with its own configuration and its own listeners.
//!
//! It is the same relay as signaling's child. A front on a thread of its own accepts TCP and TLS
//! and hands the streams over, and the main thread says by the control protocol how to listen.

mod file;
mod load;
mod problems;

use crate::control;
use crate::front::{Doors, Hander, pair};
use crate::handover::Handovers;
use crate::{log, sandbox};
use load::Plan;
use media_relay_control::{Command, Event, Settings, frame};
use nix::sys::signal::{SigSet, Signal};
use socket2::{Domain, Protocol, Socket, Type};
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

/// Exit codes, after `sysexits.h`.
const EX_UNAVAILABLE: u8 = 69;
const EX_SOFTWARE: u8 = 70;
const EX_OSERR: u8 = 71;
const EX_CONFIG: u8 = 78;
/// Connections that may be about to say what they are, beside those of the streams.
const GREETING: usize = 256;
/// Connections that may wait to be accepted.
const BACKLOG: i32 = 1024;

/// Says on standard error everything that is wrong with a configuration: exit code 0, or 78.
pub fn check(file: &Path) -> ExitCode {
    match load::load(file) {
        Ok(_) => {
            say("the configuration is good");
            ExitCode::SUCCESS
        }
        Err(problems) => refuse(&problems),
    }
}

/// Runs until SIGTERM or SIGINT. Says one line on standard output once it listens.
///
/// Exit codes: 0 when told to end, 69 when it cannot listen, 70 when it fails inside, 71 when the
/// system refuses what it needs, 78 when the configuration is no good.
pub fn run(file: &Path) -> ExitCode {
    let plan = match load::load(file) {
        Ok(plan) => plan,
        Err(problems) => return refuse(&problems),
    };
    log::begin();
    match serve(plan) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            tracing::error!(%failure, "the TURN server ends");
            ExitCode::from(failure.code())
        }
    }
}

/// Why it ended other than by being told to.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("cannot listen on TCP {address}: {error}")]
    Listen {
        address: SocketAddr,
        error: io::Error,
    },
    #[error("cannot give up privileges: {0}")]
    Sandbox(#[from] sandbox::Refused),
    #[error("the system refused: {0}")]
    System(#[from] io::Error),
    #[error("{0}")]
    CannotStart(String),
    #[error("the relay has ended")]
    Relay,
}

impl Failure {
    fn code(&self) -> u8 {
        match self {
            Failure::Listen { .. } | Failure::CannotStart(_) => EX_UNAVAILABLE,
            Failure::Sandbox(_) | Failure::System(_) => EX_OSERR,
            Failure::Relay => EX_SOFTWARE,
        }
    }
}

fn serve(plan: Plan) -> Result<(), Failure> {
    let bind = |&address: &SocketAddr| {
        let bound = listen(address);
        bound.map_err(|error| Failure::Listen { address, error })
    };
    let tcp = plan.tcp.iter().map(bind).collect::<Result<_, _>>()?;
    let tls = plan.tls.iter().map(bind).collect::<Result<_, _>>()?;
    let (ours, theirs) = pair()?;
    let limit = GREETING + usize::try_from(plan.max_streams).unwrap_or(usize::MAX - GREETING);
    let doors = Doors {
        tcp,
        tls,
        acceptor: plan.acceptor,
        limit,
    };

    // For all threads: what ends it is waited for by one.
    let endings = SigSet::from_iter([Signal::SIGINT, Signal::SIGTERM]);
    endings.thread_block().map_err(io::Error::from)?;
    sandbox::enter()?;
    let (open, opened) = sync_channel(1);
    thread::Builder::new()
        .name("front".into())
        .spawn(move || front(doors, ours, &opened))?;
    let relay = Relay::start(plan.settings, theirs, limit)?;
    let _ = open.send(());
    say_ready();
    let _ = endings.wait();
    tracing::info!("told to end");
    relay.end()
}

/// An IPv6 socket takes IPv6 only, so that both families can have the same port.
fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::STREAM,
        Some(Protocol::TCP),
    )?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// Accepts once told that the relay listens.
fn front(doors: Doors, socket: OwnedFd, opened: &Receiver<()>) {
    if opened.recv().is_err() {
        return;
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let served = runtime
        .and_then(|runtime| runtime.block_on(async { doors.serve(Hander::new(socket)?).await }));
    if let Err(error) = served {
        tracing::error!(%error, "no more TCP and TLS");
    }
}

/// The relay, on a thread of this process, and the way to command it.
struct Relay {
    control: UnixStream,
    ended: Receiver<bool>,
}

impl Relay {
    /// Waits until it listens. `beside` is how many connections the front may have.
    fn start(settings: Settings, handovers: OwnedFd, beside: usize) -> Result<Relay, Failure> {
        let (control, theirs) = UnixStream::pair()?;
        let (end, ended): (SyncSender<bool>, _) = sync_channel(1);
        // The connection, and the front's end of the pair that carries what TLS protected.
        let descriptors = u64::try_from(beside).unwrap_or(u64::MAX).saturating_mul(2);
        let handovers = Handovers::on(handovers);
        let serving = move || {
            let served = control::serve(theirs, handovers, descriptors);
            if let Err(ended) = &served {
                tracing::error!(%ended, "the relay ends");
            }
            let _ = end.send(served.is_ok());
        };
        thread::Builder::new()
            .name("control".into())
            .spawn(serving)?;
        let mut relay = Relay { control, ended };
        relay.tell(&Command::Configure(settings))?;
        let mut decoder = frame::Decoder::default();
        let mut some = [0; 4096];
        loop {
            match decoder.next::<Event>() {
                Ok(Some(Event::Ready { .. })) => break,
                Ok(Some(Event::CannotStart { reason })) => {
                    return Err(Failure::CannotStart(reason));
                }
                Ok(Some(_)) => {}
                Ok(None) => match relay.control.read(&mut some)? {
                    0 => return Err(Failure::Relay),
                    count => decoder.push(some.get(..count).unwrap_or_default()),
                },
                Err(_) => return Err(Failure::Relay),
            }
        }
        Ok(relay)
    }

    fn end(mut self) -> Result<(), Failure> {
        self.tell(&Command::Shutdown)?;
        match self.ended.recv() {
            Ok(true) => Ok(()),
            _ => Err(Failure::Relay),
        }
    }

    fn tell(&mut self, command: &Command) -> Result<(), Failure> {
        let mut bytes = Vec::new();
        frame::encode(command, &mut bytes).map_err(|_| Failure::Relay)?;
        Ok(self.control.write_all(&bytes)?)
    }
}

fn refuse(problems: &problems::Problems) -> ExitCode {
    for problem in problems.iter() {
        say(problem);
    }
    ExitCode::from(EX_CONFIG)
}

fn say(line: &str) {
    let _ = writeln!(io::stderr().lock(), "media-relay: {line}");
}

fn say_ready() {
    let _ = writeln!(io::stdout().lock(), "media-relay: ready");
}
