//! The addresses of this machine.

use nix::{ifaddrs::getifaddrs, net::if_::InterfaceFlags};
use std::{io, net::IpAddr};

/// Sockets that a stand-in browser opens at most.
const MOST: usize = 12;

/// Addresses of the interfaces that are up, as a browser gathers them, and the loopback ones: the
/// server is on this machine. Link-local IPv6 is left out, as it is by browsers.
pub(super) fn own_addresses() -> io::Result<Vec<IpAddr>> {
    let up = getifaddrs()?.filter(|interface| interface.flags.contains(InterfaceFlags::IFF_UP));
    let addresses = up.filter_map(|interface| {
        let address = interface.address?;
        let v4 = address.as_sockaddr_in().map(|it| IpAddr::V4(it.ip()));
        v4.or_else(|| address.as_sockaddr_in6().map(|it| IpAddr::V6(it.ip())))
    });
    let mut addresses: Vec<IpAddr> = addresses.filter(usable).collect();
    addresses.sort();
    addresses.dedup();
    addresses.truncate(MOST);
    Ok(addresses)
}

fn usable(address: &IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !address.is_unspecified(),
        IpAddr::V6(address) => !address.is_unspecified() && !address.is_unicast_link_local(),
    }
}
