//! The few lines of a session description (RFC 8866) that matter here.

use std::net::SocketAddr;

const CANDIDATE: &str = "a=candidate:";

/// The addresses at which the other end can be reached over UDP, best first.
pub(super) fn addresses(description: &str) -> Vec<SocketAddr> {
    let candidates = description.lines().filter_map(address);
    candidates.collect()
}

/// The same description with `address` in place of all others.
pub(super) fn led_to(description: &str, address: SocketAddr) -> String {
    let mut led = String::new();
    let mut own = Some(format!(
        "{CANDIDATE}1 1 udp 2130706431 {} {} typ host\r\n",
        address.ip(),
        address.port()
    ));
    for line in description.lines() {
        if line.starts_with(CANDIDATE) {
            led.push_str(&own.take().unwrap_or_default());
        } else {
            led.push_str(line);
            led.push_str("\r\n");
        }
    }
    led
}

/// The name of the first section (RFC 5888).
pub(super) fn mid(description: &str) -> Option<&str> {
    description
        .lines()
        .find_map(|line| line.strip_prefix("a=mid:"))
}

/// Of a candidate line (RFC 8839 section 5.1).
fn address(line: &str) -> Option<SocketAddr> {
    let mut words = line.strip_prefix(CANDIDATE)?.split(' ').skip(2);
    let udp = words.next()?.eq_ignore_ascii_case("udp");
    let (ip, port) = (words.nth(1)?, words.next()?);
    let address = SocketAddr::new(ip.parse().ok()?, port.parse().ok()?);
    udp.then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DESCRIPTION: &str = "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n\
        a=candidate:1 1 udp 2130706431 192.0.2.1 40000 typ host\r\n\
        a=candidate:2 1 tcp 1518149375 192.0.2.1 9 typ host tcptype active\r\n\
        a=candidate:3 1 UDP 2130706175 2001:db8::1 40000 typ host\r\n\
        a=end-of-candidates\r\n";

    #[test]
    fn addresses_are_those_of_udp_candidates() {
        let expected: [SocketAddr; 2] = [
            "192.0.2.1:40000".parse().unwrap(),
            "[2001:db8::1]:40000".parse().unwrap(),
        ];
        assert_eq!(addresses(DESCRIPTION), expected);
        assert_eq!(mid(DESCRIPTION), Some("0"));
    }

    #[test]
    fn one_address_takes_the_place_of_all() {
        let own: SocketAddr = "127.0.0.1:9".parse().unwrap();
        let led = led_to(DESCRIPTION, own);
        assert_eq!(addresses(&led), [own]);
        assert_eq!(led.lines().count(), DESCRIPTION.lines().count() - 2);
        assert!(led.ends_with("a=end-of-candidates\r\n"));
    }
}
