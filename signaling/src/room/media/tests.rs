use super::*;
use media_relay_control::{Event, Failure, OfferedStream};
use quietroom_protocol::ReceivedStream;
use tokio::sync::mpsc;
use uuid::Uuid;

const ROOM: RoomId = RoomId(3);
const NOW: UtcMillis = UtcMillis(1_000_000);

/// A room's media with the relay's end of its line.
struct Fixture {
    media: Media,
    commands: mpsc::Receiver<Command>,
}

impl Fixture {
    fn new() -> Self {
        let (line, commands) = Line::scripted();
        let mut media = Media::new(ROOM);
        assert!(media.relay_up(line).is_empty());
        let mut fixture = Self { media, commands };
        assert_eq!(fixture.commands(), [Command::OpenRoom { room: ROOM }]);
        fixture
    }

    fn commands(&mut self) -> Vec<Command> {
        std::iter::from_fn(|| self.commands.try_recv().ok()).collect()
    }

    /// Publishes microphone and camera and returns the peer the relay was told of.
    fn publish(&mut self, device: DeviceId, connection: &str) -> PeerId {
        let sources = vec![
            section("0", Source::Microphone),
            section("1", Source::Camera),
        ];
        self.media
            .publish(device, 1, offer(connection), sources)
            .unwrap();
        let commands = self.commands();
        let Some(Command::Publish { request, peer, .. }) = commands.last().cloned() else {
            panic!("an offer reaches the relay");
        };
        let answered = Event::Answered {
            request,
            peer,
            answer: "answer".to_owned(),
        };
        let published = Outcome::Published {
            device,
            id: 1,
            answer: "answer".to_owned(),
        };
        assert_eq!(self.media.event(NOW, answered), Some(published));
        peer
    }

    fn reconciled(&mut self, audience: &Audience) -> Option<Vec<Listener>> {
        self.media.reconcile(audience);
        self.commands()
            .into_iter()
            .find_map(|command| match command {
                Command::Reconcile { listeners, .. } => Some(listeners),
                _ => None,
            })
    }
}

fn device(n: u128) -> DeviceId {
    DeviceId(Uuid::from_u128(n))
}

fn offer(connection: &str) -> String {
    format!("v=0\r\no=- {connection} 2 IN IP4 127.0.0.1\r\ns=-\r\n")
}

fn section(mid: &str, source: Source) -> SourceSection {
    SourceSection {
        mid: mid.to_owned(),
        source,
    }
}

/// Everyone receives microphone and camera of everyone else.
fn audience(devices: &[DeviceId]) -> Audience {
    let of = |listener: &DeviceId| {
        devices
            .iter()
            .filter(|device| *device != listener)
            .flat_map(|device| [(*device, Source::Microphone), (*device, Source::Camera)])
            .collect()
    };
    Audience {
        listeners: devices.iter().map(|device| (*device, of(device))).collect(),
    }
}

#[test]
fn the_relay_is_given_only_what_is_published() {
    let mut room = Fixture::new();
    let (one, other) = (device(1), device(2));
    room.media.attach(one);
    room.media.attach(other);
    let audience = audience(&[one, other]);
    assert_eq!(room.reconciled(&audience), None, "nobody publishes yet");

    let publisher = room.publish(one, "11");
    let listeners = room.reconciled(&audience).unwrap();
    assert_eq!(
        listeners.len(),
        1,
        "the one who hears nobody has no peer yet"
    );
    let streams = &listeners[0].streams;
    assert!(streams.iter().all(|stream| stream.publisher == publisher));
    let mids: Vec<&str> = streams.iter().map(|stream| stream.mid.as_str()).collect();
    assert_eq!(mids, ["0", "1"]);
    assert_eq!(
        room.reconciled(&audience),
        None,
        "the same is not said twice"
    );
}

#[test]
fn who_is_not_in_the_audience_receives_nothing() {
    let mut room = Fixture::new();
    let (one, other, waiting) = (device(1), device(2), device(3));
    for device in [one, other, waiting] {
        room.media.attach(device);
        room.publish(device, "11");
    }
    let listeners = room.reconciled(&audience(&[one, other])).unwrap();
    assert_eq!(listeners.len(), 2);
    let publishers: Vec<PeerId> = listeners
        .iter()
        .flat_map(|listener| &listener.streams)
        .map(|stream| stream.publisher)
        .collect();
    let waiting = room.media.devices[&waiting].publishing.as_ref().unwrap();
    assert!(!publishers.contains(&waiting.peer.id));
}

