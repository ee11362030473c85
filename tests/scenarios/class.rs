//! A class of thirty, all heard by all, six of them seen: through the whole server for a minute,
//! and through the relay alone for four windows, which tells where packets are lost if they are.

#![expect(
    clippy::print_stdout,
    reason = "a scenario ends where it fails, and shows what it measured"
)]

use quietroom_tests::class::Class;
use quietroom_tests::clinic::{Call, Demo, class_of};
use quietroom_tests::cpu;
use quietroom_tests::participant::Signaling;
use quietroom_tests::relay_process::RelayProcess;
use quietroom_tests::relay_room::Room;
use std::fmt::Debug;
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::Mutex;

const PEOPLE: u32 = 30;
const FILMED: u32 = 6;
/// Sixty connections and a thousand streams begin at once.
const SETTLE: Duration = Duration::from_secs(60);

/// One class has the machine to itself.
static MACHINE: Mutex<()> = Mutex::const_new(());

#[tokio::test(flavor = "multi_thread")]
async fn thirty_people_of_a_clinic_hear_each_other_and_see_six() {
    let _machine = MACHINE.lock().await;
    let folder = TempDir::new().unwrap();
    let demo = Demo::start(&folder.path().join("demo")).await;
    let sockets = class_of(&demo, PEOPLE).await;
    let mut calls = sockets.into_iter().map(Call::on);
    let class = Class::gather(PEOPLE, FILMED, |_| calls.next().unwrap()).await;
    everything_arrives(&class, 60, &[demo.pid()]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn thirty_people_at_the_relay_alone_hear_each_other_and_see_six() {
    let _machine = MACHINE.lock().await;
    let relay = RelayProcess::start().await;
    let room = Room::open(&relay, 1).await;
    let class = Class::gather(PEOPLE, FILMED, |number| room.seat(number)).await;
    let numbers: Vec<u32> = (1..=PEOPLE).collect();
    room.all_hear_all(&numbers).await;
    everything_arrives(&class, 20, &[relay.pid()]).await;
}

/// Measures the class, says what it cost, and fails for every window that fell short.
async fn everything_arrives<S: Signaling + Debug>(class: &Class<S>, seconds: u64, servers: &[u32]) {
    class.settle(SETTLE).await;
    let used = || -> (Duration, Duration) {
        let servers = servers.iter().map(|pid| cpu::used_by_tree(*pid)).sum();
        (servers, cpu::used_by(std::process::id()))
    };
    let (servers_before, people_before) = used();
    let measured = class.measure(seconds).await;
    let (servers_after, people_after) = used();
    println!("{measured}");
    println!(
        "processor: server and relay {:?}, participants {:?}",
        servers_after.saturating_sub(servers_before),
        people_after.saturating_sub(people_before)
    );
    let failures = &measured.failures;
    let shown = &failures[..failures.len().min(20)];
    assert!(failures.is_empty(), "{}: {shown:#?}", failures.len());
}
