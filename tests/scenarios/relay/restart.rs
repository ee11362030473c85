//! A new network path: ICE restarts, the same keys go on.

use crate::gets;
use media_relay_control::{Command, Event};
use quietroom_tests::participant::{Participant, Sends, Source};
use quietroom_tests::relay_process::RelayProcess;
use quietroom_tests::relay_room::{Room, listener};
use std::net::{IpAddr, Ipv4Addr};

#[tokio::test(flavor = "multi_thread")]
async fn a_publisher_goes_on_after_an_ice_restart() {
    let relay = RelayProcess::start().await;
    let room = Room::open(&relay, 1).await;
    let jordan = room.join(1, Sends::BOTH).await;
    let maya = room.join(2, Sends::SOUND).await;
    room.all_hear_all(&[1, 2]).await;
    gets(&maya, &jordan, Source::Microphone).await;
    jordan.restart_ice().await.unwrap();
    gets(&maya, &jordan, Source::Microphone).await;
    gets(&maya, &jordan, Source::Camera).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_goes_on_after_an_ice_restart() {
    let relay = RelayProcess::start().await;
    let room = Room::open(&relay, 1).await;
    let jordan = room.join(1, Sends::SOUND).await;
    let seat = room.seat(2);
    let mut reports = seat.reports();
    let here = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let maya = Participant::join(2, seat, Sends::SOUND, here)
        .await
        .unwrap();
    room.all_hear_all(&[1, 2]).await;
    gets(&maya, &jordan, Source::Microphone).await;
    let before = reports.wait_for(credentials).await;
    let peer = listener(2);
    relay.send(&Command::RestartIce { peer }).await;
    reports
        .wait_for(|event| credentials(event).filter(|after| *after != before))
        .await;
    gets(&maya, &jordan, Source::Microphone).await;
}

/// The ICE credentials of an offer.
fn credentials(event: &Event) -> Option<String> {
    let Event::Offer { offer, .. } = event else {
        return None;
    };
    let line = offer.lines().find(|line| line.starts_with("a=ice-ufrag:"));
    line.map(str::to_owned)
}
