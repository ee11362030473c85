//! One plane, its browsers, and the time they share.

use super::{Browser, start};
use crate::{Identity, Plane, PlaneConfig};
use media_relay_control::{
    Command, Event, Generation, Listener, OfferedStream, PeerId, Quality, RequestId, RoomId, Wanted,
};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

pub(crate) const ROOM: RoomId = RoomId(1);

pub(crate) struct World {
    pub(crate) plane: Plane,
    pub(crate) now: Instant,
    pub(crate) browsers: BTreeMap<PeerId, Browser>,
    pub(crate) events: Vec<Event>,
    /// The last offer to each listener.
    pub(crate) offers: BTreeMap<PeerId, (Generation, String, Vec<OfferedStream>)>,
    /// Listeners answer offers by themselves.
    pub(crate) answers: bool,
    requests: u64,
}

/// A stream of publisher `publisher`.
pub(crate) fn wanted(publisher: u64, mid: &str, quality: Quality) -> Wanted {
    Wanted {
        publisher: PeerId(publisher),
        mid: mid.into(),
        quality,
    }
}

impl World {
    /// A plane with one open room.
    pub(crate) fn new() -> World {
        let identity = Arc::new(Identity::generate().unwrap());
        let config = PlaneConfig {
            worker: 3,
            candidates: vec![
                "192.0.2.1:4000".parse().unwrap(),
                "[2001:db8::1]:4000".parse().unwrap(),
            ],
            seed: [9; 32],
            unix: Duration::from_secs(1_800_000_000),
        };
        let mut world = World {
            plane: Plane::new(identity, config, start()),
            now: start(),
            browsers: BTreeMap::new(),
            events: Vec::new(),
            offers: BTreeMap::new(),
            answers: true,
            requests: 0,
        };
        world.command(Command::OpenRoom { room: ROOM });
        world
    }

    pub(crate) fn browser(&mut self, peer: u64) -> &mut Browser {
        self.browsers.get_mut(&PeerId(peer)).unwrap()
    }

    /// A browser that is not connected yet.
    pub(crate) fn add(&mut self, peer: u64) -> &mut Browser {
        let browser = Browser::new(&format!("198.51.100.{peer}:5000"));
        self.browsers.entry(PeerId(peer)).or_insert(browser)
    }

    /// A publisher that is connected: sound (mid 0) and a picture in three layers (mid 1).
    pub(crate) fn publisher(&mut self, peer: u64) {
        let offer = self.add(peer).publish_offer();
        self.publish(peer, &offer).unwrap();
        self.connect(peer);
    }

    /// Sends an offer; yields the answer.
    pub(crate) fn publish(
        &mut self,
        peer: u64,
        offer: &str,
    ) -> Result<String, media_relay_control::Failure> {
        self.requests += 1;
        let request = RequestId(self.requests);
        self.command(Command::Publish {
            request,
            room: ROOM,
            peer: PeerId(peer),
            offer: offer.into(),
        });
        for event in &self.events {
            match event {
                Event::Answered {
                    request: of,
                    answer,
                    ..
                } if *of == request => {
                    let answer = answer.clone();
                    if let Some(browser) = self.browsers.get_mut(&PeerId(peer)) {
                        browser.learn(&answer);
                    }
                    return Ok(answer);
                }
                Event::Failed {
                    request: of,
                    failure,
                    ..
                } if *of == request => return Err(*failure),
                _ => {}
            }
        }
        panic!("no answer to the offer");
    }

    /// A listener that is connected, with all it asks for.
    pub(crate) fn listener(&mut self, peer: u64, streams: Vec<Wanted>) {
        self.add(peer);
        self.reconcile(vec![(peer, streams)]);
        self.connect(peer);
    }

    pub(crate) fn reconcile(&mut self, listeners: Vec<(u64, Vec<Wanted>)>) {
        let listeners = listeners
            .into_iter()
            .map(|(peer, streams)| Listener {
                peer: PeerId(peer),
                streams,
            })
            .collect();
        self.command(Command::Reconcile {
            room: ROOM,
            listeners,
        });
    }

    /// ICE and DTLS of a browser.
    pub(crate) fn connect(&mut self, peer: u64) {
        self.browser(peer).check();
        self.run();
        let now = self.now;
        self.browser(peer).hello(now);
        self.run();
        assert!(self.has(&Event::Connected { peer: PeerId(peer) }));
    }

    pub(crate) fn command(&mut self, command: Command) {
        self.plane.handle_command(command, self.now);
        self.run();
    }

    pub(crate) fn request(&mut self) -> RequestId {
        self.requests += 1;
        RequestId(self.requests)
    }

    /// Answers the outstanding offer of a listener.
    pub(crate) fn answer(&mut self, peer: u64) {
        let (generation, offer, _) = self.offers[&PeerId(peer)].clone();
        let browser = self.browser(peer);
        browser.learn(&offer);
        let answer = browser.answer(&offer);
        let request = self.request();
        self.command(Command::Answer {
            request,
            peer: PeerId(peer),
            generation,
            answer,
        });
    }

    /// The SSRC and mid under which a listener gets a stream.
    pub(crate) fn stream(&self, listener: u64, publisher: u64, mid: &str) -> (u32, String) {
        let (_, offer, streams) = &self.offers[&PeerId(listener)];
        let is = |stream: &&OfferedStream| {
            stream.publisher == PeerId(publisher) && stream.publisher_mid == mid
        };
        let section = &streams.iter().find(is).unwrap().mid;
        let after = offer.split(&format!("a=mid:{section}\r\n")).nth(1).unwrap();
        let ssrc = after.split("a=ssrc:").nth(1).unwrap();
        let ssrc = ssrc.split(' ').next().unwrap().parse().unwrap();
        (ssrc, section.clone())
    }

    pub(crate) fn has(&self, event: &Event) -> bool {
        self.events.contains(event)
    }

    /// Carries datagrams and answers offers until nothing moves.
    pub(crate) fn run(&mut self) {
        loop {
            let mut moved = false;
            for browser in self.browsers.values_mut() {
                for mut datagram in std::mem::take(&mut browser.sending) {
                    moved = true;
                    self.plane
                        .handle_datagram(&mut datagram, browser.route, self.now);
                }
            }
            self.plane.fan_out(self.now);
            while let Some(transmit) = self.plane.poll_transmit() {
                moved = true;
                let browser = self
                    .browsers
                    .values_mut()
                    .find(|browser| browser.route == transmit.to);
                if let Some(browser) = browser {
                    let mut rest = transmit.packets.data();
                    for length in transmit.packets.lengths() {
                        let (datagram, after) = rest.split_at(usize::from(*length));
                        rest = after;
                        browser.receive(datagram, self.now);
                    }
                }
                self.plane.recycle(transmit.packets);
            }
            while let Some(event) = self.plane.poll_event() {
                moved = true;
                if let Event::Offer {
                    peer,
                    generation,
                    offer,
                    streams,
                } = &event
                {
                    let offer = (*generation, offer.clone(), streams.clone());
                    self.offers.insert(*peer, offer);
                    if self.answers && self.browsers.contains_key(peer) {
                        self.events.push(event.clone());
                        self.answer(peer.0);
                        continue;
                    }
                }
                self.events.push(event);
            }
            if !moved {
                return;
            }
        }
    }

    /// Lets time pass, timer by timer.
    pub(crate) fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        loop {
            let next = self.plane.poll_timeout();
            if next > end {
                break;
            }
            self.now = self.now.max(next);
            self.plane.handle_timeout(self.now);
            self.run();
        }
        self.now = end;
    }
}
