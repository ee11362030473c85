//! People come and go while others talk.

use crate::gets;
use quietroom_tests::eventually::eventually;
use quietroom_tests::participant::{Participant, Sends, Source};
use quietroom_tests::relay_process::RelayProcess;
use quietroom_tests::relay_room::{Room, publisher};
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn people_come_and_go_while_two_talk() {
    let relay = RelayProcess::start().await;
    let room = Room::open(&relay, 1).await;
    let jordan = room.join(1, Sends::BOTH).await;
    let seat = room.seat(2);
    let reports = seat.reports();
    let here = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let maya = Participant::join(2, seat, Sends::BOTH, here).await.unwrap();
    room.all_hear_all(&[1, 2]).await;
    gets(&maya, &jordan, Source::Camera).await;
    gets(&jordan, &maya, Source::Camera).await;
    let sections_of_two = reports.heard().len();
    let begin = jordan.sent(Source::Microphone);

    for newcomer in [3, 4, 5] {
        let guest = room.join(newcomer, Sends::BOTH).await;
        room.all_hear_all(&[1, 2, newcomer]).await;
        for source in [Source::Microphone, Source::Camera] {
            gets(&guest, &jordan, source).await;
            gets(&maya, &guest, source).await;
            gets(&jordan, &guest, source).await;
        }
        assert_eq!(reports.heard().len(), sections_of_two * 2);
        let named = reports.heard();
        assert!(
            named
                .iter()
                .any(|stream| stream.publisher == publisher(newcomer))
        );
        room.all_hear_all(&[1, 2]).await;
        guest.vanish().await;
        eventually(
            "the newcomer's sections end",
            Duration::from_secs(10),
            async || reports.heard().len() == sections_of_two,
        )
        .await;
    }

    // Through all of it the two never lost a word.
    let end = jordan.sent(Source::Microphone) - 10;
    let came = maya.received_in(1, Source::Microphone, begin..end);
    assert!(
        came * 100 >= (end - begin) * 99,
        "{came} of {}",
        end - begin
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_track_that_is_wanted_before_it_is_published_is_offered_when_it_comes() {
    let relay = RelayProcess::start().await;
    let room = Room::open(&relay, 1).await;
    let maya = room.join(2, Sends::SOUND).await;
    room.all_hear_all(&[1, 2]).await;
    relay.ping().await;
    let jordan = room.join(1, Sends::BOTH).await;
    gets(&maya, &jordan, Source::Microphone).await;
    gets(&maya, &jordan, Source::Camera).await;
}
