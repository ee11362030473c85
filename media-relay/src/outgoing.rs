//! What is to be passed on out of one batch of input, put together into few sends.

use crate::allocations::Allocations;
use crate::socket::{BATCH, Name};
use crate::streams::Streams;
use crate::udp::{MAX_SEGMENTS, MAX_SEND, Run, Udp};
use media_relay_core::turn::{AllocationId, Client, Header, Relay, StreamId, Target};
use std::io::IoSlice;
use std::net::SocketAddr;
use std::ops::Range;

/// Padding of ChannelData on streams and of DATA attributes.
const ZEROS: [u8; 3] = [0; 3];

/// Payloads of one input buffer with their new headers, in runs for one destination each.
#[derive(Debug, Default)]
pub(crate) struct Outgoing {
    parts: Vec<Part>,
    runs: Vec<Collected>,
    /// Kept for their memory.
    slices: Vec<IoSlice<'static>>,
    counts: Vec<u8>,
}

/// One datagram or stream message.
#[derive(Debug)]
struct Part {
    header: Header,
    /// Of the input buffer.
    payload: Range<usize>,
    padding: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Shared { socket: u8, to: SocketAddr },
    Allocation { id: AllocationId, to: SocketAddr },
    Whole { id: AllocationId, to: SocketAddr },
    Stream(StreamId),
}

/// Neighbors in `parts` that go one way.
#[derive(Debug)]
struct Collected {
    way: Way,
    /// Length of each but the last, which may be shorter.
    size: usize,
    count: usize,
    bytes: usize,
    /// A shorter one came: it was the last.
    closed: bool,
}

/// Where runs leave.
pub(crate) struct Exits<'a> {
    pub(crate) shared: &'a mut [Udp],
    pub(crate) allocations: &'a mut Allocations,
    pub(crate) streams: &'a mut Streams,
}

impl Outgoing {
    /// Adds what is for a peer or client; anything else goes within memory and is not added.
    /// The input lies at `at` of the buffer that [`Self::flush`] is given.
    pub(crate) fn add(&mut self, relay: Relay, at: usize) {
        let way = match relay.to {
            Target::Peer {
                allocation: id,
                peer: to,
                dont_fragment: false,
            } => Way::Allocation { id, to },
            Target::Peer {
                allocation: id,
                peer: to,
                dont_fragment: true,
            } => Way::Whole { id, to },
            Target::Client(Client::Udp(route)) => Way::Shared {
                socket: route.socket,
                to: route.remote,
            },
            Target::Client(Client::Stream(stream)) => Way::Stream(stream),
            Target::Media(_) | Target::Worker { .. } => return,
        };
        let header = relay.header.as_bytes().len();
        let size = header + relay.payload.len() + usize::from(relay.padding);
        match self.runs.last_mut() {
            Some(run) if run.takes(way, size) => run.add(size),
            _ => self.runs.push(Collected::new(way, size)),
        }
        self.parts.push(Part {
            header: relay.header,
            payload: at + relay.payload.start..at + relay.payload.end,
            padding: relay.padding,
        });
    }

    /// Sends everything added, out of `buffer`.
    pub(crate) fn flush(&mut self, buffer: &[u8], exits: Exits<'_>) {
        if self.runs.is_empty() {
            return;
        }
        let mut slices: Vec<IoSlice<'_>> = std::mem::take(&mut self.slices);
        for part in &self.parts {
            let before = slices.len();
            let header = part.header.as_bytes();
            if !header.is_empty() {
                slices.push(IoSlice::new(header));
            }
            let payload = buffer.get(part.payload.clone()).unwrap_or_default();
            slices.push(IoSlice::new(payload));
            if let Some(padding @ [_, ..]) = ZEROS.get(..usize::from(part.padding)) {
                slices.push(IoSlice::new(padding));
            }
            let count = u8::try_from(slices.len() - before).unwrap_or(u8::MAX);
            self.counts.push(count);
        }
        send(&self.runs, &slices, &self.counts, exits);
        slices.clear();
        // The same memory: nothing borrowed is left in it.
        self.slices = slices.into_iter().map(|_| IoSlice::new(&[])).collect();
        self.parts.clear();
        self.runs.clear();
        self.counts.clear();
    }
}

