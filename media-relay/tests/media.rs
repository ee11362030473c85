//! Participants who reach the media ports by TURN, over each transport, on one worker and across.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what cannot go on ends the test"
)]

mod support;

use media_relay_control::{Command, Event, PeerId, RequestId, RoomId};
use rtc_stun::attributes::{
    ATTR_ICE_CONTROLLING, ATTR_PRIORITY, ATTR_USE_CANDIDATE, ATTR_USERNAME,
};
use rtc_stun::fingerprint::FINGERPRINT;
use rtc_stun::integrity::MessageIntegrity;
use rtc_stun::message::{BINDING_REQUEST, Message, Setter, TransactionId};
use rtc_stun::textattrs::TextAttribute;
use std::net::SocketAddr;
use support::{Door, LONG, MOMENT, Relay, localhost, participant, turn};
use turn_client::{Answer, Session, Stream, Transport, Udp, attributes, channel_data};

/// What a browser that only publishes sound offers.
const OFFER: &str = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n\
    a=ice-ufrag:them\r\na=ice-pwd:0123456789abcdef0123456789abcdef\r\n\
    a=fingerprint:sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF\r\n\
    a=setup:actpass\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\n\
    a=sendonly\r\na=rtcp-mux\r\na=msid:stream track\r\na=rtpmap:111 opus/48000/2\r\n\
    a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid\r\n";

/// What proves to a peer of the relay who asks.
struct Peer {
    ufrag: String,
    password: String,
}

/// One peer on each of two workers.
fn peers(relay: &mut Relay) -> [Peer; 2] {
    let open = |number| Command::OpenRoom {
        room: RoomId(number),
    };
    [0, 1].map(|worker: u16| {
        let number = u64::from(worker);
        relay.tell(&open(number));
        let opened = Event::RoomOpened {
            room: RoomId(number),
            worker,
        };
        assert_eq!(relay.hear(), opened);
        relay.tell(&Command::Publish {
            request: RequestId(number),
            room: RoomId(number),
            peer: PeerId(number),
            offer: OFFER.to_owned(),
        });
        let Event::Answered { answer, .. } = relay.hear() else {
            panic!("the offer is not answered");
        };
        let value = |key: &str| {
            let line = answer.lines().find_map(|line| line.strip_prefix(key));
            line.unwrap().trim().to_owned()
        };
        Peer {
            ufrag: value("a=ice-ufrag:"),
            password: value("a=ice-pwd:"),
        }
    })
}

/// A connectivity check (RFC 8445 section 7.2.2).
fn check(peer: &Peer) -> Vec<u8> {
    struct Raw(attributes::AttrType, Vec<u8>);
    impl Setter for Raw {
        fn add_to(&self, message: &mut Message) -> Result<(), rtc_shared::error::Error> {
            message.add(self.0, &self.1);
            Ok(())
        }
    }
    let provider = rtc_crypto::default_provider().unwrap();
    let username = format!("{}:them", peer.ufrag);
    let integrity = MessageIntegrity::new_short_term_integrity_with_provider(
        peer.password.clone(),
        provider.crypto(),
    );
    let mut message = Message::new();
    let setters: [Box<dyn Setter>; 8] = [
        Box::new(TransactionId([5; 12])),
        Box::new(BINDING_REQUEST),
        Box::new(TextAttribute::new(ATTR_USERNAME, username)),
        Box::new(Raw(ATTR_PRIORITY, vec![1; 4])),
        Box::new(Raw(ATTR_ICE_CONTROLLING, vec![1; 8])),
        Box::new(Raw(ATTR_USE_CANDIDATE, Vec::new())),
        Box::new(integrity),
        Box::new(FINGERPRINT),
    ];
    message.build(&setters).unwrap();
    message.raw
}

/// The peer answers a check that came by TURN, and says the relayed address it came from.
fn is_answered<T: Transport>(transport: T, id: &str, media: SocketAddr, peer: &Peer) {
    let (name, password) = participant(id);
    let mut client = Session::new(transport, &name, &password);
    let relayed = client.allocate(media.is_ipv6()).unwrap().relayed;
    assert_eq!(relayed.ip(), media.ip());
    client.bind(0x4000, media).unwrap();
    let message = channel_data(0x4000, &check(peer));
    client.transport.send(&message).unwrap();
    let answer = client.transport.receive().unwrap();
    let answer = Answer::read(&answer[4..]).unwrap();
    assert!(answer.is_success(), "{answer:?}");
    let mapped = answer.address(attributes::ATTR_XORMAPPED_ADDRESS);
    assert_eq!(mapped, Some(relayed));
    client.end().unwrap();
}

#[test]
fn checks_reach_the_media_of_every_worker_by_every_transport() {
    let mut relay = Relay::start(2, turn());
    let peers = peers(&mut relay);
    let door = Door::to(&mut relay);
    for ipv6 in [false, true] {
        for (worker, peer) in peers.iter().enumerate() {
            let media = relay.address(worker, localhost(ipv6));
            for server in 0..2 {
                let server = relay.address(server, localhost(ipv6));
                let near = SocketAddr::new(localhost(ipv6), 0);
                let udp = Udp::connect(near, server, LONG).unwrap();
                is_answered(udp, "by-udp", media, peer);
                // In turns, so that each worker has one.
                let tcp = Stream::new(door.tcp(localhost(ipv6)));
                is_answered(tcp, "by-tcp", media, peer);
            }
        }
    }
}

#[test]
fn checks_still_reach_the_media_without_turn() {
    let mut relay = Relay::start(2, turn());
    let peers = peers(&mut relay);
    for (worker, peer) in peers.iter().enumerate() {
        let media = relay.address(worker, localhost(false));
        let near = SocketAddr::new(localhost(false), 0);
        let mut udp = Udp::connect(near, media, LONG).unwrap();
        udp.send(&check(peer)).unwrap();
        let answer = Answer::read(&udp.receive().unwrap()).unwrap();
        let mapped = answer.address(attributes::ATTR_XORMAPPED_ADDRESS);
        assert_eq!(mapped, Some(udp.socket.local_addr().unwrap()));
    }
}

#[test]
fn participants_reach_nothing_but_media() {
    let relay = Relay::start(2, turn());
    let (name, password) = participant("somebody");
    let near = SocketAddr::new(localhost(false), 0);
    let server = relay.address(0, localhost(false));
    let udp = Udp::connect(near, server, LONG).unwrap();
    let mut client = Session::new(udp, &name, &password);
    client.allocate(false).unwrap();
    let peer = support::peer(false);
    let address = peer.local_addr().unwrap();
    assert!(client.bind(0x4000, address).is_err());
    // The host is that of media, the port is not.
    let _ = client.permit(address);
    client.send(address, b"to a neighbor").unwrap();
    peer.set_read_timeout(Some(MOMENT)).unwrap();
    assert!(peer.recv(&mut [0; 64]).is_err());
}
