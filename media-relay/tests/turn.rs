//! The TURN server of the real program, as signaling starts it.

mod support;

use std::io::{Read, Write};
use std::net::SocketAddr;
use support::{
    Door, LONG, MOMENT, Relay, localhost, peer, relays, stream_client, turn, udp_client,
};
use turn_client::{Answer, Transport, channel_data};

#[test]
fn udp_clients_reach_peers_of_both_families_on_every_worker() {
    let relay = Relay::start(2, turn());
    for worker in 0..2 {
        for (client, ipv6) in [(false, false), (true, true), (false, true)] {
            let server = relay.address(worker, localhost(client));
            relays(udp_client(server), ipv6);
        }
    }
}

#[test]
fn stream_clients_reach_peers_of_both_families() {
    let mut relay = Relay::start(2, turn());
    let door = Door::to(&mut relay);
    for ipv6 in [false, true, false, true] {
        relays(stream_client(door.tcp(localhost(ipv6))), ipv6);
    }
    let stats = relay.await_stats(|stats| stats.turn.streams == 0);
    assert_eq!(stats.turn.allocated, 4);
}

#[test]
fn two_clients_reach_each_other_on_one_worker_and_across() {
    let relay = Relay::start(2, turn());
    for (first, second) in [(0, 0), (0, 1), (1, 0)] {
        let address = |worker| relay.address(worker, localhost(false));
        let mut near = udp_client(address(first));
        let mut far = udp_client(address(second));
        let near_relayed = near.allocate(false).unwrap().relayed;
        let far_relayed = far.allocate(false).unwrap().relayed;
        near.bind(0x4000, far_relayed).unwrap();
        far.bind(0x4000, near_relayed).unwrap();
        for payload in [&b"one"[..], b"two", b"longer than both"] {
            let message = channel_data(0x4000, payload);
            near.transport.send(&message).unwrap();
            assert_eq!(far.transport.receive().unwrap(), message);
            far.transport.send(&message).unwrap();
            assert_eq!(near.transport.receive().unwrap(), message);
        }
    }
}

#[test]
fn bursts_arrive_whole_and_in_order_whatever_their_lengths() {
    let relay = Relay::start(1, turn());
    let mut client = udp_client(relay.address(0, localhost(false)));
    let relayed = client.allocate(false).unwrap().relayed;
    let peers = [peer(false), peer(false)];
    for (channel, peer) in (0x4000..).zip(&peers) {
        client.bind(channel, peer.local_addr().unwrap()).unwrap();
    }
    let lengths = [900, 900, 900, 40, 900, 1100, 1100, 7, 7, 7];
    let mut buffer = [0; 2048];
    for round in 0..20_u8 {
        for length in lengths {
            for channel in [0x4000, 0x4001] {
                let message = channel_data(channel, &vec![round; length]);
                client.transport.send(&message).unwrap();
            }
        }
        for peer in &peers {
            for length in lengths {
                let (count, from) = peer.recv_from(&mut buffer).unwrap();
                assert_eq!(
                    (&buffer[..count], from),
                    (&vec![round; length][..], relayed)
                );
            }
            for length in lengths {
                peer.send_to(&vec![round; length], relayed).unwrap();
            }
        }
        let mut got = [Vec::new(), Vec::new()];
        for _ in 0..2 * lengths.len() {
            let message = client.transport.receive().unwrap();
            got[usize::from(message[1])].push(message.len() - 4);
        }
        assert_eq!(got, [lengths, lengths]);
    }
}

#[test]
fn a_payload_with_dont_fragment_goes_on_whole() {
    use turn_client::{METHOD_SEND, Request, attributes};
    let relay = Relay::start(1, turn());
    let mut client = udp_client(relay.address(0, localhost(false)));
    client.allocate(false).unwrap();
    let peer = peer(false);
    let address = peer.local_addr().unwrap();
    client.permit(address).unwrap();
    for payload in [vec![1; 100], vec![2; 1400]] {
        let message = Request::indication(METHOD_SEND, [9; 12])
            .peer(address)
            .with(attributes::ATTR_DONT_FRAGMENT, &[])
            .with(attributes::ATTR_DATA, &payload)
            .unsigned();
        client.transport.send(&message).unwrap();
        let mut got = [0; 2048];
        let count = peer.recv(&mut got).unwrap();
        assert_eq!(&got[..count], payload);
    }
}

