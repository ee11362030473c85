//! What goes from one worker to another: payload to and from relayed addresses.

use crate::mailbox::Neighbor;
use media_relay_control::Way;
use std::net::SocketAddr;

/// Bytes after which a parcel is full.
const FULL: usize = 60_000;

/// Datagrams with the same ends, back to back.
#[derive(Debug)]
pub(crate) struct Parcel {
    pub(crate) ends: Ends,
    /// How the client of the sending relayed address comes, when it is one.
    pub(crate) way: Option<Way>,
    pub(crate) data: Vec<u8>,
    pub(crate) lengths: Vec<u16>,
}

/// From where to where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ends {
    pub(crate) from: SocketAddr,
    pub(crate) to: Addressee,
}

/// Whom a parcel is for, of the receiving worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Addressee {
    /// Its plane, at this media address.
    Media(u8),
    /// The client of this relayed address.
    Relayed(SocketAddr),
}

/// All workers, by number, and what is being packed for one of them.
#[derive(Debug)]
pub(crate) struct Neighbors {
    workers: Vec<Neighbor>,
    packing: Option<(u16, Parcel)>,
    dropped: u64,
}

impl Neighbors {
    pub(crate) fn new(workers: Vec<Neighbor>) -> Neighbors {
        Neighbors {
            workers,
            packing: None,
            dropped: 0,
        }
    }

    /// Packs one datagram for a worker; `way` is asked when a new parcel begins.
    pub(crate) fn pack(
        &mut self,
        worker: u16,
        ends: Ends,
        datagram: &[u8],
        way: impl FnOnce() -> Option<Way>,
    ) {
        let Ok(length) = u16::try_from(datagram.len()) else {
            return;
        };
        let fits = self.packing.as_ref().is_some_and(|(to, parcel)| {
            *to == worker && parcel.ends == ends && parcel.data.len() + datagram.len() <= FULL
        });
        if !fits {
            self.flush();
        }
        let (_, parcel) = self.packing.get_or_insert_with(|| {
            let parcel = Parcel {
                ends,
                way: way(),
                data: Vec::new(),
                lengths: Vec::new(),
            };
            (worker, parcel)
        });
        parcel.data.extend_from_slice(datagram);
        parcel.lengths.push(length);
    }

    /// Sends what is packed.
    pub(crate) fn flush(&mut self) {
        if let Some((worker, parcel)) = self.packing.take() {
            self.send(worker, parcel);
        }
    }

    /// Sends a whole parcel; what finds the queue full is lost, and counted.
    pub(crate) fn send(&mut self, worker: u16, parcel: Parcel) {
        let lost = u64::try_from(parcel.lengths.len()).unwrap_or(u64::MAX);
        let neighbor = self.workers.get(usize::from(worker));
        if !neighbor.is_some_and(|neighbor| neighbor.send(parcel)) {
            self.dropped = self.dropped.saturating_add(lost);
        }
    }

    /// Datagrams lost between workers.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mailbox;

    fn ends(port: u16) -> Ends {
        Ends {
            from: SocketAddr::from(([192, 0, 2, 1], port)),
            to: Addressee::Media(0),
        }
    }

    #[test]
    fn neighbors_with_the_same_ends_share_a_parcel() {
        let (_mailbox, neighbor, inlet) = mailbox::open().unwrap();
        let mut neighbors = Neighbors::new(vec![neighbor]);
        for (port, datagram) in [(1, "one"), (1, "three"), (2, "two")] {
            neighbors.pack(0, ends(port), datagram.as_bytes(), || Some(Way::TurnTcp));
        }
        neighbors.flush();
        let first = inlet.parcels.try_recv().unwrap();
        assert_eq!((first.ends, first.way), (ends(1), Some(Way::TurnTcp)));
        assert_eq!(
            (first.data, first.lengths),
            (b"onethree".to_vec(), vec![3, 5])
        );
        let second = inlet.parcels.try_recv().unwrap();
        assert_eq!((second.ends, second.data), (ends(2), b"two".to_vec()));
        assert!(inlet.parcels.try_recv().is_err());
    }

    #[test]
    fn what_finds_the_queue_full_is_dropped_and_counted() {
        let (_mailbox, neighbor, inlet) = mailbox::open().unwrap();
        let mut neighbors = Neighbors::new(vec![neighbor]);
        for port in 0..1000 {
            neighbors.pack(0, ends(port), b"x", || None);
        }
        neighbors.flush();
        let taken = inlet.parcels.try_iter().count();
        assert!(taken > 0);
        assert_eq!(
            neighbors.dropped(),
            1000 - u64::try_from(taken).unwrap_or_default()
        );
        neighbors.pack(7, ends(1), b"x", || None);
        neighbors.flush();
        assert_eq!(inlet.parcels.try_iter().count(), 0);
    }
}
