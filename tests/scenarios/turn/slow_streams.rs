//! Connections that say nothing, too little, or nonsense, are closed.

use quietroom_tests::turn_server::{By, TurnServer};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// Longer than any of the server's limits for a connection that has not begun to speak TURN.
const LIMIT: Duration = Duration::from_secs(30);

/// Waits until the server has closed; says how long it took.
fn closed(mut stream: impl Read, by: &str) -> Duration {
    #[expect(clippy::disallowed_methods, reason = "a test is a shell of its own")]
    let begin = Instant::now();
    let mut bytes = [0; 512];
    loop {
        match stream.read(&mut bytes) {
            Ok(0) => break,
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                panic!("{by}: still open after {LIMIT:?}")
            }
            // Reset, or TLS without a farewell.
            Err(_) => break,
        }
    }
    let took = begin.elapsed();
    println!("{by}: closed after {took:?}");
    took
}

fn connect(server: &TurnServer, by: By, ipv6: bool) -> TcpStream {
    let stream = server.connect(by, ipv6);
    stream.set_read_timeout(Some(LIMIT)).unwrap();
    stream
}

#[test]
fn a_silent_tcp_connection() {
    let server = TurnServer::start();
    closed(connect(&server, By::Tcp, false), "silent TCP");
}

#[test]
fn a_tls_connection_without_a_handshake() {
    let server = TurnServer::start();
    closed(connect(&server, By::Tls, false), "TLS without a handshake");
}

#[test]
fn a_tls_connection_that_is_silent_after_the_handshake() {
    let server = TurnServer::start();
    let mut tls = server.connect_tls(connect(&server, By::Tls, false));
    while tls.conn.is_handshaking() {
        tls.conn.complete_io(&mut tls.sock).unwrap();
    }
    closed(tls, "silent TLS");
}

/// A message that grows by a byte from time to time is not kept open for ever.
#[test]
fn a_message_that_never_becomes_whole() {
    let server = TurnServer::start();
    let mut stream = connect(&server, By::Tcp, false);
    stream
        .write_all(&[0, 3, 0, 8, 0x21, 0x12, 0xa4, 0x42, 1])
        .unwrap();
    closed(stream, "half a request");
}

/// At once, not after a time limit.
#[test]
fn garbage_is_closed_at_once() {
    let server = TurnServer::start();
    let mut stream = connect(&server, By::Tcp, true);
    stream.write_all(&[0xff; 64]).unwrap();
    assert!(closed(stream, "garbage") < Duration::from_secs(5));
    let mut tls = server.connect_tls(connect(&server, By::Tls, true));
    tls.write_all(&[0xff; 64]).unwrap();
    assert!(closed(tls, "garbage in TLS") < Duration::from_secs(5));
}

/// Garbage after a beginning that was well.
#[test]
fn garbage_after_a_request_is_closed_at_once() {
    let server = TurnServer::start();
    let mut stream = connect(&server, By::Tcp, false);
    let binding = turn_client::Request::new(turn_client::METHOD_BINDING, [3; 12]).unsigned();
    stream.write_all(&binding).unwrap();
    let mut head = [0; 20];
    stream.read_exact(&mut head).unwrap();
    stream.write_all(&[0xff; 64]).unwrap();
    assert!(closed(stream, "late garbage") < Duration::from_secs(5));
}
