//! The relay as signaling starts it, and clients of its TURN server.

#![allow(dead_code, reason = "each test file uses a part of it")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what cannot go on ends the test"
)]

use media_relay::front::{Hander, pair};
use media_relay_control::participant;
use media_relay_control::{
    Command, Event, GeneralRelaying, RelayAddress, RelayStats, RequestId, Secret, Settings,
    TurnSettings, TurnUser, frame,
};
use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, UdpSocket};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Child, Stdio};
use std::time::Duration;
use turn_client::{Session, Stream, Transport, Udp};

pub(crate) const REALM: &str = "relay.example";
pub(crate) const KEY: &str = "a key that signaling and the relay share";
pub(crate) const USER: (&str, &str) = ("clinic", "a long password");
/// Longer than anything takes; a test that would wait for ever fails instead.
pub(crate) const LONG: Duration = Duration::from_secs(10);
/// Long enough for what must not come to have come.
pub(crate) const MOMENT: Duration = Duration::from_millis(300);

/// A running relay, ended with the value.
#[derive(Debug)]
pub(crate) struct Relay {
    child: Child,
    control: UnixStream,
    decoder: frame::Decoder,
    pub(crate) ports: Vec<u16>,
    pub(crate) handovers: Option<OwnedFd>,
}

impl Relay {
    pub(crate) fn start(workers: u16, turn: TurnSettings) -> Relay {
        let (control, theirs) = UnixStream::pair().unwrap();
        let (handing, handed) = pair().unwrap();
        let child = std::process::Command::new(env!("CARGO_BIN_EXE_media-relay"))
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::from(handed))
            .spawn()
            .unwrap();
        control.set_read_timeout(Some(LONG)).unwrap();
        let mut relay = Relay {
            child,
            control,
            decoder: frame::Decoder::default(),
            ports: Vec::new(),
            handovers: Some(handing),
        };
        relay.tell(&Command::Configure(Settings {
            listen: vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()],
            port_base: 0,
            workers,
            advertise: Vec::new(),
            turn: Some(turn),
        }));
        match relay.hear() {
            Event::Ready { workers, .. } => {
                relay.ports = workers.iter().map(|worker| worker.udp).collect();
            }
            other => panic!("not ready: {other:?}"),
        }
        relay
    }

    pub(crate) fn tell(&mut self, command: &Command) {
        let mut bytes = Vec::new();
        frame::encode(command, &mut bytes).unwrap();
        self.control.write_all(&bytes).unwrap();
    }

    pub(crate) fn hear(&mut self) -> Event {
        let mut some = [0; 4096];
        loop {
            if let Some(event) = self.decoder.next().unwrap() {
                return event;
            }
            let count = self.control.read(&mut some).unwrap();
            assert_ne!(count, 0, "the relay ended");
            self.decoder.push(&some[..count]);
        }
    }

    pub(crate) fn stats(&mut self) -> RelayStats {
        self.tell(&Command::Stats {
            request: RequestId(1),
        });
        loop {
            if let Event::Stats { stats, .. } = self.hear() {
                return stats;
            }
        }
    }

    /// Asks until the counters are as they should be.
    pub(crate) fn await_stats(&mut self, mut are: impl FnMut(&RelayStats) -> bool) -> RelayStats {
        let mut last = self.stats();
        for _ in 0..500 {
            if are(&last) {
                return last;
            }
            std::thread::sleep(Duration::from_millis(20));
            last = self.stats();
        }
        panic!("counters stay {last:?}");
    }

    pub(crate) fn address(&self, worker: usize, ip: IpAddr) -> SocketAddr {
        SocketAddr::new(ip, self.ports[worker])
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Participants, and one user who may reach loopback peers.
pub(crate) fn turn() -> TurnSettings {
    TurnSettings {
        realm: REALM.to_owned(),
        participants: Some(Secret::new(KEY.to_owned())),
        general: Some(GeneralRelaying {
            users: vec![TurnUser {
                name: USER.0.to_owned(),
                password: Secret::new(USER.1.to_owned()),
            }],
            shared_secrets: Vec::new(),
            relay: [
                IpAddr::from(Ipv4Addr::LOCALHOST),
                Ipv6Addr::LOCALHOST.into(),
            ]
            .map(|bind| RelayAddress {
                bind,
                advertise: None,
            })
            .into(),
            // Above those that the system gives to the peers of these tests.
            ports: (61_000, 65_535),
            allow: vec!["127.0.0.0/8".to_owned(), "::1/128".to_owned()],
            deny: Vec::new(),
            rfc5766_channels: false,
        }),
        max_allocations: 100,
        max_allocations_per_user: 50,
        max_bytes_per_second: 100_000_000,
        max_streams: 50,
        own_listeners: Vec::new(),
    }
}

/// Hands streams over, as the HTTPS listener does: the relay's end of each is what is given.
pub(crate) struct Door {
    runtime: tokio::runtime::Runtime,
    hander: Hander,
}

impl Door {
    pub(crate) fn to(relay: &mut Relay) -> Door {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let hander = {
            let _within = runtime.enter();
            Hander::new(relay.handovers.take().unwrap()).unwrap()
        };
        Door { runtime, hander }
    }

    /// A TCP connection that was handed over.
    pub(crate) fn tcp(&self, ip: IpAddr) -> TcpStream {
        let listener = std::net::TcpListener::bind((ip, 0)).unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        client.set_read_timeout(Some(LONG)).unwrap();
        let (server, _) = listener.accept().unwrap();
        server.set_nonblocking(true).unwrap();
        let handing = async {
            let server = tokio::net::TcpStream::from_std(server).unwrap();
            self.hander.hand_over(server).await.unwrap();
        };
        self.runtime.block_on(handing);
        client
    }
}

pub(crate) fn localhost(ipv6: bool) -> IpAddr {
    if ipv6 {
        Ipv6Addr::LOCALHOST.into()
    } else {
        Ipv4Addr::LOCALHOST.into()
    }
}

pub(crate) fn udp_client(server: SocketAddr) -> Session<Udp> {
    let near = SocketAddr::new(server.ip(), 0);
    let udp = Udp::connect(near, server, LONG).unwrap();
    Session::new(udp, USER.0, USER.1)
}

pub(crate) fn stream_client(stream: TcpStream) -> Session<Stream<TcpStream>> {
    Session::new(Stream::new(stream), USER.0, USER.1)
}

/// The credentials of a participant.
pub(crate) fn participant(id: &str) -> (String, String) {
    let name = participant::username(4_000_000_000, id);
    let password = turn_client::credentials::participant(KEY, &name);
    (name, password)
}

pub(crate) fn peer(ipv6: bool) -> UdpSocket {
    let peer = UdpSocket::bind((localhost(ipv6), 0)).unwrap();
    peer.set_read_timeout(Some(LONG)).unwrap();
    peer
}

/// Goes through everything an allocation is for: a peer is reached and answers, by indications
/// and by a channel.
pub(crate) fn relays(mut client: Session<impl Transport>, ipv6: bool) {
    let relayed = client.allocate(ipv6).unwrap().relayed;
    let peer = peer(ipv6);
    let address = peer.local_addr().unwrap();
    let mut got = [0; 2048];

    client.permit(address).unwrap();
    client.send(address, b"by indication").unwrap();
    let (count, from) = peer.recv_from(&mut got).unwrap();
    assert_eq!((&got[..count], from), (&b"by indication"[..], relayed));
    peer.send_to(b"back", relayed).unwrap();
    let answer = turn_client::Answer::read(&client.transport.receive().unwrap()).unwrap();
    assert_eq!(answer.data().unwrap(), (address, b"back".to_vec()));

    client.bind(0x4001, address).unwrap();
    for length in [0, 1, 3, 4, 1000] {
        let payload = vec![7; length];
        let message = turn_client::channel_data(0x4001, &payload);
        client.transport.send(&message).unwrap();
        let (count, from) = peer.recv_from(&mut got).unwrap();
        assert_eq!((&got[..count], from), (&payload[..], relayed));
        peer.send_to(&payload, relayed).unwrap();
        assert_eq!(client.transport.receive().unwrap(), message);
    }
    client.end().unwrap();
}
