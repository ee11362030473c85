//! The control thread: commands in, orders out.

use crate::addresses::MAX_ADDRESSES;
use crate::directory::{Directory, Way};
use crate::handover::Handovers;
use crate::mailbox::{Mailbox, Order};
use crate::report::{self, Report};
use crate::sandbox;
use crate::start::{self, Workers};
use crate::streaming;
use media_relay_control::{Command, Event, Settings, VERSION, frame};
use std::io::{self, Read};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

/// Reports that may wait for signaling.
const REPORTS: usize = 4096;
/// Signaling that takes nothing for this long is dead.
const WRITE_LIMIT: Duration = Duration::from_secs(10);
/// Bytes per read from the control stream.
const READ: usize = 65_536;
/// Descriptors of a worker: its addresses, the pair that wakes it, and its poller.
const DESCRIPTORS_PER_WORKER: u64 = MAX_ADDRESSES as u64 + 3;
/// Descriptors beside: standard streams, the control stream and its copies, and a handed-over
/// stream on its way to its worker or to its end.
const OTHER_DESCRIPTORS: u64 = 64;

/// Why the relay ended other than by being told to.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Ended {
    #[error("the control stream broke")]
    Stream(#[from] io::Error),
    #[error("what came is not the control protocol")]
    Protocol(#[from] frame::FrameError),
    #[error("the first command must be configure, and no other")]
    OutOfTurn,
    #[error(transparent)]
    CannotStart(#[from] start::CannotStart),
    #[error("cannot close the sandbox")]
    Sandbox(#[from] sandbox::Refused),
    #[error("a worker has stopped")]
    Worker,
}

impl Ended {
    /// Exit code, after `sysexits.h`.
    pub(crate) fn code(&self) -> u8 {
        match self {
            Ended::Stream(_) => 74,
            Ended::Protocol(_) | Ended::OutOfTurn => 65,
            Ended::CannotStart(_) => 69,
            Ended::Worker => 70,
            Ended::Sandbox(_) => 71,
        }
    }
}

/// Serves one control stream, from its first command to its end. `beside` is how many descriptors
/// the rest of this process needs.
///
/// # Errors
/// [`Ended`]; signaling has been told where it can use the answer.
pub(crate) fn serve(
    stream: UnixStream,
    handovers: Option<Handovers>,
    beside: u64,
) -> Result<(), Ended> {
    stream.set_write_timeout(Some(WRITE_LIMIT))?;
    let mut commands = Commands::new(stream.try_clone()?);
    let settings = match commands.next()? {
        None => return Ok(()),
        Some(Command::Configure(settings)) => settings,
        Some(_) => return Err(Ended::OutOfTurn),
    };
    let (reports, written) = sync_channel(REPORTS);
    let workers = match start::start(&settings, &reports) {
        Ok(workers) => workers,
        Err(cannot) => {
            let reason = cannot.to_string();
            let _ = reports.send(Report::Event(Event::CannotStart { reason }));
            drop(reports);
            let _ = report::write_all(&written, 1, stream);
            return Err(cannot.into());
        }
    };
    let count = workers.mailboxes.len();
    let reporter = thread::Builder::new()
        .name("reports".into())
        .spawn(move || write_reports(&written, count, &stream))?;
    if let (Some(turn), Some(handovers)) = (&settings.turn, handovers) {
        streaming::begin(handovers, turn.max_streams, workers.mailboxes.clone())?;
    }
    sandbox::close(descriptors(&settings).saturating_add(beside))?;
    let _ = reports.send(Report::Event(Event::Ready {
        version: VERSION,
        workers: workers.ports.clone(),
    }));
    tracing::info!(workers = count, "listening");
    let ended = obey(&mut commands, &workers.mailboxes, &reports);
    stop(workers);
    drop(reports);
    let _ = reporter.join();
    ended
}

/// A stream that takes nothing more is closed, which ends the control thread's reading too.
fn write_reports(written: &Receiver<Report>, workers: usize, stream: &UnixStream) {
    if let Err(error) = report::write_all(written, workers, stream) {
        tracing::warn!(%error, "no more reports to signaling");
        let _ = stream.shutdown(Shutdown::Both);
    }
}

/// Descriptors open at one time, at most.
fn descriptors(settings: &Settings) -> u64 {
    let workers = u64::from(settings.workers);
    let own = workers * DESCRIPTORS_PER_WORKER + OTHER_DESCRIPTORS;
    let Some(turn) = &settings.turn else {
        return own;
    };
    let allocations = turn.general.as_ref().map_or(0, |_| turn.max_allocations);
    own + u64::from(turn.max_streams) + u64::from(allocations)
}

/// Passes commands on until told to shut down, or the stream ends.
fn obey(
    commands: &mut Commands,
    mailboxes: &[Mailbox],
    reports: &SyncSender<Report>,
) -> Result<(), Ended> {
    let mut directory = Directory::new(mailboxes.len());
    while let Some(mut command) = commands.next()? {
        match command {
            Command::Configure(_) => return Err(Ended::OutOfTurn),
            Command::Shutdown => break,
            Command::Stats { request } => to_all(mailboxes, || Order::Stats(request))?,
            Command::Ping { request } => to_all(mailboxes, || Order::Ping(request))?,
            _ => match directory.route(&mut command) {
                Way::To(worker) => to(mailboxes, worker, Order::Plane(command))?,
                Way::Answered(event) => {
                    reports
                        .send(Report::Event(event))
                        .map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))?;
                }
                Way::Nowhere => tracing::info!("a command names no room or peer that is here"),
            },
        }
    }
    // Peers hear that it is over, instead of finding out by silence.
    for (room, worker) in directory.rooms() {
        to(mailboxes, worker, Order::Plane(Command::CloseRoom { room }))?;
    }
    Ok(())
}

fn to(mailboxes: &[Mailbox], worker: usize, order: Order) -> Result<(), Ended> {
    let mailbox = mailboxes.get(worker).ok_or(Ended::Worker)?;
    mailbox.send(order).map_err(|_| Ended::Worker)
}

fn to_all(mailboxes: &[Mailbox], order: impl Fn() -> Order) -> Result<(), Ended> {
    (0..mailboxes.len()).try_for_each(|worker| to(mailboxes, worker, order()))
}

fn stop(workers: Workers) {
    for mailbox in &workers.mailboxes {
        let _ = mailbox.send(Order::Stop);
    }
    for thread in workers.threads {
        let _ = thread.join();
    }
}

/// Commands cut out of the stream.
#[derive(Debug)]
struct Commands {
    stream: UnixStream,
    decoder: frame::Decoder,
    buffer: Vec<u8>,
}

impl Commands {
    fn new(stream: UnixStream) -> Commands {
        Commands {
            stream,
            decoder: frame::Decoder::default(),
            buffer: vec![0; READ],
        }
    }

    /// Waits for the next command; `None` at the end of the stream.
    fn next(&mut self) -> Result<Option<Command>, Ended> {
        loop {
            if let Some(command) = self.decoder.next()? {
                return Ok(Some(command));
            }
            let count = match self.stream.read(&mut self.buffer) {
                Ok(0) => return Ok(None),
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => return Ok(None),
                Err(error) => return Err(error.into()),
            };
            self.decoder
                .push(self.buffer.get(..count).unwrap_or_default());
        }
    }
}