impl Collected {
    fn new(way: Way, size: usize) -> Collected {
        Collected {
            way,
            size,
            count: 1,
            bytes: size,
            closed: size == 0,
        }
    }

    fn takes(&self, way: Way, size: usize) -> bool {
        let fits = self.count < MAX_SEGMENTS && self.bytes + size <= MAX_SEND;
        let equal = matches!(way, Way::Stream(_)) || (!self.closed && size <= self.size);
        self.way == way && fits && equal && size > 0
    }

    fn add(&mut self, size: usize) {
        self.count += 1;
        self.bytes += size;
        self.closed = size < self.size;
    }

    /// The socket it leaves by.
    fn udp<'a>(&self, exits: &'a mut Exits<'_>) -> Option<&'a mut Udp> {
        match self.way {
            Way::Shared { socket, .. } => exits.shared.get_mut(usize::from(socket)),
            Way::Allocation { id, .. } | Way::Whole { id, .. } => exits.allocations.udp(id),
            Way::Stream(_) => None,
        }
    }

    fn same_socket(&self, other: &Collected) -> bool {
        match (self.way, other.way) {
            (Way::Shared { socket: a, .. }, Way::Shared { socket: b, .. }) => a == b,
            (Way::Allocation { id: a, .. }, Way::Allocation { id: b, .. }) => a == b,
            _ => false,
        }
    }
}

fn send(mut runs: &[Collected], slices: &[IoSlice<'_>], counts: &[u8], mut exits: Exits<'_>) {
    let mut cursor = Cursor { slices, counts };
    while let [first, ..] = runs {
        let neighbors = runs.iter().skip(1).take(BATCH - 1);
        let same = 1 + neighbors.take_while(|run| run.same_socket(first)).count();
        let (now, later) = runs.split_at(same);
        runs = later;
        match now {
            [run] => cursor.send_one(run, &mut exits),
            _ => cursor.send_many(now, &mut exits),
        }
    }
}

/// What is not sent yet.
struct Cursor<'a> {
    slices: &'a [IoSlice<'a>],
    counts: &'a [u8],
}

impl<'a> Cursor<'a> {
    fn send_one(&mut self, collected: &Collected, exits: &mut Exits<'_>) {
        let run = self.next(collected);
        match collected.way {
            Way::Stream(stream) => exits.streams.send(stream, run.parts, run.counts),
            Way::Whole { .. } => {
                if let Some(udp) = collected.udp(exits) {
                    udp.send_whole(run);
                }
            }
            Way::Shared { .. } | Way::Allocation { .. } => {
                if let Some(udp) = collected.udp(exits) {
                    udp.send_run(run);
                }
            }
        }
    }

    fn send_many(&mut self, collected: &[Collected], exits: &mut Exits<'_>) {
        let mut runs = [Run::EMPTY; BATCH];
        for (run, collected) in runs.iter_mut().zip(collected) {
            *run = self.next(collected);
        }
        let first = collected.first().and_then(|run| run.udp(exits));
        if let (Some(udp), Some(runs)) = (first, runs.get(..collected.len())) {
            udp.send_runs(runs);
        }
    }

    fn next(&mut self, collected: &Collected) -> Run<'a> {
        let (counts, later) = self.counts.split_at(collected.count.min(self.counts.len()));
        let taken: usize = counts.iter().map(|&count| usize::from(count)).sum();
        let (parts, rest) = self.slices.split_at(taken.min(self.slices.len()));
        self.counts = later;
        self.slices = rest;
        let to = match collected.way {
            Way::Shared { to, .. } | Way::Allocation { to, .. } | Way::Whole { to, .. } => {
                Name::from(to)
            }
            Way::Stream(_) => Name::EMPTY,
        };
        Run {
            to,
            size: u16::try_from(collected.size).unwrap_or(u16::MAX),
            parts,
            counts,
        }
    }
}
