//! The UDP sockets of one worker.

use crate::start::CannotStart;
use crate::udp::Udp;
use std::io;
use std::net::{IpAddr, SocketAddr};

/// How often a port chosen by the system may turn out to be taken on another address.
const PORT_ATTEMPTS: usize = 16;

/// One socket per address, all on one port.
pub(crate) struct Bound {
    pub(crate) port: u16,
    pub(crate) sockets: Vec<Udp>,
    /// Of each socket, in their order.
    pub(crate) addresses: Vec<IpAddr>,
}

/// `named` are the addresses that the operator wrote; the others may have gone meanwhile.
///
/// # Errors
/// [`CannotStart`] when none can be bound, or one of those named.
pub(crate) fn bind(
    addresses: &[IpAddr],
    named: &[IpAddr],
    port: u16,
) -> Result<Bound, CannotStart> {
    let mut attempts = if port == 0 { PORT_ATTEMPTS } else { 1 };
    loop {
        attempts -= 1;
        match bind_once(addresses, named, port) {
            Err(CannotStart::PortInUse(_)) if attempts > 0 => {}
            done => return done,
        }
    }
}

fn bind_once(addresses: &[IpAddr], named: &[IpAddr], port: u16) -> Result<Bound, CannotStart> {
    let mut bound = Bound {
        port,
        sockets: Vec::new(),
        addresses: Vec::new(),
    };
    for &address in addresses {
        let udp = match Udp::bind(SocketAddr::new(address, bound.port)) {
            Ok(udp) => udp,
            Err(error) if is_not_there(address, named, &error) => continue,
            Err(error) => return Err(explain(address, bound.port, error)),
        };
        let port = udp.port();
        bound.port = port.map_err(|error| explain(address, bound.port, error))?;
        bound.sockets.push(udp);
        bound.addresses.push(address);
    }
    if bound.sockets.is_empty() {
        return Err(CannotStart::NoAddress);
    }
    Ok(bound)
}

/// A wildcard of a family that this machine does not have asks for nothing, and neither does an
/// interface address that is not usable yet (IPv6 looks for duplicates first, RFC 4862).
fn is_not_there(address: IpAddr, named: &[IpAddr], error: &io::Error) -> bool {
    let family = address.is_unspecified() && error.raw_os_error() == Some(nix::libc::EAFNOSUPPORT);
    let unusable = error.kind() == io::ErrorKind::AddrNotAvailable && !named.contains(&address);
    family || unusable
}

fn explain(address: IpAddr, port: u16, error: io::Error) -> CannotStart {
    match error.kind() {
        io::ErrorKind::AddrInUse => CannotStart::PortInUse(port),
        io::ErrorKind::AddrNotAvailable => CannotStart::NotOurs(address),
        _ => CannotStart::Bind { port, error },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_addresses_of_a_worker_share_the_port_the_system_chose() {
        let addresses = [IpAddr::from([127, 0, 0, 1]), "::1".parse().unwrap()];
        let bound = bind(&addresses, &addresses, 0).unwrap();
        assert_ne!(bound.port, 0);
        let ports = bound.sockets.iter().map(|udp| udp.port().unwrap());
        assert_eq!(ports.collect::<Vec<_>>(), [bound.port, bound.port]);
    }

    #[test]
    fn an_interface_address_that_has_gone_is_left_out() {
        let here = IpAddr::from([127, 0, 0, 1]);
        let gone = IpAddr::from([192, 0, 2, 254]);
        let bound = bind(&[gone, here], &[IpAddr::from([0, 0, 0, 0])], 0).unwrap();
        assert_eq!(bound.addresses, [here]);
        assert!(matches!(
            bind(&[gone], &[gone], 0),
            Err(CannotStart::NotOurs(address)) if address == gone
        ));
    }
}
