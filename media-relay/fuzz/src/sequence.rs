//! Requests that are signed as they should be, in any order, while time passes.

use crate::turn::check;
use crate::world::{MAX_ALLOCATIONS, World, media, peer};
use arbitrary::{Arbitrary, Unstructured};
use media_relay_control::TurnTotals;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;
use turn_client::attributes::{
    ATTR_CHANNEL_NUMBER, ATTR_DATA, ATTR_DONT_FRAGMENT, ATTR_EVEN_PORT, ATTR_LIFETIME,
    ATTR_REQUESTED_ADDRESS_FAMILY, ATTR_REQUESTED_TRANSPORT, ATTR_RESERVATION_TOKEN, AttrType,
};
use turn_client::{
    METHOD_ALLOCATE, METHOD_BINDING, METHOD_CHANNEL_BIND, METHOD_CONNECT, METHOD_CREATE_PERMISSION,
    METHOD_REFRESH, METHOD_SEND, Method, Request, channel_data,
};

/// Steps of one sequence: enough for an allocation to be made, used, and to expire.
const STEPS: usize = 40;
/// ADDITIONAL-ADDRESS-FAMILY (RFC 8656 section 18.11).
const ATTR_ADDITIONAL_ADDRESS_FAMILY: AttrType = AttrType(0x8000);

