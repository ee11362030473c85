//! When nothing is left to give.

use quietroom_tests::turn_server::{By, Options, TurnServer};
use turn_client::Refused;

/// Ports of a small server.
const PORTS: u16 = 4;

#[test]
fn a_full_port_range_is_no_capacity_until_an_allocation_ends() {
    // A range that no other test of this machine uses at the same time.
    let ports = (18_000, 18_000 + PORTS - 1);
    let server = TurnServer::start_with(&Options {
        ports,
        ..Options::default()
    });
    let mut clients: Vec<_> = (0..PORTS).map(|_| server.client(By::Udp, false)).collect();
    for client in &mut clients {
        let relayed = client.allocate(false).unwrap().relayed.port();
        assert!((ports.0..=ports.1).contains(&relayed), "{relayed}");
    }
    let mut late = server.client(By::Udp, false);
    let refused = late.allocate(false);
    assert!(matches!(refused, Err(Refused::Error(508))), "{refused:?}");

    clients[0].end().unwrap();
    late.allocate(false).unwrap();
}
