//! A server in virtual time and clients that speak to it through `rtc-stun`, a codec that is not
//! the server's.

use crate::testing::start;
use crate::transmit::Route;
use crate::turn::*;
use aws_lc_rs::hmac;
use media_relay_control::{
    GeneralRelaying, RelayAddress, Secret, StreamTransport, TurnSettings, TurnUser, participant,
};
use rtc_crypto::providers::AwsLcRsCrypto;
use rtc_crypto::{HashAlgorithm, RTCCrypto};
use rtc_stun::attributes::*;
use rtc_stun::error_code::ErrorCodeAttribute;
use rtc_stun::integrity::MessageIntegrity;
use rtc_stun::message::*;
use rtc_stun::textattrs::TextAttribute;
use rtc_stun::xoraddr::XorMappedAddress;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

pub(super) const REALM: &str = "quietroom";
pub(super) const PASSWORD: &str = "static password";
pub(super) const KEY: &str = "key of participants";
pub(super) const SHARED: &str = "shared secret";
/// Unix seconds at the start.
pub(super) const UNIX: u64 = 1_800_000_000;
/// A host of the world.
pub(super) const PEER: &str = "8.8.4.4:4000";
pub(super) const PEER6: &str = "[2a00:1450::1]:4000";
pub(super) const RELAY: &str = "5.5.5.5";
pub(super) const RELAY6: &str = "2a01:4f8::5";
pub(super) const MEDIA: [[&str; 2]; 2] = [
    ["5.5.5.5:3478", "[2a01:4f8::5]:3478"],
    ["5.5.5.5:3479", "[2a01:4f8::5]:3479"],
];

pub(super) struct Lab {
    pub(super) turn: Turn,
    pub(super) now: Instant,
    /// What the server asked for and was not yet looked at.
    pub(super) requests: Vec<Request>,
    /// Binds are answered at once with this; held back when `None`.
    pub(super) bind: Option<Result<(), BindError>>,
}

pub(super) fn settings() -> TurnSettings {
    let secret = |text: &str| Secret::new(text.to_owned());
    let user = |name: &str| TurnUser {
        name: name.to_owned(),
        password: secret(PASSWORD),
    };
    let relay = |bind: &str| RelayAddress {
        bind: bind.parse().unwrap(),
        advertise: None,
    };
    TurnSettings {
        realm: REALM.to_owned(),
        participants: Some(secret(KEY)),
        general: Some(GeneralRelaying {
            users: vec![user("one"), user("two")],
            shared_secrets: vec![secret("an older secret"), secret(SHARED)],
            relay: vec![relay(RELAY), relay(RELAY6)],
            ports: (50_000, 50_999),
            allow: vec![],
            deny: vec!["8.8.8.0/24".to_owned()],
            rfc5766_channels: false,
        }),
        max_allocations: 1000,
        max_allocations_per_user: 10,
        max_bytes_per_second: 1_000_000_000,
        max_streams: 100,
        own_listeners: vec![
            "0.0.0.0:443".parse().unwrap(),
            "9.9.9.9:5432".parse().unwrap(),
        ],
    }
}

pub(super) fn config() -> TurnConfig {
    let media = MEDIA.map(|worker| worker.map(address).to_vec()).to_vec();
    TurnConfig {
        worker: 0,
        settings: settings(),
        media,
        interfaces: vec!["127.0.0.1".parse().unwrap(), "6.6.6.6".parse().unwrap()],
        seed: [9; 32],
        unix: Duration::from_secs(UNIX),
    }
}

