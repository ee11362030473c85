//! From settings to running workers.

use crate::addresses::{self, MAX_ADDRESSES};
use crate::clock;
use crate::report::Report;
use crate::udp::Udp;
use crate::worker::{Mailbox, Worker};
use media_relay_control::{Settings, WorkerPorts};
use media_relay_core::{Identity, IdentityError, Plane, PlaneConfig};
use rand::TryRngCore;
use rand::rngs::OsRng;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use std::thread::{self, JoinHandle};

/// Worker threads at most.
const MAX_WORKERS: u16 = 64;
/// How often a port chosen by the system may turn out to be taken on another address.
const PORT_ATTEMPTS: usize = 16;

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
    Interfaces(#[from] nix::Error),
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
    let bound = addresses::to_bind(settings, &addresses::of_interfaces()?);
    if bound.is_empty() {
        return Err(CannotStart::NoAddress);
    }
    let identity = Arc::new(Identity::generate()?);
    let mut ready = Vec::new();
    for worker in 0..settings.workers {
        let wanted = port_of(settings, worker);
        let Bound {
            port,
            sockets,
            addresses,
        } = bind(&bound, &settings.listen, wanted)?;
        let config = PlaneConfig {
            worker,
            candidates: addresses::candidates(settings, &addresses, port),
            seed: seed()?,
            unix: clock::unix(),
        };
        let plane = Plane::new(Arc::clone(&identity), config, clock::now());
        let (made, mailbox) =
            Worker::new(plane, sockets, reports.clone()).map_err(CannotStart::Thread)?;
        ready.push((made, mailbox, WorkerPorts { worker, udp: port }));
    }
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

/// One socket per address, all on one port.
struct Bound {
    port: u16,
    sockets: Vec<Udp>,
    /// Of each socket, in their order.
    addresses: Vec<IpAddr>,
}

/// `named` are the addresses that the operator wrote; the others may have gone meanwhile.
fn bind(addresses: &[IpAddr], named: &[IpAddr], port: u16) -> Result<Bound, CannotStart> {
    let mut attempts = if port == 0 { PORT_ATTEMPTS } else { 1 };
    loop {
        attempts -= 1;
        match bind_once(addresses, named, port) {
            Err(CannotStart::PortInUse(_)) if attempts > 0 => {}
            done => return done,
        }
    }
}

fn bind_once(addresses: &[IpAddr], named: &[IpAddr], port: u16) -> Result<Bound, CannotStart> {
    let mut bound = Bound {
        port,
        sockets: Vec::new(),
        addresses: Vec::new(),
    };
    for &address in addresses {
        let udp = match Udp::bind(SocketAddr::new(address, bound.port)) {
            Ok(udp) => udp,
            Err(error) if is_not_there(address, named, &error) => continue,
            Err(error) => return Err(explain(address, bound.port, error)),
        };
        let port = udp.port();
        bound.port = port.map_err(|error| explain(address, bound.port, error))?;
        bound.sockets.push(udp);
        bound.addresses.push(address);
    }
    if bound.sockets.is_empty() {
        return Err(CannotStart::NoAddress);
    }
    Ok(bound)
}

/// A wildcard of a family that this machine does not have asks for nothing, and neither does an
/// interface address that is not usable yet (IPv6 looks for duplicates first, RFC 4862).
fn is_not_there(address: IpAddr, named: &[IpAddr], error: &io::Error) -> bool {
    let family = address.is_unspecified() && error.raw_os_error() == Some(nix::libc::EAFNOSUPPORT);
    let unusable = error.kind() == io::ErrorKind::AddrNotAvailable && !named.contains(&address);
    family || unusable
}

fn explain(address: IpAddr, port: u16, error: io::Error) -> CannotStart {
    match error.kind() {
        io::ErrorKind::AddrInUse => CannotStart::PortInUse(port),
        io::ErrorKind::AddrNotAvailable => CannotStart::NotOurs(address),
        _ => CannotStart::Bind { port, error },
    }
}

fn seed() -> Result<[u8; 32], CannotStart> {
    let mut seed = [0; 32];
    OsRng.try_fill_bytes(&mut seed)?;
    Ok(seed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::UdpSocket;
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

    #[test]
    fn all_addresses_of_a_worker_share_the_port_the_system_chose() {
        let addresses = [IpAddr::from([127, 0, 0, 1]), "::1".parse().unwrap()];
        let bound = bind(&addresses, &addresses, 0).unwrap();
        assert_ne!(bound.port, 0);
        let ports = bound.sockets.iter().map(|udp| udp.port().unwrap());
        assert_eq!(ports.collect::<Vec<_>>(), [bound.port, bound.port]);
    }

    #[test]
    fn an_interface_address_that_has_gone_is_left_out() {
        let here = IpAddr::from([127, 0, 0, 1]);
        let gone = IpAddr::from([192, 0, 2, 254]);
        let bound = bind(&[gone, here], &[IpAddr::from([0, 0, 0, 0])], 0).unwrap();
        assert_eq!(bound.addresses, [here]);
        assert!(matches!(
            bind(&[gone], &[gone], 0),
            Err(CannotStart::NotOurs(address)) if address == gone
        ));
    }
}
