//! The server itself: what it is told, what it is asked, what it keeps.
//!
//! `relay` passes payload on, `requests` answers, `expiry` does what time brings.

use super::api::{AllocationId, BindError, Client, Relay, Reply, Request, StreamId};
use super::family::PerFamily;
use super::nonce::Nonces;
use super::policy::Policy;
use super::reservations::{Deletions, Reservations};
use super::slices::Slices;
use super::stun;
use super::table::Table;
use super::timers::Timers;
use super::users::Users;
use media_relay_control::{RelayAddress, StreamTransport, TurnSettings, TurnTotals, Way};
use rand::rngs::StdRng;
use rand::{RngCore, SeedableRng};
use rtc_stun::attributes::ATTR_USERNAME;
use rtc_stun::message::{BINDING_REQUEST, CLASS_INDICATION, CLASS_REQUEST};
use std::collections::{HashMap, VecDeque};
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::time::{Duration, Instant};

/// Bytes of REALM.
const MAX_REALM: usize = 44;

/// RFC 8656 section 12.
const CHANNELS: RangeInclusive<u16> = 0x4000..=0x4fff;
/// RFC 5766 section 11.
const RFC_5766_CHANNELS: RangeInclusive<u16> = 0x4000..=0x7fff;

/// What a worker's server is told once.
#[derive(Clone, Debug)]
pub struct TurnConfig {
    pub worker: u16,
    pub settings: TurnSettings,
    /// Media addresses of all workers, by worker: what participants may reach. Those of this worker in
    /// the order of the plane's candidates. Behind NAT the advertised ones; a participant's allocation
    /// has the first address of its family for relayed address.
    pub media: Vec<Vec<SocketAddr>>,
    /// Addresses of this machine's interfaces: never peers unless allowed.
    pub interfaces: Vec<IpAddr>,
    /// Seed of ports, reservation tokens and the nonce key: 32 bytes, never logged.
    pub seed: [u8; 32],
    /// Time since the Unix epoch at the instant passed to [`Turn::new`]: expiry of credentials.
    pub unix: Duration,
}

/// An unreadable entry of the allow or deny list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not a range of addresses, as in 10.0.0.0/8")]
pub struct PolicyError(pub String);

/// The TURN server of one worker.
///
/// After each call that takes `&mut self` drain [`Self::poll_reply`] and [`Self::poll_request`].
#[derive(Debug)]
pub struct Turn {
    pub(super) worker: u16,
    pub(super) realm: String,
    pub(super) users: Users,
    pub(super) policy: Policy,
    pub(super) slices: Slices,
    /// Relayed addresses of participants: the first media address of the family.
    pub(super) media_host: PerFamily<Option<IpAddr>>,
    /// Relayed addresses of everybody else.
    pub(super) relay: PerFamily<Option<RelayAddress>>,
    pub(super) limits: Limits,
    /// Numbers that a channel may have.
    pub(super) channels: RangeInclusive<u16>,
    pub(super) nonces: Nonces,
    pub(super) random: StdRng,
    pub(super) epoch: Instant,
    pub(super) unix: Duration,
    pub(super) table: Table,
    pub(super) reservations: Reservations,
    pub(super) deletions: Deletions,
    pub(super) streams: HashMap<StreamId, Stream>,
    pub(super) timers: Timers,
    pub(super) replies: VecDeque<Reply>,
    pub(super) requests: VecDeque<Request>,
    pub(super) totals: TurnTotals,
}

/// What is announced of a realm: so much that a challenge is at most four times as long as the
/// shortest Allocate request of 28 bytes. Clients take it from the challenge.
fn realm(configured: &str) -> &str {
    let longest = configured.floor_char_boundary(MAX_REALM);
    configured.get(..longest).unwrap_or_default()
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// This worker's share of all.
    pub(super) allocations: usize,
    pub(super) per_user: u32,
    pub(super) bytes_per_second: u64,
}

/// A client that sends by a stream.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stream {
    pub(super) transport: StreamTransport,
    pub(super) remote: SocketAddr,
    /// When it is closed, while it has no allocation.
    pub(super) idle: Option<Instant>,
}

