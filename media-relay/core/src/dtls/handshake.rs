//! One DTLS association, from the first ClientHello to its keys.

use super::hello::{Hello, records};
use super::identity::{Identity, sha256};
use crate::srtp::{End, Keys, Profile};
use bytes::BytesMut;
use rtc_dtls::endpoint::{Endpoint, EndpointEvent};
use rtc_dtls::extension::extension_use_srtp::SrtpProtectionProfile;
use rtc_shared::TransportProtocol;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

/// `rtc-dtls` keys associations by address; a constant one lets the association outlive an
/// address change, which ICE has authenticated.
const KEY: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 9);
/// Records accepted per peer. A handshake takes about 15, and `rtc-dtls` needs cubic time to put
/// many small fragments together, before it has authenticated anyone.
const MAX_RECORDS: usize = 128;
/// Datagrams kept while the first ClientHello is incomplete.
const MAX_HELD: usize = 8;
/// First repeat of a lost flight; each further one waits twice as long (RFC 6347
/// section 4.2.4.1). `rtc-dtls` gives up after 7 repeats: 32 s, later than ICE does.
const FIRST_REPEAT: Duration = Duration::from_millis(250);
/// RFC 5764 section 4.2.
const EXPORTER_LABEL: &str = "EXTRACTOR-dtls_srtp";

/// The handshake cannot go on; the peer needs a new connection.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HandshakeError {
    #[error("no SRTP profile in common")]
    NoCommonProfile,
    #[error("the client sent no certificate")]
    NoCertificate,
    #[error("the peer closed the association")]
    Closed,
    #[error("unusable keys")]
    UnusableKeys,
    #[error("DTLS: {0}")]
    Dtls(#[from] rtc_shared::error::Error),
}

/// What a finished handshake yields. Not to be used before the fingerprint is compared with the
/// one in the SDP.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) keys: Keys,
    /// SHA-256 of the client's certificate.
    pub(crate) fingerprint: [u8; 32],
}

#[derive(Default)]
pub(crate) struct Handshake {
    state: State,
    records: usize,
    /// When the last flight is to be repeated, and how long to wait after that.
    repeat: Option<(Instant, Duration)>,
}

#[derive(Default)]
enum State {
    #[default]
    Idle,
    /// Waits for the rest of the first ClientHello.
    Hello {
        hello: Hello,
        held: Vec<BytesMut>,
    },
    /// Kept after the end too: a client that missed our last flight repeats its own.
    Running {
        endpoint: Box<Endpoint>,
        end: End,
        finished: bool,
    },
    Dead,
}

impl Handshake {
    /// The client's end.
    #[cfg(test)]
    pub(crate) fn client(
        identity: &Identity,
        preference: &[Profile],
        now: Instant,
    ) -> Result<Handshake, HandshakeError> {
        let config = identity
            .client(preference)
            .map_err(|_| HandshakeError::UnusableKeys)?;
        let mut endpoint = Box::new(Endpoint::new(KEY, TransportProtocol::UDP, None));
        endpoint.connect(now, KEY, config, None)?;
        Ok(Handshake {
            state: State::Running {
                endpoint,
                end: End::Client,
                finished: false,
            },
            repeat: Some((now + FIRST_REPEAT, FIRST_REPEAT)),
            ..Handshake::default()
        })
    }

    /// Takes one datagram; yields the keys when it finished the handshake. Answers wait in
    /// [`Self::poll_transmit`].
    ///
    /// # Errors
    /// After an error the handshake is over and everything further is ignored.
    pub(crate) fn read(
        &mut self,
        identity: &Identity,
        datagram: &[u8],
        now: Instant,
    ) -> Result<Option<Finished>, HandshakeError> {
        self.records = self.records.saturating_add(records(datagram).count());
        if self.records > MAX_RECORDS {
            return Ok(None);
        }
        let result = self.advance(identity, datagram, now);
        match &result {
            Err(_) => {
                self.state = State::Dead;
                self.repeat = None;
            }
            Ok(_) if self.is_finished() => self.repeat = None,
            Ok(_) => self.repeat = Some((now + FIRST_REPEAT, FIRST_REPEAT)),
        }
        result
    }