pub(super) fn address(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

impl Lab {
    pub(super) fn new() -> Lab {
        Lab::with(config())
    }

    pub(super) fn with(config: TurnConfig) -> Lab {
        Lab {
            turn: Turn::new(config, start()).unwrap(),
            now: start(),
            requests: Vec::new(),
            bind: Some(Ok(())),
        }
    }

    pub(super) fn wait(&mut self, seconds: u64) {
        self.now += Duration::from_secs(seconds);
        while let Some(due) = self.turn.poll_timeout()
            && due <= self.now
        {
            self.turn.handle_timeout(due);
        }
        self.turn.handle_timeout(self.now);
        self.drain();
    }

    /// Gives a message to the server; its answer, if any.
    pub(super) fn send(&mut self, from: Client, message: &[u8]) -> (Option<Relay>, Option<Read>) {
        let relay = self.turn.handle_client_input(message, from, self.now);
        self.drain();
        let reply = self.turn.poll_reply();
        assert_eq!(self.turn.poll_reply(), None, "one answer at most");
        (
            relay,
            reply.map(|reply| {
                assert_eq!(reply.to, from);
                Read::new(&reply.message)
            }),
        )
    }

    /// Opens a stream.
    pub(super) fn stream(&mut self, number: u64) -> Client {
        let stream = StreamId(number);
        let remote = address("7.7.7.7:40000");
        self.turn
            .open_stream(stream, StreamTransport::Tls, remote, self.now);
        Client::Stream(stream)
    }

    pub(super) fn drain(&mut self) {
        while let Some(request) = self.turn.poll_request() {
            if let (Request::Bind { allocation, .. }, Some(answer)) = (request, self.bind) {
                self.turn.bound(allocation, answer, self.now);
            }
            self.requests.push(request);
        }
        self.turn.assert_consistent(self.now);
    }

    /// The bound address and number of the last allocation.
    pub(super) fn last_bind(&self) -> (AllocationId, SocketAddr) {
        let mut binds = self.requests.iter().rev();
        binds
            .find_map(|request| match request {
                Request::Bind {
                    allocation,
                    address,
                } => Some((*allocation, *address)),
                _ => None,
            })
            .unwrap()
    }
}

pub(super) fn udp(remote: &str) -> Client {
    Client::Udp(Route {
        socket: 0,
        remote: address(remote),
    })
}

/// One attribute as it stands.
pub(super) type Raw = (u16, Vec<u8>);

pub(super) const UDP_TRANSPORT: (u16, [u8; 4]) = (0x0019, [17, 0, 0, 0]);

/// A client with credentials.
#[derive(Clone)]
pub(super) struct User {
    pub(super) from: Client,
    pub(super) name: String,
    pub(super) password: String,
    pub(super) nonce: Vec<u8>,
    transaction: u32,
}

impl User {
    pub(super) fn new(from: Client, name: &str, password: &str) -> User {
        User {
            from,
            name: name.to_owned(),
            password: password.to_owned(),
            nonce: Vec::new(),
            transaction: 0,
        }
    }

    /// A static user.
    pub(super) fn general(from: Client) -> User {
        User::new(from, "one", PASSWORD)
    }

    pub(super) fn participant(from: Client, id: &str) -> User {
        let name = participant::username(UNIX + 100_000, id);
        let password = derived(hmac::HMAC_SHA256, KEY, &name);
        User::new(from, &name, &password)
    }

    pub(super) fn shared(from: Client, name: &str, secret: &str) -> User {
        let algorithm = hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY;
        let password = derived(algorithm, secret, name);
        User::new(from, name, &password)
    }

    /// Asks as a client does, with a new nonce when told to.
    pub(super) fn ask(&mut self, lab: &mut Lab, method: Method, attributes: &[Raw]) -> Read {
        let message = self.request(method, attributes);
        let read = lab.send(self.from, &message).1.unwrap();
        if matches!(read.error(), Some(401 | 438)) && self.nonce != read.get(0x0015).unwrap() {
            self.nonce = read.get(0x0015).unwrap();
            let message = self.request(method, attributes);
            return lab.send(self.from, &message).1.unwrap();
        }
        read
    }

    pub(super) fn request(&mut self, method: Method, attributes: &[Raw]) -> Vec<u8> {
        let transaction = self.next();
        self.signed(method, attributes, transaction)
    }

    /// A request with MESSAGE-INTEGRITY; without credentials before there is a nonce.
    pub(super) fn signed(
        &self,
        method: Method,
        attributes: &[Raw],
        transaction: [u8; 12],
    ) -> Vec<u8> {
        let mut message = message(method, CLASS_REQUEST, attributes, transaction);
        if self.nonce.is_empty() {
            return message.raw;
        }
        self.credentials(&mut message);
        let integrity = MessageIntegrity::new_long_term_integrity_with_provider(
            self.name.clone(),
            REALM.to_owned(),
            self.password.clone(),
            &AwsLcRsCrypto,
        );
        integrity.unwrap().add_to(&mut message).unwrap();
        message.raw
    }

    /// A request with MESSAGE-INTEGRITY-SHA256, of `length` bytes, by the key of `algorithm`; the
    /// algorithm is named to the server when `named`.
    pub(super) fn signed_sha256(
        &mut self,
        method: Method,
        attributes: &[Raw],
        (named, length): (bool, usize),
    ) -> Vec<u8> {
        let transaction = self.next();
        let mut message = message(method, CLASS_REQUEST, attributes, transaction);
        self.credentials(&mut message);
        if named {
            message.add(ATTR_PASSWORD_ALGORITHM, &[0, 2, 0, 0]);
            message.add(ATTR_PASSWORD_ALGORITHMS, &[0, 2, 0, 0, 0, 1, 0, 0]);
        }
        let key = self.key(named);
        let mut covered = message.raw.clone();
        let end = u16::try_from(covered.len() - 20 + 4 + length).unwrap();
        covered[2..4].copy_from_slice(&end.to_be_bytes());
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), &covered);
        message.add(ATTR_MESSAGE_INTEGRITY_SHA256, &tag.as_ref()[..length]);
        message.raw
    }

    fn next(&mut self) -> [u8; 12] {
        self.transaction += 1;
        let mut transaction = [5; 12];
        transaction[..4].copy_from_slice(&self.transaction.to_be_bytes());
        transaction
    }

    fn key(&self, sha256: bool) -> Vec<u8> {
        let text = format!("{}:{REALM}:{}", self.name, self.password);
        let algorithm = if sha256 {
            HashAlgorithm::Sha256
        } else {
            HashAlgorithm::Md5
        };
        AwsLcRsCrypto.hash(algorithm, text.as_bytes()).unwrap()
    }

    /// Whether an answer is protected by MESSAGE-INTEGRITY.
    pub(super) fn believes(&self, read: &Read) -> bool {
        let mut message = Message::new();
        message.unmarshal_binary(&read.message.raw).unwrap();
        MessageIntegrity::check(&mut message, &self.key(false), &AwsLcRsCrypto).is_ok()
    }

    /// Whether an answer is protected by MESSAGE-INTEGRITY-SHA256, its last attribute.
    pub(super) fn believes_sha256(&self, read: &Read, named: bool) -> bool {
        let raw = &read.message.raw;
        let (covered, attribute) = raw.split_at(raw.len() - 36);
        let tag = hmac::sign(
            &hmac::Key::new(hmac::HMAC_SHA256, &self.key(named)),
            covered,
        );
        attribute[..4] == [0, 0x1c, 0, 32] && attribute[4..] == *tag.as_ref()
    }

    pub(super) fn credentials(&self, message: &mut Message) {
        let text = |kind, text: &str| TextAttribute::new(kind, text.to_owned());
        text(ATTR_USERNAME, &self.name).add_to(message).unwrap();
        text(ATTR_REALM, REALM).add_to(message).unwrap();
        message.add(ATTR_NONCE, &self.nonce);
    }

    pub(super) fn allocate(&mut self, lab: &mut Lab) -> SocketAddr {
        let read = self.ask(lab, METHOD_ALLOCATE, &[transport()]);
        assert_eq!(read.error(), None);
        read.relayed().unwrap()
    }

    pub(super) fn permit(&mut self, lab: &mut Lab, peers: &[SocketAddr]) -> Option<u16> {
        let attributes: Vec<Raw> = peers.iter().map(|peer| peer_address(*peer)).collect();
        self.ask(lab, METHOD_CREATE_PERMISSION, &attributes).error()
    }

    pub(super) fn bind(&mut self, lab: &mut Lab, number: u16, peer: SocketAddr) -> Option<u16> {
        let attributes = [channel(number), peer_address(peer)];
        self.ask(lab, METHOD_CHANNEL_BIND, &attributes).error()
    }
}

