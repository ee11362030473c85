//! A clinic with one session, and tabs that connect to it.

use super::group::{START, catch_up};
use crate::{
    clock::Clock,
    random::Random,
    relay::{
        Relay,
        scripted::{Life, script, settings},
        supervise,
    },
    room::{
        Asker, AttachError, Attached, Glance, Heard, OUTBOUND, Rooms, RoomsSetup, Speaker,
        stored::{decode, encode},
    },
    turn::Turn,
};
use media_relay_control::{Command, Event, Listener, PeerId};
use quietroom_config::Config;
use quietroom_protocol::{
    Attestation, ClientMessage, Delivery, DeviceId, GroupEpoch, NoteTemplate, OrganisationId,
    ParticipantId, PersonId, Phi, RefusalCode, Refused, Request, Role, ServerMessage, SessionId,
    SessionKind, Source, SourceSection, StaffId, StaffRole, UtcMillis,
};
use quietroom_records::{
    Actor, Ctx, Holder, KeyEncryptionKey, NewSession, NewStaff, OpenOptions, Records, Seat,
};
use quietroom_session::{self as core, Fact, Input, Recorded};
use sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};
use std::{path::PathBuf, time::Duration};
use tempfile::TempDir;
use tokio::{net::UnixStream, sync::mpsc, time::timeout};
use uuid::Uuid;

/// Nothing in a test takes that long unless it never comes.
const PATIENCE: Duration = Duration::from_secs(10);
pub(super) const STARTS: UtcMillis = UtcMillis(1_790_000_000_000);
const HOUR: i64 = 60 * 60 * 1000;
pub(super) const ORGANISATION: OrganisationId = OrganisationId(Uuid::from_u128(1));
pub(super) const SESSION: SessionId = SessionId(Uuid::from_u128(2));
pub(super) const CLINICIAN: StaffId = StaffId(Uuid::from_u128(3));

pub(super) const fn guest_seat(n: u128) -> ParticipantId {
    ParticipantId(Uuid::from_u128(100 + n))
}

pub(super) struct Clinic {
    pub(super) rooms: Rooms,
    pub(super) records: Records,
    pub(super) clock: Clock,
    pub(super) relay: Relay,
    pub(super) lives: mpsc::Receiver<UnixStream>,
    pub(super) end: RelayEnd,
    random: Random,
    folder: TempDir,
}

/// The relay's end of the control stream: commands are read, events told.
pub(super) struct RelayEnd {
    pub(super) commands: mpsc::Receiver<Command>,
    events: mpsc::Sender<Event>,
    serving: tokio::task::JoinHandle<()>,
}

/// A browser tab that is connected.
pub(super) struct Tab {
    pub(super) device: DeviceId,
    attached: Attached,
    messages: mpsc::Receiver<ServerMessage>,
    pub(super) heard: Heard,
    asked: u32,
    /// The epoch of the session's group, as far as was heard.
    pub(super) head: Option<GroupEpoch>,
    /// All that was delivered and read.
    pub(super) delivered: Vec<Delivery>,
    /// All that came of boards and was read.
    pub(super) drawn: Vec<ServerMessage>,
}

