//! The relay alone: its process, its control protocol, and participants of the `webrtc` crate.

#![expect(clippy::unwrap_used, reason = "a scenario ends where it fails")]

mod admission;
mod fingerprint;
mod forwarding;
mod garbage;
mod process;
mod renegotiation;
mod restart;
mod rooms;
mod silence;

use quietroom_tests::eventually::eventually;
use quietroom_tests::participant::Source;
use quietroom_tests::relay_room::Seated;
use std::time::Duration;

/// How long media may take to begin: the `webrtc` crate takes its time to connect.
const BEGIN: Duration = Duration::from_secs(20);

/// Waits until `listener` gets more than a second of `source` from `publisher` that was not
/// there when it was called.
async fn gets(listener: &Seated, publisher: &Seated, source: Source) {
    let before = listener.received(publisher.number(), source);
    let what = format!(
        "participant {} gets {source:?} of participant {}",
        listener.number(),
        publisher.number()
    );
    eventually(&what, BEGIN, async || {
        listener.received(publisher.number(), source) > before + 60
    })
    .await;
}

/// Lets `publisher` send `count` more packets of `source`.
async fn sends(publisher: &Seated, source: Source, count: u64) {
    let until = publisher.sent(source) + count;
    let what = format!("participant {} sends {source:?}", publisher.number());
    eventually(&what, BEGIN, async || publisher.sent(source) >= until).await;
}