impl Turn {
    /// # Errors
    /// [`PolicyError`] when a range of the settings cannot be read.
    pub fn new(config: TurnConfig, now: Instant) -> Result<Turn, PolicyError> {
        let settings = &config.settings;
        let general = settings.general.as_ref();
        let workers = config.media.len().max(1);
        let ports = general.map_or(Slices::DEFAULT, |general| general.ports);
        let slices = Slices::new(ports, workers);
        let mut random = StdRng::from_seed(config.seed);
        let mut key = [0; 32];
        random.fill_bytes(&mut key);
        let media = config.media.get(usize::from(config.worker));
        let media = media.map_or(&[][..], Vec::as_slice);
        let media_host = |is_family: fn(&IpAddr) -> bool| {
            let mut hosts = media.iter().map(SocketAddr::ip);
            hosts.find(is_family)
        };
        let relay = |is_family: fn(&IpAddr) -> bool| {
            let mut relay = general.into_iter().flat_map(|general| &general.relay);
            relay.find(|relay| is_family(&relay.bind)).copied()
        };
        let all = usize::try_from(settings.max_allocations).unwrap_or(usize::MAX);
        Ok(Turn {
            worker: config.worker,
            realm: realm(&settings.realm).to_owned(),
            users: Users::new(settings),
            policy: Policy::new(&config, slices)?,
            slices,
            media_host: PerFamily {
                v4: media_host(IpAddr::is_ipv4),
                v6: media_host(IpAddr::is_ipv6),
            },
            relay: PerFamily {
                v4: relay(IpAddr::is_ipv4),
                v6: relay(IpAddr::is_ipv6),
            },
            limits: Limits {
                allocations: all.div_ceil(workers),
                per_user: settings.max_allocations_per_user,
                bytes_per_second: settings.max_bytes_per_second,
            },
            channels: match general {
                Some(general) if general.rfc5766_channels => RFC_5766_CHANNELS,
                _ => CHANNELS,
            },
            nonces: Nonces::new(&key, now),
            random,
            epoch: now,
            unix: config.unix,
            table: Table::new(slices.of(config.worker)),
            reservations: Reservations::default(),
            deletions: Deletions::default(),
            streams: HashMap::new(),
            timers: Timers::default(),
            replies: VecDeque::new(),
            requests: VecDeque::new(),
            totals: TurnTotals::default(),
        })
    }

    /// Whether a datagram on the shared port is for TURN: ChannelData, or a STUN message that is
    /// no ICE check (every request and indication but a Binding request with USERNAME; responses
    /// are nobody's).
    pub fn concerns(datagram: &[u8]) -> bool {
        if matches!(datagram, [0x40..=0x7f, ..]) {
            return true;
        }
        let Some(kind) = stun::kind(datagram) else {
            return false;
        };
        if kind == BINDING_REQUEST {
            return stun::Message::parse(datagram)
                .is_some_and(|message| !message.has(ATTR_USERNAME));
        }
        matches!(kind.class, CLASS_REQUEST | CLASS_INDICATION)
    }

    /// A client begins to send by a stream.
    pub fn open_stream(
        &mut self,
        stream: StreamId,
        transport: StreamTransport,
        remote: SocketAddr,
        now: Instant,
    ) {
        self.stream_opened(stream, (transport, remote), now);
    }

    /// The stream has ended; its allocation goes with it.
    pub fn close_stream(&mut self, stream: StreamId, now: Instant) {
        self.advance(now);
        self.stream_closed(stream);
    }

    /// Takes one STUN or ChannelData message. On streams the shell cuts messages with
    /// [`super::frame`].
    pub fn handle_client_input(
        &mut self,
        message: &[u8],
        from: Client,
        now: Instant,
    ) -> Option<Relay> {
        self.advance(now);
        match message.first() {
            Some(0x40..=0x7f) => self.channel_data(message, from, now),
            _ => self.stun(message, from, now),
        }
    }

    /// Takes the `length` of a datagram that came to an allocation's socket.
    pub fn handle_peer_input(
        &mut self,
        allocation: AllocationId,
        peer: SocketAddr,
        length: usize,
        now: Instant,
    ) -> Option<Relay> {
        self.advance(now);
        self.peer_sends(allocation, peer, length, now)
    }

    /// Takes the `length` of a datagram that a media port or allocation of this machine sends to a
    /// relayed address of this worker, within memory.
    pub fn handle_local_input(
        &mut self,
        relayed: SocketAddr,
        peer: SocketAddr,
        length: usize,
        now: Instant,
    ) -> Option<Relay> {
        self.advance(now);
        self.neighbor_sends(relayed, peer, length, now)
    }

    /// The answer to [`Request::Bind`].
    pub fn bound(&mut self, allocation: AllocationId, bound: Result<(), BindError>, now: Instant) {
        self.advance(now);
        self.socket_bound(allocation, bound, now);
    }

    pub fn poll_reply(&mut self) -> Option<Reply> {
        self.replies.pop_front()
    }

    pub fn poll_request(&mut self) -> Option<Request> {
        self.requests.pop_front()
    }

    /// When [`Self::handle_timeout`] wants to be called; `None` while nothing is kept.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.due()
    }

    pub fn handle_timeout(&mut self, now: Instant) {
        self.advance(now);
    }

    /// Which worker's allocation a relayed address is, by its port; for what a plane sends by a
    /// relayed route.
    pub fn worker_of(&self, relayed: SocketAddr) -> Option<u16> {
        self.slices.worker_of(relayed.port())
    }

    /// How the client of a relayed address comes, for the count of ways.
    pub fn way_of(&self, relayed: SocketAddr) -> Option<Way> {
        let place = self.table.of_relayed(relayed)?;
        match self.table.get(place)?.client {
            Client::Udp(_) => Some(Way::TurnUdp),
            Client::Stream(stream) => match self.streams.get(&stream)?.transport {
                StreamTransport::Tcp => Some(Way::TurnTcp),
                StreamTransport::Tls => Some(Way::TurnTls),
            },
        }
    }

    pub fn stats(&self) -> TurnTotals {
        let count = |length: usize| u64::try_from(length).unwrap_or(u64::MAX);
        TurnTotals {
            allocations: count(self.table.len()),
            streams: count(self.streams.len()),
            ..self.totals
        }
    }
}
