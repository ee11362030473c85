//! How other threads reach a worker.

use crate::neighbors::Parcel;
use media_relay_control::{Command, Handover, RequestId};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixDatagram;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

/// Orders that may wait for one worker.
const ORDERS: usize = 1024;
/// Parcels of other workers that may wait for one, each of at most 64 kB.
const PARCELS: usize = 128;

/// What the control thread asks of a worker.
#[derive(Debug)]
pub(crate) enum Order {
    Plane(Command),
    Stream(NewStream),
    Stats(RequestId),
    Ping(RequestId),
    Stop,
}

/// A stream that was handed over.
#[derive(Debug)]
pub(crate) struct NewStream {
    pub(crate) socket: OwnedFd,
    pub(crate) handover: Handover,
    pub(crate) place: Place,
}

/// One of the streams that may be open at a time; free again when dropped.
#[derive(Debug)]
pub(crate) struct Place(Arc<AtomicU32>);

impl Place {
    /// `None` when `limit` are taken. One thread takes, any may give back.
    pub(crate) fn take(open: &Arc<AtomicU32>, limit: u32) -> Option<Place> {
        if open.load(Ordering::Relaxed) >= limit {
            return None;
        }
        open.fetch_add(1, Ordering::Relaxed);
        Some(Place(Arc::clone(open)))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Wakes a worker.
#[derive(Debug)]
struct Bell {
    /// Rung and not heard yet: then it need not be rung again.
    rung: AtomicBool,
    wake: UnixDatagram,
}

impl Bell {
    fn ring(&self) {
        if !self.rung.swap(true, Ordering::AcqRel) {
            // A socket that is full has one waiting already.
            let _ = self.wake.send(&[0]);
        }
    }
}

/// The worker is gone.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stopped;

/// The control thread's way to one worker.
#[derive(Clone, Debug)]
pub(crate) struct Mailbox {
    orders: SyncSender<Order>,
    bell: Arc<Bell>,
}

impl Mailbox {
    /// Waits while the worker's queue is full.
    ///
    /// # Errors
    /// [`Stopped`].
    pub(crate) fn send(&self, order: Order) -> Result<(), Stopped> {
        self.orders.send(order).map_err(|_| Stopped)?;
        self.bell.ring();
        Ok(())
    }

    /// Does not wait: what finds the queue full is dropped.
    pub(crate) fn try_send(&self, order: Order) {
        if self.orders.try_send(order).is_ok() {
            self.bell.ring();
        }
    }
}

/// Another worker's way to one.
#[derive(Clone, Debug)]
pub(crate) struct Neighbor {
    parcels: SyncSender<Parcel>,
    bell: Arc<Bell>,
}

impl Neighbor {
    /// Does not wait: media that finds the queue full is lost. Gives whether it was taken.
    pub(crate) fn send(&self, parcel: Parcel) -> bool {
        match self.parcels.try_send(parcel) {
            Ok(()) => {
                self.bell.ring();
                true
            }
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => false,
        }
    }
}

/// The worker's end of all of them.
#[derive(Debug)]
pub(crate) struct Inlet {
    pub(crate) orders: Receiver<Order>,
    pub(crate) parcels: Receiver<Parcel>,
    woken: UnixDatagram,
    bell: Arc<Bell>,
}

impl Inlet {
    /// To be called before the queues are looked at, so that nothing put in meanwhile is missed.
    pub(crate) fn hear(&self) {
        let mut wakes = [0; 8];
        while self.woken.recv(&mut wakes).is_ok() {}
        // Read and written at once: what was put in before the bell was rung is seen after it.
        self.bell.rung.swap(false, Ordering::AcqRel);
    }
}

impl AsFd for Inlet {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.woken.as_fd()
    }
}

/// The ways to one worker, and its end of them.
///
/// # Errors
/// Those of making the socket pair that wakes it.
pub(crate) fn open() -> io::Result<(Mailbox, Neighbor, Inlet)> {
    let (wake, woken) = UnixDatagram::pair()?;
    wake.set_nonblocking(true)?;
    woken.set_nonblocking(true)?;
    let rung = AtomicBool::new(false);
    let bell = Arc::new(Bell { rung, wake });
    let (order, orders) = sync_channel(ORDERS);
    let (parcel, parcels) = sync_channel(PARCELS);
    let mailbox = Mailbox {
        orders: order,
        bell: Arc::clone(&bell),
    };
    let neighbor = Neighbor {
        parcels: parcel,
        bell: Arc::clone(&bell),
    };
    let inlet = Inlet {
        orders,
        parcels,
        woken,
        bell,
    };
    Ok((mailbox, neighbor, inlet))
}
