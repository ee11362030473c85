//! Anything from a client that has an allocation, and anything to it.

use crate::world::{World, peer};
use media_relay_core::turn::{Header, Relay, Target};

/// The first byte says what the rest is: a message of the client, or a peer's datagram.
pub fn run(input: &[u8]) {
    let Some((kind, message)) = input.split_first() else {
        return;
    };
    let mut world = World::new();
    let allocation = world.allocate(0).expect("a client can allocate");
    world.permit(0, peer(0));
    world.bind(0, 0x4000, peer(0));
    let (now, from, length) = (world.now, world.client(0), message.len());
    let relay = match kind % 4 {
        0 => world
            .turn
            .handle_peer_input(allocation, peer(0), length, now),
        1 => world
            .turn
            .handle_peer_input(allocation, peer(1), length, now),
        _ => world.turn.handle_client_input(message, from, now),
    };
    if let Some(relay) = &relay {
        check(relay, message.len());
        assert_ne!(kind % 4, 1, "a peer without permission was heard");
    }
    let others = world.replies();
    assert!(others.iter().all(|reply| reply.to == from));
    world.turn.handle_timeout(now);
}

/// A relay names bytes of its message, and a peer that has permission.
pub(crate) fn check(relay: &Relay, length: usize) {
    let payload = &relay.payload;
    assert!(payload.start <= payload.end && payload.end <= length);
    assert!(relay.header.as_bytes().len() <= Header::MAX && relay.padding <= 3);
    if let Target::Peer { peer, .. } = relay.to {
        assert!(crate::world::may_be_reached(peer), "a forbidden peer");
    }
}
