//! What a worker waits for.

use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use std::os::fd::AsFd;
use std::time::Duration;

/// Descriptors reported at once.
const EVENTS: usize = 64;

/// Whose descriptor it is; numbers are of at most 32 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    /// The socket that wakes the worker.
    Wake,
    /// A shared UDP socket.
    Shared(usize),
    /// An allocation's socket.
    Allocation(usize),
    Stream(usize),
}

/// Level-triggered epoll.
#[derive(Debug)]
pub(crate) struct Poller {
    epoll: Epoll,
}

/// Descriptors that are ready.
#[derive(Debug)]
pub(crate) struct Ready {
    events: [EpollEvent; EVENTS],
    count: usize,
}

/// One ready descriptor.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Event {
    pub(crate) token: Token,
    /// There is something to read, or it is broken: reading tells.
    pub(crate) readable: bool,
    pub(crate) writable: bool,
}

impl Poller {
    /// # Errors
    /// Those of `epoll_create1`.
    pub(crate) fn new() -> nix::Result<Poller> {
        let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC)?;
        Ok(Poller { epoll })
    }

    /// Waits for input on a descriptor, until it is closed.
    ///
    /// # Errors
    /// Those of `epoll_ctl`.
    pub(crate) fn add(&self, descriptor: &impl AsFd, token: Token) -> nix::Result<()> {
        let event = EpollEvent::new(EpollFlags::EPOLLIN, token.into());
        self.epoll.add(descriptor, event)
    }

    /// From now on also waits for room to write, or no longer does.
    pub(crate) fn also_writable(&self, descriptor: &impl AsFd, token: Token, also: bool) {
        let mut flags = EpollFlags::EPOLLIN;
        flags.set(EpollFlags::EPOLLOUT, also);
        let mut event = EpollEvent::new(flags, token.into());
        let _ = self.epoll.modify(descriptor, &mut event);
    }

    /// Waits, `longest` at most; rounded up to milliseconds, because waking a moment early would
    /// only wait again. Interrupted or not: what is ready is looked at after it.
    pub(crate) fn wait(&self, ready: &mut Ready, longest: Duration) {
        let wait = u16::try_from(longest.as_micros().div_ceil(1000)).unwrap_or(u16::MAX);
        let count = self.epoll.wait(&mut ready.events, EpollTimeout::from(wait));
        ready.count = count.unwrap_or(0);
    }
}

impl Ready {
    pub(crate) fn new() -> Ready {
        Ready {
            events: [EpollEvent::empty(); EVENTS],
            count: 0,
        }
    }

    pub(crate) fn events(&self) -> impl Iterator<Item = Event> {
        self.events.iter().take(self.count).map(|event| {
            let flags = event.events();
            let broken = EpollFlags::EPOLLERR | EpollFlags::EPOLLHUP;
            Event {
                token: Token::from(event.data()),
                readable: flags.intersects(EpollFlags::EPOLLIN | broken),
                writable: flags.contains(EpollFlags::EPOLLOUT),
            }
        })
    }
}

impl From<Token> for u64 {
    fn from(token: Token) -> u64 {
        let (kind, number) = match token {
            Token::Wake => (0, 0),
            Token::Shared(number) => (1, number),
            Token::Allocation(number) => (2, number),
            Token::Stream(number) => (3, number),
        };
        kind << 32 | u64::try_from(number).unwrap_or_default() & 0xffff_ffff
    }
}

impl From<u64> for Token {
    fn from(data: u64) -> Token {
        let number = usize::try_from(data & 0xffff_ffff).unwrap_or_default();
        match data >> 32 {
            1 => Token::Shared(number),
            2 => Token::Allocation(number),
            3 => Token::Stream(number),
            _ => Token::Wake,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_comes_back_as_it_was() {
        for token in [
            Token::Wake,
            Token::Shared(0),
            Token::Shared(15),
            Token::Allocation(70_000),
            Token::Stream(3),
        ] {
            assert_eq!(Token::from(u64::from(token)), token);
        }
    }
}
