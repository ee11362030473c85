//! Both ends of a handshake.

use super::*;
use crate::srtp::{PacketId, Profile};
use crate::testing::start;
use std::time::{Duration, Instant};

const BOTH: [Profile; 2] = [Profile::Cm, Profile::Gcm];

struct Pair {
    relay: Identity,
    browser: Identity,
    server: Handshake,
    client: Handshake,
    now: Instant,
    keys: (Option<Finished>, Option<Finished>),
}

impl Pair {
    fn new(preference: &[Profile]) -> Pair {
        let browser = Identity::generate().unwrap();
        let now = start();
        Pair {
            relay: Identity::generate().unwrap(),
            server: Handshake::default(),
            client: Handshake::client(&browser, preference, now).unwrap(),
            browser,
            now,
            keys: (None, None),
        }
    }

    /// Carries flights until nothing moves; `lose` says which datagrams are lost.
    fn run(&mut self, mut lose: impl FnMut() -> bool) -> Result<(), HandshakeError> {
        for _ in 0..20 {
            while let Some(datagram) = self.client.poll_transmit() {
                if !lose() {
                    let got = self.server.read(&self.relay, &datagram, self.now)?;
                    self.keys.0 = got.or(self.keys.0.take());
                }
            }
            while let Some(datagram) = self.server.poll_transmit() {
                if !lose() {
                    let got = self.client.read(&self.browser, &datagram, self.now)?;
                    self.keys.1 = got.or(self.keys.1.take());
                }
            }
        }
        Ok(())
    }

    fn wait(&mut self) -> bool {
        let timeouts = [self.client.poll_timeout(), self.server.poll_timeout()];
        let Some(next) = timeouts.into_iter().flatten().min() else {
            return false;
        };
        self.now = self.now.max(next);
        self.client.handle_timeout(self.now).unwrap();
        self.server.handle_timeout(self.now).unwrap();
        true
    }
}

#[test]
fn the_servers_preference_decides_the_profile() {
    let mut pair = Pair::new(&BOTH);
    pair.run(|| false).unwrap();
    let (Some(server), Some(client)) = pair.keys else {
        panic!("not finished");
    };
    assert_eq!(server.keys.profile, Profile::Gcm);
    assert_eq!(server.fingerprint, pair.browser.fingerprint());
    assert_eq!(client.fingerprint, pair.relay.fingerprint());
    let id = PacketId { ssrc: 3, index: 1 };
    let plain = [&[0x80, 96, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3][..], &[7; 100]].concat();
    let mut packet = plain.clone();
    client.keys.out.seal(&mut packet, 0, 12, id);
    let end = server.keys.inward.open(&mut packet, 12, id).unwrap();
    assert_eq!(&packet[..end], &plain[..]);
}

#[test]
fn a_client_without_gcm_gets_counter_mode() {
    let mut pair = Pair::new(&[Profile::Cm]);
    pair.run(|| false).unwrap();
    assert_eq!(pair.keys.0.unwrap().keys.profile, Profile::Cm);
}

#[test]
fn lost_flights_are_repeated_for_half_a_minute() {
    let mut pair = Pair::new(&BOTH);
    let began = pair.now;
    // The server's long flight is lost, again and again.
    let mut sent = 0;
    pair.run(|| {
        sent += 1;
        sent > 3
    })
    .unwrap();
    let mut waits = 0;
    while pair.now < began + Duration::from_secs(14) {
        assert!(pair.wait());
        pair.run(|| true).unwrap();
        waits += 1;
    }
    assert!(waits < 20, "the wait doubles");
    while pair.keys.0.is_none() {
        assert!(pair.wait());
        pair.run(|| false).unwrap();
    }
    assert!(pair.keys.1.is_some());
}

#[test]
fn a_lost_last_flight_is_repeated_after_the_end() {
    let mut pair = Pair::new(&BOTH);
    // All until the server has its keys, but not its last flight.
    for _ in 0..20 {
        while let Some(datagram) = pair.client.poll_transmit() {
            let got = pair.server.read(&pair.relay, &datagram, pair.now).unwrap();
            pair.keys.0 = got.or(pair.keys.0.take());
        }
        while let Some(datagram) = pair.server.poll_transmit() {
            if pair.keys.0.is_none() {
                pair.client
                    .read(&pair.browser, &datagram, pair.now)
                    .unwrap();
            }
        }
    }
    assert!(pair.keys.0.is_some() && pair.keys.1.is_none());
    assert!(pair.wait());
    pair.run(|| false).unwrap();
    assert!(pair.keys.1.is_some());
}

#[test]
fn small_fragments_are_bounded_before_anyone_is_authenticated() {
    let relay = Identity::generate().unwrap();
    let mut server = Handshake::default();
    let now = start();
    for count in 0..2000u16 {
        let mut record = vec![22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0];
        record.extend(count.to_be_bytes());
        record.extend([0, 13, 1, 0, 0x0f, 0xa0, 0, 0, 0]);
        record.extend(count.to_be_bytes());
        record.extend([0, 0, 1, 0x55]);
        assert!(server.read(&relay, &record, now).unwrap().is_none());
    }
    let mut client = Handshake::client(&Identity::generate().unwrap(), &BOTH, now).unwrap();
    let hello = client.poll_transmit().unwrap();
    server.read(&relay, &hello, now).unwrap();
    assert!(server.poll_transmit().is_none(), "the budget is spent");
}
