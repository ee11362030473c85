//! From settings to running workers.

use crate::addresses::{self, MAX_ADDRESSES};
use crate::bind::{Bound, bind};
use crate::clock;
use crate::mailbox::{self, Inlet, Mailbox, Neighbor};
use crate::neighbors::Neighbors;
use crate::net::Net;
use crate::relaying::Relaying;
use crate::report::Report;
use crate::turn::{self, Unusable};
use crate::worker::Worker;
use media_relay_control::{Settings, WorkerPorts};
use media_relay_core::{Identity, IdentityError, Plane, PlaneConfig};
use rand::TryRngCore;
use rand::rngs::OsRng;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use std::thread::{self, JoinHandle};

/// Worker threads at most.
const MAX_WORKERS: u16 = 64;

/// Why the relay cannot start: one sentence for the operator each.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CannotStart {
    #[error("no address to listen on")]
    NoAddress,
    #[error("at most {MAX_ADDRESSES} addresses can be listened on or advertised")]
    TooManyAddresses,
    #[error("workers must be between 1 and {MAX_WORKERS}, not {0}")]
    Workers(u16),
    #[error("{workers} workers do not fit above UDP port {port_base}")]
    Ports { port_base: u16, workers: u16 },
    #[error("an advertised address with a port of its own needs exactly 1 worker, not {0}")]
    AdvertisedPort(u16),
    #[error("UDP port {0} is already in use")]
    PortInUse(u16),
    #[error("{0} is not an address of this machine")]
    NotOurs(IpAddr),
    #[error("cannot listen on UDP port {port}: {error}")]
    Bind { port: u16, error: io::Error },
    #[error("cannot list the addresses of this machine: {0}")]
    Interfaces(#[source] nix::Error),
    #[error("the TURN server cannot work: {0}")]
    Turn(#[from] Unusable),
    #[error("cannot wait for sockets: {0}")]
    Poller(#[source] nix::Error),
    #[error("cannot make a DTLS certificate: {0}")]
    Identity(#[from] IdentityError),
    #[error("the system gives no randomness: {0}")]
    Randomness(#[from] rand::rand_core::OsError),
    #[error("cannot start a worker: {0}")]
    Thread(io::Error),
}

/// Running workers.
#[derive(Debug)]
pub(crate) struct Workers {
    pub(crate) mailboxes: Vec<Mailbox>,
    pub(crate) ports: Vec<WorkerPorts>,
    pub(crate) threads: Vec<JoinHandle<()>>,
}

/// Binds every worker's sockets, then starts the workers: all or none.
///
/// # Errors
/// [`CannotStart`], with nothing running.
pub(crate) fn start(
    settings: &Settings,
    reports: &SyncSender<Report>,
) -> Result<Workers, CannotStart> {
    check(settings)?;
    let interfaces = addresses::of_interfaces().map_err(CannotStart::Interfaces)?;
    let wanted = addresses::to_bind(settings, &interfaces);
    if wanted.is_empty() {
        return Err(CannotStart::NoAddress);
    }
    let bound = (0..settings.workers)
        .map(|worker| bind(&wanted, &settings.listen, port_of(settings, worker)))
        .collect::<Result<Vec<Bound>, CannotStart>>()?;
    let servers = match &settings.turn {
        Some(turn) => turn::servers(turn, settings, &bound, &interfaces)?,
        None => Vec::new(),
    };
    let ways = (0..settings.workers)
        .map(|_| mailbox::open().map_err(CannotStart::Thread))
        .collect::<Result<Vec<(Mailbox, Neighbor, Inlet)>, CannotStart>>()?;
    let neighbors: Vec<Neighbor> = ways.iter().map(|(_, way, _)| way.clone()).collect();

    let identity = Arc::new(Identity::generate()?);
    let mut servers = servers.into_iter();
    let mut ready = Vec::new();
    for ((worker, bound), (mailbox, _, inlet)) in (0..settings.workers).zip(bound).zip(ways) {
        let candidates = addresses::candidates(settings, &bound.addresses, bound.port);
        let relaying = servers.next().map(|server| {
            let neighbors = Neighbors::new(neighbors.clone());
            Relaying::new(worker, server, candidates.clone(), neighbors)
        });
        let config = PlaneConfig {
            worker,
            candidates,
            seed: seed()?,
            unix: clock::unix(),
        };
        let plane = Plane::new(Arc::clone(&identity), config, clock::now());
        let net = Net::new(bound.sockets).map_err(CannotStart::Poller)?;
        let made = Worker::new(plane, relaying, net, inlet, reports.clone());
        let ports = WorkerPorts {
            worker,
            udp: bound.port,
        };
        ready.push((made.map_err(CannotStart::Poller)?, mailbox, ports));
    }
    run(ready)
}

fn run(ready: Vec<(Worker, Mailbox, WorkerPorts)>) -> Result<Workers, CannotStart> {
    let mut workers = Workers {
        mailboxes: Vec::new(),
        ports: Vec::new(),
        threads: Vec::new(),
    };
    for (worker, mailbox, ports) in ready {
        let name = format!("worker {}", ports.worker);
        let thread = thread::Builder::new().name(name);
        let running = thread.spawn(|| worker.run());
        workers.threads.push(running.map_err(CannotStart::Thread)?);
        workers.mailboxes.push(mailbox);
        workers.ports.push(ports);
    }
    Ok(workers)
}

fn check(settings: &Settings) -> Result<(), CannotStart> {
    let workers = settings.workers;
    if !(1..=MAX_WORKERS).contains(&workers) {
        return Err(CannotStart::Workers(workers));
    }
    if settings.listen.is_empty() {
        return Err(CannotStart::NoAddress);
    }
    if settings.listen.len().max(settings.advertise.len()) > MAX_ADDRESSES {
        return Err(CannotStart::TooManyAddresses);
    }
    let port_base = settings.port_base;
    if port_base.checked_add(workers - 1).is_none() {
        return Err(CannotStart::Ports { port_base, workers });
    }
    let own_port = settings.advertise.iter().any(|address| address.port() != 0);
    if own_port && workers > 1 {
        return Err(CannotStart::AdvertisedPort(workers));
    }
    Ok(())
}

/// 0 when the system is to choose.
fn port_of(settings: &Settings, worker: u16) -> u16 {
    match settings.port_base {
        0 => 0,
        base => base.saturating_add(worker),
    }
}

/// From the system's randomness.
pub(crate) fn seed() -> Result<[u8; 32], CannotStart> {
    let mut seed = [0; 32];
    OsRng.try_fill_bytes(&mut seed)?;
    Ok(seed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{SocketAddr, UdpSocket};
    use std::sync::mpsc::sync_channel;

    fn settings(port_base: u16, workers: u16) -> Settings {
        Settings {
            listen: vec![IpAddr::from([127, 0, 0, 1])],
            port_base,
            workers,
            advertise: Vec::new(),
            turn: None,
        }
    }

    fn refusal(settings: &Settings) -> String {
        let (reports, _kept) = sync_channel(1);
        start(settings, &reports).unwrap_err().to_string()
    }

    #[test]
    fn a_port_in_use_is_named() {
        let taken = UdpSocket::bind("127.0.0.1:0").unwrap();
        let port = taken.local_addr().unwrap().port();
        let sentence = format!("UDP port {port} is already in use");
        assert_eq!(refusal(&settings(port, 1)), sentence);
    }

    #[test]
    fn an_address_of_another_machine_is_named() {
        let mut elsewhere = settings(0, 1);
        elsewhere.listen = vec![IpAddr::from([192, 0, 2, 254])];
        let sentence = "192.0.2.254 is not an address of this machine";
        assert_eq!(refusal(&elsewhere), sentence);
    }

    #[test]
    fn settings_that_cannot_be_are_refused() {
        let workers = "workers must be between 1 and 64, not 0";
        assert_eq!(refusal(&settings(0, 0)), workers);
        let ports = "2 workers do not fit above UDP port 65535";
        assert_eq!(refusal(&settings(65_535, 2)), ports);
        let mut nowhere = settings(0, 1);
        nowhere.listen.clear();
        assert_eq!(refusal(&nowhere), "no address to listen on");
        let mut two = settings(0, 2);
        two.advertise = vec![SocketAddr::from(([203, 0, 113, 9], 4000))];
        let advertised =
            "an advertised address with a port of its own needs exactly 1 worker, not 2";
        assert_eq!(refusal(&two), advertised);
    }
}
