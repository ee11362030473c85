//! A network that breaks is reported, and what comes back is heard again.

use crate::gets;
use media_relay_control::Event;
use quietroom_tests::network::Network;
use quietroom_tests::participant::{Participant, Sends, Source};
use quietroom_tests::relay_process::{RelayProcess, on_loopback};
use quietroom_tests::relay_room::{Reports, Room, Seated, publisher};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

/// Enough for the relay to give up a peer after half a minute.
const LOST: Duration = Duration::from_secs(40);
const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// A relay behind a network that can be cut, and one publisher.
async fn behind_a_network() -> (Arc<RelayProcess>, Network, Room, Seated, Reports) {
    let mut network = Network::new().await;
    let mut settings = on_loopback();
    settings.advertise = vec![network.address];
    let relay = RelayProcess::start_with(settings).await.unwrap();
    network.lead_to(relay.ports[0]);
    let room = Room::open(&relay, 1).await;
    let seat = room.seat(1);
    let reports = seat.reports();
    let jordan = Participant::join(1, seat, Sends::SOUND, HERE)
        .await
        .unwrap();
    jordan.published().await;
    (relay, network, room, jordan, reports)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_is_reported_after_three_seconds_and_its_end_at_once() {
    let (_relay, network, room, jordan, mut reports) = behind_a_network().await;
    let maya = room.join(2, Sends::SOUND).await;
    room.all_hear_all(&[1, 2]).await;
    gets(&maya, &jordan, Source::Microphone).await;

    network.cut();
    let quiet = |event: &Event| match event {
        Event::Quiet { peer, quiet_ms } if *peer == publisher(1) => Some(*quiet_ms),
        _ => None,
    };
    let quiet_ms = reports.wait_for(quiet).await;
    assert!((3000..5000).contains(&quiet_ms), "{quiet_ms} ms");

    network.mend();
    let heard = |event: &Event| match event {
        Event::Heard { peer, quiet_ms } if *peer == publisher(1) => Some(*quiet_ms),
        _ => None,
    };
    assert!(reports.wait_for(heard).await >= quiet_ms);
    gets(&maya, &jordan, Source::Microphone).await;
}

/// Takes half a minute: only with `QUIETROOM_FULL=1`, as `tests/run --full` sets it.
#[tokio::test(flavor = "multi_thread")]
async fn a_publisher_that_stays_silent_is_lost_after_thirty_seconds() {
    if std::env::var_os("QUIETROOM_FULL").is_none_or(|full| full != "1") {
        return;
    }
    let (_relay, network, room, _jordan, mut reports) = behind_a_network().await;
    network.cut();
    let lost = |event: &Event| match event {
        Event::Lost { peer, quiet_ms } if *peer == publisher(1) => Some(*quiet_ms),
        _ => None,
    };
    let quiet_ms = reports.wait_within(LOST, lost).await;
    assert!((30_000..33_000).contains(&quiet_ms), "{quiet_ms} ms");
    assert_eq!(room.stats_of(publisher(1)).await, None);
}
