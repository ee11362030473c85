//! Counters for operators. No labels of rooms, people or organisations.

use media_relay_control::RelayStats;
use std::{
    fmt::Write,
    sync::atomic::{AtomicU64, Ordering},
};

/// Counters start at 0 with the process.
#[derive(Debug, Default)]
pub struct Metrics {
    /// HTTP requests, whatever became of them.
    pub requests: AtomicU64,
    /// HTTP requests answered with 4xx.
    pub refused: AtomicU64,
    /// WebSockets open now.
    pub sockets: AtomicU64,
}

impl Metrics {
    /// Text of the Prometheus exposition format, version 0.0.4. `relay` is `None` while it is down.
    #[must_use]
    pub fn render(&self, relay: Option<&RelayStats>) -> String {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let mut rows = vec![
            ("quietroom_http_requests_total", read(&self.requests)),
            ("quietroom_http_refused_total", read(&self.refused)),
            ("quietroom_sockets", read(&self.sockets)),
            ("quietroom_relay_up", u64::from(relay.is_some())),
        ];
        if let Some(stats) = relay {
            rows.extend(of_relay(stats));
        }
        let mut text = String::new();
        let mut described = "";
        for (name, value) in rows {
            let family = name.split('{').next().unwrap_or(name);
            if family != described {
                described = family;
                let kind = if family.ends_with("_total") {
                    "counter"
                } else {
                    "gauge"
                };
                // Writing to a String cannot fail.
                let _ = writeln!(text, "# TYPE {family} {kind}");
            }
            let _ = writeln!(text, "{name} {value}");
        }
        text
    }
}

fn of_relay(stats: &RelayStats) -> Vec<(&'static str, u64)> {
    let RelayStats {
        totals,
        ways,
        turn,
        peers,
    } = stats;
    let connected = peers.iter().filter(|peer| peer.connected).count();
    vec![
        ("quietroom_relay_packets_in_total", totals.packets_in),
        ("quietroom_relay_packets_out_total", totals.packets_out),
        ("quietroom_relay_dropped_total", totals.dropped),
        (
            "quietroom_relay_key_frames_requested_total",
            totals.key_frames_requested,
        ),
        ("quietroom_relay_retransmitted_total", totals.retransmitted),
        ("quietroom_relay_peers_known", count(peers.len())),
        ("quietroom_relay_peers_connected", count(connected)),
        ("quietroom_relay_peers{way=\"udp\"}", ways.udp),
        ("quietroom_relay_peers{way=\"turn_udp\"}", ways.turn_udp),
        ("quietroom_relay_peers{way=\"turn_tcp\"}", ways.turn_tcp),
        ("quietroom_relay_peers{way=\"turn_tls\"}", ways.turn_tls),
        ("quietroom_turn_allocations", turn.allocations),
        ("quietroom_turn_streams", turn.streams),
        ("quietroom_turn_allocated_total", turn.allocated),
        ("quietroom_turn_packets_total", turn.packets),
        ("quietroom_turn_bytes_total", turn.bytes),
        ("quietroom_turn_refused_total", turn.refused),
        ("quietroom_turn_dropped_total", turn.dropped),
    ]
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_of_the_relay_are_left_out_while_it_is_down() {
        let metrics = Metrics::default();
        metrics.requests.fetch_add(3, Ordering::Relaxed);
        let text = metrics.render(None);
        assert!(text.contains("# TYPE quietroom_http_requests_total counter\n"));
        assert!(text.contains("\nquietroom_http_requests_total 3\n"));
        assert!(text.contains("\nquietroom_relay_up 0\n"));
        assert!(!text.contains("packets"));
        let text = metrics.render(Some(&RelayStats::default()));
        assert!(text.contains("\nquietroom_relay_packets_out_total 0\n"));
    }

    #[test]
    fn each_way_is_counted_under_one_name() {
        let mut stats = RelayStats::default();
        stats.ways.turn_tls = 2;
        stats.turn.bytes = 9;
        let text = Metrics::default().render(Some(&stats));
        let gauge = "# TYPE quietroom_relay_peers gauge\n";
        assert_eq!(text.matches(gauge).count(), 1);
        assert!(text.contains("\nquietroom_relay_peers{way=\"udp\"} 0\n"));
        assert!(text.contains("\nquietroom_relay_peers{way=\"turn_tls\"} 2\n"));
        let bytes = "# TYPE quietroom_turn_bytes_total counter\nquietroom_turn_bytes_total 9\n";
        assert!(text.contains(bytes));
    }
}
