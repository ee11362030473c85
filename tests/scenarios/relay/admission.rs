//! Nothing flows that signaling has not asked for.

use crate::{gets, sends};
use quietroom_tests::participant::{Sends, Source};
use quietroom_tests::relay_process::RelayProcess;
use quietroom_tests::relay_room::{Room, listener, publisher};

#[tokio::test(flavor = "multi_thread")]
async fn someone_who_waits_sends_and_receives_nothing_until_admitted() {
    let relay = RelayProcess::start().await;
    let room = Room::open(&relay, 1).await;
    let clinician = room.join(1, Sends::BOTH).await;
    let guest = room.join(2, Sends::BOTH).await;
    // The guest's browser publishes all it likes: it is in no audience.
    room.reconcile(vec![(1, vec![])]).await;
    sends(&guest, Source::Microphone, 100).await;
    sends(&clinician, Source::Microphone, 100).await;
    assert!(room.stats_of(publisher(2)).await.unwrap().packets_in > 0);
    assert_eq!(relay.stats().await.totals.packets_out, 0);
    assert_eq!(room.stats_of(listener(2)).await, None);
    assert_eq!(clinician.received_in_all() + guest.received_in_all(), 0);

    // The same people, now admitted: the counters that stood at 0 move.
    room.all_hear_all(&[1, 2]).await;
    gets(&guest, &clinician, Source::Microphone).await;
    gets(&clinician, &guest, Source::Microphone).await;
    assert!(relay.stats().await.totals.packets_out > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_taken_out_of_the_audience_gets_nothing_more() {
    let relay = RelayProcess::start().await;
    let room = Room::open(&relay, 1).await;
    let jordan = room.join(1, Sends::SOUND).await;
    let maya = room.join(2, Sends::SOUND).await;
    room.all_hear_all(&[1, 2]).await;
    gets(&maya, &jordan, Source::Microphone).await;

    room.reconcile(vec![(1, vec![2])]).await;
    relay.ping().await;
    let end = jordan.sent(Source::Microphone) + 2;
    gets(&jordan, &maya, Source::Microphone).await;
    sends(&jordan, Source::Microphone, 50).await;
    assert_eq!(room.stats_of(listener(2)).await, None);
    assert_eq!(maya.received_in(1, Source::Microphone, end..u64::MAX), 0);
}
