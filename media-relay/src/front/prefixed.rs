//! A stream with the bytes put in front again that were read from it.

use super::HEAD;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Reads the bytes in front first, then those of the stream; writes go to the stream.
#[derive(Debug)]
pub struct Prefixed<S> {
    head: [u8; HEAD],
    /// The part of `head` that is still to be read.
    next: usize,
    end: usize,
    stream: S,
}

impl<S> Prefixed<S> {
    /// `count` bytes of `head` come first.
    pub(super) fn new(head: [u8; HEAD], count: usize, stream: S) -> Prefixed<S> {
        Prefixed {
            head,
            next: 0,
            end: count.min(HEAD),
            stream,
        }
    }

    /// The stream below, for its properties; reading from it would lose the bytes in front.
    pub fn get_ref(&self) -> &S {
        &self.stream
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Prefixed<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let ahead = self.head.get(self.next..self.end).unwrap_or_default();
        if ahead.is_empty() {
            return Pin::new(&mut self.stream).poll_read(context, buffer);
        }
        let count = ahead.len().min(buffer.remaining());
        buffer.put_slice(ahead.get(..count).unwrap_or_default());
        self.next += count;
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Prefixed<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, buffer)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
