//! Sound and pictures go both ways.

use crate::{gets, sends};
use quietroom_tests::participant::{Sends, Source};
use quietroom_tests::relay_process::{RelayProcess, on_address};
use quietroom_tests::relay_room::{CAMERA, MICROPHONE, Room, listener, publisher};
use std::net::{IpAddr, Ipv6Addr};

#[tokio::test(flavor = "multi_thread")]
async fn two_people_hear_and_see_each_other() {
    let relay = RelayProcess::start().await;
    let room = Room::open(&relay, 1).await;
    let jordan = room.join(1, Sends::BOTH).await;
    let maya = room.join(2, Sends::BOTH).await;
    room.all_hear_all(&[1, 2]).await;
    for source in [Source::Microphone, Source::Camera] {
        gets(&jordan, &maya, source).await;
        gets(&maya, &jordan, source).await;
        assert_eq!(jordan.received(1, source), 0, "nobody gets an echo");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_once_it_flows() {
    let relay = RelayProcess::start().await;
    let room = Room::open(&relay, 1).await;
    let jordan = room.join(1, Sends::BOTH).await;
    let maya = room.join(2, Sends::BOTH).await;
    room.all_hear_all(&[1, 2]).await;
    for source in [Source::Microphone, Source::Camera] {
        gets(&maya, &jordan, source).await;
        let begin = jordan.sent(source);
        sends(&jordan, source, 150).await;
        gets(&maya, &jordan, source).await;
        let came = maya.received_in(1, source, begin..begin + 150);
        assert!(came >= 149, "{came} of 150 {source:?} packets");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_works_over_ipv6() {
    let address = IpAddr::V6(Ipv6Addr::LOCALHOST);
    let relay = RelayProcess::start_with(on_address(address)).await.unwrap();
    let room = Room::open(&relay, 1).await;
    let jordan = room.join_from(1, Sends::BOTH, address).await;
    let maya = room.join_from(2, Sends::BOTH, address).await;
    room.all_hear_all(&[1, 2]).await;
    gets(&maya, &jordan, Source::Microphone).await;
    gets(&jordan, &maya, Source::Camera).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn counters_tell_who_published_and_who_received() {
    let relay = RelayProcess::start().await;
    let room = Room::open(&relay, 1).await;
    let jordan = room.join(1, Sends::BOTH).await;
    let maya = room.join(2, Sends::SOUND).await;
    room.all_hear_all(&[1, 2]).await;
    gets(&maya, &jordan, Source::Camera).await;
    let published = room.stats_of(publisher(1)).await.unwrap();
    assert!(published.connected && published.packets_in > 60);
    let mids: Vec<&str> = published
        .streams
        .iter()
        .map(|stream| stream.mid.as_str())
        .collect();
    assert_eq!(mids, [MICROPHONE, CAMERA]);
    let received = room.stats_of(listener(2)).await.unwrap();
    let from_jordan = |stream: &&_| -> bool {
        let stream: &media_relay_control::StreamStats = stream;
        stream.publisher == Some(publisher(1)) && stream.packets > 0
    };
    assert_eq!(received.streams.iter().filter(from_jordan).count(), 2);
}
