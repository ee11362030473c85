//! Nonces that need no memory: an expiry and an HMAC over it and the client (RFC 8489
//! section 9.2, RFC 7616 section 3.3).

use super::api::Client;
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

/// How long a nonce is taken.
const LIFETIME: Duration = Duration::from_secs(600);
/// The nonce cookie and, in base64, the security features: bit 0, password algorithms (RFC 8489
/// sections 9.2 and 18.1).
const COOKIE: &[u8] = b"obMatJos2gAAA";
/// Characters of the expiry and the tag.
const ENCODED: usize = 16;
const EXPIRY: usize = 4;
const TAG: usize = 8;

/// Makes and knows nonces.
pub(super) struct Nonces {
    key: hmac::Key,
    epoch: Instant,
}

impl std::fmt::Debug for Nonces {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Nonces").finish_non_exhaustive()
    }
}

impl Nonces {
    pub(super) fn new(key: &[u8], epoch: Instant) -> Nonces {
        Nonces {
            key: hmac::Key::new(hmac::HMAC_SHA256, key),
            epoch,
        }
    }

    /// A nonce for this client; with the cookie when password algorithms are offered beside it.
    pub(super) fn make(&self, client: Client, cookie: bool, now: Instant) -> Vec<u8> {
        let expires = self.seconds(now + LIFETIME);
        let mut bytes = [0; EXPIRY + TAG];
        let (front, back) = bytes.split_at_mut(EXPIRY);
        front.copy_from_slice(&expires.to_be_bytes());
        let tag = self.tag(client, cookie, expires);
        for (byte, tag) in back.iter_mut().zip(tag.as_ref()) {
            *byte = *tag;
        }
        let mut nonce = Vec::with_capacity(COOKIE.len() + ENCODED);
        if cookie {
            nonce.extend_from_slice(COOKIE);
        }
        nonce.extend_from_slice(STANDARD_NO_PAD.encode(bytes).as_bytes());
        nonce
    }

    /// Whether the nonce came with an offer of password algorithms, as far as it says.
    pub(super) fn has_cookie(nonce: &[u8]) -> bool {
        nonce.starts_with(COOKIE)
    }

    /// Whether it was made for this client and has not expired.
    pub(super) fn is_valid(&self, nonce: &[u8], client: Client, now: Instant) -> bool {
        self.check(nonce, client, now).is_some()
    }

    fn check(&self, nonce: &[u8], client: Client, now: Instant) -> Option<()> {
        let cookie = Nonces::has_cookie(nonce);
        let text = nonce.get(if cookie { COOKIE.len() } else { 0 }..)?;
        let mut bytes = [0; EXPIRY + TAG];
        if text.len() != ENCODED
            || STANDARD_NO_PAD.decode_slice(text, &mut bytes).ok()? != bytes.len()
        {
            return None;
        }
        let (expires, found) = bytes.split_at(EXPIRY);
        let expires = u32::from_be_bytes(expires.try_into().ok()?);
        let tag = self.tag(client, cookie, expires);
        let expected = tag.as_ref().get(..TAG)?;
        aws_lc_rs::constant_time::verify_slices_are_equal(expected, found).ok()?;
        (self.seconds(now) < expires).then_some(())
    }

    fn tag(&self, client: Client, cookie: bool, expires: u32) -> hmac::Tag {
        let mut context = hmac::Context::with_key(&self.key);
        context.update(&[u8::from(cookie)]);
        context.update(&expires.to_be_bytes());
        match client {
            Client::Udp(route) => {
                context.update(&[0, route.socket]);
                address(&mut context, route.remote);
            }
            Client::Stream(stream) => {
                context.update(&[1]);
                context.update(&stream.0.to_be_bytes());
            }
        }
        context.sign()
    }

    fn seconds(&self, at: Instant) -> u32 {
        let seconds = at.saturating_duration_since(self.epoch).as_secs();
        u32::try_from(seconds).unwrap_or(u32::MAX)
    }
}

fn address(context: &mut hmac::Context, address: SocketAddr) {
    match address.ip() {
        IpAddr::V4(ip) => context.update(&ip.octets()),
        IpAddr::V6(ip) => context.update(&ip.octets()),
    }
    context.update(&address.port().to_be_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::start;
    use crate::transmit::Route;
    use crate::turn::api::StreamId;

    fn udp(remote: &str) -> Client {
        let remote = remote.parse().unwrap();
        Client::Udp(Route { socket: 0, remote })
    }

    #[test]
    fn a_nonce_is_taken_from_its_client_only_and_until_it_expires() {
        let nonces = Nonces::new(&[1; 32], start());
        let client = udp("192.0.2.1:5000");
        for cookie in [false, true] {
            let nonce = nonces.make(client, cookie, start());
            assert_eq!(Nonces::has_cookie(&nonce), cookie);
            assert!(nonces.is_valid(&nonce, client, start()));
            let late = start() + LIFETIME;
            assert!(nonces.is_valid(&nonce, client, late - Duration::from_secs(1)));
            assert!(!nonces.is_valid(&nonce, client, late));
            for other in [
                udp("192.0.2.1:5001"),
                udp("192.0.2.2:5000"),
                Client::Stream(StreamId(1)),
            ] {
                assert!(!nonces.is_valid(&nonce, other, start()));
            }
            assert!(!Nonces::new(&[2; 32], start()).is_valid(&nonce, client, start()));
        }
    }

    #[test]
    fn the_offer_of_password_algorithms_cannot_be_cut_off() {
        let nonces = Nonces::new(&[1; 32], start());
        let client = udp("192.0.2.1:5000");
        let nonce = nonces.make(client, true, start());
        assert!(!nonces.is_valid(&nonce[COOKIE.len()..], client, start()));
        let plain = nonces.make(client, false, start());
        assert!(!nonces.is_valid(&[COOKIE, &plain].concat(), client, start()));
    }
}
