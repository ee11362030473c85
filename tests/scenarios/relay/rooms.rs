//! Rooms are apart, on one worker or on two.

use crate::{gets, sends};
use media_relay_control::{Failure, Listener, Quality, Wanted};
use quietroom_tests::participant::{Sends, Source};
use quietroom_tests::relay_process::{RelayProcess, on_loopback};
use quietroom_tests::relay_room::{MICROPHONE, Room, listener, publisher};

async fn a_guest_of_another_room_gets_nothing(workers: u16) {
    let mut settings = on_loopback();
    settings.workers = workers;
    let relay = RelayProcess::start_with(settings).await.unwrap();
    let (here, there) = (Room::open(&relay, 1).await, Room::open(&relay, 2).await);
    let jordan = here.join(1, Sends::SOUND).await;
    let maya = here.join(2, Sends::SOUND).await;
    let stranger = there.join(3, Sends::SOUND).await;
    here.all_hear_all(&[1, 2]).await;
    // A signaling fault: the other room's listener is to hear a publisher of this one.
    let wanted = Wanted {
        publisher: publisher(1),
        mid: MICROPHONE.to_owned(),
        quality: Quality::High,
    };
    let faulty = Listener {
        peer: listener(3),
        streams: vec![wanted],
    };
    relay.reconcile(there.id, vec![faulty]).await;
    gets(&maya, &jordan, Source::Microphone).await;
    gets(&jordan, &maya, Source::Microphone).await;
    sends(&stranger, Source::Microphone, 50).await;
    assert_eq!(stranger.received_in_all(), 0);
    assert_eq!(jordan.received(3, Source::Microphone), 0);
    assert_eq!(maya.received(3, Source::Microphone), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_of_another_room_on_the_same_worker_gets_nothing() {
    a_guest_of_another_room_gets_nothing(1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_of_another_room_on_another_worker_gets_nothing() {
    a_guest_of_another_room_gets_nothing(2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_cannot_publish_into_a_second_room() {
    let relay = RelayProcess::start().await;
    let (here, there) = (Room::open(&relay, 1).await, Room::open(&relay, 2).await);
    let _jordan = here.join(1, Sends::SOUND).await;
    let refused = relay
        .publish(there.id, publisher(1), String::from("v=0"))
        .await;
    assert_eq!(refused, Err(Failure::NoSuchPeer));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_room_forwards_nothing_more() {
    let relay = RelayProcess::start().await;
    let room = Room::open(&relay, 1).await;
    let jordan = room.join(1, Sends::SOUND).await;
    let maya = room.join(2, Sends::SOUND).await;
    room.all_hear_all(&[1, 2]).await;
    gets(&maya, &jordan, Source::Microphone).await;
    let close = media_relay_control::Command::CloseRoom { room: room.id };
    relay.send(&close).await;
    relay.ping().await;
    let end = jordan.sent(Source::Microphone) + 2;
    sends(&jordan, Source::Microphone, 50).await;
    assert_eq!(maya.received_in(1, Source::Microphone, end..u64::MAX), 0);
    assert_eq!(relay.stats().await.peers, []);
}
