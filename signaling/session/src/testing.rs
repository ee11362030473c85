//! A session played in tests: inputs go in, facts are recorded as the shell would.

use crate::{Actor, Booking, Decision, Fact, Input, Recorded, Refusal, Seat, Session, Who};
use quietroom_protocol::{
    Attestation, ConsentGiven, DeviceId, EmergencyContact, GroupEpoch, IdentityMethod, MediaState,
    NoteTemplate, OrganisationId, ParticipantId, PersonId, Phi, Place, PlaceKind, Role, Scope,
    SessionId, SessionKind, StaffId, UtcMillis,
};
use uuid::Uuid;

pub(crate) const CONSENT: &str = "2026-1";
/// Monday, 23 November 2026, 14:00 in New York.
pub(crate) const START: UtcMillis = UtcMillis(1_795_460_400_000);
pub(crate) const SECOND: i64 = 1_000;
pub(crate) const MINUTE: i64 = 60 * SECOND;

pub(crate) const MAYA: StaffId = StaffId(Uuid::from_u128(0x500));
/// The clinician's device, by custom.
pub(crate) const DESK: DeviceId = device(1);

pub(crate) const fn device(number: u128) -> DeviceId {
    DeviceId(Uuid::from_u128(0xd000 + number))
}

pub(crate) const fn participant(number: u128) -> ParticipantId {
    ParticipantId(Uuid::from_u128(0xa000 + number))
}

pub(crate) const fn staff(number: u128) -> StaffId {
    StaffId(Uuid::from_u128(0x500 + number))
}

pub(crate) fn name(text: &str) -> Phi<String> {
    Phi::new(text.to_owned())
}

/// Seat 0 is Maya's; the others follow. Co-facilitators are staff, everyone else is a guest.
pub(crate) fn booking(kind: SessionKind, others: &[(&str, Role)]) -> Booking {
    let mut seats = vec![Seat {
        participant: participant(0),
        who: Who::Staff(MAYA),
        name: name("Maya Okafor"),
        role: Role::Clinician,
    }];
    for (number, (shown, role)) in (1..).zip(others) {
        let who = match role {
            Role::CoFacilitator => Who::Staff(staff(number)),
            _ => Who::Person(PersonId(Uuid::from_u128(0x9000 + number))),
        };
        seats.push(Seat {
            participant: participant(number),
            who,
            name: name(shown),
            role: *role,
        });
    }
    Booking {
        organisation: OrganisationId(Uuid::from_u128(0x1)),
        session: SessionId(Uuid::from_u128(0x2)),
        kind,
        template: NoteTemplate::Dap,
        starts_at: START,
        ends_at: START.plus(60 * MINUTE),
        time_zone: "America/New_York".to_owned(),
        seats,
        consent_version: CONSENT.to_owned(),
    }
}

pub(crate) fn whole_attestation() -> Attestation {
    Attestation {
        place: Some(Place {
            state: "OR".to_owned(),
            kind: PlaceKind::Home,
            address: name("12 Elm Street, Salem"),
            call_back: name("503 555 0100"),
        }),
        emergency_contact: Some(EmergencyContact {
            name: name("Rosa"),
            phone: name("503 555 0101"),
            relation: name("sister"),
        }),
        consent: Some(ConsentGiven {
            version: CONSENT.to_owned(),
        }),
    }
}

pub(crate) const VIDEO: MediaState = MediaState {
    microphone: true,
    camera: true,
    screen: false,
};
pub(crate) const SOUND: MediaState = MediaState {
    microphone: true,
    camera: false,
    screen: false,
};
pub(crate) const SILENT: MediaState = MediaState {
    microphone: false,
    camera: false,
    screen: false,
};

/// The session's first group as it is started.
pub(crate) const FIRST: GroupEpoch = GroupEpoch {
    scope: Scope::Session,
    group: 1,
    epoch: 0,
};

pub(crate) struct Play {
    pub(crate) booking: Booking,
    pub(crate) session: Session,
    pub(crate) facts: Vec<Recorded>,
    pub(crate) now: UtcMillis,
    /// Whether facts of groups are kept among the others.
    groups: bool,
}

impl Play {
    /// Maya and Jordan, a client.
    pub(crate) fn appointment() -> Self {
        Self::of(booking(
            SessionKind::Individual,
            &[("Jordan", Role::Client)],
        ))
    }

