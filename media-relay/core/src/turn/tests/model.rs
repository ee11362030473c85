//! Any sequence of requests and waits against a simple model of what is had.

use super::lab::*;
use crate::turn::*;
use proptest::prelude::*;
use rtc_stun::message::*;
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

const QUOTA: usize = 2;
const SHARE: usize = 3;
const PEERS: [&str; 3] = ["9.1.0.1:1000", "9.1.0.1:2000", "9.2.0.1:1000"];

#[derive(Clone, Debug)]
enum Step {
    Allocate {
        client: usize,
        name: usize,
        even: bool,
        bind: Option<BindError>,
    },
    Refresh {
        client: usize,
        name: usize,
        lifetime: u32,
    },
    Permit {
        client: usize,
        name: usize,
        peers: Vec<usize>,
    },
    Bind {
        client: usize,
        name: usize,
        number: u16,
        peer: usize,
    },
    Send {
        client: usize,
        peer: usize,
    },
    Channel {
        client: usize,
        number: u16,
    },
    Receive {
        client: usize,
        peer: usize,
    },
    Reopen,
    Wait(u64),
}

/// What one client has; times are seconds since the start.
#[derive(Clone, Debug)]
struct Had {
    name: usize,
    relayed: SocketAddr,
    allocation: AllocationId,
    expires: u64,
    permissions: BTreeMap<IpAddr, u64>,
    channels: BTreeMap<u16, (SocketAddr, u64)>,
}

struct Model {
    lab: Lab,
    now: u64,
    clients: Vec<Client>,
    /// Of each client and name.
    users: Vec<Vec<User>>,
    had: BTreeMap<usize, Had>,
    /// Name and end of each reservation.
    reserved: Vec<(usize, u64)>,
    stream: u64,
    /// Until when the stream may be without an allocation; `None` while it has one or is closed.
    idle: Option<u64>,
    open: bool,
}

impl Model {
    fn new() -> Model {
        let mut config = config();
        config.settings.max_allocations_per_user = u32::try_from(QUOTA).unwrap();
        config.settings.max_allocations = u32::try_from(SHARE * 2).unwrap();
        let mut lab = Lab::with(config);
        let stream = lab.stream(1);
        let mut clients: Vec<Client> = (1..=3)
            .map(|port| udp(&format!("7.7.7.7:{port}")))
            .collect();
        clients.push(stream);
        let mut model = Model {
            lab,
            now: 0,
            users: clients.iter().map(|client| Model::users(*client)).collect(),
            clients,
            had: BTreeMap::new(),
            reserved: Vec::new(),
            stream: 1,
            idle: Some(30),
            open: true,
        };
        model.check();
        model
    }

    fn users(client: Client) -> Vec<User> {
        ["one", "two"]
            .map(|name| User::new(client, name, PASSWORD))
            .to_vec()
    }

    /// The answer's error, or why there is none.
    fn ask(&mut self, (client, name): (usize, usize), method: Method, attributes: &[Raw]) -> Read {
        self.users[client][name].ask(&mut self.lab, method, attributes)
    }

    fn is_gone(&self, client: usize) -> bool {
        client == self.clients.len() - 1 && !self.open
    }

