//! Deciding and recording: facts are durable before anything follows from them.

use super::{
    actor::Actor,
    late::{Late, Undone},
    message::Asker,
    stored::encode,
};
use crate::random::NoRandomness;
use quietroom_protocol::{NoteId, NoteStub, RefusalCode, Refused, SessionState, UtcMillis};
use quietroom_records::{
    Action, Append, AppendError, Ctx, DeliveryRow, EndSession, Event, FactRow, NewNote, OutboxRow,
    Resource, SessionChange,
};
use quietroom_session::{self as core, Decision, Effect, Fact, Input, Recorded};

/// A fact written later than this after it happened is marked late, milliseconds.
const LATE: i64 = 1_000;

impl Actor<'_> {
    /// Decides on inputs that come together, and does what follows.
    pub(super) async fn act(&mut self, asker: &Asker, inputs: Vec<Input>) -> Result<(), Undone> {
        let effects = self.decide(asker, inputs, None).await?;
        self.perform(effects);
        Ok(())
    }

    /// Decides on inputs that come together: all of them are recorded, and with them what a group
    /// says, or nothing is. Returns what is to be done then.
    pub(super) async fn decide(
        &mut self,
        asker: &Asker,
        inputs: Vec<Input>,
        delivery: Option<DeliveryRow>,
    ) -> Result<Vec<Effect>, Undone> {
        self.retry_late().await?;
        let now = self.now();
        self.commit(asker, inputs, delivery, now, None).await
    }

    /// Records what happened by itself; if that is not possible now, it is tried again later.
    pub(super) async fn happened(&mut self, input: Input) {
        let late = Late {
            input,
            since: self.now(),
        };
        self.late.push_back(late);
        let _ = self.retry_late().await;
    }

    /// Nothing new is recorded before what happened earlier.
    pub(super) async fn retry_late(&mut self) -> Result<(), Undone> {
        while let Some(Late { input, since }) = self.late.pop_front() {
            let now = self.now();
            let late = (now.since(since) > LATE).then_some(now);
            let done = self
                .commit(&Asker::SERVER, vec![input.clone()], None, since, late)
                .await;
            match done {
                Ok(effects) => self.perform(effects),
                Err(Undone::NotRecorded) => {
                    self.late.push_front(Late { input, since });
                    return Err(Undone::NotRecorded);
                }
                // What happened since has made it void.
                Err(Undone::Refused(_)) => {}
            }
        }
        Ok(())
    }

    async fn commit(
        &mut self,
        asker: &Asker,
        inputs: Vec<Input>,
        delivery: Option<DeliveryRow>,
        now: UtcMillis,
        late: Option<UtcMillis>,
    ) -> Result<Vec<Effect>, Undone> {
        if self.fenced {
            return Err(Undone::NotRecorded);
        }
        let mut after = self.session.clone();
        let mut facts = Vec::new();
        let mut effects = Vec::new();
        for input in inputs {
            let decision: Decision = after.handle(now, input)?;
            for (at, actor, fact) in decision.facts {
                let recorded = Recorded {
                    seq: (self.facts.len() + facts.len() + 1) as u64,
                    at,
                    late,
                    actor,
                    epoch: self.epoch,
                    fact,
                };
                after.apply(&recorded);
                facts.push(recorded);
            }
            effects.extend(decision.effects);
        }
        if effects.contains(&Effect::WriteStubs) {
            self.record_end(asker, &after, &facts).await?;
        } else if !facts.is_empty() || delivery.is_some() {
            let deliveries = delivery.iter().cloned().collect();
            self.record(asker, &after, &facts, deliveries).await?;
        }
        self.session = after;
        if self.session.is_over() {
            self.boards.clear();
        }
        for it in &facts {
            if let Fact::Knocked { device, .. } = it.fact {
                self.links.expect(device, now);
            }
        }
        self.facts.extend(facts);
        if let Some(delivery) = &delivery {
            self.deliver(delivery);
        }
        Ok(effects)
    }

    async fn record(
        &mut self,
        asker: &Asker,
        after: &core::Session,
        facts: &[Recorded],
        deliveries: Vec<DeliveryRow>,
    ) -> Result<(), Undone> {
        let append = Append {
            session: self.id,
            epoch: self.epoch,
            next_seq: self.next_seq(),
            rows: rows(facts)?,
            deliveries,
            change: self.change(after),
            events: self.events(facts),
        };
        let ctx = self.ctx(asker);
        let done = self.setup.records.append_facts(&ctx, &append).await;
        done.map(drop).map_err(|error| self.failed(&error))
    }

    async fn record_end(
        &mut self,
        asker: &Asker,
        after: &core::Session,
        facts: &[Recorded],
    ) -> Result<(), Undone> {
        let all = [self.facts.as_slice(), facts].concat();
        let end = self
            .ending(after, &all, rows(facts)?, self.events(facts))
            .map_err(|_| Undone::NotRecorded)?;
        let ctx = self.ctx(asker);
        let done = self.setup.records.end_session(&ctx, &end).await;
        done.map(drop).map_err(|error| self.failed(&error))
    }

    fn ctx(&self, asker: &Asker) -> Ctx {
        Ctx {
            organisation: self.setup.organisation,
            actor: asker.actor,
            source: asker.source.clone(),
            now: self.setup.clock.now(),
        }
    }

    const fn next_seq(&self) -> u64 {
        self.facts.len() as u64 + 1
    }

    fn events(&self, facts: &[Recorded]) -> Vec<Event> {
        facts.iter().filter_map(|it| self.event(&it.fact)).collect()
    }

    fn ending(
        &self,
        after: &core::Session,
        facts: &[Recorded],
        rows: Vec<FactRow>,
        events: Vec<Event>,
    ) -> Result<EndSession, NoRandomness> {
        let random = &self.setup.random;
        let stubs: Vec<NoteStub> = core::stubs(after.booking(), facts);
        let mut notes = Vec::with_capacity(stubs.len());
        for stub in stubs {
            let note = NoteId(random.uuid()?);
            notes.push(NewNote { note, stub });
        }
        let payload = serde_json::json!({
            "session": self.id,
            "notes": notes.iter().map(|note| note.note).collect::<Vec<_>>(),
        });
        let outbox = OutboxRow {
            id: random.uuid()?,
            session: self.id,
            kind: "session_ended".to_owned(),
            payload: payload.to_string().into_bytes().into(),
        };
        Ok(EndSession {
            session: self.id,
            epoch: self.epoch,
            next_seq: self.next_seq(),
            rows,
            notes,
            outbox,
            events,
        })
    }

    fn change(&self, after: &core::Session) -> SessionChange {
        let times = |session: &core::Session| {
            let booking = session.booking();
            (booking.starts_at, booking.ends_at)
        };
        let state = |session: &core::Session| -> SessionState { session.state() };
        SessionChange {
            times: (times(after) != times(&self.session)).then(|| times(after)),
            state: (state(after) != state(&self.session)).then(|| state(after)),
        }
    }

    pub(super) fn failed(&mut self, error: &AppendError) -> Undone {
        match error {
            AppendError::Stale { .. } | AppendError::OutOfOrder { .. } => {
                tracing::warn!(%error, "this room stops: the session is not its own any more");
                self.fenced = true;
            }
            AppendError::Store(error) => tracing::error!(%error, "facts could not be recorded"),
        }
        Undone::NotRecorded
    }

    /// The audit event of a chosen action.
    fn event(&self, fact: &Fact) -> Option<Event> {
        let session = Resource::session(self.id);
        let (action, resource) = match fact {
            Fact::Rescheduled { .. } => (Action::Reschedule, session),
            Fact::Cancelled => (Action::Cancel, session),
            Fact::NoShow => (Action::MarkNoShow, session),
            Fact::Entered { .. } => (Action::EnterSession, session),
            Fact::Admitted { device, .. } => (Action::Admit, Resource::device(*device)),
            Fact::Declined { device } => (Action::Decline, Resource::device(*device)),
            Fact::Removed { device } => (Action::RemoveFromSession, Resource::device(*device)),
            Fact::Left { .. } => (Action::LeaveSession, session),
            Fact::Ended => (Action::EndSession, session),
            _ => return None,
        };
        Some(Event::done(action, resource))
    }
}

fn rows(facts: &[Recorded]) -> Result<Vec<FactRow>, Undone> {
    let rows = facts
        .iter()
        .map(|it| encode(it.at, it.late, it.actor, it.fact.clone()));
    rows.collect::<Result<_, _>>().map_err(|_| {
        tracing::error!("a fact has no stored form");
        Undone::NotRecorded
    })
}

/// A refusal for a message that is not for now.
pub(super) fn not_allowed() -> Refused {
    super::message::refusal(RefusalCode::NotAllowed, "not admitted to this session")
}