    /// The session's group stands at [`FIRST`] and its facts are left out, so that a play about
    /// people reads as one: whoever is admitted is added in that epoch.
    pub(crate) fn of(booking: Booking) -> Self {
        let mut play = Self::with_groups(booking);
        play.groups = false;
        play.session.apply(&Recorded {
            seq: 0,
            at: START,
            late: None,
            actor: Actor::Server,
            epoch: 1,
            fact: Fact::GroupStarted {
                scope: FIRST.scope,
                group: FIRST.group,
                device: DESK,
            },
        });
        play
    }

    /// No group is started, and every fact is kept.
    pub(crate) fn with_groups(booking: Booking) -> Self {
        Self {
            session: Session::new(booking.clone()),
            booking,
            facts: Vec::new(),
            now: START,
            groups: true,
        }
    }

    /// Sets the clock, milliseconds after the scheduled start.
    pub(crate) fn at(&mut self, ms: i64) -> &mut Self {
        self.now = START.plus(ms);
        self
    }

    /// Decides and records.
    pub(crate) fn tell(&mut self, input: Input) -> Result<Decision, Refusal> {
        let decision = self.session.handle(self.now, input)?;
        for (at, actor, fact) in decision.facts.clone() {
            if !self.groups && matches!(fact, Fact::GroupCommitted { .. }) {
                continue;
            }
            self.record(Recorded {
                seq: self.facts.len() as u64 + 1,
                at,
                late: None,
                actor,
                epoch: 1,
                fact,
            });
        }
        Ok(decision)
    }

    pub(crate) fn record(&mut self, recorded: Recorded) {
        self.session.apply(&recorded);
        self.facts.push(recorded);
    }

    pub(crate) fn last_facts(&self, count: usize) -> Vec<Fact> {
        let from = self.facts.len().saturating_sub(count);
        self.facts[from..]
            .iter()
            .map(|recorded| recorded.fact.clone())
            .collect()
    }

    pub(crate) fn enter(&mut self) -> &mut Self {
        self.tell(Input::Enter {
            staff: MAYA,
            device: DESK,
        })
        .unwrap();
        self
    }

    pub(crate) fn knock(&mut self, seat: u128, on: DeviceId) -> &mut Self {
        self.tell(knock(seat, on, whole_attestation())).unwrap();
        self
    }

    pub(crate) fn admit(&mut self, on: DeviceId) -> &mut Self {
        self.tell(admit(DESK, on)).unwrap();
        self
    }

    pub(crate) fn media(&mut self, on: DeviceId, state: MediaState) -> &mut Self {
        self.tell(Input::Media { device: on, state }).unwrap();
        self
    }

    pub(crate) fn lost(&mut self, on: DeviceId) -> &mut Self {
        let last_heard = self.now;
        self.tell(lost(on, last_heard)).unwrap();
        self
    }

    pub(crate) fn connected(&mut self, on: DeviceId) -> &mut Self {
        self.tell(Input::Connected { device: on }).unwrap();
        self
    }

    pub(crate) fn leave(&mut self, on: DeviceId) -> &mut Self {
        self.tell(Input::Leave { device: on }).unwrap();
        self
    }

    pub(crate) fn restart(&mut self, last_alive: i64) -> &mut Self {
        let last_alive = START.plus(last_alive);
        self.tell(Input::Restart { last_alive }).unwrap();
        self
    }

    pub(crate) fn end(&mut self) -> &mut Self {
        self.tell(Input::End { by: DESK }).unwrap();
        self
    }
}

pub(crate) fn knock(seat: u128, on: DeviceId, attestation: Attestation) -> Input {
    Input::Knock {
        participant: participant(seat),
        device: on,
        name: name("Jo"),
        attestation,
    }
}

pub(crate) const fn admit(by: DeviceId, on: DeviceId) -> Input {
    Input::Admit {
        by,
        device: on,
        identity: IdentityMethod::KnownToMe,
        override_missing: false,
        base: FIRST,
    }
}

pub(crate) const fn lost(on: DeviceId, last_heard: UtcMillis) -> Input {
    Input::Lost {
        device: on,
        last_heard,
    }
}