    fn held(&self, name: usize) -> usize {
        self.had.values().filter(|had| had.name == name).count()
            + self.reserved.iter().filter(|(of, _)| *of == name).count()
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Allocate {
                client,
                name,
                even,
                bind,
            } => self.allocate(client, name, even, bind),
            Step::Refresh {
                client,
                name,
                lifetime,
            } => self.refresh(client, name, lifetime),
            Step::Permit {
                client,
                name,
                peers,
            } => self.permit(client, name, &peers),
            Step::Bind {
                client,
                name,
                number,
                peer,
            } => self.bind(client, name, number, peer),
            Step::Send { client, peer } => {
                let peer = address(PEERS[peer]);
                let (relay, answer) = self.lab.send(self.clients[client], &indication(peer, b"x"));
                assert!(answer.is_none());
                let now = self.now;
                let had = self.had.get(&client);
                let live = had.is_some_and(|had| {
                    had.permissions
                        .get(&peer.ip())
                        .is_some_and(|end| now < *end)
                });
                assert_eq!(relay.is_some(), live, "no relay without a live permission");
            }
            Step::Channel { client, number } => {
                let relay = self
                    .lab
                    .send(self.clients[client], &channel_data(number, b"x"))
                    .0;
                let now = self.now;
                let to = self.had.get(&client).and_then(|had| {
                    let (peer, end) = had.channels.get(&number)?;
                    (now < *end && now < *had.permissions.get(&peer.ip())?).then_some(*peer)
                });
                let went = relay.map(|relay| match relay.to {
                    Target::Peer { peer, .. } => peer,
                    other => panic!("{other:?}"),
                });
                assert_eq!(went, to);
            }
            Step::Receive { client, peer } => self.receive(client, address(PEERS[peer])),
            Step::Reopen => {
                let last = self.clients.len() - 1;
                self.lab
                    .turn
                    .close_stream(StreamId(self.stream), self.lab.now);
                self.had.remove(&last);
                self.stream += 1;
                self.clients[last] = self.lab.stream(self.stream);
                self.users[last] = Model::users(self.clients[last]);
                self.idle = Some(self.now + 30);
                self.open = true;
                self.lab.drain();
            }
            Step::Wait(seconds) => {
                self.now += seconds;
                self.lab.wait(seconds);
                self.expire();
            }
        }
        self.check();
    }

    fn allocate(&mut self, client: usize, name: usize, even: bool, bind: Option<BindError>) {
        if self.is_gone(client) {
            return;
        }
        self.lab.bind = Some(bind.map_or(Ok(()), Err));
        let mut attributes = vec![transport()];
        if even {
            attributes.push((0x0018, vec![0x80]));
        }
        let read = self.ask((client, name), METHOD_ALLOCATE, &attributes);
        self.lab.bind = Some(Ok(()));
        let expected = if self.had.contains_key(&client) {
            Some(437)
        } else if self.had.len() >= SHARE {
            Some(508)
        } else if self.held(name) + 1 + usize::from(even) > QUOTA {
            Some(486)
        } else {
            bind.map(|_| 508)
        };
        assert_eq!(read.error(), expected);
        if expected.is_some() {
            return self.idle_again(client);
        }
        let had = Had {
            name,
            relayed: read.relayed().unwrap(),
            allocation: self.lab.last_bind().0,
            expires: self.now + 600,
            permissions: BTreeMap::new(),
            channels: BTreeMap::new(),
        };
        self.had.insert(client, had);
        if even {
            self.reserved.push((name, self.now + 30));
        }
        if client == self.clients.len() - 1 {
            self.idle = None;
        }
    }

    /// A stream whose sockets could not be bound begins its time anew.
    fn idle_again(&mut self, client: usize) {
        if client == self.clients.len() - 1 && !self.had.contains_key(&client) {
            let at = self
                .lab
                .turn
                .streams
                .get(&StreamId(self.stream))
                .unwrap()
                .idle;
            let started = self.lab.now - std::time::Duration::from_secs(self.now);
            self.idle = at.map(|at| at.duration_since(started).as_secs());
        }
    }

    fn refresh(&mut self, client: usize, name: usize, lifetime: u32) {
        if self.is_gone(client) {
            return;
        }
        let attribute = (0x000d, lifetime.to_be_bytes().to_vec());
        let read = self.ask((client, name), METHOD_REFRESH, &[attribute]);
        let now = self.now;
        let Some(had) = self.owned(client, name, &read) else {
            return;
        };
        assert_eq!(read.error(), None);
        if lifetime == 0 {
            self.had.remove(&client);
            if client == self.clients.len() - 1 {
                self.idle = Some(now + 30);
            }
            return;
        }
        let granted = lifetime.clamp(600, 3600);
        assert_eq!(read.lifetime(), Some(granted));
        had.expires = now + u64::from(granted);
    }

    fn permit(&mut self, client: usize, name: usize, peers: &[usize]) {
        if self.is_gone(client) {
            return;
        }
        let peers: Vec<SocketAddr> = peers.iter().map(|peer| address(PEERS[*peer])).collect();
        let attributes: Vec<Raw> = peers.iter().map(|peer| peer_address(*peer)).collect();
        let read = self.ask((client, name), METHOD_CREATE_PERMISSION, &attributes);
        let now = self.now;
        let Some(had) = self.owned(client, name, &read) else {
            return;
        };
        assert_eq!(read.error(), None);
        for peer in peers {
            had.permissions.insert(peer.ip(), now + 300);
        }
    }

    fn bind(&mut self, client: usize, name: usize, number: u16, peer: usize) {
        if self.is_gone(client) {
            return;
        }
        let peer = address(PEERS[peer]);
        let attributes = [channel(number), peer_address(peer)];
        let read = self.ask((client, name), METHOD_CHANNEL_BIND, &attributes);
        let now = self.now;
        let Some(had) = self.owned(client, name, &read) else {
            return;
        };
        had.channels.retain(|_, (_, end)| now < *end);
        let other = had
            .channels
            .get(&number)
            .is_some_and(|(bound, _)| *bound != peer);
        let twice = had
            .channels
            .iter()
            .any(|(bound, (to, _))| *bound != number && *to == peer);
        if other || twice {
            assert_eq!(read.error(), Some(400));
            return;
        }
        assert_eq!(read.error(), None);
        had.channels.insert(number, (peer, now + 600));
        had.permissions.insert(peer.ip(), now + 300);
    }

    fn receive(&mut self, client: usize, peer: SocketAddr) {
        let Some(had) = self.had.get(&client) else {
            return;
        };
        let relay = self
            .lab
            .turn
            .handle_peer_input(had.allocation, peer, 1, self.lab.now);
        let permitted = had
            .permissions
            .get(&peer.ip())
            .is_some_and(|end| self.now < *end);
        assert_eq!(
            relay.is_some(),
            permitted,
            "no relay without a live permission"
        );
        let Some(relay) = relay else {
            return;
        };
        assert_eq!(relay.to, Target::Client(self.clients[client]));
        let mut channels = had.channels.iter();
        let channel = channels.find(|(_, (to, end))| *to == peer && self.now < *end);
        let header = relay.header.as_bytes();
        match channel {
            Some((number, _)) => assert_eq!(header[..2], number.to_be_bytes()),
            None => assert_eq!(header[..2], [0, 0x17]),
        }
    }

    /// The client's allocation when the request is its owner's; else the error is the right one.
    fn owned(&mut self, client: usize, name: usize, read: &Read) -> Option<&mut Had> {
        let Some(had) = self.had.get_mut(&client) else {
            assert_eq!(read.error(), Some(437));
            return None;
        };
        if had.name != name {
            assert_eq!(read.error(), Some(441));
            return None;
        }
        Some(had)
    }

    fn expire(&mut self) {
        let now = self.now;
        let last = self.clients.len() - 1;
        if self.had.get(&last).is_some_and(|had| had.expires <= now)
            || self.idle.is_some_and(|end| end <= now)
        {
            self.open = false;
            self.idle = None;
        }
        self.had.retain(|_, had| now < had.expires);
        self.reserved.retain(|(_, end)| now < *end);
    }

    fn check(&mut self) {
        self.lab.turn.assert_consistent(self.lab.now);
        let stats = self.lab.turn.stats();
        assert_eq!(stats.allocations, u64::try_from(self.had.len()).unwrap());
        assert_eq!(stats.streams, u64::from(self.open));
        assert_eq!(self.lab.turn.reservations.len(), self.reserved.len());
        for had in self.had.values() {
            assert_eq!(self.lab.turn.worker_of(had.relayed), Some(0));
            assert!(self.lab.turn.way_of(had.relayed).is_some());
        }
    }
}

