//! The task of one room.

use super::{
    RoomsSetup, boards,
    groups::Groups,
    late::Late,
    links::Links,
    media::Media,
    message::{Message, refusal},
    stored::decode,
};
use crate::relay::Notice;
use media_relay_control::RoomId;
use quietroom_protocol::{ClientMessage, RefusalCode, Refused, SessionId, UtcMillis};
use quietroom_records::{BoardKept, Ctx, DeliveryTotals, Holder, SessionRecord};
use quietroom_session::{Boards, Booking, Recorded, Seat, Session, Who};
use std::{collections::VecDeque, time::Duration};
use tokio::{
    sync::mpsc,
    time::{MissedTickBehavior, interval, sleep},
};

/// How often a room looks at its clock.
const TICK: Duration = Duration::from_millis(250);
/// How often a socket that catches up is looked at for room.
const FEED: Duration = Duration::from_millis(10);
/// A room in which nobody is connected is kept for so long, milliseconds.
const IDLE: i64 = 60_000;

pub(super) struct Actor<'a> {
    pub(super) setup: &'a RoomsSetup,
    pub(super) id: SessionId,
    pub(super) epoch: u32,
    pub(super) session: Session,
    /// All of the session's facts, in order: what stubs are made from.
    pub(super) facts: Vec<Recorded>,
    pub(super) links: Links,
    pub(super) media: Media,
    pub(super) groups: Groups,
    pub(super) boards: Boards,
    /// What happened by itself and could not be recorded yet.
    pub(super) late: VecDeque<Late>,
    /// Another room writes this session now: nothing can be recorded here any more.
    pub(super) fenced: bool,
    relay_room: RoomId,
    notices: mpsc::Receiver<Notice>,
    mailbox: mpsc::Receiver<Message>,
    own: mpsc::WeakSender<Message>,
    idle_since: UtcMillis,
}

/// Runs the room of a session until it is not needed any more.
pub(super) async fn run(
    setup: &RoomsSetup,
    id: SessionId,
    own: mpsc::WeakSender<Message>,
    mut mailbox: mpsc::Receiver<Message>,
) {
    match load(setup, id).await {
        Ok(loaded) => Actor::new(setup, id, loaded, own, mailbox).run().await,
        Err(refused) => {
            mailbox.close();
            while let Some(message) = mailbox.recv().await {
                message.refuse(&refused);
            }
        }
    }
}

struct Loaded {
    epoch: u32,
    session: Session,
    facts: Vec<Recorded>,
    deliveries: DeliveryTotals,
    boards: Vec<BoardKept>,
}

async fn load(setup: &RoomsSetup, id: SessionId) -> Result<Loaded, Refused> {
    let failed = |error: quietroom_records::Error| {
        tracing::error!(%error, "a session could not be loaded");
        refusal(RefusalCode::NotRecorded, "the session cannot be read")
    };
    let ctx = Ctx::server(setup.organisation, setup.clock.now());
    let records = &setup.records;
    let record = records.session(&ctx, id).await.map_err(failed)?;
    let Some(record) = record else {
        return Err(refusal(RefusalCode::NotFound, "there is no such session"));
    };
    // Claimed before the facts are read: from here on nobody else adds to them.
    let epoch = records.claim_session(&ctx, id).await.map_err(failed)?;
    let stored = records.facts(&ctx, id).await.map_err(failed)?;
    let deliveries = records.delivery_totals(setup.organisation, id).await;
    let deliveries = deliveries.map_err(failed)?;
    let boards = records.boards_kept(setup.organisation, id).await;
    let boards = boards.map_err(failed)?;
    let facts: Result<Vec<Recorded>, _> = stored.into_iter().map(decode).collect();
    let Ok(facts) = facts else {
        tracing::error!("a session holds a fact that cannot be read");
        return Err(refusal(RefusalCode::Fault, "the session cannot be read"));
    };
    Ok(Loaded {
        epoch,
        session: Session::restore(booking(setup, record), &facts),
        facts,
        deliveries,
        boards,
    })
}

fn booking(setup: &RoomsSetup, record: SessionRecord) -> Booking {
    let seats = record.seats.into_iter().map(|seat| Seat {
        participant: seat.participant,
        who: match seat.holder {
            Holder::Staff(staff) => Who::Staff(staff),
            Holder::Person(person) => Who::Person(person),
        },
        name: seat.name,
        role: seat.role,
    });
    Booking {
        organisation: setup.organisation,
        session: record.session,
        kind: record.kind,
        template: record.template,
        starts_at: record.starts_at,
        ends_at: record.ends_at,
        time_zone: setup.time_zone.clone(),
        seats: seats.collect(),
        consent_version: setup.consent_version.clone(),
    }
}