#[derive(Arbitrary, Debug)]
enum Step {
    Ask {
        client: u8,
        method: Ask,
        attributes: Vec<Attribute>,
        signed: Signed,
    },
    /// An allocation as browsers ask for one.
    Allocate {
        client: u8,
        login: u8,
    },
    /// As browsers go on with it.
    Permit {
        client: u8,
        peer: Peer,
    },
    Bind {
        client: u8,
        channel: u8,
        peer: Peer,
    },
    Refresh {
        client: u8,
        seconds: u16,
    },
    /// A request or indication with a single byte changed after it was signed.
    Bent {
        client: u8,
        place: u8,
        bits: u8,
    },
    Send {
        client: u8,
        peer: Peer,
        payload: Vec<u8>,
    },
    Channel {
        client: u8,
        channel: u8,
        payload: Vec<u8>,
    },
    Raw {
        client: u8,
        message: Vec<u8>,
    },
    /// What was said last, as if its answer had been lost.
    Again {
        client: u8,
    },
    /// A datagram to an allocation's socket.
    Heard {
        allocation: u8,
        peer: Peer,
        length: u16,
    },
    /// A datagram within this machine.
    Local {
        relayed: u8,
        peer: Peer,
        length: u16,
    },
    /// The next ports are taken, where a bit is 1.
    Taken {
        ports: u8,
    },
    Pass {
        seconds: u16,
    },
    Reopen {
        stream: u8,
    },
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Ask {
    Allocate,
    Refresh,
    Permission,
    Bind,
    Connect,
    Binding,
}

#[derive(Arbitrary, Debug)]
enum Attribute {
    Transport(u8),
    Lifetime(u32),
    Family(u8),
    AdditionalFamily(u8),
    EvenPort(u8),
    DontFragment,
    Token(u8),
    Channel(u16),
    Peer(Peer),
    Other(u16, Vec<u8>),
}

#[derive(Arbitrary, Debug)]
enum Signed {
    Not,
    By { login: u8, sha256: bool },
}

#[derive(Arbitrary, Debug)]
enum Peer {
    Public(u8),
    Media(u8),
    Relayed(u8),
    Any([u8; 4], u16),
    Any6([u8; 16], u16),
}

/// As many steps as the input tells; each is followed by all that the server wants done. Returns
/// what the server has counted.
pub fn run(input: &[u8]) -> TurnTotals {
    let mut input = Unstructured::new(input);
    let mut world = World::new();
    world.open_streams();
    for _ in 0..STEPS {
        if input.is_empty() {
            break;
        }
        let Ok(step) = Step::arbitrary(&mut input) else {
            break;
        };
        world.take(step);
        let most = u64::from(MAX_ALLOCATIONS);
        assert!(world.turn.stats().allocations <= most, "more than allowed");
    }
    // Whatever was made ends: no lifetime is longer than an hour.
    world.pass(Duration::from_secs(3601));
    let totals = world.turn.stats();
    assert_eq!(totals.allocations, 0, "an allocation that nobody refreshed");
    totals
}

impl World {
    fn take(&mut self, step: Step) {
        match step {
            Step::Ask {
                client,
                method,
                attributes,
                signed,
            } => {
                let request = Request::new(method.method(), self.transaction());
                let fill = |request, attribute: &Attribute| attribute.add(request, self);
                let request = attributes.iter().take(6).fold(request, fill);
                let message = match signed {
                    Signed::Not => request.unsigned(),
                    Signed::By { login, sha256 } => {
                        request.signed(&self.login(client, login, sha256))
                    }
                };
                self.say(client, &message);
            }
            Step::Allocate { client, login } => {
                let message = self.allocation(client, login);
                self.say(client, &message);
            }
            Step::Permit { client, peer } => {
                let request = Request::new(METHOD_CREATE_PERMISSION, self.transaction());
                let request = request.peer(peer.address(self));
                self.say_as_before(client, request);
            }
            Step::Bind {
                client,
                channel,
                peer,
            } => {
                let request = Request::new(METHOD_CHANNEL_BIND, self.transaction());
                let request = request.with(ATTR_CHANNEL_NUMBER, &[0x40, channel % 4, 0, 0]);
                let request = request.peer(peer.address(self));
                self.say_as_before(client, request);
            }
            Step::Refresh { client, seconds } => {
                let request = Request::new(METHOD_REFRESH, self.transaction());
                let lifetime = u32::from(seconds % 4000).to_be_bytes();
                let request = request.with(ATTR_LIFETIME, &lifetime);
                self.say_as_before(client, request);
            }
            Step::Bent {
                client,
                place,
                bits,
            } => {
                let mut message = self.allocation(client, 0);
                let place = usize::from(place) % message.len();
                message[place] ^= bits;
                self.say(client, &message);
            }
            Step::Send {
                client,
                peer,
                payload,
            } => {
                let request = Request::indication(METHOD_SEND, self.transaction());
                let request = request.peer(peer.address(self)).with(ATTR_DATA, &payload);
                self.say(client, &request.unsigned());
            }
            Step::Channel {
                client,
                channel,
                payload,
            } => {
                let message = channel_data(0x4000 + u16::from(channel % 4), &payload);
                self.say(client, &message);
            }
            Step::Raw { client, message } => self.say(client, &message),
            Step::Again { client } => {
                let message = self.last.clone();
                self.say(client, &message);
            }
            Step::Heard {
                allocation,
                peer,
                length,
            } => self.hear(allocation, &peer, length),
            Step::Local {
                relayed,
                peer,
                length,
            } => self.hear_locally(relayed, &peer, length),
            Step::Taken { ports } => self.taken = u32::from(ports),
            Step::Pass { seconds } => self.pass(Duration::from_secs(u64::from(seconds % 1200))),
            Step::Reopen { stream } => self.reopen_stream(stream),
        }
    }

    fn allocation(&mut self, client: u8, login: u8) -> Vec<u8> {
        let request = Request::new(METHOD_ALLOCATE, self.transaction());
        let request = request.with(ATTR_REQUESTED_TRANSPORT, &[17, 0, 0, 0]);
        let from = self.client(client);
        self.last_login.insert(from, login);
        request.signed(&self.login(client, login, false))
    }

    /// Signed by whoever made the client's last allocation.
    fn say_as_before(&mut self, client: u8, request: Request) {
        let login = self.last_login.get(&self.client(client)).copied();
        let login = self.login(client, login.unwrap_or_default(), false);
        self.say(client, &request.signed(&login));
    }

    /// One message; who sent it is the only one to be answered.
    fn say(&mut self, number: u8, message: &[u8]) {
        let (from, now) = (self.client(number), self.now);
        self.last = message.to_vec();
        if let Some(relay) = self.turn.handle_client_input(message, from, now) {
            check(&relay, message.len());
        }
        for reply in self.replies() {
            assert_eq!(reply.to, from, "somebody else is answered");
        }
    }

