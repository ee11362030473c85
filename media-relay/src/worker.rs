//! One worker: a thread with its sockets, its plane, its TURN server and the loop between them.

use crate::clock;
use crate::mailbox::{Inlet, Order};
use crate::net::Net;
use crate::poller::{Event, Ready, Token};
use crate::relaying::{Around, Relaying};
use crate::report::Report;
use crate::socket::{Inbox, Received};
use media_relay_control::{RelayStats, Way};
use media_relay_core::turn::{Client, Turn};
use media_relay_core::{Plane, Route};
use nix::sys::prctl;
use std::sync::mpsc::{SyncSender, TryRecvError, TrySendError};
use std::time::{Duration, Instant};

/// Datagrams taken from one shared socket before what came is forwarded.
const DRAIN: usize = 512;
/// How long a busy worker collects before it forwards: the packets of a video frame arrive over
/// a millisecond, and together they leave in few GSO sends.
const COLLECT: Duration = Duration::from_millis(1);
/// A worker that forwarded less than this ago is busy; the lone packet of a quiet one goes on
/// at once. So is one busy relaying that relayed less than this ago.
const BUSY: Duration = Duration::from_millis(5);
/// A worker that is woken to relay again within this time relays a lot. It then lets come together
/// what comes in `GATHER`, so many times: being woken costs more than relaying, and the delay is
/// less than that of one packet on most lines.
const DENSE: Duration = Duration::from_micros(25);
const GATHER: Duration = Duration::from_micros(50);
const GATHERINGS: u8 = 64;
/// How late the system may end a wait, nanoseconds; by itself it takes as long as [`GATHER`].
const SLACK: u64 = 1_000;
/// Longest wait, how often streams are looked after, and how soon a report is tried again that
/// found its queue full.
const LONGEST_WAIT: Duration = Duration::from_secs(1);
const SECOND: Duration = Duration::from_secs(1);
const RETRY: Duration = Duration::from_millis(10);

/// One worker before it runs.
#[derive(Debug)]
pub(crate) struct Worker {
    plane: Plane,
    relaying: Option<Relaying>,
    net: Net,
    inlet: Inlet,
    reports: SyncSender<Report>,
    /// A report that found its queue full.
    held: Option<Report>,
    /// When media was last forwarded, and payload last relayed to or from a peer.
    forwarded: Instant,
    relayed: Instant,
    /// How often it still gathers before it sees anew whether it relays a lot.
    gatherings: u8,
    /// When the media that came is to be forwarded.
    due: Option<Instant>,
    looked_after: Instant,
}

impl Worker {
    /// # Errors
    /// Those of `epoll`.
    pub(crate) fn new(
        plane: Plane,
        relaying: Option<Relaying>,
        net: Net,
        inlet: Inlet,
        reports: SyncSender<Report>,
    ) -> nix::Result<Worker> {
        net.poller.add(&inlet, Token::Wake)?;
        let now = clock::now();
        Ok(Worker {
            plane,
            relaying,
            net,
            inlet,
            reports,
            held: None,
            forwarded: now,
            relayed: now,
            gatherings: 0,
            due: None,
            looked_after: now,
        })
    }

    /// Runs until told to stop, or until the control thread is gone.
    pub(crate) fn run(mut self) {
        let mut inbox = Inbox::new();
        let mut ready = Ready::new();
        let mut now = clock::now();
        let mut goes_on = true;
        // A system that refuses waits a little longer.
        let _ = prctl::set_timerslack(SLACK);
        while goes_on {
            if self.gatherings > 0 {
                std::thread::sleep(GATHER);
            }
            let wait = self.wait(now);
            self.net.poller.wait(&mut ready, wait);
            now = clock::now();
            // Orders that waited for a report to be taken come without a wake.
            let mut woken = self.held.is_some();
            for event in ready.events() {
                woken |= event.token == Token::Wake;
                self.take(event, &mut inbox, now);
            }
            if woken {
                self.inlet.hear();
                goes_on = self.obey(now);
                self.unpack(now);
            }
            now = self.forward(&mut inbox, now);
            self.pass_time(now);
            self.transmit(now);
            self.report();
        }
    }

    /// How long there is nothing to do unless something comes.
    fn wait(&self, now: Instant) -> Duration {
        let longest = if self.held.is_some() {
            RETRY
        } else {
            LONGEST_WAIT
        };
        let relaying = self.relaying.as_ref().and_then(Relaying::poll_timeout);
        let dues = [Some(self.plane.poll_timeout()), relaying, self.due];
        let wait = |due: Instant| due.saturating_duration_since(now);
        dues.into_iter()
            .flatten()
            .map(wait)
            .fold(longest, Duration::min)
    }

    fn take(&mut self, event: Event, inbox: &mut Inbox, now: Instant) {
        let Worker {
            plane,
            relaying,
            net,
            ..
        } = self;
        match (event.token, relaying) {
            (Token::Shared(number), _) => self.drain(number, self.gatherings > 0, inbox, now),
            (Token::Allocation(key), Some(relaying)) => {
                let all = self.gatherings > 0;
                relaying.peer_input(key, all, inbox, &mut Around { net, plane, now });
            }
            (Token::Stream(key), Some(relaying)) => {
                let mut around = Around { net, plane, now };
                if event.writable {
                    around.net.streams.write_queue(key);
                }
                if event.readable {
                    relaying.stream_input(key, inbox.buffer(), &mut around);
                }
                relaying.close_broken(&mut around);
            }
            (Token::Wake | Token::Allocation(_) | Token::Stream(_), _) => {}
        }
    }

