//! The floor: a process that receives and sends and knows no protocol.

use crate::case::{CLIENTS, Case, Way};
use crate::load::{Load, Sample};
use crate::{SERVER_CORE, cpu, udp};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::SockaddrStorage;
use std::io::{BufRead, BufReader, IoSlice};
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::os::fd::AsFd;
use std::process::{Child, Stdio};
use std::time::Duration;

/// First argument of the process that is the floor.
pub(crate) const ARGUMENT: &str = "floor";
/// Bytes of one send: below the largest datagram of IPv4, and 64 segments.
const MOST: usize = 64_000;

/// The floor's process. Dropping it ends it.
struct Floor {
    child: Child,
    /// One for each client.
    ports: Vec<u16>,
}

/// Offers the same load to the floor.
///
/// # Panics
/// When it does not start.
pub(crate) fn measure(case: &Case, rate: u32, run: Duration) -> Sample {
    let senders: Vec<UdpSocket> = (0..CLIENTS).map(|_| udp::socket(false)).collect();
    let receivers = if case.way == Way::Up { 1 } else { CLIENTS };
    let receivers: Vec<UdpSocket> = (0..receivers).map(|_| udp::socket(case.gro)).collect();
    let pairs = senders.iter().zip(receivers.iter().cycle());
    let pairs = pairs.map(|(from, to)| (port(from), port(to)));
    let sockets = if case.way == Way::Down { CLIENTS } else { 1 };
    let floor = Floor::start(sockets, pairs);
    let to = floor.ports.iter().cycle();
    let to = to.map(|port| Some(SocketAddr::from((Ipv4Addr::LOCALHOST, *port))));
    let senders = senders.into_iter().zip(to).collect();
    Load::between(senders, receivers).run(floor.child.id(), case, rate, run)
}

impl Floor {
    fn start(sockets: usize, pairs: impl Iterator<Item = (u16, u16)>) -> Floor {
        let this = std::env::current_exe().expect("this program");
        let child = cpu::on(SERVER_CORE, this)
            .args([ARGUMENT, &sockets.to_string()])
            .args(pairs.map(|(from, to)| format!("{from}:{to}")))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn();
        let mut child = child.expect("this program can be started");
        let said = BufReader::new(child.stdout.take().expect("it is a pipe"));
        let line = said.lines().next().expect("the floor says its ports");
        let line = line.expect("text");
        let ports = line.split(' ').map(|port| port.parse().expect("a port"));
        let ports = ports.collect();
        cpu::prefer(child.id());
        Floor { child, ports }
    }
}

impl Drop for Floor {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The process: listens on as many sockets as the first argument says, and passes on what comes
/// from the first port of each pair `from:to` to the second.
///
/// # Panics
/// When an argument is missing.
pub(crate) fn run(arguments: &[String]) {
    let (count, pairs) = arguments.split_first().expect("how many sockets");
    let count: usize = count.parse().expect("a number");
    let pairs = pairs.iter().map(|pair| {
        let (from, to) = pair.split_once(':').expect("two ports");
        let to = SocketAddr::from((Ipv4Addr::LOCALHOST, to.parse().expect("a port")));
        (from.parse().expect("a port"), SockaddrStorage::from(to))
    });
    let pairs: Vec<(u16, SockaddrStorage)> = pairs.collect();
    let sockets: Vec<UdpSocket> = (0..count).map(|_| udp::socket(true)).collect();
    let ports: Vec<String> = sockets
        .iter()
        .map(|socket| port(socket).to_string())
        .collect();
    println!("{}", ports.join(" "));
    let out = udp::socket(false);
    // Room for a run and for one more receive behind it.
    let mut buffer = vec![0; 2 * udp::RECEIVE];
    loop {
        let ready = sockets
            .iter()
            .map(|socket| PollFd::new(socket.as_fd(), PollFlags::POLLIN));
        let mut ready: Vec<PollFd<'_>> = ready.collect();
        poll(&mut ready, PollTimeout::NONE).expect("it can wait");
        let readable = sockets
            .iter()
            .zip(&ready)
            .filter(|(_, ready)| ready.any() == Some(true));
        for (socket, _) in readable {
            pass_on(socket, &out, &pairs, &mut buffer);
        }
    }
}

/// Packets of one sender that lie at the head of the buffer.
#[derive(Default)]
struct Run {
    bytes: usize,
    size: usize,
    from: u16,
}

/// Passes on what waits at a socket, neighbors that go the same way by one send.
fn pass_on(
    socket: &UdpSocket,
    out: &UdpSocket,
    pairs: &[(u16, SockaddrStorage)],
    buffer: &mut [u8],
) {
    let mut run = Run::default();
    while let Some((bytes, size, from)) = udp::receive(socket, &mut buffer[run.bytes..]) {
        let joins = run.from == from && run.size == size && run.bytes + bytes <= MOST;
        if run.bytes > 0 && !joins {
            run.send(buffer, out, pairs);
            buffer.copy_within(run.bytes..run.bytes + bytes, 0);
            run.bytes = 0;
        }
        run = Run {
            bytes: run.bytes + bytes,
            size,
            from,
        };
    }
    if run.bytes > 0 {
        run.send(buffer, out, pairs);
    }
}

impl Run {
    fn send(&self, buffer: &[u8], out: &UdpSocket, pairs: &[(u16, SockaddrStorage)]) {
        let to = pairs.iter().find(|(from, _)| *from == self.from);
        let parts = [IoSlice::new(&buffer[..self.bytes])];
        udp::send_segmented(out, &parts, self.size, to.map(|(_, to)| to));
    }
}

fn port(socket: &UdpSocket) -> u16 {
    socket.local_addr().expect("it is bound").port()
}
