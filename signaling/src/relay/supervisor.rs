//! Keeps one relay running.

use super::{
    Relay, Status,
    client::{Broken, Lines, Reader, Writer, split},
};
use media_relay::front::Hander;
use media_relay_control::{Command, Event, Settings, VERSION, WorkerPorts};
use std::{
    io,
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};
use tokio::{
    net::UnixStream,
    process::Child,
    sync::watch,
    time::{Instant, MissedTickBehavior, interval, sleep, timeout},
};

/// A relay that is not ready by then is taken for dead.
const READY: Duration = Duration::from_secs(10);
/// Time between pings, and how long the relay may be silent.
const PING: Duration = Duration::from_secs(2);
const SILENCE: Duration = Duration::from_secs(5);
/// Waiting time before a restart; doubled for each life that was shorter than `SETTLED`.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
const SETTLED: Duration = Duration::from_secs(30);
/// How long a relay may take to exit by itself.
const FAREWELL: Duration = Duration::from_secs(2);

/// Begins a life of the relay.
pub trait Start: Send + 'static {
    /// # Errors
    /// When it cannot be begun at all.
    fn start(&mut self) -> io::Result<Started>;
}

/// A relay that begins its life.
#[derive(Debug)]
pub struct Started {
    /// Our end of the control stream.
    pub stream: UnixStream,
    /// Hands it TURN streams, if it takes them.
    pub hander: Option<Hander>,
    /// The process, if it is a child.
    pub child: Option<Child>,
}

/// Why the relay does not start: one sentence for the operator.
#[derive(Debug, thiserror::Error)]
pub enum CannotStart {
    #[error("the media relay cannot be started: {0}")]
    Spawn(#[source] io::Error),
    #[error("the media relay cannot start: {0}")]
    Refused(String),
    #[error("the media relay speaks version {0} of the control protocol, this program {VERSION}")]
    OtherVersion(u32),
    #[error("the media relay did not get ready: {0}")]
    NotReady(String),
}

/// Starts the relay, waits until it listens, and restarts it whenever it dies.
///
/// # Errors
/// When the first start fails. Later failures are retried for as long as the server runs.
pub async fn supervise(mut start: impl Start, settings: Settings) -> Result<Relay, CannotStart> {
    let first = begin(&mut start, &settings).await?;
    let (status, receiver) = watch::channel(Status::Down);
    let lines = Arc::new(Lines::default());
    let relay = Relay {
        lines: lines.clone(),
        next_room: Arc::new(AtomicU64::new(1)),
        status: receiver,
    };
    tokio::spawn(keep(start, settings, first, lines, status));
    Ok(relay)
}

struct Life {
    reader: Reader,
    writer: Writer,
    hander: Option<Hander>,
    child: Option<Child>,
    workers: Vec<WorkerPorts>,
}

async fn begin(start: &mut impl Start, settings: &Settings) -> Result<Life, CannotStart> {
    let Started {
        stream,
        hander,
        child,
    } = start.start().map_err(CannotStart::Spawn)?;
    let (mut reader, mut writer) = split(stream);
    let not_ready = |broken: Broken| CannotStart::NotReady(broken.to_string());
    let event = timeout(READY, async {
        writer
            .write_one(&Command::Configure(settings.clone()))
            .await?;
        reader.next().await
    })
    .await
    .map_err(|_| CannotStart::NotReady(format!("no answer within {} s", READY.as_secs())))?
    .map_err(not_ready)?;
    match event {
        Event::Ready { version, workers } if version == VERSION => Ok(Life {
            reader,
            writer,
            hander,
            child,
            workers,
        }),
        Event::Ready { version, .. } => Err(CannotStart::OtherVersion(version)),
        Event::CannotStart { reason } => Err(CannotStart::Refused(reason)),
        _ => Err(CannotStart::NotReady("it spoke out of turn".to_owned())),
    }
}

async fn keep(
    mut start: impl Start,
    settings: Settings,
    first: Life,
    lines: Arc<Lines>,
    status: watch::Sender<Status>,
) {
    let mut pause = FIRST_PAUSE;
    let mut next = Some(first);
    loop {
        let life = match next.take() {
            Some(life) => life,
            None => match begin(&mut start, &settings).await {
                Ok(life) => life,
                Err(error) => {
                    tracing::error!(%error, "the relay does not come back");
                    if rest(&mut pause, &lines).await {
                        return;
                    }
                    continue;
                }
            },
        };
        let born = now();
        status.send_replace(Status::Up {
            workers: life.workers.clone(),
        });
        let end = live(life, &lines).await;
        status.send_replace(Status::Down);
        match end {
            End::Stopped => return,
            End::Died(why) => tracing::warn!(%why, "the relay died and is started again"),
        }
        if now().duration_since(born) >= SETTLED {
            pause = FIRST_PAUSE;
        }
        if rest(&mut pause, &lines).await {
            return;
        }
    }
}

/// Waits before the next try; true when the server stops meanwhile.
async fn rest(pause: &mut Duration, lines: &Lines) -> bool {
    let this = *pause;
    *pause = (*pause * 2).min(LONGEST_PAUSE);
    tokio::select! {
        () = lines.stop.notified() => true,
        () = sleep(this) => false,
    }
}

enum End {
    Stopped,
    Died(String),
}

async fn live(life: Life, lines: &Lines) -> End {
    let Life {
        mut reader,
        mut writer,
        hander,
        mut child,
        ..
    } = life;
    let end = converse(&mut reader, &mut writer, hander, lines).await;
    lines.close();
    if matches!(end, End::Stopped) {
        let _ = timeout(FAREWELL, writer.write_one(&Command::Shutdown)).await;
    }
    // The stream ends before the process is waited for: that alone makes a sound relay exit.
    drop((reader, writer));
    if let Some(child) = &mut child {
        let exited = matches!(end, End::Stopped) && timeout(FAREWELL, child.wait()).await.is_ok();
        if !exited {
            let _ = child.kill().await;
        }
    }
    end
}

async fn converse(
    reader: &mut Reader,
    writer: &mut Writer,
    hander: Option<Hander>,
    lines: &Lines,
) -> End {
    let (mut commands, stuck) = lines.open(hander);
    let mut pings = interval(PING);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let writing = async {
        loop {
            let command = tokio::select! {
                _ = pings.tick() => Command::Ping { request: lines.request() },
                command = commands.recv() => match command {
                    Some(command) => command,
                    None => std::future::pending().await,
                },
            };
            if let Err(broken) = writer.write(command, &mut commands).await {
                return End::Died(broken.to_string());
            }
        }
    };
    let reading = async {
        loop {
            match timeout(SILENCE, reader.next()).await {
                Ok(Ok(event)) => lines.dispatch(event),
                Ok(Err(broken)) => return End::Died(broken.to_string()),
                // Each ping asks for an answer.
                Err(_) => return End::Died("it does not answer".to_owned()),
            }
        }
    };
    tokio::select! {
        end = writing => end,
        end = reading => end,
        () = stuck.notified() => End::Died("it does not read its commands".to_owned()),
        () = lines.stop.notified() => End::Stopped,
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "measures how long a child lived; nothing is decided or recorded by it"
)]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests;
