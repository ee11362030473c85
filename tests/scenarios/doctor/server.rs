//! Who may ask, and a server that is not there.

use crate::clinic::Clinic;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use tokio::io::AsyncReadExt;
use tokio::net::UnixStream;

#[tokio::test]
async fn without_a_server_there_is_nothing_to_test() {
    let clinic = Clinic::new("", "", "localhost");
    let report = clinic.doctor().await;
    let sentence = format!(
        "quietroom: no server runs on the data folder {}: start it first\n",
        clinic.data.display()
    );
    assert_eq!(report.complaint, sentence);
    assert_eq!(report.text, "");
    assert_eq!(report.code, Some(69));
}

#[tokio::test]
async fn the_socket_is_the_owners_goes_with_the_server_and_is_replaced_after_a_crash() {
    let clinic = Clinic::new("", "", "localhost");
    let server = clinic.open().await;
    let mode = fs::metadata(clinic.socket()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    server.kill().await;
    assert!(clinic.socket().exists());
    assert_eq!(clinic.doctor().await.code, Some(69));

    let server = clinic.open().await;
    clinic.doctor().await.assert_works(&["UDP"]);
    server.stop().await;
    assert!(!clinic.socket().exists());
}

#[tokio::test]
async fn one_doctor_works_at_a_time() {
    let clinic = Clinic::new("", "", "localhost");
    let server = clinic.open().await;
    let mut first = UnixStream::connect(clinic.socket()).await.unwrap();
    let second = clinic.doctor().await;
    second.assert_fails("UDP", "Another doctor is at work");
    assert_eq!(second.text.lines().count(), 1);
    assert_eq!(second.code, Some(1));
    // The first is cut off when the server ends.
    server.stop().await;
    assert_eq!(first.read(&mut [0; 1]).await.unwrap(), 0);
}