#[test]
fn a_device_without_peers_cannot_publish() {
    let mut room = Fixture::new();
    let refused = room.media.publish(device(1), 1, offer("11"), Vec::new());
    assert_eq!(refused, Err(NoRelay));
    assert_eq!(room.commands(), []);
}

#[test]
fn what_is_shown_small_is_sent_small() {
    let mut room = Fixture::new();
    let (one, other) = (device(1), device(2));
    room.media.attach(one);
    room.media.attach(other);
    room.publish(one, "11");
    room.reconciled(&audience(&[one, other]));
    let want = Want {
        device: one,
        source: Source::Camera,
        quality: Quality::Low,
    };
    room.media.show(other, vec![want]);
    let listeners = room.reconciled(&audience(&[one, other])).unwrap();
    let camera = listeners[0].streams.iter().find(|stream| stream.mid == "1");
    assert_eq!(camera.unwrap().quality, media_relay_control::Quality::Low);
}

#[test]
fn an_offer_names_devices_and_sources() {
    let mut room = Fixture::new();
    let (one, other) = (device(1), device(2));
    room.media.attach(one);
    room.media.attach(other);
    let publisher = room.publish(one, "11");
    let listeners = room.reconciled(&audience(&[one, other])).unwrap();
    let streams = vec![
        OfferedStream {
            mid: "a".to_owned(),
            publisher,
            publisher_mid: "1".to_owned(),
        },
        OfferedStream {
            mid: "b".to_owned(),
            publisher: peer_in(ROOM, 999),
            publisher_mid: "1".to_owned(),
        },
    ];
    let outcome = room.media.event(
        NOW,
        Event::Offer {
            peer: listeners[0].peer,
            generation: Generation(1),
            offer: "offer".to_owned(),
            streams,
        },
    );
    let offered = Outcome::Offer {
        device: other,
        generation: 1,
        offer: "offer".to_owned(),
        streams: vec![ReceivedStream {
            mid: "a".to_owned(),
            device: one,
            source: Source::Camera,
        }],
    };
    assert_eq!(
        outcome,
        Some(offered),
        "a publisher who has gone is left out"
    );
}

#[test]
fn a_late_answer_to_an_older_peer_meets_no_younger_offer() {
    let mut room = Fixture::new();
    let (one, other) = (device(1), device(2));
    room.media.attach(one);
    room.media.attach(other);
    room.publish(one, "11");
    let audience = audience(&[one, other]);
    let offer_to = |room: &mut Fixture| {
        let listeners = room.reconciled(&audience).unwrap();
        let event = Event::Offer {
            peer: listeners[0].peer,
            generation: Generation(1),
            offer: "offer".to_owned(),
            streams: Vec::new(),
        };
        match room.media.event(NOW, event) {
            Some(Outcome::Offer { generation, .. }) => (listeners[0].peer, generation),
            other => panic!("an offer goes out, not {other:?}"),
        }
    };
    let (_, first) = offer_to(&mut room);
    room.media.attach(other);
    let (peer, second) = offer_to(&mut room);
    assert!(second > first);

    room.media.answer(other, first, "late".to_owned()).unwrap();
    assert_eq!(room.commands(), [], "ignored");
    room.media
        .answer(other, second, "answer".to_owned())
        .unwrap();
    let commands = room.commands();
    let [
        Command::Answer {
            peer: answered,
            generation,
            ..
        },
    ] = commands.as_slice()
    else {
        panic!("the answer reaches the relay, and nothing else: {commands:?}");
    };
    assert_eq!((*answered, *generation), (peer, Generation(1)));
}

#[test]
fn renegotiation_keeps_the_peer_and_a_new_connection_gets_a_new_one() {
    let mut room = Fixture::new();
    room.media.attach(device(1));
    let first = room.publish(device(1), "11");
    assert_eq!(room.publish(device(1), "11"), first);

    room.media
        .publish(device(1), 2, offer("22"), Vec::new())
        .unwrap();
    let commands = room.commands();
    assert_eq!(commands[0], Command::ClosePeer { peer: first });
    assert!(matches!(&commands[1], Command::Publish { peer, .. } if *peer != first));
}

