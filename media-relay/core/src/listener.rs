//! What a receiving peer gets: its sections, and the offers that describe them.

use crate::forward::Outgoing;
use crate::sdp::Kind;
use crate::sdp::offer::{OfferedSection, Sending};
use crate::sdp::{Description, Section};
use media_relay_control::{Generation, OfferedStream, PeerId};

/// Sections of one receiving peer. Only ended streams of a kind make room for new ones.
pub(crate) const MAX_SECTIONS: usize = 256;

#[derive(Debug, Default)]
pub(crate) struct Receiving {
    /// Append-only: a description never loses a section (RFC 8829 section 5.2.2).
    pub(crate) sections: Vec<ReceivedSection>,
    /// The offer that waits for its answer.
    outstanding: Option<Generation>,
    offers: u32,
    /// ICE credentials changed since the last offer.
    restart: bool,
}

#[derive(Debug)]
pub(crate) struct ReceivedSection {
    pub(crate) mid: String,
    pub(crate) kind: Kind,
    pub(crate) state: State,
}

/// What a section carries, and what the browser knows of it.
#[derive(Debug)]
pub(crate) enum State {
    /// Nothing, and no offer or answer says otherwise: free for a stream of its kind.
    Free,
    Carrying {
        stream: Box<Stream>,
        phase: Phase,
    },
    /// Nothing any more. The browser learns it from the next offer, if that is not out yet.
    Ending {
        offered: bool,
    },
    /// The browser refused it.
    Rejected,
}

/// How far the browser is with a new stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    New,
    Offered,
    /// Answered: packets may flow.
    Live,
}

#[derive(Debug)]
pub(crate) struct Stream {
    pub(crate) publisher: PeerId,
    pub(crate) publisher_mid: String,
    /// Opaque name of the publisher's stream.
    pub(crate) label: String,
    pub(crate) outgoing: Outgoing,
}

impl ReceivedSection {
    /// The stream, when packets may flow.
    pub(crate) fn live(&mut self) -> Option<&mut Stream> {
        match &mut self.state {
            State::Carrying {
                stream,
                phase: Phase::Live,
            } => Some(stream),
            _ => None,
        }
    }

    pub(crate) fn stream(&self) -> Option<&Stream> {
        match &self.state {
            State::Carrying { stream, .. } => Some(stream),
            _ => None,
        }
    }

    /// Ends the stream: from now on nothing of it flows.
    pub(crate) fn end(&mut self) {
        if let State::Carrying { phase, .. } = &self.state {
            self.state = match phase {
                Phase::New => State::Free,
                Phase::Offered | Phase::Live => State::Ending { offered: false },
            };
        }
    }

    fn offered(&self) -> OfferedSection {
        OfferedSection {
            mid: self.mid.clone(),
            kind: self.kind,
            rejected: matches!(self.state, State::Rejected),
            sending: self.stream().map(|stream| Sending {
                ssrc: stream.outgoing.ssrc(),
                rtx_ssrc: stream.outgoing.rtx_ssrc(),
                stream: stream.label.clone(),
            }),
        }
    }

    /// Takes the browser's answer.
    fn answered(&mut self, answer: &Section) -> Outcome {
        if answer.rejected {
            let before = std::mem::replace(&mut self.state, State::Rejected);
            return match before {
                State::Carrying { stream, .. } => Outcome::Refused(stream.outgoing.track),
                _ => Outcome::Same,
            };
        }
        match &mut self.state {
            State::Carrying { stream, phase } if *phase == Phase::Offered && answer.receives => {
                *phase = Phase::Live;
                Outcome::Live(stream.outgoing.track)
            }
            State::Ending { offered: true } => {
                self.state = State::Free;
                Outcome::Same
            }
            _ => Outcome::Same,
        }
    }
}

/// What an answer did to one section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Same,
    /// Packets of this track may flow.
    Live(usize),
    /// The browser wants none of this track.
    Refused(usize),
}

impl Receiving {
    /// Finds a free section of a kind or appends one; `None` when there are too many.
    pub(crate) fn place(&mut self, kind: Kind) -> Option<usize> {
        let free = self
            .sections
            .iter()
            .position(|section| section.kind == kind && matches!(section.state, State::Free));
        if free.is_some() {
            return free;
        }
        let index = self.sections.len();
        if index >= MAX_SECTIONS {
            return None;
        }
        self.sections.push(ReceivedSection {
            mid: index.to_string(),
            kind,
            state: State::Free,
        });
        Some(index)
    }

    /// ICE credentials changed. An offer that waits for its answer is void: who needs a restart
    /// may never have got it.
    pub(crate) fn restart(&mut self) {
        self.restart = true;
        self.outstanding = None;
    }

    /// True when an offer is due and none is waiting for its answer.
    pub(crate) fn may_offer(&self) -> bool {
        let changed = |section: &ReceivedSection| {
            matches!(
                section.state,
                State::Carrying {
                    phase: Phase::New,
                    ..
                } | State::Ending { offered: false }
            )
        };
        // A restart before the first stream goes out with that.
        let is_due = self.restart || self.sections.iter().any(changed);
        self.outstanding.is_none() && !self.sections.is_empty() && is_due
    }

    /// Begins an offer: its generation, its sections, and what they carry.
    pub(crate) fn begin_offer(&mut self) -> (Generation, Vec<OfferedSection>, Vec<OfferedStream>) {
        self.offers += 1;
        let generation = Generation(self.offers);
        self.outstanding = Some(generation);
        self.restart = false;
        let mut streams = Vec::new();
        for section in &mut self.sections {
            match &mut section.state {
                State::Carrying { stream, phase } => {
                    if *phase == Phase::New {
                        *phase = Phase::Offered;
                    }
                    streams.push(OfferedStream {
                        mid: section.mid.clone(),
                        publisher: stream.publisher,
                        publisher_mid: stream.publisher_mid.clone(),
                    });
                }
                State::Ending { offered } => *offered = true,
                State::Free | State::Rejected => {}
            }
        }
        let sections = self.sections.iter().map(ReceivedSection::offered);
        (generation, sections.collect(), streams)
    }

    pub(crate) fn awaits(&self, generation: Generation) -> bool {
        self.outstanding == Some(generation)
    }

    /// Takes the answer to the outstanding offer; yields what became of each section.
    pub(crate) fn finish_offer(&mut self, answer: &Description) -> Vec<(usize, Outcome)> {
        self.outstanding = None;
        self.sections
            .iter_mut()
            .zip(&answer.sections)
            .map(|(section, answer)| section.answered(answer))
            .enumerate()
            .collect()
    }
}
