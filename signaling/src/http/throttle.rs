//! Limits on guessing, kept in the store so that a restart forgets nothing.

use crate::{
    account::sha256,
    http::{Refuse, Source},
    state::App,
};
use quietroom_protocol::{Phi, RefusalCode};
use quietroom_records::{Limit, Throttle};
use std::net::IpAddr;

const QUARTER_HOUR: i64 = 15 * 60 * 1000;

/// Wrong tries at one account: then it is locked for the rest of the quarter of an hour.
const OF_ACCOUNT: Limit = Limit {
    hits: 10,
    window_ms: QUARTER_HOUR,
};

/// Tries from one address, at whatever account or link: a clinic behind one address has room.
const OF_SOURCE: Limit = Limit {
    hits: 60,
    window_ms: QUARTER_HOUR,
};

/// Looks at join links and redemptions from one address: a class may sit behind one.
const OF_JOIN: Limit = Limit {
    hits: 300,
    window_ms: QUARTER_HOUR,
};

/// Wrong codes for one set-up link.
const OF_SET_UP: Limit = Limit {
    hits: 10,
    window_ms: QUARTER_HOUR,
};

/// What is limited. The store sees hashes of it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Limited<'a> {
    Account(&'a Phi<String>),
    Source(Source),
    SetUp(&'a [u8; 32]),
    Join(Source),
}

impl Limited<'_> {
    /// Counts a try.
    ///
    /// # Errors
    /// `SlowDown` when there were too many, the locked account's included.
    pub(super) async fn hit(self, app: &App) -> Result<(), Refuse> {
        let throttle = app
            .records
            .throttle_hit(app.organisation, self.key(), app.clock.now(), self.limit())
            .await?;
        match throttle {
            Throttle::Allowed => Ok(()),
            Throttle::Retry { after_ms } => {
                let seconds = u32::try_from(after_ms / 1000 + 1).unwrap_or(u32::MAX);
                Err(Refuse::new(RefusalCode::SlowDown, "too many tries").after(seconds))
            }
        }
    }

    /// Forgets the tries: this one was right.
    pub(super) async fn clear(self, app: &App) -> Result<(), Refuse> {
        let key = self.key();
        Ok(app.records.throttle_clear(app.organisation, key).await?)
    }

    const fn limit(self) -> Limit {
        match self {
            Self::Account(_) => OF_ACCOUNT,
            Self::Source(_) => OF_SOURCE,
            Self::SetUp(_) => OF_SET_UP,
            Self::Join(_) => OF_JOIN,
        }
    }

    fn key(self) -> [u8; 32] {
        let (kind, value): (&[u8], Vec<u8>) = match self {
            Self::Account(username) => (b"account", username.expose().as_bytes().to_vec()),
            Self::Source(Source(address)) => (b"source", network(address)),
            Self::SetUp(token_hash) => (b"set-up", token_hash.to_vec()),
            Self::Join(Source(address)) => (b"join", network(address)),
        };
        sha256(&[b"quietroom-throttle-v1 ", kind, b" ", &value].concat())
    }
}

/// An IPv6 subscriber has a /64 to change addresses in.
fn network(address: IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(v4) => v4.octets().to_vec(),
        IpAddr::V6(v6) => v6.octets()[..8].to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(address: &str) -> [u8; 32] {
        Limited::Source(Source(address.parse().unwrap())).key()
    }

    #[test]
    fn addresses_of_one_ipv6_network_count_together() {
        assert_eq!(source("2001:db8::1"), source("2001:db8::2"));
        assert_ne!(source("2001:db8::1"), source("2001:db8:0:1::1"));
        assert_ne!(source("192.0.2.1"), source("192.0.2.2"));
    }
}
