//! A call with oneself through the server, by one way.

use super::{
    allocation::Allocation,
    bridge::Bridge,
    carrier::Carrier,
    description::{addresses, led_to, mid},
    fault::Fault,
    measure::{Measured, measure},
    network::own_addresses,
    peer::{Arrivals, Peer, Sound},
    way::{self, TurnServer},
    wire::{Ask, Told, Wire},
};
use crate::clock::Clock;
use media_relay_control::Way;
use quietroom_protocol::IceServer;
use rustls::ClientConfig;
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};
use tokio::time::timeout;

/// For the connections of one way to stand.
const CONNECT: Duration = Duration::from_secs(10);
/// For a TURN server to be reached, and for it to answer.
const REACH: Duration = Duration::from_secs(4);
/// For the server to answer the doctor.
const SERVER: Duration = Duration::from_secs(5);

/// What a call by one way showed.
#[derive(Debug)]
pub(super) enum Finding {
    Works(Measured),
    Fails(Fault),
    /// The configuration has no such way.
    NotOffered,
}

/// Who calls.
pub(super) struct Caller {
    pub(super) wire: Wire,
    pub(super) trust: Arc<ClientConfig>,
    pub(super) clock: Clock,
}

/// What a call keeps open.
#[derive(Default)]
struct Call {
    peers: Vec<Peer>,
    bridges: Vec<Bridge>,
}

/// Who speaks and what is heard, once it is connected.
struct Connected {
    sound: Sound,
    arrivals: Arrivals,
    after: Duration,
}

impl Caller {
    /// Calls by `way`, and hangs up.
    pub(super) async fn call(&mut self, way: Way) -> Finding {
        let offered = match self.open().await {
            Ok(offered) => offered,
            Err(fault) => return Finding::Fails(fault),
        };
        let server = way::server(way, &offered);
        if server.is_none() && way != Way::Udp {
            return Finding::NotOffered;
        }
        let mut call = Call::default();
        let found = self.attempt(way, server, &mut call).await;
        call.hang_up().await;
        match found {
            Ok(measured) => Finding::Works(measured),
            Err(fault) => Finding::Fails(fault),
        }
    }

    async fn attempt(
        &mut self,
        way: Way,
        server: Option<TurnServer>,
        call: &mut Call,
    ) -> Result<Measured, Fault> {
        let Connected {
            sound,
            mut arrivals,
            after,
        } = self.connect(way, server, call).await?;
        let clock = self.clock.clone();
        let measured = measure(&sound, &mut arrivals, &clock, after).await;
        if measured.is_err() {
            self.meanwhile().await?;
        }
        measured
    }

    async fn connect(
        &mut self,
        way: Way,
        server: Option<TurnServer>,
        call: &mut Call,
    ) -> Result<Connected, Fault> {
        let own = match server {
            // The bridges are on this machine.
            Some(_) => vec![IpAddr::V4(Ipv4Addr::LOCALHOST)],
            None => own_addresses()?,
        };
        let began = self.clock.instant();
        // Each of a browser's two connections has an allocation of its own.
        let mut allocations = Vec::new();
        if let Some(server) = &server {
            let (first, second) =
                tokio::try_join!(self.allocate(way, server), self.allocate(way, server))?;
            allocations.extend([first, second]);
        }
        let (publisher, sound) = Peer::publisher(&own).await?;
        let offer = publisher.offer().await?;
        call.peers.push(publisher);
        let answer = self.publish(offer).await?;
        let media = addresses(&answer);
        let answer = call.lead(answer, allocations.pop()).await?;
        if let Some(publisher) = call.peers.first() {
            publisher.accept(answer).await?;
        }
        let (generation, offer) = self.offer().await?;
        let offer = call.lead(offer, allocations.pop()).await?;
        let (listener, arrivals) = Peer::listener(&own).await?;
        let answer = listener.answer(offer).await;
        call.peers.push(listener);
        let answer = Ask::Answer {
            generation,
            answer: answer?,
        };
        self.wire.say(&answer).await?;
        let left = CONNECT.saturating_sub(self.clock.instant().duration_since(began));
        if timeout(left, call.connected()).await != Ok(true) {
            self.meanwhile().await?;
            return Err(match server {
                Some(server) => Fault::NoPathThroughTurn(server.place),
                None => Fault::NoPath(media),
            });
        }
        Ok(Connected {
            sound,
            arrivals,
            after: self.clock.instant().duration_since(began),
        })
    }