pub(super) fn derived(algorithm: hmac::Algorithm, key: &str, name: &str) -> String {
    use base64::Engine;
    let key = hmac::Key::new(algorithm, key.as_bytes());
    let tag = hmac::sign(&key, name.as_bytes());
    base64::engine::general_purpose::STANDARD.encode(tag.as_ref())
}

pub(super) fn transport() -> Raw {
    (UDP_TRANSPORT.0, UDP_TRANSPORT.1.to_vec())
}

pub(super) fn channel(number: u16) -> Raw {
    let [high, low] = number.to_be_bytes();
    (0x000c, vec![high, low, 0, 0])
}

/// XOR-PEER-ADDRESS, masked when the message is built.
pub(super) fn peer_address(peer: SocketAddr) -> Raw {
    let mut value = vec![0, if peer.is_ipv4() { 1 } else { 2 }];
    value.extend_from_slice(&peer.port().to_be_bytes());
    match peer.ip() {
        std::net::IpAddr::V4(ip) => value.extend_from_slice(&ip.octets()),
        std::net::IpAddr::V6(ip) => value.extend_from_slice(&ip.octets()),
    }
    (0x0012, value)
}

/// A message with these attributes; addresses among them are masked.
pub(super) fn message(
    method: Method,
    class: MessageClass,
    attributes: &[Raw],
    transaction: [u8; 12],
) -> Message {
    let mut message = Message::new();
    message.typ = MessageType::new(method, class);
    message.transaction_id = TransactionId(transaction);
    message.write_header();
    let mut mask = vec![0x21, 0x12, 0xa4, 0x42];
    mask.extend_from_slice(&transaction);
    for (kind, value) in attributes {
        let mut value = value.clone();
        if *kind == 0x0012 && value.len() >= 8 {
            value[2] ^= mask[0];
            value[3] ^= mask[1];
            for (byte, mask) in value[4..].iter_mut().zip(&mask) {
                *byte ^= mask;
            }
        }
        message.add(AttrType(*kind), &value);
    }
    message
}