impl Clinic {
    /// A session with two booked clients, five minutes before it starts.
    pub(super) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::manual(STARTS.plus(-5 * 60 * 1000));
        let key = KeyEncryptionKey::create(&folder.path().join("key")).unwrap();
        let records = open(&folder, key, &clock).await;
        book(&records, clock.now()).await;
        let (start, mut lives) = script();
        let supervised = tokio::spawn(supervise(start, settings()));
        let life = Life::ready(&mut lives).await;
        let relay = supervised.await.unwrap().unwrap();
        let random = Random::system();
        let rooms = rooms(&records, &relay, &clock, &random);
        Self {
            rooms,
            records,
            clock,
            relay,
            lives,
            end: RelayEnd::serve(life),
            random,
            folder,
        }
    }

    /// The process dies and another begins on the same folder. Nothing is said to anyone.
    pub(super) async fn crash_and_restart(&mut self) {
        self.records.close().await;
        let key = KeyEncryptionKey::read(&self.folder.path().join("key")).unwrap();
        self.records = open(&self.folder, key, &self.clock).await;
        self.rooms = rooms(&self.records, &self.relay, &self.clock, &self.random);
        self.rooms.start().await.unwrap();
    }

    /// Writing a fact fails from now on, as on a full disk, or works again.
    pub(super) async fn facts_fail(&self, fail: bool) {
        let file = self.folder.path().join("quietroom.sqlite");
        let options = SqliteConnectOptions::new().filename(file);
        let mut store = options.connect().await.unwrap();
        let change = if fail {
            "CREATE TRIGGER full BEFORE INSERT ON fact BEGIN SELECT RAISE(ABORT, 'full'); END"
        } else {
            "DROP TRIGGER full"
        };
        sqlx::query(change).execute(&mut store).await.unwrap();
        store.close().await.unwrap();
    }

    /// The relay's process dies and comes back.
    pub(super) async fn restart_relay(&mut self) {
        self.end.serving.abort();
        self.end = RelayEnd::serve(Life::ready(&mut self.lives).await);
    }

    pub(super) fn new_device(&self) -> DeviceId {
        DeviceId(self.random.uuid().unwrap())
    }

    pub(super) async fn connect(&self, speaker: Speaker) -> Result<Tab, AttachError> {
        let (outbound, messages) = mpsc::channel(OUTBOUND);
        let heard = Heard::default();
        heard.set(self.clock.now());
        let actor = match speaker {
            Speaker::Staff { staff, .. } => Actor::Staff(staff),
            Speaker::Guest { device } => Actor::Device(device),
        };
        let asker = Asker {
            actor,
            source: None,
        };
        let attached = self
            .rooms
            .attach(SESSION, speaker, asker, outbound, heard.clone())
            .await?;
        Ok(Tab {
            device: attached.device(),
            attached,
            messages,
            heard,
            asked: 0,
            head: None,
            delivered: Vec::new(),
            drawn: Vec::new(),
        })
    }

    /// The clinician's tab, in the room, with a group to let guests into.
    pub(super) async fn clinician(&self) -> Tab {
        let mut tab = self.second_clinician().await;
        tab.until_room().await;
        tab.done(catch_up(0)).await;
        if tab.head.is_none() {
            tab.done(START).await;
        }
        tab
    }

    /// Another tab of the clinician, of which nothing was read yet.
    pub(super) async fn second_clinician(&self) -> Tab {
        let device = self.new_device();
        let speaker = Speaker::Staff {
            staff: CLINICIAN,
            device,
        };
        self.connect(speaker).await.unwrap()
    }

    pub(super) async fn knock(&self, seat: ParticipantId) -> Result<DeviceId, Refused> {
        let device = self.new_device();
        let asker = Asker {
            actor: Actor::Device(device),
            source: None,
        };
        let knock = Input::Knock {
            participant: seat,
            device,
            name: Phi::new("Jordan".to_owned()),
            attestation: Attestation::default(),
        };
        self.rooms.act(SESSION, asker, knock).await?;
        Ok(device)
    }

    /// A guest's tab, at the door.
    pub(super) async fn guest(&self, seat: ParticipantId) -> Tab {
        let device = self.knock(seat).await.unwrap();
        let mut tab = self.connect(Speaker::Guest { device }).await.unwrap();
        tab.until(|message| match message {
            ServerMessage::Waiting { waiting } => Some(waiting.clone()),
            _ => None,
        })
        .await;
        tab
    }

    /// A guest's tab, let in by the clinician.
    pub(super) async fn admitted(&self, clinician: &mut Tab, seat: ParticipantId) -> Tab {
        let mut guest = self.guest(seat).await;
        clinician.done(clinician.admit(guest.device)).await;
        guest.until_room().await;
        guest
    }

    /// The tab's socket closes, and the room has noticed.
    pub(super) async fn close(&self, tab: Tab) {
        tab.attached.detach().await;
        self.glance().await;
    }

    pub(super) async fn glance(&self) -> Glance {
        self.rooms.glance(SESSION).await.unwrap()
    }

    /// All facts in the store.
    pub(super) async fn facts(&self) -> Vec<Recorded> {
        let ctx = Ctx::server(ORGANISATION, self.clock.now());
        let stored = self.records.facts(&ctx, SESSION).await.unwrap();
        stored.into_iter().map(|it| decode(it).unwrap()).collect()
    }

    /// Waits until a fact is in the store, and returns it.
    pub(super) async fn fact(&self, wanted: impl Fn(&Fact) -> bool) -> Recorded {
        timeout(PATIENCE, async {
            loop {
                let facts = self.facts().await;
                if let Some(found) = facts.into_iter().find(|it| wanted(&it.fact)) {
                    return found;
                }
                // The room looks at its clock several times a second.
                tokio::task::yield_now().await;
            }
        })
        .await
        .unwrap()
    }
}

