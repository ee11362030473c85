//! Addresses that are nobody's public host: the special-purpose registries of IANA (RFC 6890 and
//! successors), for IPv4 and IPv6.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Network and prefix length.
const IPV4: [([u8; 4], u32); 20] = [
    ([0, 0, 0, 0], 8),          // this network
    ([10, 0, 0, 0], 8),         // private
    ([100, 64, 0, 0], 10),      // shared, behind carriers' NATs
    ([127, 0, 0, 0], 8),        // loopback
    ([169, 254, 0, 0], 16),     // link-local, and the metadata of clouds
    ([172, 16, 0, 0], 12),      // private
    ([192, 0, 0, 0], 24),       // protocol assignments
    ([192, 0, 2, 0], 24),       // documentation
    ([192, 31, 196, 0], 24),    // AS112
    ([192, 52, 193, 0], 24),    // AMT
    ([192, 88, 99, 0], 24),     // 6to4 relays
    ([192, 168, 0, 0], 16),     // private
    ([192, 175, 48, 0], 24),    // AS112
    ([198, 18, 0, 0], 15),      // benchmarking
    ([198, 51, 100, 0], 24),    // documentation
    ([203, 0, 113, 0], 24),     // documentation
    ([224, 0, 0, 0], 4),        // multicast
    ([240, 0, 0, 0], 4),        // reserved
    ([255, 255, 255, 255], 32), // broadcast
    ([168, 63, 129, 16], 32),   // the host agent of a cloud: public in form, local in effect
];

/// First three segments and prefix length, within 2000::/3: nothing else is global unicast.
const IPV6: [([u16; 3], u32); 5] = [
    ([0x2001, 0, 0], 23),         // protocol assignments, but for Teredo
    ([0x2001, 0xdb8, 0], 32),     // documentation
    ([0x2620, 0x4f, 0x8000], 48), // AS112
    ([0x3fff, 0, 0], 20),         // documentation
    ([0x3ffe, 0, 0], 16),         // returned to IANA (RFC 3701)
];

/// Whether an address is of a special-purpose range. Forms that carry IPv4 addresses to be
/// reached by translation or tunnel are not: see [`embedded`].
pub(super) fn is_special(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_special_v4(ip),
        IpAddr::V6(ip) => is_special_v6(ip),
    }
}

/// The IPv4 addresses that an IPv6 address may lead to: IPv4-mapped, IPv4-compatible, NAT64
/// (RFC 6052), 6to4 (RFC 3056), Teredo (RFC 4380: server and client) and ISATAP (RFC 5214).
pub(super) fn embedded(ip: IpAddr) -> impl Iterator<Item = IpAddr> {
    let found = match ip {
        IpAddr::V4(_) => [None, None],
        IpAddr::V6(ip) => embedded_v4(ip),
    };
    found.into_iter().flatten().map(IpAddr::V4)
}

fn is_special_v4(ip: Ipv4Addr) -> bool {
    let ip = u32::from(ip);
    IPV4.iter().any(|(network, length)| {
        let network = u32::from(Ipv4Addr::from(*network));
        (ip ^ network) >> (32 - length) == 0
    })
}

fn is_special_v6(ip: Ipv6Addr) -> bool {
    let segments = ip.segments();
    if is_nat64(segments) || is_teredo(segments) {
        return false;
    }
    let [first, ..] = segments;
    let ip = u128::from(ip);
    first >> 13 != 1
        || IPV6.iter().any(|&([a, b, c], length)| {
            let network = u128::from(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0));
            (ip ^ network) >> (128 - length) == 0
        })
}

fn is_nat64(segments: [u16; 8]) -> bool {
    matches!(segments, [0x64, 0xff9b, 0, 0, 0, 0, _, _])
}

fn is_teredo(segments: [u16; 8]) -> bool {
    matches!(segments, [0x2001, 0, ..])
}

fn embedded_v4(ip: Ipv6Addr) -> [Option<Ipv4Addr>; 2] {
    let v4 = |high: u16, low: u16| Some(Ipv4Addr::from(u32::from(high) << 16 | u32::from(low)));
    let segments = ip.segments();
    match segments {
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low] => [v4(high, low), None],
        // Translated (RFC 2765), and the local NAT64 prefix (RFC 8215).
        [0, 0, 0, 0, 0xffff, 0, high, low] => [v4(high, low), None],
        [0x64, 0xff9b, 0 | 1, .., high, low] => [v4(high, low), None],
        [0x2002, high, low, ..] => [v4(high, low), None],
        [0x2001, 0, high, low, .., high2, low2] => [v4(high, low), v4(!high2, !low2)],
        [.., 0 | 0x200, 0x5efe, high, low] => [v4(high, low), None],
        _ => [None, None],
    }
}
