//! Lets a peer connection that knows only UDP reach the relay through an allocation.
//!
//! The `webrtc` crate relays over UDP only, and does not tell why a relay candidate is missing. So
//! the relay's address in its description is replaced by that of a socket on this machine, and
//! what comes there goes through the allocation, and back.

use super::{allocation::Allocation, fault::Fault};
use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
};
use tokio::{net::UdpSocket, sync::oneshot, task::JoinHandle};

/// Largest datagram, bytes.
const LARGEST: usize = 65_536;

/// A running bridge.
pub(super) struct Bridge {
    /// Stands for the relay.
    pub(super) address: SocketAddr,
    stop: oneshot::Sender<()>,
    running: JoinHandle<()>,
}

impl Bridge {
    /// Through `allocation` to the relay at `media`.
    pub(super) async fn start(
        mut allocation: Allocation,
        media: SocketAddr,
    ) -> Result<Self, Fault> {
        allocation.permit(media).await?;
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = socket.local_addr()?;
        let (stop, stopped) = oneshot::channel();
        let running = tokio::spawn(async move {
            tokio::select! {
                // A way that breaks is seen by the packets that do not arrive.
                _ = carry(&socket, &mut allocation, media) => {}
                _ = stopped => {}
            }
            allocation.release().await;
        });
        Ok(Self {
            address,
            stop,
            running,
        })
    }

    /// Ends it and gives the allocation back.
    pub(super) async fn stop(self) {
        // It may have ended by itself.
        let _ = self.stop.send(());
        let _ = self.running.await;
    }
}

async fn carry(
    socket: &UdpSocket,
    allocation: &mut Allocation,
    media: SocketAddr,
) -> io::Result<()> {
    let mut buffer = vec![0; LARGEST];
    let mut browser = None;
    loop {
        allocation.flush().await?;
        while let Some(datagram) = allocation.poll() {
            if let Some(browser) = browser {
                // It may have closed already.
                let _ = socket.send_to(&datagram, browser).await;
            }
        }
        tokio::select! {
            received = socket.recv_from(&mut buffer) => {
                // An error tells of an earlier datagram only.
                if let Ok((length, from)) = received {
                    browser = Some(from);
                    allocation.send(buffer.get(..length).unwrap_or_default(), media);
                }
            }
            waited = allocation.wait() => waited?,
        }
    }
}
