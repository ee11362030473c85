//! The ways to the relay, and where each begins.

use media_relay_control::Way;
use quietroom_protocol::{Credential, IceServer};
use std::fmt;

/// In the order in which a browser prefers them.
pub(super) const WAYS: [Way; 4] = [Way::Udp, Way::TurnUdp, Way::TurnTcp, Way::TurnTls];

/// As it is printed.
pub(super) const fn name(way: Way) -> &'static str {
    match way {
        Way::Udp => "UDP",
        Way::TurnUdp => "TURN/UDP",
        Way::TurnTcp => "TURN/TCP",
        Way::TurnTls => "TURN/TLS",
    }
}

/// A TURN server as a browser is told of it.
#[derive(Clone, Debug)]
pub(super) struct TurnServer {
    pub(super) place: Place,
    pub(super) username: Credential,
    pub(super) password: Credential,
}

/// Host and port that something is expected at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Name or address, without brackets.
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) transport: Transport,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Transport {
    Udp,
    Tcp,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let transport = match self.transport {
            Transport::Udp => "UDP",
            Transport::Tcp => "TCP",
        };
        let Self { host, port, .. } = self;
        write!(f, "{transport} port {port} of {host}")
    }
}

/// The server by which `way` goes; `None` when it is not among those offered, as for the way
/// without TURN.
pub(super) fn server(way: Way, offered: &[IceServer]) -> Option<TurnServer> {
    offered.iter().find_map(|server| {
        let mut places = server.urls.iter().filter_map(|url| parse(url));
        let (_, place) = places.find(|(found, _)| *found == way)?;
        Some(TurnServer {
            place,
            username: server.username.clone(),
            password: server.credential.clone(),
        })
    })
}

/// Reads a `turn:` or `turns:` URL (RFC 7065) that names its port and transport.
fn parse(url: &str) -> Option<(Way, Place)> {
    let (scheme, rest) = url.split_once(':')?;
    let (authority, query) = rest.split_once('?')?;
    let (way, transport) = match (scheme, query) {
        ("turn", "transport=udp") => (Way::TurnUdp, Transport::Udp),
        ("turn", "transport=tcp") => (Way::TurnTcp, Transport::Tcp),
        ("turns", "transport=tcp") => (Way::TurnTls, Transport::Tcp),
        _ => return None,
    };
    let (host, port) = authority.rsplit_once(':')?;
    let place = Place {
        host: host.trim_matches(['[', ']']).to_owned(),
        port: port.parse().ok()?,
        transport,
    };
    Some((way, place))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offered() -> Vec<IceServer> {
        let urls = [
            "turn:clinic.example:40001?transport=udp",
            "turn:clinic.example:443?transport=tcp",
            "turns:[2001:db8::7]:443?transport=tcp",
        ];
        vec![IceServer {
            urls: urls.map(str::to_owned).to_vec(),
            username: Credential::new("name".to_owned()),
            credential: Credential::new("word".to_owned()),
        }]
    }

    #[test]
    fn each_way_finds_its_server() {
        let place = |way| server(way, &offered()).map(|server| server.place.to_string());
        assert_eq!(place(Way::Udp), None);
        let found = [Way::TurnUdp, Way::TurnTcp, Way::TurnTls].map(|way| place(way).unwrap());
        let expected = [
            "UDP port 40001 of clinic.example",
            "TCP port 443 of clinic.example",
            "TCP port 443 of 2001:db8::7",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_way_that_is_not_offered_has_no_server() {
        let mut offered = offered();
        offered[0].urls.truncate(1);
        assert!(server(Way::TurnTcp, &offered).is_none());
        offered[0].urls = vec!["turn:clinic.example".to_owned(), "stun:x:1".to_owned()];
        assert!(server(Way::TurnUdp, &offered).is_none());
    }
}
