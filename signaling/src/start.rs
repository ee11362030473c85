//! One life of a server: from its configuration to its last answer.

use crate::{
    cannot_run::CannotRun,
    clock::Clock,
    demo, descriptors,
    doctor::{Desk, Door},
    http,
    listener::{self, Most, Served},
    random::Random,
    relay::{self, ChildProcess},
    room::{Rooms, RoomsSetup},
    state::{App, Parts, Shell},
    terminal, tls,
    turn::Turn,
};
use media_relay_control::Settings;
use quietroom_config::{Config, KeySource};
use quietroom_protocol::OrganisationId;
use quietroom_records::{Ctx, KeyEncryptionKey, OpenOptions, Records};
use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    time::Duration,
};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::watch,
    task::JoinHandle,
    time::timeout,
};

/// How long requests that run may take once the server drains.
const GRACE: Duration = Duration::from_secs(10);

/// Runs until told to stop by SIGINT or SIGTERM.
pub(crate) async fn run(config: Config, demo: bool) -> Result<(), CannotRun> {
    descriptors::use_all_allowed();
    // Whatever can be refused without touching the records is refused first.
    let mut stop_signals = StopSignals::listen()?;
    let tls = config.server.tls.as_ref().map(tls::acceptor).transpose()?;
    let listener = listen(&config).await?;
    let (clock, random) = (Clock::system(), Random::system());
    if demo {
        terminal::say("Opening the records …");
        demo::prepare(&config)?;
    }
    let turn = Turn::new(&config, &random)?;
    let records = open_records(&config, demo, &clock).await?;
    let organisation = organisation(&records, &config, &clock, &random).await?;
    if demo {
        terminal::say("Starting the media relay …");
    }
    let relay = relay::supervise(
        ChildProcess::this_program()?,
        relay_settings(&config, &turn),
    )
    .await?;
    let desk = Desk {
        relay: relay.clone(),
        turn: turn.clone(),
        clock: clock.clone(),
        random: random.clone(),
    };
    let rooms = Rooms::new(RoomsSetup {
        organisation,
        records: records.clone(),
        relay: relay.clone(),
        turn,
        clock: clock.clone(),
        random: random.clone(),
        time_zone: config.clinic.time_zone.clone(),
        consent_version: config.consent.version.clone(),
    });
    rooms.start().await?;
    let app = Shell::new(Parts {
        config,
        demo,
        organisation,
        records,
        clock,
        random,
        relay,
        rooms,
    });
    let (stop, stopped) = watch::channel(false);
    let router = http::router(app.clone())?;
    let serving = tokio::spawn(listener::serve(
        listener,
        Served {
            tls,
            router,
            hander: app.relay.hander(),
            most: Most::default(),
        },
        stopped,
        GRACE,
    ));
    let door = open_door(&app.config, desk, stop.subscribe());
    tracing::info!(port = app.config.server.listen.port(), "serving");
    if demo {
        demo::welcome(&app).await?;
    }
    stop_signals.wait().await;
    drain(&app, &stop).await;
    // Fails only if serving panicked, which the log has.
    let _ = serving.await;
    if let Some(door) = door {
        let _ = door.await;
    }
    app.relay.shut_down().await;
    app.records.close().await;
    tracing::info!("stopped");
    Ok(())
}

/// Opens the store of `config`.
pub(crate) async fn open_records(
    config: &Config,
    demo: bool,
    clock: &Clock,
) -> Result<Records, CannotRun> {
    let key = match &config.data.key_encryption_key {
        KeySource::File(file) => KeyEncryptionKey::read(file)?,
        KeySource::Value(secret) => KeyEncryptionKey::parse(secret.expose())?,
    };
    let options = OpenOptions {
        demo,
        now: clock.now(),
    };
    Ok(Records::open(&config.data.folder, key, options).await?)
}

/// The clinic of the store, made when the store is new.
pub(crate) async fn organisation(
    records: &Records,
    config: &Config,
    clock: &Clock,
    random: &Random,
) -> Result<OrganisationId, CannotRun> {
    if let Some(clinic) = records.organisations().await?.first() {
        return Ok(clinic.organisation);
    }
    let organisation = OrganisationId(random.uuid()?);
    let ctx = Ctx::server(organisation, clock.now());
    records
        .create_organisation(&ctx, &config.clinic.name, &config.clinic.time_zone)
        .await?;
    Ok(organisation)
}

async fn listen(config: &Config) -> Result<TcpListener, CannotRun> {
    let address = config.server.listen;
    TcpListener::bind(address)
        .await
        .map_err(|error| match error.kind() {
            io::ErrorKind::AddrInUse => CannotRun::PortInUse(address.port()),
            kind => CannotRun::Listen(address.port(), kind),
        })
}

/// Lets `quietroom doctor` in. Sessions run without it.
fn open_door(config: &Config, desk: Desk, stop: watch::Receiver<bool>) -> Option<JoinHandle<()>> {
    match Door::open(&config.data.folder) {
        Ok(door) => Some(tokio::spawn(door.keep(desk, stop))),
        Err(error) => {
            tracing::warn!(%error, "no socket in the data folder: quietroom doctor cannot be used");
            None
        }
    }
}

fn relay_settings(config: &Config, turn: &Turn) -> Settings {
    let every: [IpAddr; 2] = [Ipv4Addr::UNSPECIFIED.into(), Ipv6Addr::UNSPECIFIED.into()];
    let relay = &config.relay;
    Settings {
        listen: if relay.listen.is_empty() {
            every.to_vec()
        } else {
            relay.listen.clone()
        },
        port_base: relay.port_base,
        workers: relay.workers,
        advertise: relay.advertise.clone(),
        turn: Some(turn.settings(config)),
    }
}

async fn drain(app: &App, stop: &watch::Sender<bool>) {
    tracing::info!("draining");
    app.start_draining();
    // Nobody new comes in while everyone present is told.
    stop.send_replace(true);
    if timeout(GRACE, app.rooms.drain()).await.is_err() {
        tracing::warn!("rooms cut off");
    }
}

/// SIGINT and SIGTERM.
struct StopSignals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

impl StopSignals {
    fn listen() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn wait(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
