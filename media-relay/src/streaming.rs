//! Deals the streams that are handed over out to the workers.

use crate::handover::Handovers;
use crate::mailbox::{Mailbox, NewStream, Order, Place};
use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::thread;

/// Starts the thread that deals, in turns. A stream beyond `limit` is closed at once, and so is
/// one that finds its worker's queue full. The thread ends with the hand-over socket.
///
/// # Errors
/// Those of starting a thread.
pub(crate) fn begin(handovers: Handovers, limit: u32, workers: Vec<Mailbox>) -> io::Result<()> {
    let dealing = move || deal(&handovers, limit, &workers);
    thread::Builder::new()
        .name("streams".into())
        .spawn(dealing)?;
    Ok(())
}

fn deal(handovers: &Handovers, limit: u32, workers: &[Mailbox]) {
    let open = Arc::new(AtomicU32::new(0));
    let mut turns = workers.iter().cycle();
    loop {
        let (handover, socket) = match handovers.next() {
            Ok(Some(stream)) => stream,
            Ok(None) => return,
            Err(error) => {
                tracing::warn!(%error, "no more streams");
                return;
            }
        };
        let (Some(place), Some(worker)) = (Place::take(&open, limit), turns.next()) else {
            continue;
        };
        let new = NewStream {
            socket,
            handover,
            place,
        };
        worker.try_send(Order::Stream(new));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::front::{Hander, pair};
    use crate::mailbox;
    use std::net::SocketAddr;
    use tokio::io::{AsyncReadExt, duplex};

    #[tokio::test]
    async fn streams_go_to_the_workers_in_turns_and_beyond_the_limit_are_closed() {
        let (ours, theirs) = pair().unwrap();
        let ways = [mailbox::open().unwrap(), mailbox::open().unwrap()];
        let workers = ways.iter().map(|(mailbox, ..)| mailbox.clone()).collect();
        begin(Handovers::on(theirs).unwrap(), 2, workers).unwrap();
        let hander = Hander::new(ours).unwrap();
        let address = SocketAddr::from(([192, 0, 2, 1], 443));
        let mut clients = Vec::new();
        for _ in 0..3 {
            let (client, stream) = duplex(64);
            let hander = hander.clone();
            tokio::spawn(async move { hander.hand_over_tls(stream, address, address).await });
            clients.push(client);
            tokio::task::yield_now().await;
        }
        let mut beyond = clients.pop().unwrap();
        assert_eq!(beyond.read(&mut [0]).await.unwrap(), 0);
        let taken = ways.map(|(_, _, inlet)| inlet.orders.try_iter().count());
        assert_eq!(taken, [1, 1]);
    }
}
