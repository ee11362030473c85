//! Real messages, from which fuzzing begins: the committed corpus of all targets but
//! [`crate::sequence`], whose inputs are no messages and come from fuzzing itself.

use crate::world::{World, peer};
use turn_client::attributes::{
    ATTR_CHANNEL_NUMBER, ATTR_DATA, ATTR_DONT_FRAGMENT, ATTR_EVEN_PORT, ATTR_LIFETIME,
    ATTR_REQUESTED_ADDRESS_FAMILY, ATTR_REQUESTED_TRANSPORT, ATTR_RESERVATION_TOKEN, ATTR_USERNAME,
};
use turn_client::{
    METHOD_ALLOCATE, METHOD_BINDING, METHOD_CHANNEL_BIND, METHOD_CREATE_PERMISSION, METHOD_REFRESH,
    METHOD_SEND, Request, channel_data,
};

/// The target, the file's name, and the input.
pub type Seed = (&'static str, String, Vec<u8>);

/// All seeds, the same each time.
#[must_use]
pub fn all() -> Vec<Seed> {
    let messages = messages();
    let mut seeds = Vec::new();
    for (name, message) in &messages {
        seeds.push(("stun", (*name).to_owned(), message.clone()));
        let of_client = [&[2], message.as_slice()].concat();
        seeds.push(("turn", (*name).to_owned(), of_client));
    }
    seeds.push(("turn", "heard".to_owned(), [&[0], &[7; 60][..]].concat()));
    for (piece, name) in [(1, "bytes"), (7, "pieces"), (255, "whole")] {
        let mut stream = vec![piece];
        for (_, message) in &messages {
            stream.extend(message);
            stream.resize(1 + (stream.len() - 1).next_multiple_of(4), 0);
        }
        seeds.push(("frame", name.to_owned(), stream));
    }
    seeds
}

/// One of each kind, signed with a nonce that the targets' server takes.
fn messages() -> Vec<(&'static str, Vec<u8>)> {
    let mut world = World::new();
    let login = world.login(0, 0, false);
    let sha256 = world.login(0, 0, true);
    let udp = [17, 0, 0, 0];
    let ask = |method| Request::new(method, [0xa5; 12]);
    let allocate = || ask(METHOD_ALLOCATE).with(ATTR_REQUESTED_TRANSPORT, &udp);
    let refresh = || ask(METHOD_REFRESH).with(ATTR_LIFETIME, &600_u32.to_be_bytes());
    let bind = |number| {
        ask(METHOD_CHANNEL_BIND)
            .with(ATTR_CHANNEL_NUMBER, &[0x40, number, 0, 0])
            .peer(peer(number))
    };
    let permit = ask(METHOD_CREATE_PERMISSION).peer(peer(1)).peer(peer(2));
    let send = || Request::indication(METHOD_SEND, [0xa5; 12]).peer(peer(0));
    let reserving = allocate().with(ATTR_EVEN_PORT, &[0x80]);
    let reserved = allocate().with(ATTR_RESERVATION_TOKEN, &[9; 8]);
    let ipv6 = allocate().with(ATTR_REQUESTED_ADDRESS_FAMILY, &[2, 0, 0, 0]);
    let binding = ask(METHOD_BINDING);
    let check = ask(METHOD_BINDING).with(ATTR_USERNAME, b"near:far");
    let fragile = send()
        .with(ATTR_DATA, b"whole")
        .with(ATTR_DONT_FRAGMENT, &[]);
    vec![
        ("allocate", allocate().unsigned()),
        ("allocate-signed", allocate().signed(&login)),
        ("allocate-sha256", allocate().signed(&sha256)),
        ("allocate-reserving", reserving.signed(&login)),
        ("allocate-reserved", reserved.signed(&login)),
        ("allocate-ipv6", ipv6.signed(&login)),
        ("refresh", refresh().signed(&login)),
        ("refresh-sha256", refresh().signed(&sha256)),
        ("permission", permit.signed(&login)),
        ("channel-bind", bind(1).signed(&login)),
        ("channel-bind-sha256", bind(2).signed(&sha256)),
        ("send", send().with(ATTR_DATA, b"payload").unsigned()),
        ("send-whole", fragile.unsigned()),
        ("binding", binding.unsigned()),
        ("ice-check", check.unsigned()),
        ("channel-data", channel_data(0x4000, b"payload")),
        ("channel-data-empty", channel_data(0x4000, b"")),
    ]
}