    /// Takes what waits on a shared socket; `all` leaves nothing to the poller.
    fn drain(&mut self, number: usize, all: bool, inbox: &mut Inbox, now: Instant) {
        let Ok(socket) = u8::try_from(number) else {
            return;
        };
        let mut taken = 0;
        while taken < DRAIN {
            let Some(udp) = self.net.shared.get(number) else {
                return;
            };
            inbox.receive(udp, all);
            while let Some(received) = self.net.shared.get(number).and_then(|udp| inbox.next(udp)) {
                taken += self.deal(received, socket, inbox, now);
            }
            if let Some(relaying) = &mut self.relaying {
                relaying.flush(inbox.buffer(), &mut self.net);
            }
            if !inbox.is_full() {
                break;
            }
        }
    }

    /// Gives each datagram of a message to whom it concerns; how many there were.
    fn deal(&mut self, received: Received, socket: u8, inbox: &mut Inbox, now: Instant) -> usize {
        let remote = received.from;
        let route = Route { socket, remote };
        let mut around = Around {
            net: &mut self.net,
            plane: &mut self.plane,
            now,
        };
        let mut count = 0;
        for at in received.datagrams() {
            count += 1;
            let buffer = inbox.buffer();
            let Some(datagram) = buffer.get_mut(at.clone()) else {
                continue;
            };
            match &mut self.relaying {
                Some(relaying) if Turn::concerns(datagram) => {
                    relaying.client_input(buffer, at, Client::Udp(route), &mut around);
                }
                _ => around.plane.handle_datagram(datagram, route, now),
            }
        }
        count
    }

    /// Forwards the media that came, when it is time; gives the time after that.
    fn forward(&mut self, inbox: &mut Inbox, mut now: Instant) -> Instant {
        if let Some(relaying) = &mut self.relaying
            && relaying.has_relayed()
        {
            let dense = now.saturating_duration_since(self.relayed) < DENSE;
            self.relayed = now;
            self.gatherings = match self.gatherings {
                0 if dense => GATHERINGS,
                left => left.saturating_sub(1),
            };
        } else {
            self.gatherings = 0;
        }
        if !self.plane.has_media() {
            self.due = None;
            return now;
        }
        let busy = |since: Instant| now.saturating_duration_since(since) < BUSY;
        let wait = if busy(self.forwarded) {
            COLLECT
        } else {
            Duration::ZERO
        };
        let due = *self.due.get_or_insert(now + wait);
        if now < due && !busy(self.relayed) {
            // Sleeping is cheaper than being woken by every packet of a frame. Payload for peers
            // would have to wait meanwhile.
            std::thread::sleep(COLLECT);
            now = clock::now();
            for number in 0..self.net.shared.len() {
                self.drain(number, true, inbox, now);
            }
        }
        if now >= due {
            self.due = None;
            self.forwarded = now;
            self.plane.fan_out(now);
        }
        now
    }

    fn pass_time(&mut self, now: Instant) {
        if now >= self.plane.poll_timeout() {
            self.plane.handle_timeout(now);
        }
        let Some(relaying) = &mut self.relaying else {
            return;
        };
        let net = &mut self.net;
        if !net.streams.is_empty() && now.saturating_duration_since(self.looked_after) >= SECOND {
            self.looked_after = now;
            net.streams.second();
        }
        let plane = &mut self.plane;
        let mut around = Around { net, plane, now };
        relaying.timeout(&mut around);
        relaying.close_broken(&mut around);
    }

    fn transmit(&mut self, now: Instant) {
        while let Some(transmit) = self.plane.poll_transmit() {
            let to = transmit.to;
            if to.socket < Route::RELAYED {
                if let Some(udp) = self.net.shared.get_mut(usize::from(to.socket)) {
                    let packets = &transmit.packets;
                    udp.send(packets.data(), packets.lengths(), to.remote);
                }
            } else if let Some(relaying) = &mut self.relaying {
                let (net, plane) = (&mut self.net, &mut self.plane);
                relaying.plane_output(&transmit, &mut Around { net, plane, now });
            }
            self.plane.recycle(transmit.packets);
        }
    }

    /// Does what was ordered; false when it is to stop. A worker whose reports are not taken
    /// obeys no more orders until they are.
    fn obey(&mut self, now: Instant) -> bool {
        while self.held.is_none() {
            match self.inlet.orders.try_recv() {
                Ok(Order::Plane(command)) => self.plane.handle_command(command, now),
                Ok(Order::Stream(new)) => {
                    if let Some(relaying) = &mut self.relaying {
                        let (net, plane) = (&mut self.net, &mut self.plane);
                        relaying.open_stream(new, &mut Around { net, plane, now });
                    }
                }
                Ok(Order::Stats(request)) => {
                    let stats = self.stats();
                    self.send(Report::Stats { request, stats });
                }
                Ok(Order::Ping(request)) => self.send(Report::Alive { request }),
                Ok(Order::Stop) | Err(TryRecvError::Disconnected) => return false,
                Err(TryRecvError::Empty) => return true,
            }
        }
        true
    }

    /// Takes what other workers sent.
    fn unpack(&mut self, now: Instant) {
        let Some(relaying) = &mut self.relaying else {
            return;
        };
        let (net, plane) = (&mut self.net, &mut self.plane);
        let mut around = Around { net, plane, now };
        while let Ok(parcel) = self.inlet.parcels.try_recv() {
            relaying.parcel(parcel, &mut around);
        }
    }

    fn stats(&mut self) -> RelayStats {
        let mut stats = self.plane.stats();
        let routes = self.plane.connected_routes();
        match &mut self.relaying {
            Some(relaying) => {
                stats.ways = relaying.count_ways(routes);
                stats.turn = relaying.totals(&self.net);
            }
            None => routes.for_each(|_| stats.ways.count(Way::Udp)),
        }
        stats
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