    /// The next datagram for the client.
    pub(crate) fn poll_transmit(&mut self) -> Option<BytesMut> {
        let State::Running { endpoint, .. } = &mut self.state else {
            return None;
        };
        Some(endpoint.poll_transmit()?.message)
    }

    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        self.repeat.map(|(at, _)| at)
    }

    /// Repeats the last flight when it is time.
    ///
    /// # Errors
    /// The client has not answered for too long.
    pub(crate) fn handle_timeout(&mut self, now: Instant) -> Result<(), HandshakeError> {
        let Some((at, wait)) = self.repeat else {
            return Ok(());
        };
        if now < at {
            return Ok(());
        }
        self.repeat = None;
        let State::Running { endpoint, .. } = &mut self.state else {
            return Ok(());
        };
        if let Err(error) = endpoint.handle_timeout(KEY, now) {
            self.state = State::Dead;
            return Err(error.into());
        }
        let wait = wait * 2;
        self.repeat = Some((now + wait, wait));
        Ok(())
    }

    fn is_finished(&self) -> bool {
        matches!(self.state, State::Running { finished: true, .. })
    }

    fn advance(
        &mut self,
        identity: &Identity,
        datagram: &[u8],
        now: Instant,
    ) -> Result<Option<Finished>, HandshakeError> {
        if let State::Idle = self.state {
            self.state = State::Hello {
                hello: Hello::default(),
                held: Vec::new(),
            };
        }
        match &mut self.state {
            State::Idle | State::Dead => Ok(None),
            State::Running {
                endpoint,
                end,
                finished,
            } => feed(endpoint, *end, finished, identity, datagram, now),
            State::Hello { hello, held } => {
                if held.len() >= MAX_HELD {
                    held.clear();
                    *hello = Hello::default();
                }
                held.push(BytesMut::from(datagram));
                let Some(offered) = hello.push(datagram) else {
                    return Ok(None);
                };
                let config = identity
                    .server(&offered)
                    .ok_or(HandshakeError::NoCommonProfile)?;
                let held = std::mem::take(held);
                let mut endpoint =
                    Box::new(Endpoint::new(KEY, TransportProtocol::UDP, Some(config)));
                let (end, mut finished) = (End::Server, false);
                let mut keys = None;
                for datagram in held {
                    keys =
                        feed(&mut endpoint, end, &mut finished, identity, &datagram, now)?.or(keys);
                }
                self.state = State::Running {
                    endpoint,
                    end,
                    finished,
                };
                Ok(keys)
            }
        }
    }
}

impl std::fmt::Debug for Handshake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Handshake")
            .field("records", &self.records)
            .field("finished", &self.is_finished())
            .finish_non_exhaustive()
    }
}

fn feed(
    endpoint: &mut Endpoint,
    end: End,
    finished: &mut bool,
    identity: &Identity,
    datagram: &[u8],
    now: Instant,
) -> Result<Option<Finished>, HandshakeError> {
    let events = match endpoint.read(now, KEY, None, BytesMut::from(datagram)) {
        Ok(events) => events,
        // What arrives after the end is not authenticated by its arrival: it must not end a call.
        Err(_) if *finished => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let mut complete = false;
    for event in events {
        match event {
            EndpointEvent::HandshakeComplete => complete = true,
            EndpointEvent::PeerClosed => return Err(HandshakeError::Closed),
            _ => {}
        }
    }
    if !complete || *finished {
        return Ok(None);
    }
    let Some(state) = endpoint.get_connection_state(KEY) else {
        return Err(HandshakeError::Closed);
    };
    let profile = match state.srtp_protection_profile() {
        SrtpProtectionProfile::Srtp_Aead_Aes_128_Gcm => Profile::Gcm,
        SrtpProtectionProfile::Srtp_Aes128_Cm_Hmac_Sha1_80 => Profile::Cm,
        _ => return Err(HandshakeError::NoCommonProfile),
    };
    let Some(certificate) = state.peer_certificates.first() else {
        return Err(HandshakeError::NoCertificate);
    };
    let len = 2 * (profile.rtc().key_len() + profile.rtc().salt_len());
    let material = state.export_keying_material(EXPORTER_LABEL, &[], len)?;
    let keys = Keys::new(profile, material.as_ref(), end, identity.provider())
        .map_err(|_| HandshakeError::UnusableKeys)?;
    *finished = true;
    Ok(Some(Finished {
        keys,
        fingerprint: sha256(certificate),
    }))
}
