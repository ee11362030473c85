//! What the facts say of each device: when it waited, was here, was lost, and what it sent.

use super::stretch::{Edge, Stretch};
use crate::{Fact, Recorded};
use quietroom_protocol::{
    Attestation, AttestationPart, DeviceId, IdentityMethod, MediaState, ParticipantId, UtcMillis,
};
use std::collections::BTreeMap;

/// One device's part in the session.
#[derive(Clone, Debug)]
pub(super) struct Track {
    pub(super) participant: ParticipantId,
    /// Came in as staff, needing no admission.
    pub(super) entered: bool,
    pub(super) knocked: Option<Edge>,
    pub(super) admission: Option<Admission>,
    pub(super) attested: Vec<Attested>,
    pub(super) waited: Vec<Stretch>,
    pub(super) here: Vec<Stretch>,
    /// Lost by its own connection, up to its return or, without one, to where it was given up.
    pub(super) lost: Vec<Stretch>,
    /// Lost because the server was down.
    pub(super) server_down: Vec<Stretch>,
    pub(super) media: Vec<Switched>,
    place: At,
    /// Where it went silent, while it is.
    silent: Option<Silent>,
}

#[derive(Clone, Debug)]
pub(super) struct Admission {
    pub(super) seq: u64,
    pub(super) at: UtcMillis,
    pub(super) identity: IdentityMethod,
    pub(super) overridden: Vec<AttestationPart>,
}

#[derive(Clone, Debug)]
pub(super) struct Attested {
    pub(super) seq: u64,
    pub(super) at: UtcMillis,
    pub(super) attestation: Attestation,
}

#[derive(Clone, Debug)]
pub(super) struct Switched {
    pub(super) edge: Edge,
    pub(super) state: MediaState,
}

/// Where a device is, and since when if it is heard.
#[derive(Clone, Debug)]
enum At {
    Door(Option<Edge>),
    Inside(Option<Edge>),
    Away,
}

#[derive(Clone, Debug)]
enum Silent {
    Lost(Edge),
    ServerDown(Edge),
}

/// Follows the facts, which are in the order of [`super::order::in_order`].
///
/// What is still open at the end of them was open when the last of them happened, and is closed
/// there.
pub(super) fn follow(facts: &[&Recorded]) -> BTreeMap<DeviceId, Track> {
    let mut tracks = BTreeMap::new();
    for recorded in facts {
        take(&mut tracks, recorded);
    }
    let last = facts.iter().max_by_key(|recorded| recorded.at);
    if let Some(last) = last {
        for track in tracks.values_mut() {
            track.go(&Edge::new(last.at, last.seq));
        }
    }
    tracks
}

fn take(tracks: &mut BTreeMap<DeviceId, Track>, recorded: &Recorded) {
    let edge = Edge::new(recorded.at, recorded.seq);
    match &recorded.fact {
        Fact::Knocked {
            participant,
            device,
            ..
        } => {
            let mut track = Track::new(*participant);
            track.knocked = Some(edge.clone());
            track.place = At::Door(Some(edge));
            tracks.insert(*device, track);
        }
        Fact::Entered {
            participant,
            device,
            ..
        } => {
            let track = tracks
                .entry(*device)
                .or_insert_with(|| Track::new(*participant));
            track.go(&edge);
            track.entered = true;
            track.place = At::Inside(Some(edge));
        }
        Fact::Ended | Fact::Cancelled | Fact::NoShow => {
            for track in tracks.values_mut() {
                track.go(&edge);
            }
        }
        Fact::ServerRestarted { last_alive } => {
            for track in tracks.values_mut() {
                track.fall_silent(Silent::ServerDown(Edge::new(*last_alive, recorded.seq)));
            }
        }
        fact => {
            let Some(track) = fact.device().and_then(|device| tracks.get_mut(&device)) else {
                return;
            };
            track.take(recorded, edge);
        }
    }
}

impl Track {
    /// Was ever in the session.
    pub(super) const fn was_let_in(&self) -> bool {
        self.entered || self.admission.is_some()
    }

    const fn new(participant: ParticipantId) -> Self {
        Self {
            participant,
            entered: false,
            knocked: None,
            admission: None,
            attested: Vec::new(),
            waited: Vec::new(),
            here: Vec::new(),
            lost: Vec::new(),
            server_down: Vec::new(),
            media: Vec::new(),
            place: At::Away,
            silent: None,
        }
    }

    fn take(&mut self, recorded: &Recorded, edge: Edge) {
        match &recorded.fact {
            Fact::Attested { attestation, .. } => self.attested.push(Attested {
                seq: recorded.seq,
                at: recorded.at,
                attestation: attestation.clone(),
            }),
            Fact::Admitted {
                identity,
                overridden,
                ..
            } => {
                let admission = Admission {
                    seq: recorded.seq,
                    at: recorded.at,
                    identity: *identity,
                    overridden: overridden.clone(),
                };
                self.admit(admission, edge);
            }
            Fact::Media { state, .. } => self.media.push(Switched {
                edge,
                state: *state,
            }),
            Fact::ConnectionLost { .. } => self.fall_silent(Silent::Lost(edge)),
            Fact::Resumed { .. } => self.resume(edge),
            Fact::Replaced { .. }
            | Fact::GaveUp { .. }
            | Fact::Declined { .. }
            | Fact::Left { .. }
            | Fact::Removed { .. } => self.go(&edge),
            _ => {}
        }
    }

    fn admit(&mut self, admission: Admission, edge: Edge) {
        let At::Door(heard) = &self.place else {
            return;
        };
        let heard = heard.clone();
        self.admission = Some(admission);
        match heard {
            Some(since) => {
                self.waited.push(Stretch::new(since, edge.clone()));
                self.place = At::Inside(Some(edge));
            }
            // Let in while it was lost: it is not here until it comes back, and that is no
            // interruption.
            None => {
                self.silent = None;
                self.place = At::Inside(None);
            }
        }
    }

    /// From here on nothing is heard of it.
    fn fall_silent(&mut self, silent: Silent) {
        let (Silent::Lost(edge) | Silent::ServerDown(edge)) = &silent;
        let edge = edge.clone();
        match &mut self.place {
            At::Door(heard) => {
                let Some(since) = heard.take() else { return };
                self.waited.push(Stretch::new(since, edge));
            }
            At::Inside(heard) => {
                let Some(since) = heard.take() else { return };
                self.here.push(Stretch::new(since, edge));
                self.silent = Some(silent);
            }
            At::Away => {}
        }
    }

    fn resume(&mut self, edge: Edge) {
        match &mut self.place {
            At::Door(heard @ None) => *heard = Some(edge),
            At::Inside(heard @ None) => {
                *heard = Some(edge.clone());
                self.end_silence(edge);
            }
            At::Door(Some(_)) | At::Inside(Some(_)) | At::Away => {}
        }
    }

    /// Goes: whatever is open closes here.
    fn go(&mut self, edge: &Edge) {
        match std::mem::replace(&mut self.place, At::Away) {
            At::Door(Some(since)) => self.waited.push(Stretch::new(since, edge.clone())),
            At::Inside(Some(since)) => self.here.push(Stretch::new(since, edge.clone())),
            At::Inside(None) => self.end_silence(edge.clone()),
            At::Door(None) | At::Away => {}
        }
    }

    fn end_silence(&mut self, edge: Edge) {
        match self.silent.take() {
            Some(Silent::Lost(from)) => self.lost.push(Stretch::new(from, edge)),
            Some(Silent::ServerDown(from)) => self.server_down.push(Stretch::new(from, edge)),
            None => {}
        }
    }
}
