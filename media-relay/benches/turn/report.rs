//! What is printed.

use crate::case::Case;
use crate::load::Sample;
use std::time::Duration;

/// Samples of one case.
#[derive(Debug)]
pub(crate) struct Measured {
    /// Packets per second that were offered.
    pub(crate) rate: u32,
    pub(crate) ours: Vec<Sample>,
    pub(crate) coturn: Vec<Sample>,
    pub(crate) floor: Vec<Sample>,
}

impl Measured {
    pub(crate) fn at(rate: u32) -> Self {
        Self {
            rate,
            ours: Vec::new(),
            coturn: Vec::new(),
            floor: Vec::new(),
        }
    }

    fn to_coturn(&self) -> f64 {
        cost(&self.ours) / cost(&self.coturn)
    }

    fn to_floor(&self) -> f64 {
        cost(&self.ours) / cost(&self.floor)
    }
}

pub(crate) fn head(pairs: usize, run: Duration) {
    println!(
        "Nanoseconds of CPU per relayed packet of 1000 bytes, ChannelData at the client's side:"
    );
    println!("the median (and the least) of {pairs} alternated pairs, {run:?} each. The load's");
    println!(
        "receiving sockets use GRO: what a server sends as one segmented datagram is cut after"
    );
    println!("it, as by a network device. Where a line says cut, loopback cuts it at the server's");
    println!("expense, as with a device that cannot.\n");
    println!(
        "{:24} {:>7} {:>13} {:>13} {:>13} {:>7} {:>6}  {:>7} {:>7} {:>7} {:>5}",
        "",
        "kpkt/s",
        "ours",
        "coturn",
        "floor",
        "/coturn",
        "/floor",
        "loss",
        "coturn",
        "floor",
        "busy"
    );
}

pub(crate) fn line(case: &Case, measured: &Measured) {
    let Measured {
        rate,
        ours,
        coturn,
        floor,
    } = measured;
    println!(
        "{:24} {:>7.1} {:>13} {:>13} {:>13} {:>7.3} {:>6.2}  {:>6.3}% {:>6.3}% {:>6.3}% {:>4.0}%",
        case.name,
        f64::from(*rate) / 1e3,
        costs(ours),
        costs(coturn),
        costs(floor),
        measured.to_coturn(),
        measured.to_floor(),
        loss(ours) * 100.0,
        loss(coturn) * 100.0,
        loss(floor) * 100.0,
        median(coturn.iter().map(|sample| sample.busy)) * 100.0,
    );
}

/// The last line, for programs.
pub(crate) fn summary(all: &[(&Case, Measured)]) {
    println!("\nbusy: share of its core that coturn used; loss: of all packets offered");
    let ratios = |of: fn(&Measured) -> f64| {
        let counted = all.iter().filter(|(case, _)| !case.beside);
        let each = counted.map(|(case, measured)| format!("\"{}\":{:.4}", case.name, of(measured)));
        each.collect::<Vec<_>>().join(",")
    };
    println!(
        "{{\"bench\":\"turn\",\"ratio_to_coturn\":{{{}}},\"ratio_to_floor\":{{{}}},\"loss\":{{{}}},\"loss_of_coturn\":{{{}}}}}",
        ratios(Measured::to_coturn),
        ratios(Measured::to_floor),
        ratios(|measured| loss(&measured.ours)),
        ratios(|measured| loss(&measured.coturn)),
    );
}

/// Median and least.
fn costs(samples: &[Sample]) -> String {
    let costs = samples.iter().map(|sample| sample.cost);
    let least = costs.clone().fold(f64::INFINITY, f64::min);
    format!("{:.0} ({least:.0})", median(costs))
}

fn cost(samples: &[Sample]) -> f64 {
    median(samples.iter().map(|sample| sample.cost))
}

/// Share of what was offered that did not arrive.
fn loss(samples: &[Sample]) -> f64 {
    let sent: u64 = samples.iter().map(|sample| sample.sent).sum();
    let arrived: u64 = samples.iter().map(|sample| sample.arrived).sum();
    1.0 - arrived as f64 / sent.max(1) as f64
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
