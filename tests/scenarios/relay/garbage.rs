//! What strangers send to the relay's port changes nothing.

use crate::gets;
use quietroom_tests::participant::{Sends, Source};
use quietroom_tests::relay_process::RelayProcess;
use quietroom_tests::relay_room::Room;
use rand::rngs::StdRng;
use rand::{Rng, RngCore, SeedableRng};
use tokio::net::UdpSocket;

/// Datagrams from a stranger, of every first byte that RFC 7983 tells apart.
const DATAGRAMS: usize = 20_000;

#[tokio::test(flavor = "multi_thread")]
async fn the_relay_survives_garbage_and_people_do_not_notice() {
    let relay = RelayProcess::start().await;
    let room = Room::open(&relay, 1).await;
    let jordan = room.join(1, Sends::BOTH).await;
    let maya = room.join(2, Sends::SOUND).await;
    room.all_hear_all(&[1, 2]).await;
    gets(&maya, &jordan, Source::Microphone).await;

    let begin = jordan.sent(Source::Microphone);
    let dropped = relay.stats().await.totals.dropped;
    let stranger = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    stranger
        .connect(("127.0.0.1", relay.ports[0]))
        .await
        .unwrap();
    let mut random = StdRng::seed_from_u64(11);
    for number in 0..DATAGRAMS {
        let mut datagram = vec![0; random.random_range(0..1400)];
        random.fill_bytes(&mut datagram);
        if let Some(first) = datagram.first_mut() {
            *first = (number % 256) as u8;
        }
        if number % 3 == 0 && datagram.len() >= 8 {
            datagram[4..8].copy_from_slice(&[0x21, 0x12, 0xa4, 0x42]);
        }
        stranger.send(&datagram).await.unwrap();
        if number % 64 == 0 {
            tokio::task::yield_now().await;
        }
    }

    relay.ping().await;
    gets(&maya, &jordan, Source::Microphone).await;
    let end = jordan.sent(Source::Microphone) - 10;
    let came = maya.received_in(1, Source::Microphone, begin..end);
    assert!(
        came * 100 >= (end - begin) * 95,
        "{came} of {}",
        end - begin
    );
    assert!(relay.stats().await.totals.dropped > dropped);
}