impl RelayEnd {
    fn serve(mut life: Life) -> Self {
        let (sender, commands) = mpsc::channel(1024);
        let (events, mut told) = mpsc::channel(1024);
        let serving = tokio::spawn(async move {
            loop {
                tokio::select! {
                    command = life.command() => {
                        let _ = sender.try_send(command);
                    }
                    event = told.recv() => match event {
                        Some(event) => life.tell(event).await,
                        None => std::future::pending().await,
                    },
                }
            }
        });
        Self {
            commands,
            events,
            serving,
        }
    }

    pub(super) async fn tell(&self, event: Event) {
        self.events.send(event).await.unwrap();
    }

    pub(super) async fn until<T>(&mut self, wanted: impl Fn(&Command) -> Option<T>) -> T {
        timeout(PATIENCE, async {
            loop {
                let command = self.commands.recv().await.unwrap();
                if let Some(found) = wanted(&command) {
                    return found;
                }
            }
        })
        .await
        .unwrap()
    }

    /// The next audience.
    pub(super) async fn audience(&mut self) -> Vec<Listener> {
        self.until(|command| match command {
            Command::Reconcile { listeners, .. } => Some(listeners.clone()),
            _ => None,
        })
        .await
    }

    /// Accepts the next offer to publish and returns its peer.
    pub(super) async fn accept(&mut self) -> PeerId {
        let (request, peer) = self
            .until(|command| match command {
                Command::Publish { request, peer, .. } => Some((*request, *peer)),
                _ => None,
            })
            .await;
        let answer = "answer".to_owned();
        self.tell(Event::Answered {
            request,
            peer,
            answer,
        })
        .await;
        peer
    }
}

impl Tab {
    /// Says something and waits for the answer that bears its number.
    pub(super) async fn ask(&mut self, message: ClientMessage) -> ServerMessage {
        self.asked += 1;
        let id = self.asked;
        self.attached.say(Request { id, message }).await.unwrap();
        self.until(|message| match message {
            ServerMessage::Done { id: answered }
            | ServerMessage::Refused { id: answered, .. }
            | ServerMessage::Published { id: answered, .. }
            | ServerMessage::Appended { id: answered, .. }
            | ServerMessage::Pong { id: answered }
                if *answered == id =>
            {
                Some(message.clone())
            }
            _ => None,
        })
        .await
    }

    pub(super) async fn done(&mut self, message: ClientMessage) {
        let answer = self.ask(message).await;
        assert!(matches!(answer, ServerMessage::Done { .. }), "{answer:?}");
    }

    pub(super) async fn refused(&mut self, message: ClientMessage) -> RefusalCode {
        match self.ask(message).await {
            ServerMessage::Refused { refused, .. } => refused.code,
            other => panic!("refused, not {other:?}"),
        }
    }

