//! What operators are told.

use super::Relaying;
use crate::net::Net;
use media_relay_control::{TurnTotals, Way, Ways};
use media_relay_core::Route;
use std::collections::HashMap;

impl Relaying {
    pub(crate) fn totals(&self, net: &Net) -> TurnTotals {
        let mut totals = self.turn.stats();
        totals.dropped += self.neighbors.dropped() + net.streams.dropped();
        totals
    }

    /// How the connected peers of the plane come.
    pub(crate) fn count_ways(&mut self, routes: impl Iterator<Item = Route>) -> Ways {
        let mut ways = Ways::default();
        let mut known = HashMap::new();
        for route in routes {
            let way = if route.socket < Route::RELAYED {
                Some(Way::Udp)
            } else if self.turn.worker_of(route.remote) == Some(self.worker) {
                self.turn.way_of(route.remote)
            } else {
                let way = self.ways.get(&route.remote).copied();
                known.extend(way.map(|way| (route.remote, way)));
                way
            };
            if let Some(way) = way {
                ways.count(way);
            }
        }
        // Clients that speak now and are not connected yet say again how they come.
        self.ways = known;
        ways
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mailbox;
    use crate::neighbors::{Addressee, Ends, Neighbors, Parcel};
    use crate::relaying::Around;
    use media_relay_control::TurnSettings;
    use media_relay_core::Plane;
    use media_relay_core::turn::Turn;
    use media_relay_core::turn::TurnConfig;
    use media_relay_core::{Identity, PlaneConfig};
    use std::net::SocketAddr;
    use std::sync::Arc;
    use std::time::Duration;

    const MEDIA: [&str; 2] = ["192.0.2.1:5000", "192.0.2.1:5001"];

    fn relaying() -> Relaying {
        let settings = TurnSettings {
            realm: "relay.example".to_owned(),
            participants: None,
            general: None,
            max_allocations: 10,
            max_allocations_per_user: 10,
            max_bytes_per_second: 1_000_000,
            max_streams: 10,
            own_listeners: Vec::new(),
        };
        let media = MEDIA.map(|address| vec![address.parse().unwrap()]);
        let config = TurnConfig {
            worker: 0,
            settings,
            media: media.to_vec(),
            interfaces: Vec::new(),
            seed: [7; 32],
            unix: Duration::ZERO,
        };
        let turn = Turn::new(config, crate::clock::now()).unwrap();
        let ways = [mailbox::open().unwrap(), mailbox::open().unwrap()];
        let neighbors = ways.map(|(_, neighbor, _)| neighbor).to_vec();
        Relaying::new(0, turn, media[0].clone(), Neighbors::new(neighbors))
    }

    fn plane() -> Plane {
        let config = PlaneConfig {
            worker: 0,
            candidates: vec![MEDIA[0].parse().unwrap()],
            seed: [7; 32],
            unix: Duration::ZERO,
        };
        let identity = Identity::generate().unwrap();
        Plane::new(Arc::new(identity), config, crate::clock::now())
    }

    #[test]
    fn peers_behind_clients_of_other_workers_are_counted_by_the_way_that_came_along() {
        let mut relaying = relaying();
        let (mut net, mut plane) = (Net::new(Vec::new()).unwrap(), plane());
        let mut around = Around {
            net: &mut net,
            plane: &mut plane,
            now: crate::clock::now(),
        };
        // The upper half of the dynamic ports is the other worker's.
        let theirs: SocketAddr = "192.0.2.1:60000".parse().unwrap();
        let relayed = |remote| Route {
            socket: Route::RELAYED,
            remote,
        };
        let direct = Route {
            socket: 0,
            remote: theirs,
        };
        let parcel = |way| Parcel {
            ends: Ends {
                from: theirs,
                to: Addressee::Media(0),
            },
            way: Some(way),
            data: vec![0; 8],
            lengths: vec![8],
        };
        relaying.parcel(parcel(Way::TurnUdp), &mut around);
        // The port is another client's now.
        relaying.parcel(parcel(Way::TurnTls), &mut around);
        let ways = relaying.count_ways([direct, relayed(theirs)].into_iter());
        let expected = Ways {
            udp: 1,
            turn_tls: 1,
            ..Ways::default()
        };
        assert_eq!(ways, expected);
        // Forgotten once nobody is connected by it.
        assert_eq!(relaying.count_ways([direct].into_iter()).udp, 1);
        let ways = relaying.count_ways([relayed(theirs)].into_iter());
        assert_eq!(ways, Ways::default());
    }
}
