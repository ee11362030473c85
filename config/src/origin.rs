//! A public origin: scheme, host and port, as browsers write it in `Origin` (RFC 6454 section 6.2).

use std::{net::Ipv6Addr, str::FromStr};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Origin(pub(crate) String);

impl Origin {
    pub(crate) fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// As a URL has it: an IPv6 address in brackets.
    pub(crate) fn host(&self) -> &str {
        self.split().0
    }

    pub(crate) fn port(&self) -> u16 {
        let default = if self.is_https() { 443 } else { 80 };
        self.split().1.unwrap_or(default)
    }

    fn split(&self) -> (&str, Option<u16>) {
        let authority = self.0.split_once("://").map_or("", |(_, rest)| rest);
        split_port(authority).unwrap_or((authority, None))
    }
}

/// A host name or an address, as a URL has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Host(pub(crate) String);

/// Neither a host name nor an address.
#[derive(Debug)]
pub(crate) struct NotAHost;

impl FromStr for Host {
    type Err = NotAHost;

    fn from_str(text: &str) -> Result<Self, NotAHost> {
        if text.parse::<Ipv6Addr>().is_ok() {
            return Ok(Self(format!("[{text}]")));
        }
        let host = text.to_ascii_lowercase();
        if is_host(&host) {
            Ok(Self(host))
        } else {
            Err(NotAHost)
        }
    }
}

/// Not an origin.
#[derive(Debug)]
pub(crate) struct NotAnOrigin;

impl FromStr for Origin {
    type Err = NotAnOrigin;

    fn from_str(text: &str) -> Result<Self, NotAnOrigin> {
        let (scheme, authority) = text.split_once("://").ok_or(NotAnOrigin)?;
        let default_port = match scheme {
            "https" => 443,
            "http" => 80,
            _ => return Err(NotAnOrigin),
        };
        let (host, port) = split_port(authority)?;
        if !is_host(host) || port == Some(default_port) {
            return Err(NotAnOrigin);
        }
        Ok(Self(text.to_owned()))
    }
}

fn split_port(authority: &str) -> Result<(&str, Option<u16>), NotAnOrigin> {
    let after_host = authority.rfind(']').map_or(0, |at| at + 1);
    let Some(colon) = authority.get(after_host..).and_then(|rest| rest.find(':')) else {
        return Ok((authority, None));
    };
    let (host, port) = authority.split_at(after_host + colon);
    let port = port
        .trim_start_matches(':')
        .parse()
        .map_err(|_| NotAnOrigin)?;
    Ok((host, Some(port)))
}

/// Lower case, as browsers send it.
fn is_host(host: &str) -> bool {
    if let Some(v6) = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')) {
        return v6.parse::<Ipv6Addr>().is_ok();
    }
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    host.len() <= 253
        && host
            .split('.')
            .all(|label| !label.is_empty() && label.len() <= 63 && label.chars().all(fits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_and_port_are_those_that_browsers_connect_to() {
        for (origin, host, port) in [
            ("https://clinic.example", "clinic.example", 443),
            ("http://localhost:8080", "localhost", 8080),
            ("https://[2001:db8::1]:8443", "[2001:db8::1]", 8443),
        ] {
            let origin: Origin = origin.parse().unwrap();
            assert_eq!((origin.host(), origin.port()), (host, port));
        }
    }

    #[test]
    fn a_host_is_a_name_or_an_address() {
        let host = |text: &str| text.parse::<Host>().map(|host| host.0).ok();
        assert_eq!(host("Turn.Example").as_deref(), Some("turn.example"));
        assert_eq!(host("192.0.2.1").as_deref(), Some("192.0.2.1"));
        assert_eq!(host("2001:db8::1").as_deref(), Some("[2001:db8::1]"));
        assert_eq!(host("[2001:db8::1]").as_deref(), Some("[2001:db8::1]"));
        assert_eq!(host("turn.example:443"), None);
        assert_eq!(host("turn example"), None);
    }

    #[test]
    fn only_what_a_browser_would_send_is_an_origin() {
        for origin in [
            "https://clinic.example",
            "https://clinic.example:8443",
            "http://localhost:8080",
            "http://[::1]:8080",
        ] {
            assert!(origin.parse::<Origin>().is_ok(), "{origin}");
        }
        for other in [
            "clinic.example",
            "https://clinic.example/",
            "https://Clinic.example",
            "https://clinic.example:443",
            "https://clinic..example",
            "https://a b",
            "ftp://clinic.example",
            "https://user@clinic.example",
            "https://",
        ] {
            assert!(other.parse::<Origin>().is_err(), "{other}");
        }
    }
}
