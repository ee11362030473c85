//! Addresses that are never a peer, whoever asks and however: the abuse list.

use quietroom_tests::turn_server::{By, Client, Options, TurnServer, loopback};
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::time::Duration;
use turn_client::Refused;

const FORBIDDEN: u16 = 403;

/// Special-purpose ranges (RFC 6890 and the registries), the addresses in disguise, and ends of
/// ranges, where a wrong prefix shows.
const IPV4: &[&str] = &[
    "0.0.0.0",
    "0.255.255.255",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.0.170",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "192.168.255.255",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
];
const IPV6: &[&str] = &[
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:0.0.0.0",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:8.8.8.8",
    "64:ff9b::127.0.0.1",
    "64:ff9b::10.0.0.1",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "2002:a00:1::1",
    "2002:a9fe:a9fe::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "fe80::1",
    "febf::1",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
];
/// Peers that may be reached, so that a refusal says something.
const PUBLIC_V4: &[&str] = &["9.255.255.255", "11.0.0.0", "172.32.0.1", "192.169.0.1"];
const PUBLIC_V6: &[&str] = &["2a00::1", "2600::1"];

/// The server's own addresses. Hosts of media and allocations may be permitted, for some of their
/// ports; the loopback interface has but one address of IPv6.
const LISTEN: [&str; 2] = ["127.0.0.3", "::1"];
const RELAY: [&str; 2] = ["127.0.0.2", "::1"];

/// A server with no exception.
fn server() -> TurnServer {
    TurnServer::start_with(&Options {
        allow: Vec::new(),
        listen: LISTEN,
        relay: RELAY,
        ..Options::default()
    })
}

fn peers(list: &[&str], port: u16) -> Vec<SocketAddr> {
    let ips = list.iter().map(|ip| ip.parse::<IpAddr>().unwrap());
    ips.map(|ip| SocketAddr::new(ip, port)).collect()
}

/// Tries each address by CreatePermission and ChannelBind: a client that comes by one transport
/// and family, with an allocation of the same family.
fn refuses_all(by: By, ipv6: bool) {
    let server = server();
    let mut client = server.client(by, ipv6);
    client.allocate(ipv6).unwrap();
    let (special, public) = if ipv6 {
        (IPV6, PUBLIC_V6)
    } else {
        (IPV4, PUBLIC_V4)
    };
    for peer in peers(public, 9000) {
        client.permit(peer).unwrap();
    }
    for peer in peers(special, 9000) {
        refused(&mut client, peer);
    }
    own_ports_are_refused(&server, &mut client, ipv6);
}

fn refused(client: &mut Client, peer: SocketAddr) {
    let host = peer.ip().to_string();
    if ![LISTEN, RELAY].concat().contains(&host.as_str()) {
        let permitted = client.permit(peer);
        assert_forbidden(&permitted, peer, "CreatePermission");
    }
    not_bound(client, peer);
}

fn not_bound(client: &mut Client, peer: SocketAddr) {
    let bound = client.bind(0x4001, peer);
    assert_forbidden(&bound, peer, "ChannelBind");
}

#[track_caller]
fn assert_forbidden(asked: &Result<(), Refused>, peer: SocketAddr, method: &str) {
    let forbidden = matches!(asked, Err(Refused::Error(FORBIDDEN)));
    assert!(forbidden, "{method} of {peer}: {asked:?}");
}

/// The server's own listeners, on the addresses that clients know them by. Its UDP port is that of
/// media, which allocations are for.
fn own_ports_are_refused(server: &TurnServer, client: &mut Client, ipv6: bool) {
    for by in [By::Tcp, By::Tls] {
        not_bound(client, server.address(by, ipv6));
    }
}

#[test]
fn over_udp_and_ipv4() {
    refuses_all(By::Udp, false);
}

#[test]
fn over_udp_and_ipv6() {
    refuses_all(By::Udp, true);
}

#[test]
fn over_tcp_and_ipv4() {
    refuses_all(By::Tcp, false);
}

#[test]
fn over_tcp_and_ipv6() {
    refuses_all(By::Tcp, true);
}

#[test]
fn over_tls_and_ipv4() {
    refuses_all(By::Tls, false);
}

