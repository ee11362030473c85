//! CPU per relayed packet of the TURN server, against coturn and against the floor.
//!
//! `cargo bench -p media-relay --bench turn`. Each server is pinned to one core and the load to
//! another; all get the same load, below what coturn can take. `-- --test` tries everything once.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a benchmark stops when it cannot measure, and prints what it measures"
)]

mod case;
mod cpu;
mod floor;
mod load;
mod report;
mod server;
mod udp;

use case::{CASES, Case};
use load::{Load, Sample};
use report::Measured;
use server::Server;
use std::time::Duration;

/// The core of the load, and that of the server under it.
const LOAD_CORE: &str = "0";
const SERVER_CORE: &str = "1";

/// How long and how often is measured.
struct Plan {
    run: Duration,
    /// Of ours and coturn's, side by side.
    pairs: usize,
    floors: usize,
}

const WHOLE: Plan = Plan {
    run: Duration::from_millis(1300),
    pairs: 7,
    floors: 3,
};
const QUICK: Plan = Plan {
    run: Duration::from_millis(200),
    pairs: 1,
    floors: 1,
};

/// The load of a case is this share of what coturn relays without loss: the cost of a packet counts
/// where there are many, and a server that sleeps after each packet mostly pays for waking up.
const SHARE: f64 = 0.9;
/// How that is found out: from a rate that any machine can relay, packets per second, in steps of
/// a quarter.
const PROBE: (u32, Duration) = (40_000, Duration::from_millis(250));
/// How often a rate is tried before it is too much: a moment in which the machine does something
/// else is not the server's limit.
const TRIES: usize = 3;
/// What may be missing, of what arrives and of what the load was to send.
const MISSING: f64 = 0.01;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments
        .first()
        .is_some_and(|first| first == floor::ARGUMENT)
    {
        return floor::run(&arguments[1..]);
    }
    let quick = arguments.iter().any(|argument| argument == "--test");
    let plan = if quick { QUICK } else { WHOLE };
    cpu::stay_on(LOAD_CORE);
    report::head(plan.pairs, plan.run);
    let mut measured = Vec::new();
    for case in CASES {
        let result = measure(case, &plan);
        report::line(case, &result);
        measured.push((case, result));
    }
    report::summary(&measured);
}

/// Alternates the servers, so that what else the machine does falls on both alike.
fn measure(case: &Case, plan: &Plan) -> Measured {
    let mut measured = Measured::at((SHARE * f64::from(bearable(case))) as u32);
    let rate = measured.rate;
    for pair in 0..plan.pairs {
        let ours_first = pair % 2 == 0;
        for ours in [ours_first, !ours_first] {
            if ours {
                measured
                    .ours
                    .push(once(&Server::ours(), case, rate, plan.run));
            } else {
                measured
                    .coturn
                    .push(once(&Server::coturn(), case, rate, plan.run));
            }
        }
        if pair < plan.floors {
            measured.floor.push(floor::measure(case, rate, plan.run));
        }
    }
    measured
}

/// The highest rate, packets per second, that coturn relays whole and the load can offer.
fn bearable(case: &Case) -> u32 {
    let (mut rate, run) = PROBE;
    loop {
        let next = rate + rate / 4;
        if !(0..TRIES).any(|_| bears(case, next, run)) {
            return rate;
        }
        rate = next;
    }
}

fn bears(case: &Case, rate: u32, run: Duration) -> bool {
    let tried = once(&Server::coturn(), case, rate, run);
    let wanted = f64::from(rate) * run.as_secs_f64();
    let enough = |count: u64, of: f64| count as f64 >= of * (1.0 - MISSING);
    enough(tried.sent, wanted) && enough(tried.arrived, tried.sent as f64)
}

fn once(server: &Server, case: &Case, rate: u32, run: Duration) -> Sample {
    Load::through(server, case).run(server.pid(), case, rate, run)
}