/// Whether what is told of the state can be new after this message. What is drawn is handed on, not
/// told: a class that draws is not looked at as a whole for every stroke.
const fn changes_what_is_told(message: &Message) -> bool {
    let Message::Said { request, .. } = message else {
        return true;
    };
    !matches!(
        request.message,
        ClientMessage::BoardAppend { .. }
            | ClientMessage::BoardStroke { .. }
            | ClientMessage::BoardCatchUp { .. }
            | ClientMessage::BoardSnapshot { .. }
    )
}

impl<'a> Actor<'a> {
    fn new(
        setup: &'a RoomsSetup,
        id: SessionId,
        loaded: Loaded,
        own: mpsc::WeakSender<Message>,
        mailbox: mpsc::Receiver<Message>,
    ) -> Self {
        let relay_room = setup.relay.new_room();
        Self {
            setup,
            id,
            epoch: loaded.epoch,
            session: loaded.session,
            facts: loaded.facts,
            links: Links::default(),
            media: Media::new(relay_room),
            groups: Groups::new(loaded.deliveries),
            boards: boards::restore(loaded.boards),
            late: VecDeque::new(),
            fenced: false,
            relay_room,
            notices: setup.relay.subscribe(relay_room),
            mailbox,
            own,
            idle_since: setup.clock.now(),
        }
    }

    async fn run(mut self) {
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // A relay that is there is known before the first device comes.
        while let Ok(notice) = self.notices.try_recv() {
            self.notice(notice).await;
        }
        loop {
            let catching_up = self.links.anyone_catches_up();
            let mut news = true;
            tokio::select! {
                message = self.mailbox.recv() => match message {
                    Some(Message::Drain { reply }) => {
                        self.drain();
                        let _ = reply.send(());
                        break;
                    }
                    Some(message) => {
                        news = changes_what_is_told(&message);
                        self.take(message).await;
                    }
                    None => break,
                },
                notice = self.notices.recv() => match notice {
                    Some(notice) => self.notice(notice).await,
                    None => self.relay_gone(),
                },
                () = sleep(FEED), if catching_up => {
                    self.feed_all().await;
                    self.feed_boards().await;
                }
                _ = ticks.tick() => {
                    self.tick().await;
                    if self.may_unload() && self.unload() {
                        break;
                    }
                }
            }
            if news {
                self.tell();
            }
            if self.fenced {
                break;
            }
        }
        self.media.close();
        self.setup.relay.unsubscribe(self.relay_room);
        self.mailbox.close();
        // Whoever wrote meanwhile is not answered, and asks the next room.
    }

    async fn take(&mut self, message: Message) {
        match message {
            Message::Attach(attach) => self.attach(attach).await,
            Message::Said {
                device,
                socket,
                request,
            } => self.said(device, socket, request).await,
            Message::Detach { device, socket } => self.detach(device, socket),
            Message::Act {
                asker,
                input,
                reply,
            } => {
                let acted = self.act(&asker, vec![input]).await;
                let _ = reply.send(acted.map_err(Into::into));
            }
            Message::Glance { reply } => {
                let _ = reply.send(self.glance());
            }
            Message::Restart { last_alive, reply } => {
                let restarted = self.restart(last_alive).await;
                let _ = reply.send(restarted.map_err(Into::into));
            }
            Message::Drain { reply } => {
                let _ = reply.send(());
            }
        }
    }

    fn relay_gone(&mut self) {
        self.notices = self.setup.relay.subscribe(self.relay_room);
        for (device, id) in self.media.relay_gone() {
            self.links.refuse(
                device,
                id,
                refusal(
                    RefusalCode::NoRelay,
                    "the relay is not there for the moment",
                ),
            );
        }
    }

    pub(super) fn now(&self) -> UtcMillis {
        self.setup.clock.now()
    }

    pub(super) fn mailbox(&self) -> Option<mpsc::Sender<Message>> {
        self.own.upgrade()
    }

    fn may_unload(&mut self) -> bool {
        let now = self.now();
        if !self.links.is_empty() || !self.late.is_empty() {
            self.idle_since = now;
            return false;
        }
        now.since(self.idle_since) >= IDLE
    }

    /// False when something came meanwhile.
    fn unload(&mut self) -> bool {
        self.mailbox.is_empty()
    }
}
