//! The real relay as a child process, and the control protocol with it.

use media_relay_control::{
    Command, Event, Failure, Generation, Listener, PeerId, RelayStats, RequestId, RoomId, Settings,
    frame,
};
use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::process::Child;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::timeout;

/// How long anything may take that needs no network.
pub const PATIENCE: Duration = Duration::from_secs(10);
/// Events of one peer that may wait to be looked at.
const PEER_EVENTS: usize = 1024;

/// A running relay. Dropping it kills the process.
#[derive(Debug)]
pub struct RelayProcess {
    child: tokio::sync::Mutex<Child>,
    pid: u32,
    writer: tokio::sync::Mutex<Option<OwnedWriteHalf>>,
    inbox: Arc<Inbox>,
    requests: AtomicU64,
    /// UDP port of each worker.
    pub ports: Vec<u16>,
}

/// Events, sorted by who waits for them.
#[derive(Debug)]
struct Inbox {
    answers: Mutex<HashMap<RequestId, oneshot::Sender<Event>>>,
    peers: Mutex<HashMap<PeerId, PeerEvents>>,
    rooms: watch::Sender<HashMap<RoomId, u16>>,
}

#[derive(Debug)]
struct PeerEvents {
    sender: mpsc::Sender<Event>,
    receiver: Option<mpsc::Receiver<Event>>,
}

/// One worker on the IPv4 loopback address, on a port that the system chooses.
#[must_use]
pub fn on_loopback() -> Settings {
    on_address(IpAddr::V4(Ipv4Addr::LOCALHOST))
}

/// As [`on_loopback`], on an address of the caller's choice.
#[must_use]
pub fn on_address(address: IpAddr) -> Settings {
    Settings {
        listen: vec![address],
        port_base: 0,
        workers: 1,
        advertise: Vec::new(),
        turn: None,
    }
}

impl RelayProcess {
    /// A relay with one worker on 127.0.0.1.
    ///
    /// # Panics
    /// When it does not start: a test cannot go on.
    pub async fn start() -> Arc<Self> {
        Self::start_with(on_loopback())
            .await
            .expect("the relay listens")
    }

    /// Starts a relay with these settings.
    ///
    /// # Errors
    /// The sentence with which the relay refuses to start.
    ///
    /// # Panics
    /// When the binary is missing or does not speak the protocol.
    pub async fn start_with(settings: Settings) -> Result<Arc<Self>, String> {
        let (child, stream) = spawn();
        let pid = child.id().expect("the relay runs");
        let (mut reader, mut writer) = stream.into_split();
        write(&mut writer, &Command::Configure(settings)).await;
        let mut decoder = frame::Decoder::default();
        let first = timeout(PATIENCE, next_event(&mut reader, &mut decoder)).await;
        let ports = match first.expect("the relay answers in time") {
            Some(Event::Ready { version, workers }) => {
                assert_eq!(version, media_relay_control::VERSION);
                workers.iter().map(|worker| worker.udp).collect()
            }
            Some(Event::CannotStart { reason }) => return Err(reason),
            other => panic!("the relay's first event is {other:?}"),
        };
        let inbox = Arc::new(Inbox {
            answers: Mutex::default(),
            peers: Mutex::default(),
            rooms: watch::Sender::default(),
        });
        tokio::spawn(Arc::clone(&inbox).fill(reader, decoder));
        Ok(Arc::new(Self {
            child: tokio::sync::Mutex::new(child),
            pid,
            writer: tokio::sync::Mutex::new(Some(writer)),
            inbox,
            requests: AtomicU64::new(1),
            ports,
        }))
    }

    /// Process id, for measurements.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Sends one command.
    ///
    /// # Panics
    /// When the control stream is closed.
    pub async fn send(&self, command: &Command) {
        let mut writer = self.writer.lock().await;
        write(
            writer.as_mut().expect("the control stream is open"),
            command,
        )
        .await;
    }

    /// Opens a room and waits until it is; returns the worker that holds it.
    ///
    /// # Panics
    /// When the relay does not answer.
    pub async fn open_room(&self, room: RoomId) -> u16 {
        self.send(&Command::OpenRoom { room }).await;
        let mut rooms = self.inbox.rooms.subscribe();
        let opened = timeout(PATIENCE, rooms.wait_for(|rooms| rooms.contains_key(&room))).await;
        opened.expect("in time").expect("the relay lives")[&room]
    }

    /// A peer's offer to publish, and the relay's answer to it.
    ///
    /// # Errors
    /// The relay's refusal.
    ///
    /// # Panics
    /// When the relay does not answer.
    pub async fn publish(
        &self,
        room: RoomId,
        peer: PeerId,
        offer: String,
    ) -> Result<String, Failure> {
        let request = self.next_request();
        let publish = Command::Publish {
            request,
            room,
            peer,
            offer,
        };
        match self.ask(request, &publish).await {
            Event::Answered { answer, .. } => Ok(answer),
            Event::Failed { failure, .. } => Err(failure),
            other => panic!("publishing was answered by {other:?}"),
        }
    }

    /// A peer's answer to the relay's offer.
    pub async fn answer(&self, peer: PeerId, generation: Generation, answer: String) {
        let request = self.next_request();
        let command = Command::Answer {
            request,
            peer,
            generation,
            answer,
        };
        self.send(&command).await;
    }

    /// The whole audience of a room.
    pub async fn reconcile(&self, room: RoomId, listeners: Vec<Listener>) {
        self.send(&Command::Reconcile { room, listeners }).await;
    }

    /// The relay's counters.
    ///
    /// # Panics
    /// When the relay does not answer.
    pub async fn stats(&self) -> RelayStats {
        let request = self.next_request();
        match self.ask(request, &Command::Stats { request }).await {
            Event::Stats { stats, .. } => stats,
            other => panic!("asked for counters, got {other:?}"),
        }
    }

