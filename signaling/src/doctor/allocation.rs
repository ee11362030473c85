//! An allocation on a TURN server (RFC 8656), made as a browser makes one.

use super::{carrier::Carrier, fault::Fault, way::TurnServer};
use crate::clock::Clock;
use bytes::BytesMut;
use rtc::{
    crypto,
    sansio::Protocol,
    shared::{TaggedBytesMut, TransportContext, TransportProtocol},
    stun::{
        error_code::ErrorCodeAttribute,
        message::{CLASS_ERROR_RESPONSE, Getter, Message, is_stun_message},
    },
    turn::client::{Client, ClientConfig, Event},
};
use std::{
    io,
    net::SocketAddr,
    time::{Duration, Instant},
};
use tokio::time::sleep_until;

/// Time to look at a client that asks for none.
const IDLE: Duration = Duration::from_secs(60);

/// A relayed address and the way to it.
pub(super) struct Allocation {
    talk: Talk,
    server: TurnServer,
    relayed: SocketAddr,
}

/// A conversation with a TURN server.
struct Talk {
    client: Client,
    carrier: Carrier,
    clock: Clock,
    /// Code of the last error that came (RFC 8489 section 14.8).
    refusal: Option<u16>,
}

impl Allocation {
    /// Allocates on `server`, to which `carrier` leads.
    pub(super) async fn make(
        carrier: Carrier,
        server: TurnServer,
        clock: Clock,
    ) -> Result<Self, Fault> {
        let mut talk = Talk {
            client: client(&carrier, &server)?,
            carrier,
            clock,
            refusal: None,
        };
        talk.client.allocate(talk.clock.instant())?;
        loop {
            match talk.event(&server).await? {
                Event::AllocateResponse(_, relayed) => {
                    return Ok(Self {
                        talk,
                        server,
                        relayed,
                    });
                }
                Event::AllocateError(..) => return Err(talk.refused(&server)),
                _ => {}
            }
        }
    }

    /// Asks to be let through to `peer`.
    pub(super) async fn permit(&mut self, peer: SocketAddr) -> Result<(), Fault> {
        let now = self.talk.clock.instant();
        let mut relay = self.talk.client.relay(self.relayed)?;
        relay.create_permission(now, peer)?;
        loop {
            match self.talk.event(&self.server).await? {
                Event::CreatePermissionResponse(..) => return Ok(()),
                Event::CreatePermissionError(..) => return Err(self.talk.refused(&self.server)),
                _ => {}
            }
        }
    }

    /// Queues a datagram for `peer`. What cannot be sent is lost, as datagrams may be.
    pub(super) fn send(&mut self, datagram: &[u8], peer: SocketAddr) {
        let now = self.talk.clock.instant();
        if let Ok(mut relay) = self.talk.client.relay(self.relayed) {
            let _ = relay.send_to(now, datagram, peer);
        }
    }

    /// The next datagram that came from a peer.
    pub(super) fn poll(&mut self) -> Option<BytesMut> {
        while let Some(event) = self.talk.client.poll_event() {
            if let Event::DataIndicationOrChannelData(_, _, datagram) = event {
                return Some(datagram);
            }
        }
        None
    }

    /// Sends what is queued.
    pub(super) async fn flush(&mut self) -> io::Result<()> {
        self.talk.flush().await
    }

    /// Waits until there may be something to poll or to flush. Cancel safe.
    pub(super) async fn wait(&mut self) -> io::Result<()> {
        self.talk.wait().await
    }

    /// Gives the relayed address back.
    pub(super) async fn release(mut self) {
        let now = self.talk.clock.instant();
        if let Ok(mut relay) = self.talk.client.relay(self.relayed) {
            // It ends by itself otherwise.
            let _ = relay.close(now);
            let _ = self.talk.flush().await;
        }
    }
}

impl Talk {
    async fn event(&mut self, server: &TurnServer) -> Result<Event, Fault> {
        loop {
            let place = || server.place.clone();
            let flushed = self.flush().await;
            flushed.map_err(|error| broken(server, &error))?;
            match self.client.poll_event() {
                Some(Event::TransactionTimeout(_)) => return Err(Fault::Silent(place())),
                Some(event) => return Ok(event),
                None => {}
            }
            let waited = self.wait().await;
            waited.map_err(|error| broken(server, &error))?;
        }
    }

    async fn flush(&mut self) -> io::Result<()> {
        while let Some(message) = self.client.poll_write() {
            self.carrier.send(&message.message).await?;
        }
        Ok(())
    }

    async fn wait(&mut self) -> io::Result<()> {
        let now = self.clock.instant();
        let due = self.client.poll_timeout().unwrap_or(now + IDLE);
        let message = tokio::select! {
            message = self.carrier.receive() => message?,
            () = sleep_until(due.into()) => {
                // A client that cannot send its retransmission says so in an event.
                let _ = self.client.handle_timeout(self.clock.instant());
                return Ok(());
            }
        };
        self.refusal = refusal(&message).or(self.refusal);
        let now = self.clock.instant();
        // What the client cannot read is not for it.
        let _ = self.client.handle_read(self.tagged(message, now));
        Ok(())
    }

    fn tagged(&self, message: BytesMut, now: Instant) -> TaggedBytesMut {
        TaggedBytesMut {
            now,
            transport: TransportContext {
                local_addr: self.carrier.local,
                peer_addr: self.carrier.remote,
                transport_protocol: protocol(&self.carrier),
                ecn: None,
            },
            message,
        }
    }

    fn refused(&self, server: &TurnServer) -> Fault {
        let place = server.place.clone();
        match self.refusal {
            Some(401) => Fault::Password(place),
            // RFC 8656 section 7.2: the family asked for is not there.
            Some(440) => Fault::NoIpv4,
            Some(486 | 508) => Fault::Full(place),
            Some(code) => Fault::Refused(place, code),
            None => Fault::NotTurn(place),
        }
    }
}

fn client(carrier: &Carrier, server: &TurnServer) -> Result<Client, Fault> {
    let config = ClientConfig {
        turn_serv_addr: carrier.remote.to_string(),
        local_addr: carrier.local,
        transport_protocol: protocol(carrier),
        username: server.username.expose().to_owned(),
        password: server.password.expose().to_owned(),
        ..ClientConfig::default()
    };
    let provider = crypto::default_provider().map_err(io::Error::other)?;
    Ok(Client::new(config, provider)?)
}

const fn protocol(carrier: &Carrier) -> TransportProtocol {
    if carrier.reliable {
        TransportProtocol::TCP
    } else {
        TransportProtocol::UDP
    }
}

/// The code of an error response.
fn refusal(message: &[u8]) -> Option<u16> {
    if !is_stun_message(message) {
        return None;
    }
    let mut read = Message::new();
    read.raw = message.to_vec();
    read.decode().ok()?;
    if read.typ.class != CLASS_ERROR_RESPONSE {
        return None;
    }
    let mut error = ErrorCodeAttribute::default();
    error.get_from(&read).ok()?;
    Some(error.code.0)
}

/// What a conversation that broke off says of the server.
fn broken(server: &TurnServer, error: &io::Error) -> Fault {
    let place = server.place.clone();
    match error.kind() {
        // To a datagram, by ICMP.
        io::ErrorKind::ConnectionRefused => Fault::NobodyListens(place),
        io::ErrorKind::UnexpectedEof
        | io::ErrorKind::InvalidData
        | io::ErrorKind::ConnectionReset => Fault::NotTurn(place),
        kind => Fault::Unreachable(place, kind),
    }
}
