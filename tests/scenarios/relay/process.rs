//! The life of the relay's process.

use media_relay_control::{Command, Failure, PeerId, RoomId};
use quietroom_tests::relay_process::{RelayProcess, on_loopback};
use std::net::UdpSocket;

#[tokio::test]
async fn it_exits_when_signaling_hangs_up() {
    let relay = RelayProcess::start().await;
    relay.open_room(RoomId(1)).await;
    assert!(relay.hang_up().await.success());
}

#[tokio::test]
async fn it_exits_when_told_to() {
    let relay = RelayProcess::start().await;
    relay.open_room(RoomId(1)).await;
    assert!(relay.shut_down().await.success());
}

#[tokio::test]
async fn a_second_configure_ends_it_with_a_data_error() {
    let relay = RelayProcess::start().await;
    relay.send(&Command::Configure(on_loopback())).await;
    assert_eq!(relay.wait().await.code(), Some(65));
}

#[tokio::test]
async fn it_outlives_the_interrupt_that_a_terminal_sends_to_all() {
    let relay = RelayProcess::start().await;
    let pid = nix::unistd::Pid::from_raw(i32::try_from(relay.pid()).unwrap());
    nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGINT).unwrap();
    relay.ping().await;
}

#[tokio::test]
async fn a_port_in_use_is_one_sentence() {
    let taken = UdpSocket::bind("127.0.0.1:0").unwrap();
    let mut settings = on_loopback();
    settings.port_base = taken.local_addr().unwrap().port();
    let refused = RelayProcess::start_with(settings.clone()).await;
    let sentence = format!("UDP port {} is already in use", settings.port_base);
    assert_eq!(refused.unwrap_err(), sentence);
}

#[tokio::test]
async fn rooms_are_spread_over_workers() {
    let mut settings = on_loopback();
    settings.workers = 2;
    let relay = RelayProcess::start_with(settings).await.unwrap();
    assert_ne!(relay.ports[0], relay.ports[1]);
    let first = relay.open_room(RoomId(1)).await;
    let second = relay.open_room(RoomId(2)).await;
    assert_ne!(first, second);
    relay.ping().await;
    assert_eq!(relay.stats().await.totals.packets_out, 0);
}

#[tokio::test]
async fn publishing_into_a_room_that_is_not_open_is_refused() {
    let relay = RelayProcess::start().await;
    let offer = String::from("v=0");
    let refused = relay.publish(RoomId(1), PeerId(1), offer).await;
    assert_eq!(refused, Err(Failure::NoSuchRoom));
}

/// No file, no privilege, no core: what the operator's system says about the running process.
#[tokio::test]
async fn it_has_given_up_new_privileges_and_core_dumps() {
    let relay = RelayProcess::start().await;
    let folder = format!("/proc/{}", relay.pid());
    let status = std::fs::read_to_string(format!("{folder}/status")).unwrap();
    assert!(status.contains("NoNewPrivs:\t1"));
    let limits = std::fs::read_to_string(format!("{folder}/limits")).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core"));
    let core: Vec<&str> = core.unwrap().split_whitespace().collect();
    assert_eq!(core, ["Max", "core", "file", "size", "0", "0", "bytes"]);
}
