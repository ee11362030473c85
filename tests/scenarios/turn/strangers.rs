//! What those without a password can do: nothing that stays, and nothing that grows.

use quietroom_tests::turn_server::{By, TurnServer, loopback};
use rand::rngs::StdRng;
use rand::{RngCore, SeedableRng};
use std::net::UdpSocket;
use std::time::Duration;
use turn_client::attributes::{ATTR_REQUESTED_TRANSPORT, ATTR_USERNAME, AttrType};
use turn_client::{
    METHOD_ALLOCATE, METHOD_BINDING, METHOD_CHANNEL_BIND, METHOD_CREATE_PERMISSION, METHOD_REFRESH,
    METHOD_SEND, Request, channel_data,
};

/// Unauthenticated requests, each from a port of its own in turn.
const REQUESTS: u32 = 100_000;
const PORTS_AT_A_TIME: u32 = 500;
/// Of memory after the first requests: what a process takes and gives back as it works.
const FLAT: u64 = 2 << 20;
/// Longest answer, as a multiple of its request's UDP payload and IP header and all.
const AMPLIFICATION: usize = 4;

#[test]
fn a_hundred_thousand_requests_leave_memory_flat() {
    let server = TurnServer::start();
    flood(&server, REQUESTS / 100);
    let before = server.resident();
    flood(&server, REQUESTS);
    let after = server.resident();
    println!("resident: {before} bytes before, {after} after {REQUESTS} requests");
    let grown = after.saturating_sub(before);
    assert!(grown < FLAT, "{grown} bytes more after {REQUESTS} requests");
    // It still works for those who may.
    server.client(By::Udp, false).allocate(false).unwrap();
}

/// Requests from many ports; waits for an answer to each, so that none is lost.
fn flood(server: &TurnServer, requests: u32) {
    let mut number = 0_u32;
    while number < requests {
        let sockets: Vec<UdpSocket> = (0..PORTS_AT_A_TIME)
            .map(|_| socket(server, false))
            .collect();
        for socket in &sockets {
            socket.send(&allocate(number)).unwrap();
            number += 1;
        }
        let mut answer = [0; 2048];
        let answered = sockets
            .iter()
            .filter(|socket| socket.recv(&mut answer).is_ok());
        let answered = answered.count();
        assert!(answered * 100 >= sockets.len() * 99, "{answered} answers");
    }
}

fn allocate(number: u32) -> Vec<u8> {
    let mut transaction = [0; 12];
    transaction[..4].copy_from_slice(&number.to_be_bytes());
    let request = Request::new(METHOD_ALLOCATE, transaction);
    request
        .with(ATTR_REQUESTED_TRANSPORT, &[17, 0, 0, 0])
        .unsigned()
}

fn socket(server: &TurnServer, ipv6: bool) -> UdpSocket {
    let socket = UdpSocket::bind((loopback(ipv6), 0)).unwrap();
    socket.connect(server.address(By::Udp, ipv6)).unwrap();
    let wait = Some(Duration::from_millis(500));
    socket.set_read_timeout(wait).unwrap();
    socket
}

/// All that a stranger can say in few bytes.
fn sayings() -> Vec<Vec<u8>> {
    let methods = [
        METHOD_ALLOCATE,
        METHOD_BINDING,
        METHOD_CHANNEL_BIND,
        METHOD_CREATE_PERMISSION,
        METHOD_REFRESH,
        METHOD_SEND,
    ];
    let mut sayings = Vec::new();
    for method in methods {
        let request = || Request::new(method, [9; 12]);
        sayings.push(request().unsigned());
        sayings.push(request().with(ATTR_USERNAME, b"u").unsigned());
        // Attributes that have to be understood and are not: 420 names each.
        let unknown = (0x7f00..0x7f20).map(AttrType);
        let strange = |request: Request, unknown| request.with(unknown, &[]);
        sayings.push(unknown.fold(request(), strange).unsigned());
        sayings.push(Request::indication(method, [9; 12]).unsigned());
    }
    sayings.push(channel_data(0x4000, b""));
    let mut random = StdRng::seed_from_u64(5);
    for length in [1, 4, 20, 60] {
        let mut garbage = vec![0; length];
        random.fill_bytes(&mut garbage);
        sayings.push(garbage);
    }
    sayings
}

#[test]
fn answers_are_short_over_ipv4() {
    answers_are_short(false, 20);
}

#[test]
fn answers_are_short_over_ipv6() {
    answers_are_short(true, 40);
}

/// On the wire: with the headers of IP (`ip` bytes) and UDP. Payload alone keeps the limit, too.
fn answers_are_short(ipv6: bool, ip: usize) {
    let server = TurnServer::start();
    let headers = ip + 8;
    let mut answered = 0;
    for saying in sayings() {
        let socket = socket(&server, ipv6);
        socket.send(&saying).unwrap();
        // The server answers in order: when this is answered, the other will not be any more.
        socket
            .send(&Request::new(METHOD_BINDING, [1; 12]).unsigned())
            .unwrap();
        let (mut wire, mut payload) = (0, 0);
        let mut answer = [0; 4096];
        loop {
            let length = socket.recv(&mut answer).unwrap();
            if answer[8..20] == [1; 12] {
                break;
            }
            answered += 1;
            wire += length + headers;
            payload += length;
        }
        assert!(
            wire <= AMPLIFICATION * (saying.len() + headers),
            "{saying:?}"
        );
        assert!(payload <= AMPLIFICATION * saying.len(), "{saying:?}");
    }
    assert!(answered >= 5, "only {answered} answers");
}
