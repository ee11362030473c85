//! What is measured.

/// Bytes of one payload.
pub(crate) const PAYLOAD: usize = 1000;
/// Clients of one run; bursts come from or go to one after the other.
pub(crate) const CLIENTS: usize = 4;

/// One shape of traffic.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) way: Way,
    /// Packets that one client sends or gets back to back.
    pub(crate) burst: usize,
    /// The burst is one segmented send.
    pub(crate) gso: bool,
    /// The load's receiving sockets take what was sent as one segmented datagram as one.
    pub(crate) gro: bool,
    /// Shown, but no part of the result.
    pub(crate) beside: bool,
}

/// From whom to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// From clients to a peer.
    Up,
    /// From a peer to clients.
    Down,
    /// From one client to the relayed address of another.
    Between,
}

const fn case(name: &'static str, way: Way, burst: usize, gso: bool) -> Case {
    Case {
        name,
        way,
        burst,
        gso,
        gro: true,
        beside: false,
    }
}

const fn without_gro(case: Case, name: &'static str) -> Case {
    Case {
        name,
        gro: false,
        beside: true,
        ..case
    }
}

pub(crate) const CASES: &[Case] = &[
    case("burst1_up", Way::Up, 1, false),
    case("burst1_down", Way::Down, 1, false),
    case("burst4_up", Way::Up, 4, false),
    case("burst4_down", Way::Down, 4, false),
    case("gso_up", Way::Up, 8, true),
    case("gso_down", Way::Down, 8, true),
    case("relay_to_relay", Way::Between, 8, false),
    without_gro(case("", Way::Up, 4, false), "burst4_up, cut"),
    without_gro(case("", Way::Down, 4, false), "burst4_down, cut"),
    without_gro(case("", Way::Up, 8, true), "gso_up, cut"),
    without_gro(case("", Way::Down, 8, true), "gso_down, cut"),
];
