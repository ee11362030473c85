//! A network between participants and the relay that a test can break: a UDP proxy on loopback.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::net::UdpSocket;
use tokio::task::JoinHandle;

/// Largest datagram.
const DATAGRAM: usize = 2048;

/// Passes datagrams on between an address of its own and the relay, each participant from a port
/// of its own, until it is cut.
#[derive(Debug)]
pub struct Network {
    /// Where participants send to: what the relay has to advertise.
    pub address: SocketAddr,
    socket: Arc<UdpSocket>,
    cut: Arc<AtomicBool>,
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
            cut: Arc::default(),
            passing: None,
        }
    }

    /// Leads to the relay on this port.
    pub fn lead_to(&mut self, port: u16) {
        let relay = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let passing = pass(Arc::clone(&self.socket), relay, Arc::clone(&self.cut));
        self.passing = Some(tokio::spawn(passing));
    }

    /// Loses everything from now on.
    pub fn cut(&self) {
        self.cut.store(true, Ordering::Relaxed);
    }

    /// Loses nothing any more.
    pub fn mend(&self) {
        self.cut.store(false, Ordering::Relaxed);
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        if let Some(passing) = &self.passing {
            passing.abort();
        }
    }
}

async fn pass(near: Arc<UdpSocket>, relay: SocketAddr, cut: Arc<AtomicBool>) {
    let mut ways: HashMap<SocketAddr, Arc<UdpSocket>> = HashMap::new();
    let mut backs = tokio::task::JoinSet::new();
    let mut datagram = [0; DATAGRAM];
    while let Ok((length, from)) = near.recv_from(&mut datagram).await {
        let far = match ways.get(&from) {
            Some(known) => Arc::clone(known),
            None => {
                let far = Arc::new(loopback().await);
                far.connect(relay).await.expect("a loopback address");
                let back = pass_back(Arc::clone(&far), Arc::clone(&near), from, Arc::clone(&cut));
                backs.spawn(back);
                ways.insert(from, Arc::clone(&far));
                far
            }
        };
        if !cut.load(Ordering::Relaxed) {
            // Lost when the relay is gone, as on any network.
            let _ = far.send(&datagram[..length]).await;
        }
    }
}

async fn pass_back(
    far: Arc<UdpSocket>,
    near: Arc<UdpSocket>,
    to: SocketAddr,
    cut: Arc<AtomicBool>,
) {
    let mut datagram = [0; DATAGRAM];
    loop {
        let Ok(length) = far.recv(&mut datagram).await else {
            continue;
        };
        if !cut.load(Ordering::Relaxed) {
            let _ = near.send_to(&datagram[..length], to).await;
        }
    }
}

async fn loopback() -> UdpSocket {
    let bound = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await;
    bound.expect("a free port")
}
