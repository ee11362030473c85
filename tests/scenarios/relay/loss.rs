//! A network that loses packets: what is lost of pictures is sent again, on both ways.

use crate::{behind_a_network, gets, sends};
use quietroom_tests::participant::{Sends, Source};

/// One in twenty, to the relay and again from it: one in ten of a pair's packets.
const LOST: u32 = 20;
const PACKETS: u64 = 600;

#[tokio::test(flavor = "multi_thread")]
async fn lost_pictures_are_sent_again() {
    let (network, room) = behind_a_network().await;
    let jordan = room.join(1, Sends::BOTH).await;
    let maya = room.join(2, Sends::SOUND).await;
    room.all_hear_all(&[1, 2]).await;
    gets(&maya, &jordan, Source::Camera).await;

    network.lose_one_of(LOST);
    let sound = jordan.sent(Source::Microphone);
    let picture = jordan.sent(Source::Camera);
    sends(&jordan, Source::Camera, PACKETS).await;
    let sound_end = jordan.sent(Source::Microphone);
    network.mend();
    gets(&maya, &jordan, Source::Camera).await;

    // Sound is not sent again: what it misses shows what the network did.
    let heard = maya.received_in(1, Source::Microphone, sound..sound_end);
    let spoken = sound_end - sound;
    assert!(heard * 100 <= spoken * 95, "{heard} of {spoken} heard");
    let seen = maya.received_in(1, Source::Camera, picture..picture + PACKETS);
    assert!(seen * 100 >= PACKETS * 99, "{seen} of {PACKETS} seen");
    assert!(room.relay.stats().await.totals.retransmitted > 0);
}
