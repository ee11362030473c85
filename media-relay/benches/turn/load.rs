//! The load: clients, their peer, and a steady stream between them.

use crate::case::{CLIENTS, Case, PAYLOAD, Way};
use crate::cpu;
use crate::server::Server;
use crate::udp::{self, Bursts};
use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};
use turn_client::{Session, Udp, channel_data};

/// Channel of every client.
const CHANNEL: u16 = 0x4000;
/// How far the load may lag behind before it gives up to catch up: what another process has
/// delayed would come as one large burst.
const LAG: Duration = Duration::from_millis(2);
/// How long packets may be under way at the end.
const UNDER_WAY: Duration = Duration::from_millis(60);
/// Wait for an answer to a request.
const ANSWER: Duration = Duration::from_millis(500);

/// Sockets that send, with where to, and sockets that receive.
#[derive(Debug)]
pub(crate) struct Load {
    senders: Vec<(UdpSocket, Option<SocketAddr>)>,
    receivers: Vec<UdpSocket>,
    packet: Vec<u8>,
}

/// What one run gave.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample {
    /// CPU of the server per packet that arrived, nanoseconds.
    pub(crate) cost: f64,
    pub(crate) sent: u64,
    pub(crate) arrived: u64,
    /// Share of the server's core that was in use.
    pub(crate) busy: f64,
}

/// A client with an allocation.
struct Client {
    session: Session<Udp>,
    relayed: SocketAddr,
}

impl Load {
    /// Allocates and binds channels.
    pub(crate) fn through(server: &Server, case: &Case) -> Load {
        let peer = udp::socket(case.gro);
        let at = peer.local_addr().expect("it is bound");
        let mut clients: Vec<Client> = (0..CLIENTS).map(|_| allocate(server, case)).collect();
        if case.way == Way::Between {
            let mut others: Vec<Client> = (0..CLIENTS).map(|_| allocate(server, case)).collect();
            for (client, other) in clients.iter_mut().zip(&mut others) {
                bind(client, other.relayed);
                bind(other, client.relayed);
            }
            return Load {
                senders: clients
                    .into_iter()
                    .map(|client| (socket(client), None))
                    .collect(),
                receivers: others.into_iter().map(socket).collect(),
                packet: channel_data(CHANNEL, &[0x80; PAYLOAD]),
            };
        }
        clients.iter_mut().for_each(|client| bind(client, at));
        if case.way == Way::Up {
            return Load {
                senders: clients
                    .into_iter()
                    .map(|client| (socket(client), None))
                    .collect(),
                receivers: vec![peer],
                packet: channel_data(CHANNEL, &[0x80; PAYLOAD]),
            };
        }
        let relayed = clients.iter().map(|client| Some(client.relayed));
        let sender = || peer.try_clone().expect("one more descriptor");
        Load {
            senders: relayed.map(|relayed| (sender(), relayed)).collect(),
            receivers: clients.into_iter().map(socket).collect(),
            packet: vec![0x80; PAYLOAD],
        }
    }

    /// Without a server in between that needs to be asked.
    pub(crate) fn between(
        senders: Vec<(UdpSocket, Option<SocketAddr>)>,
        receivers: Vec<UdpSocket>,
    ) -> Load {
        Load {
            senders,
            receivers,
            packet: vec![0x80; PAYLOAD],
        }
    }

    /// Offers `rate` packets per second for as long as `run` says, and counts what arrives. `pid`
    /// is the server whose CPU is counted.
    #[expect(clippy::disallowed_methods, reason = "it measures")]
    pub(crate) fn run(self, pid: u32, case: &Case, rate: u32, run: Duration) -> Sample {
        let mut bursts = Bursts::new(&self.packet, case.burst, case.gso);
        let pause = Duration::from_secs(1) / rate * u32::try_from(case.burst).expect("small");
        let (mut sent, mut arrived) = (0, 0);
        let used = cpu::used(pid);
        let begin = Instant::now();
        let (mut now, mut due) = (begin, begin);
        for (sender, to) in self.senders.iter().cycle() {
            while now < due {
                arrived += self.drain();
                now = Instant::now();
            }
            if now >= begin + run {
                break;
            }
            sent += bursts.send(sender, *to);
            due = (due + pause).max(now.checked_sub(LAG).unwrap_or(now));
            now = Instant::now();
        }
        while now < begin + run + UNDER_WAY {
            arrived += self.drain();
            now = Instant::now();
        }
        let used = cpu::used(pid) - used;
        let elapsed = (run + UNDER_WAY).as_nanos();
        let (sent, arrived) = (sent as u64, arrived as u64);
        Sample {
            cost: used as f64 / arrived.max(1) as f64,
            sent,
            arrived,
            busy: used as f64 / elapsed as f64,
        }
    }

    fn drain(&self) -> usize {
        self.receivers.iter().map(udp::drain).sum()
    }
}

fn allocate(server: &Server, case: &Case) -> Client {
    let (name, password) = server.user();
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    let transport = Udp::connect(any, server.address(), ANSWER).expect("a free port");
    udp::prepare(&transport.socket, false);
    let mut session = Session::new(transport, name, password);
    let allocation = session.allocate(false);
    let allocation = allocation.unwrap_or_else(|error| panic!("no allocation: {error:?}"));
    udp::prepare(&session.transport.socket, case.gro);
    Client {
        session,
        relayed: allocation.relayed,
    }
}

fn bind(client: &mut Client, peer: SocketAddr) {
    let bound = client.session.bind(CHANNEL, peer);
    bound.unwrap_or_else(|error| panic!("no channel: {error:?}"));
}

fn socket(client: Client) -> UdpSocket {
    client.session.transport.socket
}
