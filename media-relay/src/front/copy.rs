//! Bytes between a client's stream and the relay's end.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, split};
use tokio::time::{sleep, timeout};

/// Bytes copied at once: a TLS record.
const CHUNK: usize = 16_384;
/// How long the goodbye of a stream may take.
const FAREWELL: Duration = Duration::from_secs(1);

/// Copies both ways until either side ends, or nothing moved for between one and two `idle`.
///
/// # Errors
/// `TimedOut`, and those of the streams.
pub(super) async fn both_ways<A, B>(client: A, relay: B, idle: Duration) -> io::Result<()>
where
    A: AsyncRead + AsyncWrite,
    B: AsyncRead + AsyncWrite,
{
    let (from_client, mut to_client) = split(client);
    let (from_relay, to_relay) = split(relay);
    let moved = AtomicBool::new(false);
    let ended = tokio::select! {
        ended = one_way(from_client, to_relay, &moved) => ended,
        ended = one_way(from_relay, &mut to_client, &moved) => ended,
        () = silence(&moved, idle) => Err(io::ErrorKind::TimedOut.into()),
    };
    let _ = timeout(FAREWELL, to_client.shutdown()).await;
    ended
}

async fn one_way(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    moved: &AtomicBool,
) -> io::Result<()> {
    let mut chunk = vec![0; CHUNK];
    loop {
        let count = from.read(&mut chunk).await?;
        if count == 0 {
            return Ok(());
        }
        to.write_all(chunk.get(..count).unwrap_or_default()).await?;
        to.flush().await?;
        moved.store(true, Ordering::Relaxed);
    }
}

async fn silence(moved: &AtomicBool, idle: Duration) {
    loop {
        sleep(idle).await;
        if !moved.swap(false, Ordering::Relaxed) {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::duplex;

    #[tokio::test(start_paused = true)]
    async fn bytes_move_both_ways_until_one_side_ends() {
        let (mut client, near) = duplex(64);
        let (far, mut relay) = duplex(64);
        let copying = tokio::spawn(both_ways(near, far, Duration::from_secs(600)));
        let mut got = [0; 4];
        client.write_all(b"ping").await.unwrap();
        relay.read_exact(&mut got).await.unwrap();
        assert_eq!(&got, b"ping");
        relay.write_all(b"pong").await.unwrap();
        drop(relay);
        client.read_exact(&mut got).await.unwrap();
        assert_eq!(&got, b"pong");
        assert_eq!(client.read(&mut got).await.unwrap(), 0);
        assert!(copying.await.unwrap().is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_stream_on_which_nothing_moves_ends() {
        let (_client, near) = duplex(64);
        let (far, _relay) = duplex(64);
        let ended = both_ways(near, far, Duration::from_secs(600)).await;
        assert_eq!(ended.unwrap_err().kind(), io::ErrorKind::TimedOut);
    }
}