    /// Waits until every worker has answered.
    ///
    /// # Panics
    /// When one does not.
    pub async fn ping(&self) {
        let request = self.next_request();
        let pong = self.ask(request, &Command::Ping { request }).await;
        assert_eq!(pong, Event::Pong { request });
    }

    /// The events about one peer, from its first on.
    ///
    /// # Panics
    /// When they are taken twice.
    #[must_use]
    pub fn events_of(&self, peer: PeerId) -> mpsc::Receiver<Event> {
        let mut peers = lock(&self.inbox.peers);
        let events = peers.entry(peer).or_insert_with(PeerEvents::new);
        events.receiver.take().expect("taken once")
    }

    /// Closes the control stream, as the death of signaling would, and returns how the relay
    /// ended.
    ///
    /// # Panics
    /// When it does not end.
    pub async fn hang_up(&self) -> ExitStatus {
        self.writer.lock().await.take();
        self.wait().await
    }

    /// Tells the relay to shut down and returns how it ended.
    ///
    /// # Panics
    /// When it does not end.
    pub async fn shut_down(&self) -> ExitStatus {
        self.send(&Command::Shutdown).await;
        self.wait().await
    }

    /// Waits until the process ends.
    ///
    /// # Panics
    /// When it does not end.
    pub async fn wait(&self) -> ExitStatus {
        let mut child = self.child.lock().await;
        let ended = timeout(PATIENCE, child.wait()).await;
        ended.expect("the relay ends in time").expect("it is ours")
    }

    /// A fresh request id.
    pub fn next_request(&self) -> RequestId {
        RequestId(self.requests.fetch_add(1, Ordering::Relaxed))
    }

    /// Sends a command and waits for the event that answers it.
    ///
    /// # Panics
    /// When none comes.
    pub async fn ask(&self, request: RequestId, command: &Command) -> Event {
        let (sender, receiver) = oneshot::channel();
        lock(&self.inbox.answers).insert(request, sender);
        self.send(command).await;
        let answer = timeout(PATIENCE, receiver).await;
        answer.expect("in time").expect("the relay lives")
    }
}

impl Inbox {
    async fn fill(self: Arc<Self>, mut reader: OwnedReadHalf, mut decoder: frame::Decoder) {
        while let Some(event) = next_event(&mut reader, &mut decoder).await {
            self.sort(event);
        }
        // Whoever still waits learns that nothing comes any more.
        lock(&self.answers).clear();
        lock(&self.peers).clear();
    }

    fn sort(&self, event: Event) {
        let peer = match &event {
            Event::RoomOpened { room, worker } => {
                let (room, worker) = (*room, *worker);
                self.rooms
                    .send_modify(|rooms| _ = rooms.insert(room, worker));
                return;
            }
            Event::Answered { request, .. }
            | Event::Failed { request, .. }
            | Event::Stats { request, .. }
            | Event::Pong { request } => {
                if let Some(waiting) = lock(&self.answers).remove(request) {
                    let _ = waiting.send(event);
                }
                return;
            }
            Event::Offer { peer, .. }
            | Event::Connected { peer }
            | Event::WrongFingerprint { peer }
            | Event::Lost { peer, .. }
            | Event::Quiet { peer, .. }
            | Event::Heard { peer, .. } => *peer,
            Event::Ready { .. } | Event::CannotStart { .. } => return,
        };
        let mut peers = lock(&self.peers);
        let events = peers.entry(peer).or_insert_with(PeerEvents::new);
        let _ = events.sender.try_send(event);
    }
}

impl PeerEvents {
    fn new() -> Self {
        let (sender, receiver) = mpsc::channel(PEER_EVENTS);
        let receiver = Some(receiver);
        Self { sender, receiver }
    }
}

/// The relay with one end of a socket pair as its standard input, and the other end.
fn spawn() -> (Child, UnixStream) {
    let (ours, its) = std::os::unix::net::UnixStream::pair().expect("a socket pair");
    ours.set_nonblocking(true).expect("a socket of ours");
    let (program, arguments) = program();
    let child = tokio::process::Command::new(&program)
        .args(arguments)
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::from(OwnedFd::from(its)))
        .kill_on_drop(true)
        .spawn();
    let child = child.unwrap_or_else(|error| panic!("{} starts: {error}", program.display()));
    (child, UnixStream::from_std(ours).expect("a runtime"))
}

/// `MEDIA_RELAY_BIN`, or `quietroom relay` with the binary named by `QUIETROOM_BIN`, by default
/// this workspace's release build.
fn program() -> (PathBuf, &'static [&'static str]) {
    if let Some(relay) = std::env::var_os("MEDIA_RELAY_BIN") {
        return (PathBuf::from(relay), &[]);
    }
    let quietroom = std::env::var_os("QUIETROOM_BIN").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/release/quietroom"),
        PathBuf::from,
    );
    (quietroom, &["relay"])
}

async fn write(writer: &mut OwnedWriteHalf, command: &Command) {
    let mut bytes = Vec::new();
    frame::encode(command, &mut bytes).expect("a command fits a frame");
    writer.write_all(&bytes).await.expect("the relay reads");
}

/// `None` when the relay has closed the stream.
async fn next_event(reader: &mut OwnedReadHalf, decoder: &mut frame::Decoder) -> Option<Event> {
    let mut buffer = vec![0; 65_536];
    loop {
        if let Some(event) = decoder.next().expect("the relay speaks the protocol") {
            return Some(event);
        }
        match reader.read(&mut buffer).await {
            Ok(0) | Err(_) => return None,
            Ok(count) => decoder.push(&buffer[..count]),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
