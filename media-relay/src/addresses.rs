//! Which addresses are bound, and which are offered to browsers.

use media_relay_control::Settings;
use nix::ifaddrs::getifaddrs;
use nix::net::if_::InterfaceFlags;
use std::net::{IpAddr, SocketAddr};

/// Most addresses bound, and most candidates offered: a browser checks each of them.
pub(crate) const MAX_ADDRESSES: usize = 16;

/// The addresses to bind. Without `advertise` a wildcard stands for the addresses of all
/// interfaces, loopback last: one socket each, so that an answer leaves from the address its
/// question came to. With `advertise` a wildcard is bound as it is.
pub(crate) fn to_bind(settings: &Settings, interfaces: &[IpAddr]) -> Vec<IpAddr> {
    let mut bound = Vec::new();
    for &listen in &settings.listen {
        let expanded = listen.is_unspecified() && settings.advertise.is_empty();
        let family = interfaces
            .iter()
            .filter(|address| expanded && address.is_ipv4() == listen.is_ipv4());
        let own = (!expanded).then_some(&listen);
        for &address in family.chain(own) {
            if !bound.contains(&address) {
                bound.push(address);
            }
        }
    }
    bound.sort_by_key(IpAddr::is_loopback);
    bound.truncate(MAX_ADDRESSES);
    bound
}

/// The host candidates of the worker that listens on `port` of each address in `bound`.
pub(crate) fn candidates(settings: &Settings, bound: &[IpAddr], port: u16) -> Vec<SocketAddr> {
    if settings.advertise.is_empty() {
        return bound.iter().map(|&ip| SocketAddr::new(ip, port)).collect();
    }
    let with_port = |address: &SocketAddr| match address.port() {
        0 => SocketAddr::new(address.ip(), port),
        _ => *address,
    };
    settings.advertise.iter().map(with_port).collect()
}

/// The addresses of all interfaces that are up. Link-local IPv6 is left out: it says nothing
/// without its zone, which a candidate cannot carry.
pub(crate) fn of_interfaces() -> nix::Result<Vec<IpAddr>> {
    let up = getifaddrs()?.filter(|interface| interface.flags.contains(InterfaceFlags::IFF_UP));
    let addresses = up.filter_map(|interface| {
        let address = interface.address?;
        let v4 = address.as_sockaddr_in().map(|a| IpAddr::V4(a.ip()));
        v4.or_else(|| address.as_sockaddr_in6().map(|a| IpAddr::V6(a.ip())))
    });
    Ok(addresses.filter(can_be_offered).collect())
}

fn can_be_offered(address: &IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => !v4.is_unspecified(),
        IpAddr::V6(v6) => !v6.is_unspecified() && !v6.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn settings(listen: &[&str], advertise: &[&str]) -> Settings {
        Settings {
            listen: listen.iter().map(|text| ip(text)).collect(),
            port_base: 0,
            workers: 1,
            advertise: advertise.iter().map(|text| text.parse().unwrap()).collect(),
            turn: None,
        }
    }

    #[test]
    fn a_wildcard_stands_for_the_interfaces_of_its_family_loopback_last() {
        let interfaces = [
            ip("127.0.0.1"),
            ip("::1"),
            ip("192.0.2.7"),
            ip("2001:db8::7"),
        ];
        let bound = to_bind(&settings(&["0.0.0.0"], &[]), &interfaces);
        assert_eq!(bound, [ip("192.0.2.7"), ip("127.0.0.1")]);
        let bound = to_bind(&settings(&["::", "0.0.0.0"], &[]), &interfaces);
        let all = [
            ip("2001:db8::7"),
            ip("192.0.2.7"),
            ip("::1"),
            ip("127.0.0.1"),
        ];
        assert_eq!(bound, all);
    }

    #[test]
    fn an_address_named_twice_is_bound_once() {
        let bound = to_bind(
            &settings(&["127.0.0.1", "0.0.0.0"], &[]),
            &[ip("127.0.0.1")],
        );
        assert_eq!(bound, [ip("127.0.0.1")]);
    }

    #[test]
    fn advertised_addresses_take_the_place_of_the_bound_ones() {
        let settings = settings(&["0.0.0.0"], &["203.0.113.9:0", "203.0.113.9:4000"]);
        assert_eq!(to_bind(&settings, &[ip("192.0.2.7")]), [ip("0.0.0.0")]);
        let offered = candidates(&settings, &[ip("0.0.0.0")], 5000);
        let expected: [SocketAddr; 2] = [
            "203.0.113.9:5000".parse().unwrap(),
            "203.0.113.9:4000".parse().unwrap(),
        ];
        assert_eq!(offered, expected);
    }

    #[test]
    fn this_machine_has_a_loopback_address() {
        assert!(of_interfaces().unwrap().iter().any(IpAddr::is_loopback));
    }
}
