//! Thirty people for a minute, all heard by all, six of them seen.

use quietroom_tests::class::Class;
use quietroom_tests::cpu;
use quietroom_tests::relay_process::RelayProcess;
use quietroom_tests::relay_room::Room;
use std::time::Duration;

const PEOPLE: u32 = 30;
const FILMED: u32 = 6;
const SECONDS: u64 = 60;
/// Sixty connections and a thousand streams begin at once.
const SETTLE: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn thirty_people_hear_each_other_and_see_six() {
    let relay = RelayProcess::start().await;
    let room = Room::open(&relay, 1).await;
    let class = Class::gather(PEOPLE, FILMED, |number| room.seat(number)).await;
    let numbers: Vec<u32> = (1..=PEOPLE).collect();
    room.all_hear_all(&numbers).await;
    class.settle(SETTLE).await;

    let used = || (cpu::used_by(relay.pid()), cpu::used_by(std::process::id()));
    let (relay_before, people_before) = used();
    let measured = class.measure(SECONDS).await;
    let (relay_after, people_after) = used();
    println!("{measured}");
    println!(
        "processor: relay {:?}, participants {:?}",
        relay_after - relay_before,
        people_after - people_before
    );
    let failures = &measured.failures;
    let shown = failures.iter().take(20).cloned().collect::<Vec<_>>();
    assert!(failures.is_empty(), "{}: {shown:#?}", failures.len());
}
