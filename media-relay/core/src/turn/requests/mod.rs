//! Requests, each answered by its own file.

mod allocate;
mod binding;
mod bound;
mod channel;
mod permission;
mod refresh;

use super::api::{Client, Relay, Reply};
use super::auth::{Caller, Disbelief, unknown, unknown_attributes};
use super::server::Turn;
use super::stun::{Message, xor_address};
use super::table::Place;
use super::write::{Answer, Question};
use rtc_shared::error::Error;
use rtc_stun::attributes::ATTR_XOR_PEER_ADDRESS;
use rtc_stun::error_code::*;
use rtc_stun::message::*;
use std::net::SocketAddr;
use std::time::Instant;

/// Longest request that is read, bytes. A CreatePermission for as many hosts as there may be
/// takes more; clients send one for each.
const MAX_REQUEST: usize = 2048;

/// An error that a known client is told.
struct Refused(ErrorCode);

/// A library that does not write what it is given is our fault.
impl From<Error> for Refused {
    fn from(_: Error) -> Refused {
        Refused(CODE_SERVER_ERROR)
    }
}

/// How a request was taken.
enum Outcome {
    Answer(Answer),
    /// As it was answered before.
    Repeat(Vec<u8>),
    /// The answer waits for a socket.
    Later,
}

/// One request of a known client.
struct Asked<'a> {
    message: &'a Message<'a>,
    question: Question,
    from: Client,
    caller: Caller,
    now: Instant,
}

impl Turn {
    pub(super) fn stun(&mut self, bytes: &[u8], from: Client, now: Instant) -> Option<Relay> {
        let Some(message) = Message::parse(bytes) else {
            self.totals.dropped += 1;
            return None;
        };
        match (message.class(), message.method()) {
            (CLASS_INDICATION, METHOD_SEND) => return self.send_indication(&message, from, now),
            // Binding indications keep a way open; nothing else is to be done about them.
            (CLASS_INDICATION, METHOD_BINDING) => {}
            (CLASS_REQUEST, _) if bytes.len() <= MAX_REQUEST && self.is_open(from) => {
                self.request(&message, from, now);
            }
            _ => self.totals.dropped += 1,
        }
        None
    }

    fn request(&mut self, message: &Message<'_>, from: Client, now: Instant) {
        match message.method() {
            METHOD_BINDING => self.binding(message, from),
            METHOD_ALLOCATE | METHOD_REFRESH | METHOD_CREATE_PERMISSION | METHOD_CHANNEL_BIND => {
                match self.authenticate(message, from, now) {
                    Ok(caller) => self.known(message, from, caller, now),
                    Err(why) => {
                        if !matches!(why, Disbelief::Challenge(_)) {
                            self.totals.refused += 1;
                        }
                        let answer = self.disbelieve(message, from, &why, now);
                        self.reply(from, answer);
                    }
                }
            }
            _ => self.totals.dropped += 1,
        }
    }

    /// Takes the request of a known client.
    fn known(&mut self, message: &Message<'_>, from: Client, caller: Caller, now: Instant) {
        let question = Question::of(message);
        let protection = caller.protection.clone();
        let strange = unknown_attributes(message);
        let asked = Asked {
            message,
            question,
            from,
            caller,
            now,
        };
        let outcome = if !strange.is_empty() {
            self.totals.refused += 1;
            unknown(question, &strange)
                .map(Outcome::Answer)
                .map_err(Refused::from)
        } else {
            match message.method() {
                METHOD_ALLOCATE => self.allocate(&asked),
                METHOD_REFRESH => self.refresh(&asked),
                METHOD_CREATE_PERMISSION => self.create_permission(&asked),
                _ => self.channel_bind(&asked),
            }
        };
        let answer = match outcome {
            Ok(Outcome::Answer(answer)) => answer.finish(Some(&protection)),
            Ok(Outcome::Repeat(answer)) => Some(answer),
            Ok(Outcome::Later) => return,
            Err(Refused(code)) => {
                self.totals.refused += 1;
                let answer = Answer::error(question, code).ok();
                answer.and_then(|answer| answer.finish(Some(&protection)))
            }
        };
        self.reply(from, answer);
    }

    /// The allocation that a request other than Allocate is about.
    fn allocation_of(&mut self, asked: &Asked<'_>) -> Result<Place, Refused> {
        let mismatch = Refused(CODE_ALLOC_MISMATCH);
        let Some(place) = self.table.of_client(asked.from) else {
            return Err(mismatch);
        };
        let Some(allocation) = self.table.get(place) else {
            return Err(mismatch);
        };
        if allocation.owner != asked.caller.owner {
            return Err(Refused(CODE_WRONG_CREDENTIALS));
        }
        if allocation.is_made() {
            Ok(place)
        } else {
            Err(mismatch)
        }
    }

    fn reply(&mut self, to: Client, message: Option<Vec<u8>>) {
        match message {
            Some(message) => self.replies.push_back(Reply { to, message }),
            None => self.totals.dropped += 1,
        }
    }

    /// Whether the client may speak: a stream has to be open.
    fn is_open(&self, client: Client) -> bool {
        self.address_of(client).is_some()
    }

    /// The client as the server sees it.
    fn address_of(&self, client: Client) -> Option<SocketAddr> {
        match client {
            Client::Udp(route) => Some(route.remote),
            Client::Stream(stream) => Some(self.streams.get(&stream)?.remote),
        }
    }
}

impl Asked<'_> {
    /// All XOR-PEER-ADDRESS attributes, at least one.
    fn peers(&self) -> Result<Vec<SocketAddr>, Refused> {
        let transaction = self.message.transaction();
        let peers = self
            .message
            .attributes()
            .filter(|attribute| attribute.kind == ATTR_XOR_PEER_ADDRESS)
            .map(|attribute| xor_address(attribute.value, &transaction));
        match peers.collect::<Option<Vec<_>>>() {
            Some(peers) if !peers.is_empty() => Ok(peers),
            _ => Err(Refused(CODE_BAD_REQUEST)),
        }
    }
}
