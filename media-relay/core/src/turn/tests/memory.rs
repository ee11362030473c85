//! The hot path neither copies nor allocates.

use super::lab::*;
use crate::turn::*;

#[test]
fn relaying_allocates_nothing() {
    let mut lab = Lab::new();
    let from = udp("7.7.7.7:1");
    let mut user = User::general(from);
    let relayed = user.allocate(&mut lab);
    let (allocation, _) = lab.last_bind();
    let stream = lab.stream(1);
    let mut other = User::general(stream);
    let neighbor = other.allocate(&mut lab);
    let mut participant = User::participant(udp("7.7.7.7:2"), "a");
    let participants = participant.allocate(&mut lab);
    let [peer, bound] = [PEER, "9.1.0.1:1"].map(address);
    let media = address(MEDIA[0][0]);
    assert_eq!(user.permit(&mut lab, &[peer]), None);
    assert_eq!(user.bind(&mut lab, 0x4000, bound), None);
    assert_eq!(user.bind(&mut lab, 0x4001, neighbor), None);
    assert_eq!(other.bind(&mut lab, 0x4000, relayed), None);
    assert_eq!(participant.bind(&mut lab, 0x4000, media), None);

    let messages = [
        (from, channel_data(0x4000, &[7; 1001])),
        (from, channel_data(0x4001, &[7; 1001])),
        (from, indication(peer, &[7; 1001])),
        (from, indication(neighbor, &[7; 1001])),
        (participant.from, channel_data(0x4000, &[7; 1001])),
        (stream, channel_data(0x4000, &[7; 1001])),
    ];
    let now = lab.now;
    let turn = &mut lab.turn;
    let count = allocation_counter::measure(|| {
        for _ in 0..100 {
            for (from, message) in &messages {
                let relay = turn.handle_client_input(message, *from, now).unwrap();
                assert_eq!(relay.payload.len(), 1001);
                assert_eq!(message[relay.payload], [7; 1001]);
            }
            for peer in [peer, bound] {
                let relay = turn.handle_peer_input(allocation, peer, 1001, now).unwrap();
                assert_eq!(relay.to, Target::Client(from));
            }
            let relay = turn.handle_local_input(participants, media, 1001, now);
            assert!(relay.is_some());
            // Nor does what is refused.
            let stranger = address("9.1.0.2:1");
            assert_eq!(turn.handle_peer_input(allocation, stranger, 9, now), None);
            assert_eq!(turn.handle_client_input(&[0x4f, 0, 0, 0], from, now), None);
        }
    });
    assert_eq!(count.count_total, 0);
}

#[test]
fn an_allocation_relays_so_many_bytes_per_second_each_way() {
    let mut config = config();
    config.settings.max_bytes_per_second = 10_000;
    let mut lab = Lab::with(config);
    let from = udp("7.7.7.7:1");
    let mut user = User::general(from);
    user.allocate(&mut lab);
    let (allocation, _) = lab.last_bind();
    let peer = address(PEER);
    assert_eq!(user.bind(&mut lab, 0x4000, peer), None);
    let message = channel_data(0x4000, &[0; 1000]);
    let mut up = 0;
    let mut down = 0;
    for _ in 0..50 {
        up += usize::from(lab.send(from, &message).0.is_some());
        let relay = lab.turn.handle_peer_input(allocation, peer, 1000, lab.now);
        down += usize::from(relay.is_some());
    }
    assert_eq!((up, down), (10, 10));
    assert_eq!(lab.turn.stats().dropped, 80);
    assert_eq!(lab.turn.stats().bytes, 20_000);
    lab.wait(1);
    assert!(lab.send(from, &message).0.is_some());
}