    pub(super) async fn until<T>(&mut self, wanted: impl Fn(&ServerMessage) -> Option<T>) -> T {
        timeout(PATIENCE, async {
            loop {
                let message = self.messages.recv().await.unwrap();
                self.note(&message);
                if let Some(found) = wanted(&message) {
                    return found;
                }
            }
        })
        .await
        .unwrap()
    }

    pub(super) async fn until_room(&mut self) -> quietroom_protocol::Room {
        self.until(|message| match message {
            ServerMessage::Room { room } => Some(room.clone()),
            _ => None,
        })
        .await
    }

    /// Everything that still comes, up to the end of the socket.
    pub(super) async fn rest(mut self) -> Vec<ServerMessage> {
        timeout(PATIENCE, async {
            let mut rest = Vec::new();
            while let Some(message) = self.messages.recv().await {
                rest.push(message);
            }
            rest
        })
        .await
        .unwrap()
    }

    /// What has come already.
    pub(super) fn arrived(&mut self) -> Vec<ServerMessage> {
        std::iter::from_fn(|| self.messages.try_recv().ok()).collect()
    }

    pub(super) async fn say(&self, message: ClientMessage) {
        let request = Request { id: 99, message };
        self.attached.say(request).await.unwrap();
    }
}

pub(super) fn publish() -> ClientMessage {
    let section = |mid: &str, source| SourceSection {
        mid: mid.to_owned(),
        source,
    };
    ClientMessage::Publish {
        offer: "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\n".to_owned(),
        sources: vec![
            section("0", Source::Microphone),
            section("1", Source::Camera),
        ],
    }
}

fn rooms(records: &Records, relay: &Relay, clock: &Clock, random: &Random) -> Rooms {
    Rooms::new(RoomsSetup {
        organisation: ORGANISATION,
        records: records.clone(),
        relay: relay.clone(),
        turn: Turn::new(
            &Config::demo(PathBuf::new(), 8080, "UTC".to_owned()),
            random,
        )
        .unwrap(),
        clock: clock.clone(),
        random: random.clone(),
        time_zone: "America/Los_Angeles".to_owned(),
        consent_version: "1".to_owned(),
    })
}

async fn open(folder: &TempDir, key: KeyEncryptionKey, clock: &Clock) -> Records {
    let options = OpenOptions {
        demo: false,
        now: clock.now(),
    };
    Records::open(folder.path(), key, options).await.unwrap()
}

async fn book(records: &Records, now: UtcMillis) {
    let ctx = Ctx::server(ORGANISATION, now);
    records
        .create_organisation(&ctx, "Clinic", "America/Los_Angeles")
        .await
        .unwrap();
    let staff = NewStaff {
        staff: CLINICIAN,
        username: Phi::new("maya".to_owned()),
        name: Phi::new("Maya Chen".to_owned()),
        role: StaffRole::Clinician,
    };
    records.create_staff(&ctx, &staff).await.unwrap();
    let mut seats = vec![Seat {
        participant: ParticipantId(Uuid::from_u128(50)),
        holder: Holder::Staff(CLINICIAN),
        role: Role::Clinician,
    }];
    for n in 1..=2 {
        let person = PersonId(Uuid::from_u128(200 + n));
        let name = Phi::new(format!("Client {n}"));
        records.create_person(&ctx, person, &name).await.unwrap();
        seats.push(Seat {
            participant: guest_seat(n),
            holder: Holder::Person(person),
            role: Role::Client,
        });
    }
    let session = NewSession {
        session: SESSION,
        kind: SessionKind::Family,
        template: NoteTemplate::Dap,
        starts_at: STARTS,
        ends_at: STARTS.plus(HOUR),
        clinician: CLINICIAN,
        seats,
    };
    let scheduled = Fact::Scheduled {
        starts_at: session.starts_at,
        ends_at: session.ends_at,
    };
    let row = encode(now, None, core::Actor::Server, scheduled).unwrap();
    records
        .create_session(&ctx, &session, &[row])
        .await
        .unwrap();
}
