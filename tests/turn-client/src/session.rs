//! One client's dealings with a server.

use crate::message::{Answer, Login, Request};
use crate::transport::Transport;
use rtc_stun::attributes::{
    ATTR_CHANNEL_NUMBER, ATTR_DATA, ATTR_LIFETIME, ATTR_NONCE, ATTR_REALM,
    ATTR_REQUESTED_ADDRESS_FAMILY, ATTR_REQUESTED_TRANSPORT, ATTR_XOR_RELAYED_ADDRESS,
};
use rtc_stun::message::{
    METHOD_ALLOCATE, METHOD_CHANNEL_BIND, METHOD_CREATE_PERMISSION, METHOD_REFRESH, METHOD_SEND,
    Method, TransactionId,
};
use std::io;
use std::net::SocketAddr;

/// UDP, as REQUESTED-TRANSPORT says it.
const UDP: [u8; 4] = [17, 0, 0, 0];
/// IPv4 and IPv6, as REQUESTED-ADDRESS-FAMILY says them.
const IPV4: [u8; 4] = [1, 0, 0, 0];
const IPV6: [u8; 4] = [2, 0, 0, 0];
/// How often a request is said over a transport that loses.
const ATTEMPTS: u32 = 5;

/// A path to a server, and who speaks.
#[derive(Debug)]
pub struct Session<T> {
    pub transport: T,
    username: String,
    password: String,
    login: Option<Login>,
    /// What came while an answer was awaited.
    pub waiting: Vec<Vec<u8>>,
}

/// What a server gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allocation {
    pub relayed: SocketAddr,
}

/// Why a request was not granted.
#[derive(Debug)]
pub enum Refused {
    /// The server's error code.
    Error(u16),
    /// No answer, or the connection has ended.
    Silence(io::Error),
}

impl<T: Transport> Session<T> {
    pub fn new(transport: T, username: &str, password: &str) -> Self {
        let [username, password] = [username, password].map(str::to_owned);
        Self {
            transport,
            username,
            password,
            login: None,
            waiting: Vec::new(),
        }
    }

    /// A UDP allocation with an IPv4 or IPv6 address.
    ///
    /// # Errors
    /// The server's refusal.
    pub fn allocate(&mut self, ipv6: bool) -> Result<Allocation, Refused> {
        let answer = self.ask(METHOD_ALLOCATE, |request| {
            let request = request.with(ATTR_REQUESTED_TRANSPORT, &UDP);
            request.with(
                ATTR_REQUESTED_ADDRESS_FAMILY,
                if ipv6 { &IPV6 } else { &IPV4 },
            )
        })?;
        let relayed = answer.address(ATTR_XOR_RELAYED_ADDRESS);
        Ok(Allocation {
            relayed: relayed.expect("an allocation has a relayed address"),
        })
    }

    /// Gives the allocation back: a refresh with a lifetime of 0.
    ///
    /// # Errors
    /// The server's refusal.
    pub fn end(&mut self) -> Result<(), Refused> {
        let asked = self.ask(METHOD_REFRESH, |request| {
            request.with(ATTR_LIFETIME, &[0; 4])
        });
        asked.map(drop)
    }

    /// # Errors
    /// The server's refusal.
    pub fn permit(&mut self, peer: SocketAddr) -> Result<(), Refused> {
        let asked = self.ask(METHOD_CREATE_PERMISSION, |request| request.peer(peer));
        asked.map(drop)
    }

    /// # Errors
    /// The server's refusal.
    pub fn bind(&mut self, channel: u16, peer: SocketAddr) -> Result<(), Refused> {
        let [high, low] = channel.to_be_bytes();
        let number = [high, low, 0, 0];
        let asked = self.ask(METHOD_CHANNEL_BIND, |request| {
            request.with(ATTR_CHANNEL_NUMBER, &number).peer(peer)
        });
        asked.map(drop)
    }

    /// A Send indication.
    ///
    /// # Errors
    /// Those of the transport.
    pub fn send(&mut self, peer: SocketAddr, payload: &[u8]) -> io::Result<()> {
        let request = Request::indication(METHOD_SEND, TransactionId::new().0);
        let message = request.peer(peer).with(ATTR_DATA, payload).unsigned();
        self.transport.send(&message)
    }

    /// A request with the attributes that `fill` adds, signed once the server has said its realm
    /// and nonce.
    ///
    /// # Errors
    /// The server's refusal.
    pub fn ask(
        &mut self,
        method: Method,
        fill: impl Fn(Request) -> Request,
    ) -> Result<Answer, Refused> {
        for _ in 0..3 {
            let transaction = TransactionId::new().0;
            let request = fill(Request::new(method, transaction));
            let message = match &self.login {
                Some(login) => request.signed(login),
                None => request.unsigned(),
            };
            let answer = self.answer_to(&message, transaction)?;
            let is_first = self.login.is_none();
            match answer.error() {
                _ if answer.is_success() => return Ok(answer),
                401 if is_first => self.log_in(&answer),
                438 => self.log_in(&answer),
                error => return Err(Refused::Error(error)),
            }
        }
        panic!("a server that takes no nonce of its own");
    }

    fn log_in(&mut self, challenge: &Answer) {
        let realm = challenge.text(ATTR_REALM).expect("a challenge has a realm");
        let nonce = challenge.text(ATTR_NONCE).expect("a challenge has a nonce");
        let login = Login::new(&self.username, &self.password, &realm, &nonce);
        self.login = Some(login);
    }

    fn answer_to(&mut self, message: &[u8], transaction: [u8; 12]) -> Result<Answer, Refused> {
        let attempts = if self.transport.loses() { ATTEMPTS } else { 1 };
        let mut last = io::Error::from(io::ErrorKind::TimedOut);
        for _ in 0..attempts {
            self.transport.send(message).map_err(Refused::Silence)?;
            match self.await_answer(transaction) {
                Ok(answer) => return Ok(answer),
                Err(error) => last = error,
            }
        }
        Err(Refused::Silence(last))
    }

    fn await_answer(&mut self, transaction: [u8; 12]) -> io::Result<Answer> {
        loop {
            let message = self.transport.receive()?;
            match Answer::read(&message) {
                Some(answer) if answer.transaction() == transaction => return Ok(answer),
                _ => self.waiting.push(message),
            }
        }
    }
}
