//! A network between participants and the relay that a test can break: a UDP proxy on loopback.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::net::UdpSocket;
use tokio::task::JoinHandle;

/// Largest datagram.
const DATAGRAM: usize = 2048;

/// First bytes of RTP and RTCP (RFC 7983).
const MEDIA: RangeInclusive<u8> = 128..=191;

/// Passes datagrams on between an address of its own and the relay, each participant from a port
/// of its own, as far as its [`Quality`] lets them.
#[derive(Debug)]
pub struct Network {
    /// Where participants send to: what the relay has to advertise.
    pub address: SocketAddr,
    socket: Arc<UdpSocket>,
    quality: Arc<Quality>,
    passing: Option<JoinHandle<()>>,
}

impl Network {
    /// A network that leads nowhere yet.
    ///
    /// # Panics
    /// When the machine has no port left.
    pub async fn new() -> Self {
        let socket = loopback().await;
        Self {
            address: socket.local_addr().expect("it is bound"),
            socket: Arc::new(socket),
            quality: Arc::default(),
            passing: None,
        }
    }

    /// Leads to the relay on this port.
    pub fn lead_to(&mut self, port: u16) {
        let relay = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let passing = pass(Arc::clone(&self.socket), relay, Arc::clone(&self.quality));
        self.passing = Some(tokio::spawn(passing));
    }

    /// Loses everything from now on.
    pub fn cut(&self) {
        self.quality.lost_of.store(1, Ordering::Relaxed);
    }

    /// Loses one of `count` media packets, to the relay and from it; handshakes pass.
    pub fn lose_one_of(&self, count: u32) {
        self.quality.lost_of.store(count, Ordering::Relaxed);
    }

    /// Loses nothing any more.
    pub fn mend(&self) {
        self.quality.lost_of.store(0, Ordering::Relaxed);
    }
}

/// What a network loses: nothing (0), everything (1), or one of so many media packets.
#[derive(Debug, Default)]
struct Quality {
    lost_of: AtomicU32,
    passed: AtomicU32,
}

impl Quality {
    fn passes(&self, datagram: &[u8]) -> bool {
        let media = datagram.first().is_some_and(|first| MEDIA.contains(first));
        match self.lost_of.load(Ordering::Relaxed) {
            0 => true,
            1 => false,
            _ if !media => true,
            count => {
                let passed = self.passed.fetch_add(1, Ordering::Relaxed);
                !passed.is_multiple_of(count)
            }
        }
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        if let Some(passing) = &self.passing {
            passing.abort();
        }
    }
}

async fn pass(near: Arc<UdpSocket>, relay: SocketAddr, quality: Arc<Quality>) {
    let mut ways: HashMap<SocketAddr, Arc<UdpSocket>> = HashMap::new();
    let mut backs = tokio::task::JoinSet::new();
    let mut datagram = [0; DATAGRAM];
    while let Ok((length, from)) = near.recv_from(&mut datagram).await {
        let far = match ways.get(&from) {
            Some(known) => Arc::clone(known),
            None => {
                let far = Arc::new(loopback().await);
                far.connect(relay).await.expect("a loopback address");
                let back = pass_back(
                    Arc::clone(&far),
                    Arc::clone(&near),
                    from,
                    Arc::clone(&quality),
                );
                backs.spawn(back);
                ways.insert(from, Arc::clone(&far));
                far
            }
        };
        if quality.passes(&datagram[..length]) {
            // Lost when the relay is gone, as on any network.
            let _ = far.send(&datagram[..length]).await;
        }
    }
}

async fn pass_back(
    far: Arc<UdpSocket>,
    near: Arc<UdpSocket>,
    to: SocketAddr,
    quality: Arc<Quality>,
) {
    let mut datagram = [0; DATAGRAM];
    loop {
        let Ok(length) = far.recv(&mut datagram).await else {
            continue;
        };
        if quality.passes(&datagram[..length]) {
            let _ = near.send_to(&datagram[..length], to).await;
        }
    }
}

async fn loopback() -> UdpSocket {
    let bound = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await;
    bound.expect("a free port")
}