fn step() -> impl Strategy<Value = Step> {
    let client = 0usize..4;
    let name = prop_oneof![4 => Just(0usize), 2 => Just(1usize)];
    let number = 0x4000u16..0x4002;
    let peer = 0..PEERS.len();
    let fails = prop_oneof![
        4 => Just(None),
        1 => Just(Some(BindError::InUse)),
        1 => Just(Some(BindError::Refused)),
    ];
    prop_oneof![
        4 => (client.clone(), name.clone(), any::<bool>(), fails)
            .prop_map(|(client, name, even, bind)| Step::Allocate { client, name, even, bind }),
        2 => (client.clone(), name.clone(), prop_oneof![1 => Just(0u32), 1 => Just(1), 1 => Just(900), 3 => Just(9000)])
            .prop_map(|(client, name, lifetime)| Step::Refresh { client, name, lifetime }),
        2 => (client.clone(), name.clone(), prop::collection::vec(peer.clone(), 1..4))
            .prop_map(|(client, name, peers)| Step::Permit { client, name, peers }),
        3 => (client.clone(), name, number.clone(), peer.clone())
            .prop_map(|(client, name, number, peer)| Step::Bind { client, name, number, peer }),
        3 => (client.clone(), peer.clone()).prop_map(|(client, peer)| Step::Send { client, peer }),
        3 => (client.clone(), number).prop_map(|(client, number)| Step::Channel { client, number }),
        3 => (client, peer).prop_map(|(client, peer)| Step::Receive { client, peer }),
        1 => Just(Step::Reopen),
        4 => prop_oneof![1u64..40, 200u64..400, 500u64..700, Just(4000u64)].prop_map(Step::Wait),
    ]
}

proptest! {

    #![proptest_config(crate::testing::seeded(512))]

    #[test]
    fn any_sequence_does_what_the_model_says(steps in prop::collection::vec(step(), 1..120)) {
        let mut model = Model::new();
        for step in steps {
            model.step(step);
        }
        model.step(Step::Wait(4000));
        prop_assert!(model.had.is_empty());
        prop_assert_eq!(model.lab.turn.poll_timeout(), None, "nothing is left");
    }
}
