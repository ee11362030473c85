//! The passwords that signaling gives out reach the media ports of the relay and nothing else.

use media_relay_control::{Secret, TurnSettings, participant};
use quietroom_tests::relay_process::{RelayProcess, on_loopback};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use turn_client::{Refused, Session, Udp, credentials};

const SECRET: &str = "what signaling and the relay share";
/// Further away than any machine's clock is wrong.
const HOUR: Duration = Duration::from_secs(3600);

async fn relay() -> Arc<RelayProcess> {
    let mut settings = on_loopback();
    settings.workers = 2;
    settings.turn = Some(TurnSettings {
        realm: "quietroom".to_owned(),
        participants: Some(Secret::new(SECRET.to_owned())),
        general: None,
        max_allocations: 10,
        max_allocations_per_user: 2,
        max_bytes_per_second: 1_000_000,
        max_streams: 10,
        own_listeners: Vec::new(),
    });
    RelayProcess::start_with(settings).await.unwrap()
}

/// A user name that is good for an hour from now, or was until an hour ago.
fn username(good: bool) -> String {
    #[expect(clippy::disallowed_methods, reason = "a test is a shell of its own")]
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap();
    let ends = if good { now + HOUR } else { now - HOUR };
    participant::username(ends.as_secs(), "someone")
}

fn client(relay: &RelayProcess, username: &str, password: &str) -> Session<Udp> {
    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let at = SocketAddr::from((Ipv4Addr::LOCALHOST, relay.ports[0]));
    let udp = Udp::connect(any, at, Duration::from_millis(500)).unwrap();
    Session::new(udp, username, password)
}

fn with_session(relay: &RelayProcess) -> Session<Udp> {
    let name = username(true);
    client(relay, &name, &credentials::participant(SECRET, &name))
}

#[tokio::test]
async fn media_ports_of_all_workers_are_reached_and_nothing_else() {
    let relay = relay().await;
    let mut client = with_session(&relay);
    client.allocate(false).unwrap();
    let local = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    for port in &relay.ports {
        client.permit(local(*port)).unwrap();
        client.bind(0x4000 + (port % 1000), local(*port)).unwrap();
    }
    let elsewhere = ["127.0.0.1:9", "9.9.9.9:9000", "10.0.0.1:9000", "0.0.0.0:9"];
    for peer in elsewhere {
        let peer: SocketAddr = peer.parse().unwrap();
        // A permission is for an address, a channel for a port of it.
        let bound = client.bind(0x4fff, peer);
        assert!(
            matches!(bound, Err(Refused::Error(403))),
            "{peer} {bound:?}"
        );
        if peer.ip() != Ipv4Addr::LOCALHOST {
            let permitted = client.permit(peer);
            assert!(matches!(permitted, Err(Refused::Error(403))), "{peer}");
        }
    }
}

#[tokio::test]
async fn a_password_that_has_ended_or_was_made_by_others_is_refused() {
    let relay = relay().await;
    let over = username(false);
    let good = username(true);
    for (name, password) in [
        (&over, credentials::participant(SECRET, &over)),
        (&good, credentials::participant("another", &good)),
        (&good, credentials::shared_secret(SECRET, &good)),
        (&good, String::new()),
    ] {
        let refused = client(&relay, name, &password).allocate(false);
        assert!(matches!(refused, Err(Refused::Error(401))), "{refused:?}");
    }
    with_session(&relay).allocate(false).unwrap();
}

#[tokio::test]
async fn nobody_gets_more_than_a_share() {
    let relay = relay().await;
    let mut clients: Vec<_> = (0..3).map(|_| with_session(&relay)).collect();
    clients[0].allocate(false).unwrap();
    clients[1].allocate(false).unwrap();
    let third = clients[2].allocate(false);
    assert!(matches!(third, Err(Refused::Error(486))), "{third:?}");
}
