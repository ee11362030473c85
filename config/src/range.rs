//! A range of addresses in CIDR form (RFC 4632 section 3.1, RFC 4291 section 2.3).

use std::{fmt, net::IpAddr, str::FromStr};

/// A range of addresses, as in `10.0.0.0/8` or `fd00::/8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    address: IpAddr,
    /// Bits that count.
    prefix: u8,
}

/// Not a range of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a range of addresses")]
pub struct NotARange;

impl FromStr for Range {
    type Err = NotARange;

    fn from_str(text: &str) -> Result<Self, NotARange> {
        let (address, prefix) = text.split_once('/').ok_or(NotARange)?;
        let address: IpAddr = address.parse().map_err(|_| NotARange)?;
        let prefix: u8 = prefix.parse().map_err(|_| NotARange)?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        if prefix > most {
            return Err(NotARange);
        }
        Ok(Self { address, prefix })
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_an_address_and_how_many_of_its_bits_count() {
        for range in ["10.0.0.0/8", "0.0.0.0/0", "fd00::/8", "2001:db8::1/128"] {
            assert_eq!(range.parse::<Range>().unwrap().to_string(), range);
        }
        for other in [
            "10.0.0.0",
            "10.0.0.0/33",
            "::/129",
            "10/8",
            "/8",
            "a/8",
            "10.0.0.0/-1",
        ] {
            assert_eq!(other.parse::<Range>(), Err(NotARange), "{other}");
        }
    }
}
