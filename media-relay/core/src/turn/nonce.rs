//! Nonces that need no memory: a time and an HMAC over it and the client (RFC 8489 section 9.2,
//! RFC 7616 section 3.3).
//!
//! They are short, so that the answer to the shortest request of somebody unknown is at most four
//! times as long. The tag is short too, which gives nothing away: a request is believed for its
//! integrity, and the nonce, which that covers, says only that it is not an old one.

use super::api::Client;
use aws_lc_rs::{constant_time, hmac};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

/// The nonce cookie and, in base64, the security features: bit 0, password algorithms (RFC 8489
/// sections 9.2 and 18.1).
const COOKIE: &[u8; 13] = b"obMatJos2gAAA";
/// Seconds of one period, and for how many a nonce is taken: nine to ten minutes.
const PERIOD: u64 = 60;
const PERIODS: u64 = 10;
/// Bytes of the period, its lowest, and of the tag.
const LENGTH: usize = 1 + 4;
/// The same in base64.
const ENCODED: usize = 7;

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

    /// A nonce for this client.
    pub(super) fn make(&self, client: Client, now: Instant) -> [u8; COOKIE.len() + ENCODED] {
        let text = self.text(client, self.period(now));
        let mut nonce = [0; COOKIE.len() + ENCODED];
        for (byte, from) in nonce.iter_mut().zip(COOKIE.iter().chain(&text)) {
            *byte = *from;
        }
        nonce
    }

    /// Whether the nonce says that it came with an offer of password algorithms, as ours do.
    pub(super) fn has_cookie(nonce: &[u8]) -> bool {
        nonce.starts_with(COOKIE)
    }

    /// Whether it was made for this client and has not expired.
    pub(super) fn is_valid(&self, nonce: &[u8], client: Client, now: Instant) -> bool {
        let Some(text) = nonce.strip_prefix(COOKIE) else {
            return false;
        };
        let mut bytes = [0; LENGTH];
        if STANDARD_NO_PAD.decode_slice(text, &mut bytes) != Ok(LENGTH) {
            return false;
        }
        let [low, ..] = bytes;
        let current = self.period(now);
        let mut periods = (current.saturating_sub(PERIODS - 1)..=current).rev();
        // All of the period is under the tag: an old nonce does not come to life again.
        let Some(period) = periods.find(|period| period.to_be_bytes().last() == Some(&low)) else {
            return false;
        };
        constant_time::verify_slices_are_equal(&self.text(client, period), text).is_ok()
    }

    fn text(&self, client: Client, period: u64) -> [u8; ENCODED] {
        let tag = self.tag(client, period);
        let mut bytes = [0; LENGTH];
        let low = period.to_be_bytes();
        for (byte, from) in bytes
            .iter_mut()
            .zip(low.last().into_iter().chain(tag.as_ref()))
        {
            *byte = *from;
        }
        let mut text = [0; ENCODED];
        // As long as five bytes take.
        let _ = STANDARD_NO_PAD.encode_slice(bytes, &mut text);
        text
    }

    fn tag(&self, client: Client, period: u64) -> hmac::Tag {
        let mut context = hmac::Context::with_key(&self.key);
        context.update(&period.to_be_bytes());
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

    fn period(&self, at: Instant) -> u64 {
        at.saturating_duration_since(self.epoch).as_secs() / PERIOD
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
    use std::time::Duration;

    fn udp(remote: &str) -> Client {
        let remote = remote.parse().unwrap();
        Client::Udp(Route { socket: 0, remote })
    }

    #[test]
    fn a_nonce_is_taken_from_its_client_only() {
        let nonces = Nonces::new(&[1; 32], start());
        let client = udp("192.0.2.1:5000");
        let nonce = nonces.make(client, start());
        assert!(Nonces::has_cookie(&nonce));
        assert!(nonces.is_valid(&nonce, client, start()));
        for other in [
            udp("192.0.2.1:5001"),
            udp("192.0.2.2:5000"),
            Client::Stream(StreamId(1)),
        ] {
            assert!(!nonces.is_valid(&nonce, other, start()));
        }
        assert!(!Nonces::new(&[2; 32], start()).is_valid(&nonce, client, start()));
        assert!(!nonces.is_valid(&nonce[COOKIE.len()..], client, start()));
        assert!(!nonces.is_valid(COOKIE, client, start()));
    }

    #[test]
    fn a_nonce_ends_after_ten_minutes_and_stays_so() {
        let nonces = Nonces::new(&[1; 32], start());
        let client = udp("192.0.2.1:5000");
        for made in [0, 59, 60, 256 * PERIOD] {
            let made = start() + Duration::from_secs(made);
            let nonce = nonces.make(client, made);
            assert!(nonces.is_valid(&nonce, client, made + Duration::from_secs(540)));
            for minutes in 10..=600 {
                let later = made + Duration::from_secs(minutes * 60);
                assert!(!nonces.is_valid(&nonce, client, later), "{minutes}");
            }
        }
    }
}
