//! One worker: a thread with its sockets, its plane and the loop between them.

use crate::clock;
use crate::report::Report;
use crate::udp::{RECEIVE, Udp};
use media_relay_control::{Command, RequestId};
use media_relay_core::{Plane, Route};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::io;
use std::os::fd::AsFd;
use std::os::unix::net::UnixDatagram;
use std::sync::mpsc::{Receiver, SendError, SyncSender, TryRecvError, TrySendError, sync_channel};
use std::time::{Duration, Instant};

/// Orders that may wait for one worker.
const ORDERS: usize = 1024;
/// Datagrams taken from one socket before what came is forwarded.
const DRAIN: usize = 512;
/// How long a busy worker collects before it forwards: the packets of a video frame arrive over
/// a millisecond, and together they leave in few GSO sends.
const COLLECT: Duration = Duration::from_millis(1);
/// A worker that forwarded less than this ago is busy; the lone packet of a quiet one goes on
/// at once.
const BUSY: Duration = Duration::from_millis(5);
/// Longest wait, and how soon a report is tried again that found its queue full.
const LONGEST_WAIT: Duration = Duration::from_secs(1);
const RETRY: Duration = Duration::from_millis(10);

/// What the control thread asks of a worker.
#[derive(Debug)]
pub(crate) enum Order {
    Plane(Command),
    Stats(RequestId),
    Ping(RequestId),
    Stop,
}

/// The control thread's way to one worker.
#[derive(Debug)]
pub(crate) struct Mailbox {
    orders: SyncSender<Order>,
    wake: UnixDatagram,
}

impl Mailbox {
    /// Waits while the worker's queue is full.
    ///
    /// # Errors
    /// The order, when the worker has stopped.
    pub(crate) fn send(&self, order: Order) -> Result<(), SendError<Order>> {
        self.orders.send(order)?;
        // A wake that finds the socket full finds one waiting already.
        let _ = self.wake.send(&[0]);
        Ok(())
    }
}

/// One worker before it runs.
#[derive(Debug)]
pub(crate) struct Worker {
    plane: Plane,
    /// In the order of [`Route::socket`].
    sockets: Vec<Udp>,
    orders: Receiver<Order>,
    woken: UnixDatagram,
    reports: SyncSender<Report>,
    /// A report that found its queue full.
    held: Option<Report>,
    buffer: Vec<u8>,
    forwarded: Instant,
}

impl Worker {
    /// # Errors
    /// Those of making the socket pair that wakes it.
    pub(crate) fn new(
        plane: Plane,
        sockets: Vec<Udp>,
        reports: SyncSender<Report>,
    ) -> io::Result<(Worker, Mailbox)> {
        let (sender, orders) = sync_channel(ORDERS);
        let (wake, woken) = UnixDatagram::pair()?;
        wake.set_nonblocking(true)?;
        woken.set_nonblocking(true)?;
        let worker = Worker {
            plane,
            sockets,
            orders,
            woken,
            reports,
            held: None,
            buffer: vec![0; RECEIVE],
            forwarded: clock::now(),
        };
        let orders = sender;
        Ok((worker, Mailbox { orders, wake }))
    }

    /// Runs until told to stop, or until the control thread is gone.
    pub(crate) fn run(mut self) {
        loop {
            self.wait();
            let goes_on = self.obey();
            self.receive();
            let now = clock::now();
            if now >= self.plane.poll_timeout() {
                self.plane.handle_timeout(now);
            }
            self.transmit();
            self.report();
            if !goes_on {
                return;
            }
        }
    }

    /// Until a datagram, an order or the plane's next timeout.
    fn wait(&self) {
        let longest = if self.held.is_some() {
            RETRY
        } else {
            LONGEST_WAIT
        };
        let due = self.plane.poll_timeout();
        let wait = due.saturating_duration_since(clock::now()).min(longest);
        // Rounded up: waking a moment early would only wait again.
        let wait = u16::try_from(wait.as_micros().div_ceil(1000)).unwrap_or(u16::MAX);
        let sockets = self.sockets.iter().map(Udp::as_fd);
        let mut waited_for: Vec<PollFd<'_>> = sockets
            .chain([self.woken.as_fd()])
            .map(|descriptor| PollFd::new(descriptor, PollFlags::POLLIN))
            .collect();
        // Interrupted or not: everything is looked at after it.
        let _ = poll(&mut waited_for, PollTimeout::from(wait));
    }

    /// Does what was ordered; false when it is to stop. A worker whose reports are not taken
    /// obeys no more orders until they are.
    fn obey(&mut self) -> bool {
        let mut wakes = [0; 8];
        while self.woken.recv(&mut wakes).is_ok() {}
        while self.held.is_none() {
            match self.orders.try_recv() {
                Ok(Order::Plane(command)) => self.plane.handle_command(command, clock::now()),
                Ok(Order::Stats(request)) => {
                    let stats = self.plane.stats();
                    self.send(Report::Stats { request, stats });
                }
                Ok(Order::Ping(request)) => self.send(Report::Alive { request }),
                Ok(Order::Stop) | Err(TryRecvError::Disconnected) => return false,
                Err(TryRecvError::Empty) => return true,
            }
        }
        true
    }

    /// Takes what came and forwards it.
    fn receive(&mut self) {
        if self.drain() == 0 {
            return;
        }
        if clock::now().saturating_duration_since(self.forwarded) < BUSY {
            std::thread::sleep(COLLECT);
            self.drain();
        }
        self.forwarded = clock::now();
        self.plane.fan_out(self.forwarded);
    }

    fn drain(&mut self) -> usize {
        let now = clock::now();
        let mut total = 0;
        for (socket, udp) in (0_u8..).zip(&mut self.sockets) {
            let mut count = 0;
            while count < DRAIN {
                let Some(received) = udp.receive(&mut self.buffer) else {
                    break;
                };
                let remote = received.from;
                let (datagrams, _) = self.buffer.split_at_mut(received.bytes);
                for datagram in datagrams.chunks_mut(received.segment) {
                    count += 1;
                    self.plane
                        .handle_datagram(datagram, Route { socket, remote }, now);
                }
            }
            total += count;
        }
        total
    }

    fn transmit(&mut self) {
        while let Some(transmit) = self.plane.poll_transmit() {
            let packets = transmit.packets;
            if let Some(udp) = self.sockets.get_mut(usize::from(transmit.to.socket)) {
                udp.send(packets.data(), packets.lengths(), transmit.to.remote);
            }
            self.plane.recycle(packets);
        }
    }

    /// Hands over what the plane reports while the queue takes it. The rest stays in the plane,
    /// in order: media does not wait for signaling.
    fn report(&mut self) {
        if let Some(held) = self.held.take() {
            self.send(held);
        }
        while self.held.is_none() {
            let Some(event) = self.plane.poll_event() else {
                return;
            };
            self.send(Report::Event(event));
        }
    }

    fn send(&mut self, report: Report) {
        if let Err(TrySendError::Full(report)) = self.reports.try_send(report) {
            self.held = Some(report);
        }
    }
}
