//! A server with users, its clients and their peers, in virtual time.

use media_relay_control::{
    GeneralRelaying, RelayAddress, Secret, StreamTransport, TurnSettings, TurnUser, participant,
};
use media_relay_core::Route;
use media_relay_core::turn::{
    AllocationId, BindError, Client, Reply, Request, StreamId, Turn, TurnConfig,
};
use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::LazyLock;
use std::time::{Duration, Instant};
use turn_client::attributes::{
    ATTR_CHANNEL_NUMBER, ATTR_NONCE, ATTR_PASSWORD_ALGORITHMS, ATTR_REQUESTED_TRANSPORT,
    ATTR_RESERVATION_TOKEN, ATTR_XOR_RELAYED_ADDRESS,
};
use turn_client::{
    Answer, Login, METHOD_ALLOCATE, METHOD_CHANNEL_BIND, METHOD_CREATE_PERMISSION, credentials,
};

const REALM: &str = "example";
const SECRET: &str = "a secret of the tests";
/// The server's clock at the beginning, seconds.
const UNIX: u64 = 1_800_000_000;
/// Few, so that they run out: eight for each of two workers.
const PORTS: (u16, u16) = (49_152, 49_167);
pub(crate) const MAX_ALLOCATIONS: u32 = 5;
const RELAY_V4: IpAddr = IpAddr::V4(Ipv4Addr::new(9, 8, 7, 6));
const RELAY_V6: IpAddr = IpAddr::V6(Ipv6Addr::new(0x2a00, 1, 2, 3, 4, 5, 6, 7));
/// Ports of the workers' media.
const MEDIA: [u16; 2] = [7000, 7001];
/// Clients of UDP; the others come by streams.
const DATAGRAM_CLIENTS: u8 = 4;

/// One after the other: a user, a participant, one whose time is over, a shared secret's user,
/// another user, and somebody with a wrong password.
static LOGINS: LazyLock<Vec<Login>> = LazyLock::new(|| {
    let session = participant::username(UNIX + 3600, "p");
    let over = participant::username(UNIX - 1, "q");
    let rest = format!("{}:r", UNIX + 7200);
    let by_session = |name: &str| credentials::participant(SECRET, name);
    let login = |name: &str, password: &str| Login::new(name, password, REALM, "");
    vec![
        login("first", "1"),
        login(&session, &by_session(&session)),
        login(&over, &by_session(&over)),
        login(&rest, &credentials::shared_secret(SECRET, &rest)),
        login("second", "2"),
        login("first", "wrong"),
    ]
});

/// A fixed instant, from which time passes by addition only.
#[expect(
    clippy::disallowed_methods,
    reason = "there is no other way to an instant"
)]
static BEGIN: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Everything around one server.
pub(crate) struct World {
    pub(crate) turn: Turn,
    pub(crate) now: Instant,
    /// The last challenge of each client: nonce and PASSWORD-ALGORITHMS.
    challenges: HashMap<Client, (String, Option<Vec<u8>>)>,
    /// Of the two clients that come by streams.
    streams: [StreamId; 2],
    transactions: u64,
    /// How the next addresses are bound, a bit each: taken when it is 1.
    pub(crate) taken: u32,
    pub(crate) allocations: Vec<AllocationId>,
    pub(crate) relayed: Vec<SocketAddr>,
    /// Of reservations.
    pub(crate) tokens: Vec<Vec<u8>>,
    /// Who last asked for an allocation, by client.
    pub(crate) last_login: HashMap<Client, u8>,
    /// The last message of a client.
    pub(crate) last: Vec<u8>,
}

impl World {
    pub(crate) fn new() -> World {
        let now = *BEGIN;
        let turn = Turn::new(config(), now).expect("a policy that can be read");
        World {
            turn,
            now,
            challenges: HashMap::new(),
            streams: [StreamId(0), StreamId(1)],
            transactions: 0,
            taken: 0,
            allocations: Vec::new(),
            relayed: Vec::new(),
            tokens: Vec::new(),
            last_login: HashMap::new(),
            last: Vec::new(),
        }
    }

