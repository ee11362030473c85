//! Servers that can be reached.

use crate::clinic::{Clinic, examine};
use quietroom_tests::clinic::Demo;
use quietroom_tests::eventually::eventually;
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;

/// For what is closed to be closed.
const SOON: Duration = Duration::from_secs(5);

#[tokio::test]
async fn every_way_works_through_a_clinic_with_tls() {
    let clinic = Clinic::new("", "", "localhost");
    let _server = clinic.open().await;
    let report = clinic.doctor().await;
    report.assert_works(&["UDP", "TURN/UDP", "TURN/TCP", "TURN/TLS"]);
    assert!(report.text.contains("All 4 ways that are offered work."));
    assert_eq!(report.complaint, "");
    assert_eq!(report.code, Some(0));
}

#[tokio::test]
async fn a_demonstration_has_no_tls_and_keeps_nothing_of_the_test() {
    let folder = TempDir::new().unwrap();
    let demo = Demo::start(folder.path()).await;
    let report = examine(&[Path::new("--data"), folder.path()]).await;
    report.assert_works(&["UDP", "TURN/UDP", "TURN/TCP"]);
    let line = report.line("TURN/TLS");
    assert!(line.starts_with("TURN/TLS not offered "), "{line}");
    assert_eq!(report.code, Some(0));
    for gauge in [
        "quietroom_relay_peers_known",
        "quietroom_turn_allocations",
        "quietroom_turn_streams",
    ] {
        eventually(gauge, SOON, async || metric(&demo, gauge).await == 0).await;
    }
    // All of it was there.
    assert_eq!(metric(&demo, "quietroom_turn_allocated_total").await, 4);
    assert!(metric(&demo, "quietroom_relay_packets_in_total").await >= 3 * 50);
    // Up and down, by two ways through TURN.
    assert!(metric(&demo, "quietroom_turn_packets_total").await >= 2 * 2 * 50);
}

/// A counter of the server.
async fn metric(demo: &Demo, name: &str) -> u64 {
    let page = reqwest::get(format!("{}/metrics", demo.origin))
        .await
        .unwrap();
    let text = page.text().await.unwrap();
    let mut rows = text.lines().filter_map(|line| line.split_once(' '));
    let row = rows.find(|(counter, _)| *counter == name);
    let (_, value) = row.unwrap_or_else(|| panic!("no {name} in {text}"));
    value.parse().unwrap()
}
