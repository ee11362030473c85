//! An address of this machine from which TURN relays.

use std::{net::IpAddr, str::FromStr};

/// `ADDRESS`, or `ADDRESS=PUBLIC` behind a one-to-one NAT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RelayAddress {
    pub bind: IpAddr,
    /// What clients are told instead.
    pub advertise: Option<IpAddr>,
}

/// Not an address to relay from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an address to relay from")]
pub struct NotARelayAddress;

impl FromStr for RelayAddress {
    type Err = NotARelayAddress;

    fn from_str(text: &str) -> Result<Self, NotARelayAddress> {
        let (bind, advertise) = match text.split_once('=') {
            Some((bind, advertise)) => (bind, Some(advertise)),
            None => (text, None),
        };
        let address = |text: &str| text.trim().parse().map_err(|_| NotARelayAddress);
        let bind: IpAddr = address(bind)?;
        let advertise: Option<IpAddr> = advertise.map(address).transpose()?;
        let named = |address: IpAddr| !address.is_unspecified() && !address.is_multicast();
        let one_family = advertise.is_none_or(|it| it.is_ipv4() == bind.is_ipv4() && named(it));
        if named(bind) && one_family {
            Ok(Self { bind, advertise })
        } else {
            Err(NotARelayAddress)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_of_this_machine_and_may_have_a_public_one() {
        let plain: RelayAddress = "192.0.2.1".parse().unwrap();
        assert_eq!(plain.advertise, None);
        let mapped: RelayAddress = "10.0.0.5=203.0.113.9".parse().unwrap();
        assert_eq!(mapped.bind.to_string(), "10.0.0.5");
        assert_eq!(mapped.advertise, Some("203.0.113.9".parse().unwrap()));
        for other in [
            "",
            "0.0.0.0",
            "::",
            "10.0.0.5=",
            "10.0.0.5=::1",
            "10.0.0.5:1",
            "224.0.0.1",
        ] {
            assert_eq!(
                other.parse::<RelayAddress>(),
                Err(NotARelayAddress),
                "{other}"
            );
        }
    }
}