#[test]
fn what_comes_in_pieces_on_a_stream_is_put_together() {
    let mut relay = Relay::start(1, turn());
    let door = Door::to(&mut relay);
    let stream = door.tcp(localhost(false));
    stream.set_nodelay(true).unwrap();
    let mut raw = stream.try_clone().unwrap();
    let mut client = stream_client(stream);
    client.allocate(false).unwrap();
    let peer = peer(false);
    client.bind(0x4000, peer.local_addr().unwrap()).unwrap();
    let mut bytes = Vec::new();
    for number in 0..100_u8 {
        let mut message = channel_data(0x4000, &vec![number; usize::from(number) * 5]);
        message.resize(message.len().next_multiple_of(4), 0);
        bytes.extend(message);
    }
    for piece in bytes.chunks(333) {
        raw.write_all(piece).unwrap();
        std::thread::sleep(std::time::Duration::from_micros(200));
    }
    let mut got = [0; 2048];
    for number in 0..100_u8 {
        let count = peer.recv(&mut got).unwrap();
        assert_eq!(&got[..count], vec![number; usize::from(number) * 5]);
    }
}

#[test]
fn garbage_on_a_stream_closes_it_and_no_other() {
    let mut relay = Relay::start(1, turn());
    let door = Door::to(&mut relay);
    let mut good = stream_client(door.tcp(localhost(false)));
    good.allocate(false).unwrap();
    let mut bad = door.tcp(localhost(false));
    bad.write_all(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
        .unwrap();
    match bad.read(&mut [0]) {
        Ok(count) => assert_eq!(count, 0),
        Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset),
    }
    good.end().unwrap();
}

#[test]
fn streams_beyond_the_limit_are_closed_at_once() {
    let mut settings = turn();
    settings.max_streams = 2;
    let mut relay = Relay::start(2, settings);
    let door = Door::to(&mut relay);
    let held = [door.tcp(localhost(false)), door.tcp(localhost(false))];
    relay.await_stats(|stats| stats.turn.streams == 2);
    assert_eq!(door.tcp(localhost(false)).read(&mut [0]).unwrap(), 0);
    drop(held);
    relay.await_stats(|stats| stats.turn.streams == 0);
    relays(stream_client(door.tcp(localhost(false))), false);
}

#[test]
fn a_client_that_takes_nothing_loses_whole_messages_and_goes_on() {
    let mut relay = Relay::start(1, turn());
    let door = Door::to(&mut relay);
    let mut client = stream_client(door.tcp(localhost(false)));
    let relayed = client.allocate(false).unwrap().relayed;
    let peer = peer(false);
    client.bind(0x4000, peer.local_addr().unwrap()).unwrap();
    let before = relay.stats().turn.dropped;
    let mut sent = 0_u32;
    // Until the connection, the queue, and more are full.
    while relay.stats().turn.dropped == before {
        for _ in 0..500 {
            let mut payload = sent.to_be_bytes().to_vec();
            payload.resize(1000, 0);
            peer.send_to(&payload, relayed).unwrap();
            sent += 1;
        }
        assert!(sent < 100_000, "nothing was dropped");
    }
    client
        .transport
        .stream
        .set_read_timeout(Some(MOMENT))
        .unwrap();
    let mut last = None;
    while let Ok(message) = client.transport.receive() {
        assert_eq!(
            (message.len(), &message[..4]),
            (1004, &[0x40, 0, 3, 232][..])
        );
        let number = u32::from_be_bytes(message[4..8].try_into().unwrap());
        assert!(last < Some(number));
        last = Some(number);
    }
    assert!(last.is_some_and(|last| last < sent));
    client
        .transport
        .stream
        .set_read_timeout(Some(LONG))
        .unwrap();
    peer.send_to(b"more", relayed).unwrap();
    assert_eq!(
        client.transport.receive().unwrap(),
        channel_data(0x4000, b"more")
    );
}

#[test]
fn a_binding_request_is_answered_with_the_address_it_came_from() {
    use turn_client::{METHOD_BINDING, Request, attributes};
    let relay = Relay::start(1, turn());
    for ipv6 in [false, true] {
        let mut client = udp_client(relay.address(0, localhost(ipv6)));
        let message = Request::new(METHOD_BINDING, [3; 12]).unsigned();
        client.transport.send(&message).unwrap();
        let answer = Answer::read(&client.transport.receive().unwrap()).unwrap();
        let mapped: Option<SocketAddr> = answer.address(attributes::ATTR_XORMAPPED_ADDRESS);
        assert_eq!(mapped, Some(client.transport.socket.local_addr().unwrap()));
    }
}