    fn hear(&mut self, allocation: u8, from: &Peer, length: u16) {
        let known = &self.allocations;
        let Some(&allocation) = known.get(usize::from(allocation) % known.len().max(1)) else {
            return;
        };
        let (from, length) = (from.address(self), usize::from(length));
        let now = self.now;
        let relay = self.turn.handle_peer_input(allocation, from, length, now);
        if let Some(relay) = relay {
            check(&relay, length);
        }
        self.replies();
    }

    fn hear_locally(&mut self, relayed: u8, from: &Peer, length: u16) {
        let relayed = Peer::Relayed(relayed).address(self);
        let (from, length) = (from.address(self), usize::from(length));
        let now = self.now;
        let relay = self.turn.handle_local_input(relayed, from, length, now);
        if let Some(relay) = relay {
            check(&relay, length);
        }
        self.replies();
    }

    /// Lets time pass, from one timeout to the next.
    fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        let mut last = None;
        while let Some(next) = self.turn.poll_timeout().filter(|next| *next <= end) {
            assert_ne!(last, Some(next), "a timeout that does not pass");
            last = Some(next);
            self.now = self.now.max(next);
            self.turn.handle_timeout(self.now);
            self.replies();
        }
        self.now = end;
    }
}

impl Ask {
    fn method(self) -> Method {
        match self {
            Ask::Allocate => METHOD_ALLOCATE,
            Ask::Refresh => METHOD_REFRESH,
            Ask::Permission => METHOD_CREATE_PERMISSION,
            Ask::Bind => METHOD_CHANNEL_BIND,
            Ask::Connect => METHOD_CONNECT,
            Ask::Binding => METHOD_BINDING,
        }
    }
}

impl Attribute {
    fn add(&self, request: Request, world: &World) -> Request {
        match self {
            Attribute::Transport(protocol) => {
                // Mostly UDP: anything else is refused at once.
                let protocol = if *protocol < 200 { 17 } else { *protocol };
                request.with(ATTR_REQUESTED_TRANSPORT, &[protocol, 0, 0, 0])
            }
            Attribute::Lifetime(seconds) => request.with(ATTR_LIFETIME, &seconds.to_be_bytes()),
            Attribute::Family(family) => {
                request.with(ATTR_REQUESTED_ADDRESS_FAMILY, &[family % 4, 0, 0, 0])
            }
            Attribute::AdditionalFamily(family) => {
                request.with(ATTR_ADDITIONAL_ADDRESS_FAMILY, &[family % 4, 0, 0, 0])
            }
            Attribute::EvenPort(bits) => request.with(ATTR_EVEN_PORT, &[*bits]),
            Attribute::DontFragment => request.with(ATTR_DONT_FRAGMENT, &[]),
            Attribute::Token(number) => {
                let known = &world.tokens;
                let token = known.get(usize::from(*number) % known.len().max(1));
                let unknown = vec![*number; 8];
                request.with(ATTR_RESERVATION_TOKEN, token.unwrap_or(&unknown))
            }
            Attribute::Channel(number) => {
                let [high, low] = number.to_be_bytes();
                request.with(ATTR_CHANNEL_NUMBER, &[high, low, 0, 0])
            }
            Attribute::Peer(peer) => request.peer(peer.address(world)),
            Attribute::Other(typ, value) => {
                let value = &value[..value.len().min(64)];
                request.with(AttrType(*typ), value)
            }
        }
    }
}

impl Peer {
    fn address(&self, world: &World) -> SocketAddr {
        match self {
            Peer::Public(number) => peer(number % 4),
            Peer::Media(number) => media(*number),
            Peer::Relayed(number) => {
                let known = &world.relayed;
                let relayed = known.get(usize::from(*number) % known.len().max(1));
                relayed.copied().unwrap_or(peer(0))
            }
            Peer::Any(ip, port) => SocketAddr::new(IpAddr::from(*ip), *port),
            Peer::Any6(ip, port) => SocketAddr::new(IpAddr::from(*ip), *port),
        }
    }
}
