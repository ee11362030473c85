//! ICE, DTLS and SRTP keys of one peer: who it is and how to reach it.

use crate::dtls::{Finished, Handshake, Identity};
use crate::ice::{Answer, Check, Credentials};
use crate::life::Life;
use crate::srtp::Keys;
use crate::transmit::Route;
use rtc_crypto::RTCCryptoProvider;
use std::time::Instant;

/// Validated ways to a peer that are remembered: a browser has a few interfaces.
const MAX_ROUTES: usize = 8;

#[derive(Debug)]
pub(crate) struct Transport {
    pub(crate) life: Life,
    credentials: Credentials,
    /// Of an ICE restart that no check has used yet (RFC 8445 section 9): the old ones stay
    /// good until then.
    next: Option<Credentials>,
    /// Fingerprint in the browser's description.
    fingerprint: Option<[u8; 32]>,
    handshake: Handshake,
    /// A handshake that finished before the description came.
    finished: Option<Finished>,
    keys: Option<Keys>,
    routes: Vec<Route>,
    selected: Option<Route>,
}

/// What a valid check changed.
#[derive(Debug, Default)]
pub(crate) struct Checked {
    pub(crate) reply: Vec<u8>,
    /// Now leads to this peer.
    pub(crate) route: Option<Route>,
    /// No longer leads to it.
    pub(crate) dropped: Option<Route>,
    /// Ufrag that the restart retired.
    pub(crate) retired: Option<String>,
}

/// What came of comparing the certificate with the description.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Admission {
    /// One of the two is missing, or it is long done.
    Nothing,
    Connected,
    WrongFingerprint,
}

/// A description names another certificate than an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OtherCertificate;

impl Transport {
    pub(crate) fn new(credentials: Credentials) -> Transport {
        Transport {
            life: Life::default(),
            credentials,
            next: None,
            fingerprint: None,
            handshake: Handshake::default(),
            finished: None,
            keys: None,
            routes: Vec::new(),
            selected: None,
        }
    }

    /// The credentials to describe: those of a restart under way first.
    pub(crate) fn credentials(&self) -> &Credentials {
        self.next.as_ref().unwrap_or(&self.credentials)
    }

    /// All ufrags that lead here.
    pub(crate) fn ufrags(&self) -> impl Iterator<Item = &str> {
        let next = self.next.iter().map(|next| next.ufrag.as_str());
        std::iter::once(self.credentials.ufrag.as_str()).chain(next)
    }

    pub(crate) fn routes(&self) -> &[Route] {
        &self.routes
    }

    /// Offers new credentials; yields the ufrag of an earlier restart that nobody used.
    pub(crate) fn restart(&mut self, credentials: Credentials) -> Option<String> {
        self.next.replace(credentials).map(|old| old.ufrag)
    }

    /// Takes the fingerprint of a description.
    pub(crate) fn expect(&mut self, fingerprint: [u8; 32]) -> Result<(), OtherCertificate> {
        match self.fingerprint {
            Some(known) if known != fingerprint => Err(OtherCertificate),
            _ => {
                self.fingerprint = Some(fingerprint);
                Ok(())
            }
        }
    }

    /// Whether [`Self::expect`] would take it.
    pub(crate) fn may_expect(&self, fingerprint: [u8; 32]) -> bool {
        self.fingerprint.is_none_or(|known| known == fingerprint)
    }

    /// Answers a check; `None` when its password is wrong.
    pub(crate) fn check(
        &mut self,
        check: Check,
        from: Route,
        provider: &dyn RTCCryptoProvider,
    ) -> Option<Checked> {
        let is_next = |next: &Credentials| next.ufrag == check.local_ufrag();
        let restarts = self.next.as_ref().is_some_and(is_next);
        let credentials = match &self.next {
            Some(next) if restarts => next,
            _ => &self.credentials,
        };
        let (reply, nominated) = match check.answer(credentials, from.remote, provider)? {
            Answer::Conflict { reply } => {
                return Some(Checked {
                    reply,
                    ..Checked::default()
                });
            }
            Answer::Valid { reply, nominated } => (reply, nominated),
        };
        let mut checked = Checked {
            reply,
            route: Some(from),
            ..Checked::default()
        };
        if restarts && let Some(next) = self.next.take() {
            let old = std::mem::replace(&mut self.credentials, next);
            checked.retired = Some(old.ufrag);
        }
        checked.dropped = self.validate(from);
        if nominated || restarts || self.selected.is_none() {
            self.selected = Some(from);
        }
        Some(checked)
    }

    /// Feeds the handshake.
    pub(crate) fn handshake(
        &mut self,
        identity: &Identity,
        datagram: &[u8],
        now: Instant,
    ) -> Result<(), crate::dtls::HandshakeError> {
        if let Some(finished) = self.handshake.read(identity, datagram, now)? {
            self.finished = Some(finished);
        }
        Ok(())
    }

    pub(crate) fn poll_handshake(&mut self) -> Option<bytes::BytesMut> {
        self.handshake.poll_transmit()
    }

    pub(crate) fn handshake_timeout(&self) -> Option<Instant> {
        self.handshake.poll_timeout()
    }

    pub(crate) fn handle_handshake_timeout(
        &mut self,
        now: Instant,
    ) -> Result<(), crate::dtls::HandshakeError> {
        self.handshake.handle_timeout(now)
    }

    /// Takes the keys of a finished handshake into use, if its certificate is the described one.
    pub(crate) fn admit(&mut self, now: Instant) -> Admission {
        let Some(expected) = self.fingerprint else {
            return Admission::Nothing;
        };
        let Some(finished) = self.finished.take() else {
            return Admission::Nothing;
        };
        if finished.fingerprint != expected {
            return Admission::WrongFingerprint;
        }
        self.keys = Some(finished.keys);
        self.life.connect(now);
        Admission::Connected
    }

    pub(crate) fn keys(&mut self) -> Option<&mut Keys> {
        self.keys.as_mut()
    }

    /// Keys and way to send media by, once there are both.
    pub(crate) fn ready(&self) -> Option<(&Keys, Route)> {
        Some((self.keys.as_ref()?, self.selected?))
    }

    /// Where to send what needs no keys.
    pub(crate) fn selected(&self) -> Option<Route> {
        self.selected
    }

    /// Sends by a validated way from now on. The browser's own media says which way it has chosen:
    /// one that nominates every way it checks, as RFC 5245 section 8.1.1.2 allows, says nothing by
    /// the last.
    pub(crate) fn follow(&mut self, route: Route) {
        if self.selected != Some(route) && self.routes.contains(&route) {
            self.selected = Some(route);
        }
    }

    /// Another peer has proved this way to be its own.
    pub(crate) fn lose_route(&mut self, route: Route) {
        self.routes.retain(|known| *known != route);
        if self.selected == Some(route) {
            self.selected = self.routes.last().copied();
        }
    }

    /// Remembers a way as the most recent; yields the one forgotten for it.
    fn validate(&mut self, route: Route) -> Option<Route> {
        if self.routes.last() == Some(&route) {
            return None;
        }
        self.routes.retain(|known| *known != route);
        self.routes.push(route);
        if self.routes.len() <= MAX_ROUTES {
            return None;
        }
        let oldest = self
            .routes
            .iter()
            .position(|known| Some(*known) != self.selected)?;
        Some(self.routes.remove(oldest))
    }
}