#[test]
fn a_refused_renegotiation_leaves_what_was_published() {
    let mut room = Fixture::new();
    let (one, other) = (device(1), device(2));
    room.media.attach(one);
    room.media.attach(other);
    let peer = room.publish(one, "11");
    room.media
        .publish(one, 2, offer("11"), vec![section("9", Source::Screen)])
        .unwrap();
    let Some(Command::Publish { request, .. }) = room.commands().pop() else {
        panic!("an offer reaches the relay");
    };
    let failed = Event::Failed {
        request,
        peer,
        failure: Failure::TooMany,
    };
    let unpublished = Outcome::Unpublished {
        device: one,
        id: 2,
        failure: Failure::TooMany,
    };
    assert_eq!(room.media.event(NOW, failed), Some(unpublished));
    let listeners = room.reconciled(&audience(&[one, other])).unwrap();
    assert_eq!(listeners[0].streams.len(), 2);
}

#[test]
fn a_relay_that_comes_back_is_given_everything_anew() {
    let mut room = Fixture::new();
    let (one, other) = (device(1), device(2));
    room.media.attach(one);
    room.media.attach(other);
    let before = room.publish(one, "11");
    room.reconciled(&audience(&[one, other]));
    room.media.publish(one, 7, offer("11"), Vec::new()).unwrap();
    assert_eq!(room.media.relay_gone(), [(one, 7)], "waits in vain");
    assert_eq!(
        room.media.publish(one, 8, offer("11"), Vec::new()),
        Err(NoRelay)
    );

    let (line, commands) = Line::scripted();
    room.commands = commands;
    assert_eq!(room.media.relay_up(line), [one, other]);
    assert!(room.commands().contains(&Command::OpenRoom { room: ROOM }));
    let after = room.publish(one, "11");
    assert_ne!(after, before, "ids are never used again");
    assert!(room.reconciled(&audience(&[one, other])).is_some());
}

#[test]
fn a_peer_with_a_wrong_certificate_is_closed() {
    let mut room = Fixture::new();
    let (one, other) = (device(1), device(2));
    room.media.attach(one);
    room.media.attach(other);
    let peer = room.publish(one, "11");
    room.reconciled(&audience(&[one, other]));
    let outcome = room.media.event(NOW, Event::WrongFingerprint { peer });
    assert_eq!(outcome, None);
    assert_eq!(room.commands(), [Command::ClosePeer { peer }]);
    let listeners = room.reconciled(&audience(&[one, other])).unwrap();
    assert!(listeners.iter().all(|listener| listener.streams.is_empty()));
}

#[test]
fn a_device_is_silent_only_when_no_peer_of_it_is_heard() {
    let mut room = Fixture::new();
    let (one, other) = (device(1), device(2));
    room.media.attach(one);
    room.media.attach(other);
    let publishing = room.publish(one, "11");
    room.publish(other, "22");
    let listeners = room.reconciled(&audience(&[one, other])).unwrap();
    let receiving = room.media.devices[&one].receiving.unwrap().peer.id;
    assert!(listeners.iter().any(|listener| listener.peer == receiving));
    for peer in [publishing, receiving] {
        let heard = room.media.event(NOW, Event::Connected { peer });
        assert_eq!(heard, Some(Outcome::Heard { device: one }));
    }
    assert!(room.media.flows(one));

    let later = NOW.plus(40_000);
    let lost = |peer| Event::Lost {
        peer,
        quiet_ms: 30_000,
    };
    let outcome = room.media.event(later, lost(publishing));
    let still_heard = Outcome::PeerLost {
        device: one,
        silent_since: None,
    };
    assert_eq!(outcome, Some(still_heard));
    let outcome = room.media.event(later, lost(receiving));
    let silent = Outcome::PeerLost {
        device: one,
        silent_since: Some(NOW.plus(10_000)),
    };
    assert_eq!(outcome, Some(silent));
    assert!(!room.media.flows(one));
}

#[test]
fn quiet_peers_tell_when_the_device_was_heard() {
    let mut room = Fixture::new();
    room.media.attach(device(1));
    let peer = room.publish(device(1), "11");
    room.media.event(NOW, Event::Connected { peer });
    let later = NOW.plus(10_000);
    assert_eq!(
        room.media.heard(device(1), later),
        Some(later.plus(-QUIET)),
        "less than that the relay has not reported yet"
    );
    let quiet = Event::Quiet {
        peer,
        quiet_ms: 4_000,
    };
    assert_eq!(room.media.event(later, quiet), None);
    assert!(!room.media.flows(device(1)));
    assert_eq!(room.media.heard(device(1), later), Some(later.plus(-4_000)));
    room.media.event(
        later,
        Event::Heard {
            peer,
            quiet_ms: 5_000,
        },
    );
    assert!(room.media.flows(device(1)));
}
