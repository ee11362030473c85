//! What the operator reads: a line for each way.

use super::{call::Finding, measure::Measured, way::name};
use media_relay_control::Way;
use std::time::Duration;

/// What the figures do not say. The `webrtc` crate looks at its pairs of addresses every 200 ms, and
/// takes the second look to connect.
const LIMITS: &str = "\
Tested from this machine: a firewall between it and a client is not seen from here. About 400 ms of
each connection are the test's own; browsers take less.";

/// The beginning of a way's line, printed while it is tried.
pub(super) fn beginning(way: Way) -> String {
    format!("{:<10}", name(way))
}

/// The rest of the line.
pub(super) fn rest(way: Way, finding: &Finding) -> String {
    match finding {
        Finding::Works(measured) => line("works", &figures(*measured)),
        Finding::Fails(fault) => line("fails", &sentence(&fault.to_string())),
        Finding::NotOffered => line("not offered", not_offered(way)),
    }
}

/// The last lines. `failed` of the `tried` ways do not work.
pub(super) fn conclusion(failed: usize, tried: usize) -> String {
    let found = match (failed, tried) {
        (0, 1) => "The one way that is offered works.".to_owned(),
        (0, _) => format!("All {tried} ways that are offered work."),
        (1, _) => format!("1 of {tried} ways that are offered does not work."),
        _ => format!("{failed} of {tried} ways that are offered do not work."),
    };
    format!("{found}\n{LIMITS}")
}

fn line(status: &str, detail: &str) -> String {
    format!("{status:<13}{detail}")
}

fn figures(measured: Measured) -> String {
    let Measured {
        connect,
        round_trip,
        sent,
        lost,
    } = measured;
    let connect = connect.as_millis();
    let mut text = format!("connected in {connect} ms, round trip {}", ms(round_trip));
    if lost > 0 {
        text.push_str(&format!(", {lost} of {sent} packets lost"));
    }
    text
}

/// Milliseconds with one decimal.
fn ms(duration: Duration) -> String {
    format!("{:.1} ms", duration.as_secs_f64() * 1000.0)
}

/// With a capital and a full stop.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    let mut sentence: String = first.chain(letters).collect();
    if !sentence.ends_with('.') {
        sentence.push('.');
    }
    sentence
}

const fn not_offered(way: Way) -> &'static str {
    match way {
        Way::TurnTls => {
            "Browsers are told of no port for it: set [tls], or turn.tls_port behind a proxy."
        }
        Way::TurnTcp => "Browsers are told of no port for it: behind a proxy set turn.tcp_port.",
        Way::Udp | Way::TurnUdp => "Browsers are not told of it.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::fault::Fault;

    #[test]
    fn lines_are_aligned() {
        let mut measured = Measured {
            connect: Duration::from_millis(212),
            round_trip: Duration::from_micros(1_340),
            sent: 50,
            lost: 0,
        };
        let shown = |way, finding| beginning(way) + &rest(way, &finding);
        assert_eq!(
            shown(Way::TurnTls, Finding::Works(measured)),
            "TURN/TLS  works        connected in 212 ms, round trip 1.3 ms"
        );
        measured.lost = 3;
        assert_eq!(
            shown(Way::Udp, Finding::Works(measured)),
            "UDP       works        connected in 212 ms, round trip 1.3 ms, 3 of 50 packets lost"
        );
        assert_eq!(
            shown(Way::Udp, Finding::Fails(Fault::NoRelay)),
            "UDP       fails        The relay is not running at the moment: see the server's log."
        );
        assert_eq!(
            shown(Way::TurnTcp, Finding::NotOffered),
            "TURN/TCP  not offered  Browsers are told of no port for it: behind a proxy set \
             turn.tcp_port."
        );
    }

    #[test]
    fn the_conclusion_counts_what_does_not_work() {
        let first = |failed, tried| conclusion(failed, tried).lines().next().map(str::to_owned);
        let expected = |text: &str| Some(text.to_owned());
        assert_eq!(first(0, 4), expected("All 4 ways that are offered work."));
        assert_eq!(
            first(1, 3),
            expected("1 of 3 ways that are offered does not work.")
        );
        assert_eq!(
            first(2, 4),
            expected("2 of 4 ways that are offered do not work.")
        );
    }
}
