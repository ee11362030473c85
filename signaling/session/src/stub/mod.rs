//! Note stubs: a pure fold of the facts. The same facts give the same stubs, after a crash too.
//!
//! `track` follows each device through the facts, `attendance` joins the devices of a person,
//! `stretch` is the arithmetic of time. A stub never invents or rounds up; what it says of time is
//! what the facts at the edges say.

mod attendance;
mod attested;
mod flags;
mod order;
mod stretch;
mod track;

use crate::{Booking, Fact, Recorded, Seat, Who};
use attendance::Attendance;
use quietroom_protocol::{
    DeviceId, NoteStub, OtherPresent, ParticipantId, PersonId, Phi, Role, Section, SessionKind,
    Span, Traced,
};
use std::collections::{BTreeMap, BTreeSet};
use stretch::Edge;
use track::Track;

/// The stubs of a session, in the order of its seats: one per client who was ever admitted.
///
/// When caregivers came to a coaching call or a family session and no client did, what is measured
/// is the caregivers' attendance, in one stub for each booked client, or one for each caregiver
/// when no client is booked.
///
/// `facts` are all of the session in order of `seq`, `Ended` among them.
#[must_use]
pub fn stubs(booking: &Booking, facts: &[Recorded]) -> Vec<NoteStub> {
    let facts = order::in_order(facts);
    let tracks = track::follow(&facts);
    let Some(host) = booking.host() else {
        return Vec::new();
    };
    let log = Log {
        scheduled: scheduled(booking, &facts),
        clinician: Attendance::of(&[host.participant], &tracks),
        booking,
        host,
        facts,
        tracks: &tracks,
    };
    log.subjects()
        .iter()
        .filter_map(|subject| log.stub(subject))
        .collect()
}

/// All that stubs are made from.
struct Log<'a> {
    booking: &'a Booking,
    host: &'a Seat,
    scheduled: Span,
    facts: Vec<&'a Recorded>,
    tracks: &'a BTreeMap<DeviceId, Track>,
    clinician: Attendance<'a>,
}

/// Whose stub it is, and whose attendance it measures.
struct Subject<'a> {
    seat: &'a Seat,
    measured: Vec<ParticipantId>,
}