pub(super) fn indication(peer: SocketAddr, data: &[u8]) -> Vec<u8> {
    let attributes = [peer_address(peer), (0x0013, data.to_vec())];
    message(METHOD_SEND, CLASS_INDICATION, &attributes, [200; 12]).raw
}

pub(super) fn channel_data(number: u16, data: &[u8]) -> Vec<u8> {
    let mut message = number.to_be_bytes().to_vec();
    message.extend_from_slice(&u16::try_from(data.len()).unwrap().to_be_bytes());
    message.extend_from_slice(data);
    message
}

/// What a relay makes of a message: all bytes that leave.
pub(super) fn written(relay: &Relay, message: &[u8]) -> Vec<u8> {
    let mut bytes = relay.header.as_bytes().to_vec();
    bytes.extend_from_slice(&message[relay.payload.clone()]);
    bytes.resize(bytes.len() + usize::from(relay.padding), 0);
    bytes
}

/// An answer, read.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) message: Message,
}

impl Read {
    pub(super) fn new(bytes: &[u8]) -> Read {
        let mut message = Message::new();
        message.unmarshal_binary(bytes).unwrap();
        Read { message }
    }

    pub(super) fn error(&self) -> Option<u16> {
        if self.message.typ.class != CLASS_ERROR_RESPONSE {
            return None;
        }
        let mut error = ErrorCodeAttribute::default();
        error.get_from(&self.message).unwrap();
        Some(error.code.0)
    }

    pub(super) fn get(&self, kind: u16) -> Option<Vec<u8>> {
        self.message.get(AttrType(kind)).ok()
    }

    pub(super) fn address(&self, kind: AttrType) -> Option<SocketAddr> {
        let mut read = XorMappedAddress::default();
        read.get_from_as(&self.message, kind).ok()?;
        Some(SocketAddr::new(read.ip, read.port))
    }

    pub(super) fn relayed(&self) -> Option<SocketAddr> {
        self.address(ATTR_XOR_RELAYED_ADDRESS)
    }

    pub(super) fn lifetime(&self) -> Option<u32> {
        let value = self.get(0x000d)?;
        Some(u32::from_be_bytes(value.try_into().unwrap()))
    }
}