    async fn allocate(&self, way: Way, server: &TurnServer) -> Result<Allocation, Fault> {
        let place = || server.place.clone();
        let carrier = Carrier::open(way, server, &self.trust);
        let carrier = timeout(REACH, carrier).await;
        let carrier = carrier.map_err(|_| Fault::Silent(place()))??;
        let reached = carrier.reliable;
        let made = Allocation::make(carrier, server.clone(), self.clock.clone());
        timeout(REACH, made).await.map_err(|_| match reached {
            true => Fault::NotTurn(place()),
            false => Fault::Silent(place()),
        })?
    }

    /// A new test room, and the servers by which a browser would come.
    async fn open(&mut self) -> Result<Vec<IceServer>, Fault> {
        // A server that turns doctors away has closed by now, but not without a word.
        let _ = self.wire.say(&Ask::Open).await;
        loop {
            match self.hear().await? {
                Told::Open { ice_servers } => return Ok(ice_servers),
                other => refused(other)?,
            }
        }
    }

    async fn publish(&mut self, offer: String) -> Result<String, Fault> {
        let mid = mid(&offer).unwrap_or_default().to_owned();
        self.wire.say(&Ask::Publish { offer, mid }).await?;
        loop {
            match self.hear().await? {
                Told::Published { answer } => return Ok(answer),
                other => refused(other)?,
            }
        }
    }

    async fn offer(&mut self) -> Result<(u32, String), Fault> {
        loop {
            match self.hear().await? {
                Told::Offer { generation, offer } => return Ok((generation, offer)),
                other => refused(other)?,
            }
        }
    }

    /// What the server said while the call was waited for: it may explain why nothing came of it.
    async fn meanwhile(&mut self) -> Result<(), Fault> {
        while let Ok(told) = timeout(Duration::ZERO, self.wire.hear()).await {
            refused(told?)?;
        }
        Ok(())
    }

    async fn hear(&mut self) -> Result<Told, Fault> {
        let heard = timeout(SERVER, self.wire.hear()).await;
        Ok(heard.map_err(|_| Fault::ServerSilent)??)
    }
}

impl Call {
    /// The relay's description, with a bridge over `allocation` in the relay's place.
    async fn lead(
        &mut self,
        description: String,
        allocation: Option<Allocation>,
    ) -> Result<String, Fault> {
        let media = addresses(&description);
        if media.is_empty() {
            return Err(Fault::NoAddress);
        }
        let Some(allocation) = allocation else {
            return Ok(description);
        };
        // An allocation is for IPv4 unless another family is asked for (RFC 8656 section 7.1).
        let media = media.into_iter().find(SocketAddr::is_ipv4);
        let bridge = Bridge::start(allocation, media.ok_or(Fault::NoIpv4)?).await?;
        let led = led_to(&description, bridge.address);
        self.bridges.push(bridge);
        Ok(led)
    }

    /// Waits until both connections stand; false when one never will.
    async fn connected(&self) -> bool {
        for peer in &self.peers {
            if !peer.connected().await {
                return false;
            }
        }
        true
    }

    async fn hang_up(self) {
        for peer in self.peers {
            peer.close().await;
        }
        for bridge in self.bridges {
            bridge.stop().await;
        }
    }
}

/// What an answer that was not hoped for says; what came late for an earlier room says nothing.
fn refused(told: Told) -> Result<(), Fault> {
    match told {
        Told::NoRelay => Err(Fault::NoRelay),
        Told::Refused { reason } => Err(Fault::Description(reason)),
        Told::Busy => Err(Fault::Busy),
        Told::Open { .. } | Told::Published { .. } | Told::Offer { .. } => Ok(()),
    }
}
