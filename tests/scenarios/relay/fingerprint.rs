//! The certificate in the handshake has to be the one in the description.

use crate::gets;
use media_relay_control::Event;
use quietroom_tests::participant::{Participant, Sends, Source};
use quietroom_tests::relay_process::RelayProcess;
use quietroom_tests::relay_room::{Room, publisher};
use std::net::{IpAddr, Ipv4Addr};

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

#[tokio::test(flavor = "multi_thread")]
async fn another_certificate_than_the_announced_one_is_refused() {
    let relay = RelayProcess::start().await;
    let room = Room::open(&relay, 1).await;
    let honest = room.join(1, Sends::SOUND).await;

    let seat = room.seat(2);
    let mut reports = seat.reports();
    let joined = Participant::join_as(2, seat, Sends::SOUND, HERE, another_fingerprint).await;
    let forged = joined.unwrap();
    reports
        .wait_for(|event| match event {
            Event::WrongFingerprint { peer } if *peer == publisher(2) => Some(()),
            Event::Connected { peer } => panic!("{peer:?} is connected"),
            _ => None,
        })
        .await;

    // The room goes on, and from the forger nothing was taken.
    room.all_hear_all(&[1, 2]).await;
    gets(&forged, &honest, Source::Microphone).await;
    assert_eq!(honest.received_in_all(), 0);
    let stats = room.stats_of(publisher(2)).await;
    assert!(stats.is_none_or(|stats| !stats.connected && stats.packets_in == 0));
}

/// The description with another first byte in each fingerprint.
fn another_fingerprint(offer: String) -> String {
    let mark = "sha-256 ";
    let mut changed = String::new();
    let mut rest = offer.as_str();
    while let Some(place) = rest.find(mark) {
        let (before, fingerprint) = rest.split_at(place + mark.len());
        let first = if fingerprint.starts_with("00") {
            "11"
        } else {
            "00"
        };
        changed.push_str(before);
        changed.push_str(first);
        rest = &fingerprint[2..];
    }
    assert!(!changed.is_empty(), "the offer has a fingerprint");
    changed + rest
}