    /// Four clients of UDP, two and two of which share an address, and two of streams.
    pub(crate) fn client(&self, number: u8) -> Client {
        match number % (DATAGRAM_CLIENTS + 2) {
            number if number < DATAGRAM_CLIENTS => {
                let ip = [5, 6, 7, 8 + number / 2];
                let remote = SocketAddr::from((ip, 5000 + u16::from(number)));
                Client::Udp(Route { socket: 0, remote })
            }
            number => Client::Stream(self.streams[usize::from(number - DATAGRAM_CLIENTS)]),
        }
    }

    /// Opens the streams that the last two clients come by.
    pub(crate) fn open_streams(&mut self) {
        for (stream, transport) in [(0, StreamTransport::Tcp), (1, StreamTransport::Tls)] {
            let stream = self.streams[stream];
            let remote = peer(100);
            self.turn.open_stream(stream, transport, remote, self.now);
        }
    }

    /// Ends one of the streams, and begins another in its place.
    pub(crate) fn reopen_stream(&mut self, number: u8) {
        let place = usize::from(number) % self.streams.len();
        self.turn.close_stream(self.streams[place], self.now);
        self.replies();
        self.streams[place].0 += 2;
        let (stream, remote) = (self.streams[place], peer(100));
        let tcp = StreamTransport::Tcp;
        self.turn.open_stream(stream, tcp, remote, self.now);
    }

    /// Somebody's credentials, with the last nonce that the server gave this client, by SHA-256
    /// when asked for.
    pub(crate) fn login(&mut self, number: u8, login: u8, sha256: bool) -> Login {
        let client = self.client(number);
        if !self.challenges.contains_key(&client) {
            self.challenge(client);
        }
        let mut login = LOGINS[usize::from(login) % LOGINS.len()].clone();
        if let Some((nonce, algorithms)) = self.challenges.get(&client) {
            login.nonce.clone_from(nonce);
            login.algorithms = algorithms.clone().filter(|_| sha256);
        }
        login
    }

    /// Asks for a nonce.
    fn challenge(&mut self, from: Client) {
        let request = turn_client::Request::new(METHOD_ALLOCATE, self.transaction());
        let message = request.with(ATTR_REQUESTED_TRANSPORT, &[17, 0, 0, 0]);
        let message = message.unsigned();
        self.turn.handle_client_input(&message, from, self.now);
        self.replies();
    }

    /// Takes what the server has to say, and does what it wants.
    pub(crate) fn replies(&mut self) -> Vec<Reply> {
        while let Some(request) = self.turn.poll_request() {
            self.perform(request);
        }
        let replies: Vec<Reply> = std::iter::from_fn(|| self.turn.poll_reply()).collect();
        for reply in &replies {
            let answer = Answer::read(&reply.message).expect("an answer can be read");
            if let Some(nonce) = answer.text(ATTR_NONCE) {
                let algorithms = answer.bytes(ATTR_PASSWORD_ALGORITHMS);
                self.challenges.insert(reply.to, (nonce, algorithms));
            }
            if let Some(relayed) = answer.address(ATTR_XOR_RELAYED_ADDRESS) {
                self.relayed.push(relayed);
            }
            self.tokens.extend(answer.bytes(ATTR_RESERVATION_TOKEN));
        }
        replies
    }

    fn perform(&mut self, request: Request) {
        match request {
            Request::Bind {
                allocation,
                address,
            } => {
                assert!([RELAY_V4, RELAY_V6].contains(&address.ip()), "{address}");
                let taken = self.taken & 1 != 0;
                self.taken >>= 1;
                let bound = if taken { Err(BindError::InUse) } else { Ok(()) };
                self.turn.bound(allocation, bound, self.now);
                self.allocations.push(allocation);
            }
            Request::Close { .. } | Request::CloseStream { .. } => {}
        }
    }

    pub(crate) fn transaction(&mut self) -> [u8; 12] {
        self.transactions += 1;
        let mut transaction = [0; 12];
        transaction[4..].copy_from_slice(&self.transactions.to_be_bytes());
        transaction
    }

    /// The first user's allocation by a client of UDP.
    pub(crate) fn allocate(&mut self, number: u8) -> Option<AllocationId> {
        self.ask(number, METHOD_ALLOCATE, |request| {
            request.with(ATTR_REQUESTED_TRANSPORT, &[17, 0, 0, 0])
        });
        self.allocations.last().copied()
    }

