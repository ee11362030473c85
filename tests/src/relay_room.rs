//! A room of the relay alone, with signaling reduced to the control protocol.

use crate::participant::{Participant, Sends, Signaling};
use crate::relay_process::{PATIENCE, RelayProcess};
use media_relay_control::{
    Event, Generation, Listener, OfferedStream, PeerId, PeerStats, Quality, RoomId, Wanted,
};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{broadcast, mpsc};
use tokio::time::timeout;

/// The sections of a participant's offer to publish, in the order in which it adds its tracks.
pub const MICROPHONE: &str = "0";
pub const CAMERA: &str = "1";

/// Events of one seat that a test may still look at.
const EVENTS: usize = 256;

/// One open room.
#[derive(Clone, Debug)]
pub struct Room {
    pub relay: Arc<RelayProcess>,
    pub id: RoomId,
}

/// One participant's two peers in a room.
#[derive(Debug)]
pub struct Seat {
    room: Room,
    number: u32,
    offers: tokio::sync::Mutex<mpsc::Receiver<Event>>,
    /// What the last offer said each section carries.
    streams: Arc<Mutex<Vec<OfferedStream>>>,
    events: broadcast::Sender<Event>,
}

/// What a test hears about one participant's peers.
#[derive(Debug)]
pub struct Reports {
    events: broadcast::Receiver<Event>,
    streams: Arc<Mutex<Vec<OfferedStream>>>,
}

/// A participant who is seated in a room of the relay.
pub type Seated = Participant<Seat>;

/// The peer with which participant `number` publishes.
#[must_use]
pub fn publisher(number: u32) -> PeerId {
    PeerId(u64::from(number) * 2)
}

/// The peer with which participant `number` receives.
#[must_use]
pub fn listener(number: u32) -> PeerId {
    PeerId(u64::from(number) * 2 + 1)
}

impl Room {
    /// Opens the room and waits until it is.
    pub async fn open(relay: &Arc<RelayProcess>, id: u64) -> Self {
        let id = RoomId(id);
        relay.open_room(id).await;
        let relay = Arc::clone(relay);
        Self { relay, id }
    }

    /// Lets participant `number` join from 127.0.0.1 and waits until it publishes. Nobody hears
    /// it, and it hears nobody, before [`Room::reconcile`].
    ///
    /// # Panics
    /// When it cannot publish.
    pub async fn join(&self, number: u32, sends: Sends) -> Seated {
        self.join_from(number, sends, IpAddr::V4(Ipv4Addr::LOCALHOST))
            .await
    }

    /// As [`Room::join`], from another address.
    ///
    /// # Panics
    /// When it cannot publish.
    pub async fn join_from(&self, number: u32, sends: Sends, address: IpAddr) -> Seated {
        let seat = self.seat(number);
        let joined = Participant::join(number, seat, sends, address).await;
        let joined = joined.expect("the relay answers the offer");
        joined.published().await;
        joined
    }

    /// A participant's place, before it joins.
    #[must_use]
    pub fn seat(&self, number: u32) -> Seat {
        let (events, _) = broadcast::channel(EVENTS);
        let (sender, offers) = mpsc::channel(EVENTS);
        for peer in [publisher(number), listener(number)] {
            let mut from_relay = self.relay.events_of(peer);
            let (events, sender) = (events.clone(), sender.clone());
            tokio::spawn(async move {
                while let Some(event) = from_relay.recv().await {
                    let _ = events.send(event.clone());
                    if matches!(event, Event::Offer { .. }) && sender.send(event).await.is_err() {
                        return;
                    }
                }
            });
        }
        Seat {
            room: self.clone(),
            number,
            offers: tokio::sync::Mutex::new(offers),
            streams: Arc::default(),
            events,
        }
    }

    /// Everyone hears and sees everyone else.
    pub async fn all_hear_all(&self, numbers: &[u32]) {
        let others = |own: u32| numbers.iter().copied().filter(move |&other| other != own);
        let audience = numbers
            .iter()
            .map(|&number| (number, others(number).collect()));
        self.reconcile(audience.collect()).await;
    }

    /// The whole audience: each listener with the participants it hears and sees.
    pub async fn reconcile(&self, audience: Vec<(u32, Vec<u32>)>) {
        let listeners = audience.into_iter().map(|(number, heard)| Listener {
            peer: listener(number),
            streams: heard.into_iter().flat_map(everything_of).collect(),
        });
        self.relay.reconcile(self.id, listeners.collect()).await;
    }

    /// The relay's counters of one peer.
    pub async fn stats_of(&self, peer: PeerId) -> Option<PeerStats> {
        let stats = self.relay.stats().await;
        stats.peers.into_iter().find(|stats| stats.peer == peer)
    }
}

/// All that participant `number` may publish.
fn everything_of(number: u32) -> [Wanted; 2] {
    [MICROPHONE, CAMERA].map(|mid| Wanted {
        publisher: publisher(number),
        mid: mid.to_owned(),
        quality: Quality::High,
    })
}

impl Seat {
    /// What happens to the seat's peers from now on.
    #[must_use]
    pub fn reports(&self) -> Reports {
        Reports {
            events: self.events.subscribe(),
            streams: Arc::clone(&self.streams),
        }
    }
}

impl Signaling for Seat {
    async fn publish(&self, offer: String) -> Result<String, String> {
        let (relay, peer) = (&self.room.relay, publisher(self.number));
        let answered = relay.publish(self.room.id, peer, offer).await;
        answered.map_err(|failure| failure.to_string())
    }

    async fn next_offer(&self) -> Option<(u32, String)> {
        let mut offers = self.offers.lock().await;
        let Some(Event::Offer {
            generation,
            offer,
            streams,
            ..
        }) = offers.recv().await
        else {
            return None;
        };
        *self.streams.lock().unwrap_or_else(PoisonError::into_inner) = streams;
        Some((generation.0, offer))
    }

    async fn answer(&self, generation: u32, answer: String) {
        let (relay, peer) = (&self.room.relay, listener(self.number));
        relay.answer(peer, Generation(generation), answer).await;
    }
}

impl Reports {
    /// Waits for the first event that `wanted` accepts.
    ///
    /// # Panics
    /// When none comes in time.
    pub async fn wait_for<T>(&mut self, wanted: impl FnMut(&Event) -> Option<T>) -> T {
        self.wait_within(PATIENCE, wanted).await
    }

    /// As [`Reports::wait_for`], for what takes its time.
    ///
    /// # Panics
    /// When none comes within `limit`.
    pub async fn wait_within<T>(
        &mut self,
        limit: Duration,
        mut wanted: impl FnMut(&Event) -> Option<T>,
    ) -> T {
        let found = async {
            loop {
                let event = self.events.recv().await.expect("the relay lives");
                if let Some(found) = wanted(&event) {
                    return found;
                }
            }
        };
        timeout(limit, found).await.expect("the event comes")
    }

    /// The publishers named in the last offer, by the section they are carried in.
    #[must_use]
    pub fn heard(&self) -> Vec<OfferedStream> {
        let streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        streams.clone()
    }
}