#[test]
fn over_tls_and_ipv6() {
    refuses_all(By::Tls, true);
}

/// Even where loopback is allowed, the server's own listeners are not.
#[test]
fn its_own_listeners_are_no_peers_of_an_allowed_range() {
    let server = TurnServer::start();
    for ipv6 in [false, true] {
        let mut client = server.client(By::Udp, ipv6);
        client.allocate(ipv6).unwrap();
        client.permit(peer_of_loopback(ipv6)).unwrap();
        own_ports_are_refused(&server, &mut client, ipv6);
    }
}

/// What is relayed to the server's own UDP port is for media: nobody gets an allocation by way of
/// an allocation.
#[test]
fn no_turn_within_turn() {
    let server = TurnServer::start();
    let mut client = server.client(By::Udp, false);
    client.allocate(false).unwrap();
    let own = server.address(By::Udp, false);
    client.permit(own).unwrap();
    let within = turn_client::Request::new(turn_client::METHOD_ALLOCATE, [5; 12]).unsigned();
    client.send(own, &within).unwrap();
    // What was sent before an answer has been dealt with before it.
    client.permit(own).unwrap();
    assert!(client.transport.receive().is_err(), "somebody answered");
    assert!(client.waiting.is_empty(), "somebody answered");
}

fn peer_of_loopback(ipv6: bool) -> SocketAddr {
    SocketAddr::new(loopback(ipv6), 9)
}

/// A Send indication is not answered, so a listener at the address tells: nothing comes to it
/// without permission, and nothing after a permission that was refused.
#[test]
fn nothing_is_sent_without_permission() {
    for by in [By::Udp, By::Tcp, By::Tls] {
        for ipv6 in [false, true] {
            let listener = UdpSocket::bind((loopback(ipv6), 0)).unwrap();
            let peer = listener.local_addr().unwrap();
            // First that it does come where it is allowed.
            let allowing = TurnServer::start();
            let mut client = allowing.client(by, ipv6);
            client.allocate(ipv6).unwrap();
            client.send(peer, b"early").unwrap();
            client.permit(peer).unwrap();
            client.send(peer, b"allowed").unwrap();
            assert_eq!(heard(&listener), b"allowed", "{by:?}");

            let refusing = server();
            let mut client = refusing.client(by, ipv6);
            client.allocate(ipv6).unwrap();
            refused(&mut client, peer);
            client.send(peer, b"refused").unwrap();
            let channel = turn_client::channel_data(0x4001, b"refused");
            client.transport.send(&channel).unwrap();
            // What was sent before an answer has been dealt with before it.
            refused(&mut client, peer);
            listener.set_nonblocking(true).unwrap();
            let nothing = listener.recv(&mut [0; 64]).unwrap_err();
            assert_eq!(nothing.kind(), std::io::ErrorKind::WouldBlock, "{by:?}");
        }
    }
}

fn heard(listener: &UdpSocket) -> Vec<u8> {
    let patience = Some(Duration::from_secs(5));
    listener.set_read_timeout(patience).unwrap();
    let mut datagram = [0; 64];
    let length = listener.recv(&mut datagram).unwrap();
    datagram[..length].to_vec()
}

/// TCP relaying (RFC 6062) would be another way in: an unknown method, which is not answered.
#[test]
fn there_is_no_connecting_to_peers() {
    let server = TurnServer::start();
    let mut client = server.client(By::Tcp, false);
    client.allocate(false).unwrap();
    let peer = SocketAddr::new(loopback(false), server.tcp);
    let asked = client.ask(turn_client::METHOD_CONNECT, |request| request.peer(peer));
    assert!(asked.is_err(), "{asked:?}");
}

/// A peer with port 0 is refused, and the allocation lives on.
#[test]
fn port_zero_does_no_harm() {
    let server = TurnServer::start();
    let mut client = server.client(By::Udp, false);
    client.allocate(false).unwrap();
    let listener = UdpSocket::bind((loopback(false), 0)).unwrap();
    let peer = listener.local_addr().unwrap();
    client.permit(peer).unwrap();
    client
        .send(SocketAddr::new(loopback(false), 0), b"nowhere")
        .unwrap();
    client.send(peer, b"allowed").unwrap();
    assert_eq!(heard(&listener), b"allowed");
}