    pub(crate) fn permit(&mut self, number: u8, peer: SocketAddr) {
        self.ask(number, METHOD_CREATE_PERMISSION, |request| {
            request.peer(peer)
        });
    }

    pub(crate) fn bind(&mut self, number: u8, channel: u16, peer: SocketAddr) {
        let [high, low] = channel.to_be_bytes();
        self.ask(number, METHOD_CHANNEL_BIND, |request| {
            request
                .with(ATTR_CHANNEL_NUMBER, &[high, low, 0, 0])
                .peer(peer)
        });
    }

    fn ask(
        &mut self,
        number: u8,
        method: turn_client::Method,
        fill: impl Fn(turn_client::Request) -> turn_client::Request,
    ) {
        let (login, from) = (self.login(number, 0, false), self.client(number));
        let request = turn_client::Request::new(method, self.transaction());
        let message = fill(request).signed(&login);
        self.turn.handle_client_input(&message, from, self.now);
        self.replies();
    }
}

/// A peer that may be reached.
pub(crate) fn peer(number: u8) -> SocketAddr {
    SocketAddr::from(([93, 184, 215, number], 9000))
}

/// One of the ports of media.
pub(crate) fn media(number: u8) -> SocketAddr {
    SocketAddr::new(RELAY_V4, MEDIA[usize::from(number) % MEDIA.len()])
}

/// Whether the policy of this world lets allocations send there; by other means than the server's
/// own, and coarser.
pub(crate) fn may_be_reached(peer: SocketAddr) -> bool {
    let own = [RELAY_V4, RELAY_V6].contains(&peer.ip());
    let allowed = match peer.ip() {
        IpAddr::V4(ip) => {
            let [first, second, third, _] = ip.octets();
            let special = ip.is_loopback()
                || ip.is_private()
                || ip.is_link_local()
                || ip.is_multicast()
                || ip.is_documentation()
                || first == 0
                || first >= 224
                || (first, second & 0xc0) == (100, 64)
                || (first, second, third) == (192, 0, 0)
                || (first, second & 0xfe) == (198, 18);
            let denied = (first, second, third) == (93, 184, 216);
            !denied && (!special || (first, second) == (10, 7))
        }
        IpAddr::V6(ip) => {
            let [first, second, ..] = ip.segments();
            let global = first & 0xe000 == 0x2000;
            let special = first == 0x2002 || (first, second) == (0x2001, 0xdb8);
            global && !special && (first, second & 0xfe00) != (0x2001, 0)
        }
    };
    peer.port() != 0 && allowed && !own
}

fn config() -> TurnConfig {
    let user = |name: &str, password: &str| TurnUser {
        name: name.to_owned(),
        password: Secret::new(password.to_owned()),
    };
    let relay = |bind| RelayAddress {
        bind,
        advertise: None,
    };
    let general = GeneralRelaying {
        users: vec![user("first", "1"), user("second", "2")],
        shared_secrets: vec![Secret::new(SECRET.to_owned())],
        relay: vec![relay(RELAY_V4), relay(RELAY_V6)],
        ports: PORTS,
        allow: vec!["10.7.0.0/16".to_owned()],
        deny: vec!["93.184.216.0/24".to_owned()],
        rfc5766_channels: true,
    };
    let settings = TurnSettings {
        realm: REALM.to_owned(),
        participants: Some(Secret::new(SECRET.to_owned())),
        general: Some(general),
        max_allocations: MAX_ALLOCATIONS,
        max_allocations_per_user: 3,
        max_bytes_per_second: 100_000,
        max_streams: 4,
        own_listeners: vec![SocketAddr::new(RELAY_V4, 443)],
    };
    TurnConfig {
        worker: 0,
        settings,
        media: MEDIA
            .iter()
            .map(|port| vec![SocketAddr::new(RELAY_V4, *port)])
            .collect(),
        interfaces: vec![RELAY_V4, RELAY_V6],
        seed: [7; 32],
        unix: Duration::from_secs(UNIX),
    }
}
