//! What workers report, merged and written to signaling.

use media_relay_control::{Event, RelayStats, RequestId, frame};
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::mpsc::Receiver;

/// What a worker, or the control thread, has to say.
#[derive(Debug)]
pub(crate) enum Report {
    Event(Event),
    /// One worker's counters.
    Stats {
        request: RequestId,
        stats: RelayStats,
    },
    /// One worker answers a ping.
    Alive {
        request: RequestId,
    },
}

/// Why no more can be written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReportError {
    #[error("signaling takes nothing")]
    Write(#[from] io::Error),
    #[error("an event cannot be written")]
    Frame(#[from] frame::FrameError),
}

/// Writes reports in order until no one is left to report.
///
/// # Errors
/// The stream is broken, or took nothing for the time limit set on it.
pub(crate) fn write_all(
    reports: &Receiver<Report>,
    workers: usize,
    mut stream: impl Write,
) -> Result<(), ReportError> {
    let mut merge = Merge::new(workers);
    let mut out = Vec::new();
    while let Ok(report) = reports.recv() {
        // What is queued goes out together.
        for report in std::iter::once(report).chain(reports.try_iter()) {
            if let Some(event) = merge.add(report) {
                frame::encode(&event, &mut out)?;
            }
        }
        stream.write_all(&out)?;
        out.clear();
    }
    Ok(())
}

/// Puts together what every worker answers to the same request.
#[derive(Debug)]
struct Merge {
    workers: usize,
    stats: BTreeMap<RequestId, (usize, RelayStats)>,
    alive: BTreeMap<RequestId, usize>,
}

impl Merge {
    fn new(workers: usize) -> Merge {
        Merge {
            workers,
            stats: BTreeMap::new(),
            alive: BTreeMap::new(),
        }
    }

    /// The event that this report completes.
    fn add(&mut self, report: Report) -> Option<Event> {
        match report {
            Report::Event(event) => Some(event),
            Report::Stats { request, stats } => {
                let (answers, merged) = self.stats.entry(request).or_default();
                *answers += 1;
                add(merged, stats);
                if *answers < self.workers {
                    return None;
                }
                let (_, stats) = self.stats.remove(&request)?;
                Some(Event::Stats { request, stats })
            }
            Report::Alive { request } => {
                let answers = self.alive.entry(request).or_default();
                *answers += 1;
                if *answers < self.workers {
                    return None;
                }
                self.alive.remove(&request);
                Some(Event::Pong { request })
            }
        }
    }
}

fn add(merged: &mut RelayStats, one: RelayStats) {
    merged.totals += one.totals;
    merged.ways += one.ways;
    merged.turn += one.turn;
    merged.peers.extend(one.peers);
}

#[cfg(test)]
mod tests {
    use super::*;
    use media_relay_control::{PeerId, PeerStats, RoomId, Totals};
    use std::sync::mpsc::sync_channel;

    fn one_worker(peer: u64, packets_in: u64) -> RelayStats {
        RelayStats {
            totals: Totals {
                packets_in,
                dropped: 1,
                ..Totals::default()
            },
            ways: media_relay_control::Ways::default(),
            turn: media_relay_control::TurnTotals::default(),
            peers: vec![PeerStats {
                peer: PeerId(peer),
                room: RoomId(peer),
                connected: true,
                packets_in,
                packets_out: 0,
                streams: Vec::new(),
            }],
        }
    }

    #[test]
    fn counters_are_the_sum_over_all_workers_and_come_once() {
        let mut merge = Merge::new(2);
        let request = RequestId(5);
        let report = |peer, packets| Report::Stats {
            request,
            stats: one_worker(peer, packets),
        };
        assert_eq!(merge.add(report(1, 10)), None);
        let Some(Event::Stats { stats, .. }) = merge.add(report(2, 32)) else {
            panic!("two of two have answered");
        };
        assert_eq!(stats.totals.packets_in, 42);
        assert_eq!(stats.totals.dropped, 2);
        assert_eq!(stats.peers.len(), 2);
        assert!(merge.stats.is_empty());
    }

    #[test]
    fn a_pong_needs_every_worker() {
        let mut merge = Merge::new(3);
        let alive = |id| Report::Alive {
            request: RequestId(id),
        };
        assert_eq!(merge.add(alive(1)), None);
        assert_eq!(merge.add(alive(2)), None);
        assert_eq!(merge.add(alive(1)), None);
        let request = RequestId(1);
        assert_eq!(merge.add(alive(1)), Some(Event::Pong { request }));
        assert!(!merge.alive.contains_key(&request));
    }

    #[test]
    fn reports_are_written_in_order_as_frames() {
        let (sender, reports) = sync_channel(4);
        let room = |id| Event::RoomOpened {
            room: RoomId(id),
            worker: 0,
        };
        sender.send(Report::Event(room(1))).unwrap();
        sender.send(Report::Event(room(2))).unwrap();
        drop(sender);
        let mut written = Vec::new();
        write_all(&reports, 1, &mut written).unwrap();
        let mut decoder = frame::Decoder::default();
        decoder.push(&written);
        assert_eq!(decoder.next().unwrap(), Some(room(1)));
        assert_eq!(decoder.next().unwrap(), Some(room(2)));
        assert_eq!(decoder.next::<Event>().unwrap(), None);
    }
}
