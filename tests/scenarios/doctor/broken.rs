//! Ways that are broken on purpose.

use crate::clinic::Clinic;
use quietroom_tests::clinic::free_port;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

#[tokio::test]
async fn an_advertised_address_that_nobody_reaches_leaves_turn() {
    let clinic = Clinic::new(r#"advertise = ["127.0.0.2:0"]"#, "", "localhost");
    let _server = clinic.open().await;
    let report = clinic.doctor().await;
    report.assert_fails("UDP", "No connection to 127.0.0.2:");
    report.assert_fails("UDP", "relay.advertise");
    report.assert_works(&["TURN/UDP", "TURN/TCP", "TURN/TLS"]);
    assert!(
        report
            .text
            .contains("1 of 4 ways that are offered does not work.")
    );
    assert_eq!(report.code, Some(1));
}

#[tokio::test]
async fn a_closed_port_fails_its_way_alone() {
    let closed = free_port();
    let clinic = Clinic::new("", &format!("tcp_port = {closed}"), "localhost");
    let _server = clinic.open().await;
    let report = clinic.doctor().await;
    let words = format!("Nothing listens at TCP port {closed} of localhost");
    report.assert_fails("TURN/TCP", &words);
    report.assert_works(&["UDP", "TURN/UDP", "TURN/TLS"]);
    assert_eq!(report.code, Some(1));
}

#[tokio::test]
async fn a_turn_host_that_is_not_the_server_fails_turn_alone() {
    let clinic = Clinic::new("", r#"host = "127.0.0.3""#, "localhost");
    let _server = clinic.open().await;
    let report = clinic.doctor().await;
    report.assert_works(&["UDP"]);
    report.assert_fails("TURN/UDP", "Nothing listens at UDP port ");
    let words = format!("Nothing listens at TCP port {} of 127.0.0.3", clinic.port);
    report.assert_fails("TURN/TCP", &words);
    report.assert_fails("TURN/TLS", &words);
    assert_eq!(report.code, Some(1));
}

#[tokio::test]
async fn a_proxy_that_knows_only_http_is_named() {
    let proxy = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = proxy.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = proxy.accept().await {
            let _ = stream.read(&mut [0; 64]).await;
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    let turn = format!("tcp_port = {port}\ntls_port = {port}");
    let clinic = Clinic::new("", &turn, "localhost");
    let _server = clinic.open().await;
    let report = clinic.doctor().await;
    report.assert_works(&["UDP", "TURN/UDP"]);
    let place = format!("TCP port {port} of localhost");
    report.assert_fails(
        "TURN/TCP",
        &format!("{place} can be reached, but no TURN server speaks there"),
    );
    report.assert_fails("TURN/TLS", &format!("{place} speaks no TLS"));
    assert_eq!(report.code, Some(1));
}

#[tokio::test]
async fn a_certificate_of_another_name_fails_tls_alone() {
    let clinic = Clinic::new("", "", "another.example");
    let _server = clinic.open().await;
    let report = clinic.doctor().await;
    report.assert_fails("TURN/TLS", "it is not made out for localhost");
    report.assert_works(&["UDP", "TURN/UDP", "TURN/TCP"]);
    assert_eq!(report.code, Some(1));
}

#[tokio::test]
async fn an_authority_that_nobody_knows_is_not_trusted() {
    let clinic = Clinic::new("", "", "localhost");
    let _server = clinic.open().await;
    let report = clinic.distrustful_doctor().await;
    report.assert_fails(
        "TURN/TLS",
        "no authority that this machine knows has signed it",
    );
    report.assert_works(&["UDP", "TURN/UDP", "TURN/TCP"]);
    assert_eq!(report.code, Some(1));
}