impl<'a> Log<'a> {
    fn subjects(&self) -> Vec<Subject<'a>> {
        let clients = self.seats_of(Role::Client);
        let came: Vec<&Seat> = clients
            .iter()
            .copied()
            .filter(|seat| self.was_admitted(seat.participant))
            .collect();
        if !came.is_empty() {
            return came.into_iter().map(Subject::own).collect();
        }
        let for_caregivers = matches!(
            self.booking.kind,
            SessionKind::CaregiverCoaching | SessionKind::Family
        );
        if !for_caregivers {
            return Vec::new();
        }
        let mut caregivers = self.seats_of(Role::Caregiver);
        caregivers.retain(|seat| self.was_admitted(seat.participant));
        if clients.is_empty() || caregivers.is_empty() {
            return caregivers.into_iter().map(Subject::own).collect();
        }
        let measured: Vec<ParticipantId> = caregivers.iter().map(|seat| seat.participant).collect();
        clients
            .into_iter()
            .map(|seat| Subject {
                seat,
                measured: measured.clone(),
            })
            .collect()
    }

    fn stub(&self, subject: &Subject<'_>) -> Option<NoteStub> {
        let Subject { seat, measured } = subject;
        let client = Attendance::of(measured, self.tracks);
        let together = stretch::intersection(&client.here, &self.clinician.here);
        let by_caregivers = !measured.contains(&seat.participant);
        Some(NoteStub {
            session: self.booking.session,
            participant: seat.participant,
            person: person(seat)?,
            name: seat.name.clone(),
            kind: self.booking.kind,
            template: self.booking.template,
            scheduled: self.scheduled,
            time_zone: self.booking.time_zone.clone(),
            actual: self.actual(),
            clinician: self.host.name.clone(),
            clinician_here: stretch::intervals(&self.clinician.here),
            waited: stretch::intervals(&client.waited),
            here: stretch::intervals(&client.here),
            together_seconds: stretch::whole_seconds(&together),
            together: stretch::intervals(&together),
            interruptions: client.interruptions(&self.clinician),
            modality: client.modality(&together),
            attested: self.attested(measured),
            others: self.others(seat),
            number_present: self.number_present(),
            flags: flags::flags(
                &client,
                &self.clinician,
                by_caregivers,
                self.scheduled.from,
                &self.facts,
            ),
            sections: sections(self.booking),
        })
    }

    /// From the first admission to when the last person was there.
    fn actual(&self) -> Option<Traced<Span>> {
        let from = self
            .tracks
            .values()
            .filter_map(|track| track.admission.as_ref())
            .map(|admission| Edge::new(admission.at, admission.seq))
            .min_by_key(|edge| edge.at)?;
        let last = self
            .tracks
            .values()
            .flat_map(|track| &track.here)
            .map(|here| here.to.clone())
            .filter(|to| to.at > from.at)
            .max_by_key(|edge| edge.at);
        let to = last.unwrap_or_else(|| from.clone());
        Some(Traced {
            value: Span {
                from: from.at,
                to: to.at,
            },
            facts: stretch::Stretch::new(from, to).facts(),
        })
    }

    /// What one person stated: with several caregivers, the one who was let in first.
    fn attested(&self, measured: &[ParticipantId]) -> quietroom_protocol::AttestedStub {
        let first = measured
            .iter()
            .map(|participant| Attendance::of(&[*participant], self.tracks))
            .filter_map(|person| Some((person.admissions().first()?.seq, person)))
            .min_by_key(|(seq, _)| *seq);
        match first {
            Some((_, person)) => attested::attested(&person.attested(), &person.admissions()),
            None => quietroom_protocol::AttestedStub::default(),
        }
    }

    fn others(&self, subject: &Seat) -> Vec<OtherPresent> {
        self.booking
            .seats
            .iter()
            .filter(|seat| {
                seat.participant != subject.participant
                    && seat.participant != self.host.participant
                    && may_be_named(self.booking.kind, seat)
            })
            .filter_map(|seat| {
                let here = Attendance::of(&[seat.participant], self.tracks).here;
                (!here.is_empty()).then(|| OtherPresent {
                    role: seat.role,
                    name: seat.name.clone(),
                    here: stretch::intervals(&here),
                })
            })
            .collect()
    }

    fn number_present(&self) -> u32 {
        let admitted: BTreeSet<ParticipantId> = self
            .tracks
            .values()
            .filter(|track| track.admission.is_some())
            .map(|track| track.participant)
            .filter(|participant| {
                self.booking
                    .seat(*participant)
                    .is_some_and(|seat| matches!(seat.role, Role::Client | Role::Caregiver))
            })
            .collect();
        u32::try_from(admitted.len()).unwrap_or(u32::MAX)
    }

    fn seats_of(&self, role: Role) -> Vec<&'a Seat> {
        self.booking
            .seats
            .iter()
            .filter(|seat| seat.role == role)
            .collect()
    }

    fn was_admitted(&self, participant: ParticipantId) -> bool {
        self.tracks
            .values()
            .any(|track| track.participant == participant && track.admission.is_some())
    }
}

impl<'a> Subject<'a> {
    fn own(seat: &'a Seat) -> Self {
        Self {
            seat,
            measured: vec![seat.participant],
        }
    }
}

/// In a class nobody is named but staff and interpreters.
fn may_be_named(kind: SessionKind, seat: &Seat) -> bool {
    kind != SessionKind::GroupClass
        || matches!(seat.who, Who::Staff(_))
        || seat.role == Role::Interpreter
}

const fn person(seat: &Seat) -> Option<PersonId> {
    match seat.who {
        Who::Person(person) => Some(person),
        Who::Staff(_) => None,
    }
}

fn scheduled(booking: &Booking, facts: &[&Recorded]) -> Span {
    let booked = Span {
        from: booking.starts_at,
        to: booking.ends_at,
    };
    facts
        .iter()
        .fold(booked, |span, recorded| match recorded.fact {
            Fact::Scheduled { starts_at, ends_at } | Fact::Rescheduled { starts_at, ends_at } => {
                Span {
                    from: starts_at,
                    to: ends_at,
                }
            }
            _ => span,
        })
}

fn sections(booking: &Booking) -> Vec<Section> {
    booking
        .template
        .sections()
        .iter()
        .map(|key| Section {
            key: (*key).to_owned(),
            text: Phi::default(),
        })
        .collect()
}

#[cfg(test)]
mod tests;
