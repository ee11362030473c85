//! The groups of a session: the room orders, keeps and hands on what their members say, unread.
//!
//! A delivery is recorded before anyone is given it. A device is given deliveries once it has asked
//! for those before them, and only while it is admitted.

use super::{
    actor::Actor,
    asks::Answer,
    links::Following,
    message::{Asker, OUTBOUND, in_words, not_recorded, refusal},
    record::not_allowed,
};
use quietroom_protocol::{
    Commit, Delivered, Delivery, DeviceId, DevicePackage, GroupEpoch, Opaque, RefusalCode, Refused,
    Scope, ServerMessage,
};
use quietroom_records::{Ctx, DeliveryRow, DeliveryTotals};
use quietroom_session::Session;
use std::collections::BTreeMap;

/// Most that the groups of a session can say, and how much of it content can take: letting in and
/// taking out goes on when people have written too much.
const MOST: DeliveryTotals = DeliveryTotals {
    count: 10_000,
    bytes: 32 * 1024 * 1024,
};
const MOST_CONTENT: DeliveryTotals = DeliveryTotals {
    count: 9_000,
    bytes: 28 * 1024 * 1024,
};
/// Deliveries read at a time for a device that catches up.
const PAGE: u32 = 32;
/// Messages that stay free for the room's own words while a device catches up.
const SPARE: usize = OUTBOUND / 2;

/// What the room knows of its groups besides their heads.
#[derive(Debug)]
pub(super) struct Groups {
    /// Of everything recorded.
    pub(super) totals: DeliveryTotals,
    /// By device, as long as it is at the door or in.
    packages: BTreeMap<DeviceId, Offered>,
    /// The newest epoch of which an admitted device has the keys, as it says.
    reached: BTreeMap<DeviceId, GroupEpoch>,
    /// The newest epoch of which all have them.
    settled: Option<GroupEpoch>,
}

#[derive(Debug)]
struct Offered {
    package: Opaque,
    binding: Option<Opaque>,
}

impl Groups {
    pub(super) const fn new(totals: DeliveryTotals) -> Self {
        Self {
            totals,
            packages: BTreeMap::new(),
            reached: BTreeMap::new(),
            settled: None,
        }
    }

    /// A delivery that follows those there are, if there is room for it.
    fn next(
        &self,
        from: DeviceId,
        at: GroupEpoch,
        what: Delivered,
        welcome_to: Vec<DeviceId>,
    ) -> Result<DeliveryRow, Refused> {
        let most = match what {
            Delivered::Content { .. } => MOST_CONTENT,
            Delivered::Started | Delivered::Commit { .. } => MOST,
        };
        let seq = self.totals.count + 1;
        let row = DeliveryRow {
            delivery: Delivery {
                seq,
                from,
                at,
                what,
            },
            welcome_to,
        };
        if seq > most.count || self.totals.bytes + row.bytes() > most.bytes {
            let reason = "the groups of the session have said too much";
            return Err(refusal(RefusalCode::Full, reason));
        }
        Ok(row)
    }

    /// Lets go of what devices that are gone have offered and said.
    fn forget_gone(&mut self, session: &Session) {
        self.packages
            .retain(|device, _| session.participant_here(*device).is_some());
        self.reached.retain(|device, _| session.admitted(*device));
    }

    fn packages(&self, session: &Session) -> Vec<DevicePackage> {
        let offered = self.packages.iter().filter_map(|(device, offered)| {
            Some(DevicePackage {
                device: *device,
                participant: session.participant_here(*device)?,
                package: offered.package.clone(),
                binding: offered.binding.clone(),
                admitted: session.admitted(*device),
            })
        });
        offered.collect()
    }
}

impl Actor<'_> {
    pub(super) fn commit_from(
        &self,
        device: DeviceId,
        commit: Commit,
    ) -> Result<DeliveryRow, Refused> {
        let Commit {
            base,
            commit,
            welcome,
        } = commit;
        let (welcome, to) = match welcome {
            Some(welcome) => (Some(welcome.welcome), welcome.to),
            None => (None, Vec::new()),
        };
        let what = Delivered::Commit { commit, welcome };
        self.groups.next(device, base, what, to)
    }

    pub(super) fn start_from(
        &self,
        device: DeviceId,
        scope: Scope,
        group: u32,
    ) -> Result<DeliveryRow, Refused> {
        let at = GroupEpoch {
            scope,
            group,
            epoch: 0,
        };
        self.groups.next(device, at, Delivered::Started, Vec::new())
    }

    pub(super) async fn content(
        &mut self,
        device: DeviceId,
        asker: &Asker,
        at: GroupEpoch,
        message: Opaque,
    ) -> Result<Answer, Refused> {
        let may = self.session.may_send(device, at);
        may.map_err(|refused| in_words(&refused))?;
        let what = Delivered::Content { message };
        let row = self.groups.next(device, at, what, Vec::new())?;
        self.decide(asker, Vec::new(), Some(row)).await?;
        Ok(Answer::DONE)
    }

    /// Takes the place of what the device offered before.
    pub(super) fn offer(
        &mut self,
        device: DeviceId,
        package: Opaque,
        binding: Option<Opaque>,
    ) -> Result<Answer, Refused> {
        if self.session.participant_here(device).is_none() {
            return Err(not_allowed());
        }
        let offered = Offered { package, binding };
        self.groups.packages.insert(device, offered);
        Ok(Answer::DONE)
    }

    pub(super) fn reached(&mut self, device: DeviceId, at: GroupEpoch) -> Result<Answer, Refused> {
        if !self.session.admitted(device) {
            return Err(not_allowed());
        }
        let reached = self.groups.reached.entry(device).or_insert(at);
        *reached = at.max(*reached);
        if let Some(socket) = self.links.socket(device) {
            socket.reached = socket.reached.max(Some(at));
        }
        Ok(Answer::DONE)
    }

    /// Begins to give a device what it asks for; answered when it has all of it.
    pub(super) async fn catch_up(
        &mut self,
        device: DeviceId,
        id: u32,
        after: u64,
    ) -> Result<Answer, Refused> {
        if !self.session.admitted(device) {
            return Err(not_allowed());
        }
        let welcome = self
            .setup
            .records
            .newest_welcome(self.setup.organisation, self.id, device)
            .await
            .map_err(|error| {
                tracing::error!(%error, "deliveries could not be read");
                not_recorded()
            })?;
        let Some(socket) = self.links.socket(device) else {
            return Ok(Answer::Later);
        };
        if matches!(socket.following, Following::CatchingUp { .. }) {
            return Err(refusal(RefusalCode::NotNow, "it is catching up already"));
        }
        let next = after.saturating_add(1).max(welcome.unwrap_or(1));
        socket.following = Following::CatchingUp { next, id };
        self.feed(device).await;
        Ok(Answer::Later)
    }

    /// Gives everyone who catches up as much as their socket takes now.
    pub(super) async fn feed_all(&mut self) {
        for device in self.links.catching_up() {
            self.feed(device).await;
        }
    }

    async fn feed(&mut self, device: DeviceId) {
        loop {
            let admitted = self.session.admitted(device);
            let last = self.groups.totals.count;
            let Some(socket) = self.links.socket(device) else {
                return;
            };
            let Following::CatchingUp { next, id } = socket.following else {
                return;
            };
            if !admitted {
                socket.following = Following::Nothing;
                return;
            }
            if next > last {
                socket.following = Following::Live;
                self.links.send(device, ServerMessage::Done { id });
                return;
            }
            if socket.free() <= SPARE {
                return;
            }
            let ctx = Ctx::server(self.setup.organisation, self.now());
            let records = &self.setup.records;
            let rows = records.deliveries(&ctx, self.id, next, PAGE).await;
            let rows = rows.unwrap_or_else(|error| {
                tracing::error!(%error, "deliveries could not be read");
                Vec::new()
            });
            let Some(socket) = self.links.socket(device) else {
                return;
            };
            let Some(last) = rows.last() else {
                socket.following = Following::Nothing;
                self.links.refuse(device, id, not_recorded());
                return;
            };
            let next = last.delivery.seq + 1;
            socket.following = Following::CatchingUp { next, id };
            for row in rows {
                let delivery = row.for_device(device);
                self.links
                    .send(device, ServerMessage::Delivery { delivery });
            }
        }
    }

    /// A delivery is recorded: those who follow are given it, as far as they are still in.
    pub(super) fn deliver(&mut self, row: &DeliveryRow) {
        self.groups.totals.count = row.delivery.seq;
        self.groups.totals.bytes += row.bytes();
        for (device, link) in self.links.iter_mut() {
            let live = link
                .socket
                .as_ref()
                .is_some_and(|socket| matches!(socket.following, Following::Live));
            if live && self.session.admitted(device) {
                let delivery = row.for_device(device);
                link.send(ServerMessage::Delivery { delivery });
            }
        }
    }

    /// Tells those who may commit what is offered, and everyone when an epoch is settled.
    pub(super) fn tell_groups(&mut self) {
        self.groups.forget_gone(&self.session);
        self.settle();
        let packages = self.groups.packages(&self.session);
        let settled = self.groups.settled;
        for (device, link) in self.links.iter_mut() {
            let Some(socket) = &mut link.socket else {
                continue;
            };
            let mut news = Vec::new();
            if self.session.may_commit(device) && socket.packages.as_ref() != Some(&packages) {
                socket.packages = Some(packages.clone());
                news.push(ServerMessage::Packages {
                    packages: packages.clone(),
                });
            }
            if let Some(at) = settled
                && socket.reached == settled
                && socket.settled != settled
                && self.session.admitted(device)
            {
                socket.settled = settled;
                news.push(ServerMessage::Settled { at });
            }
            for message in news {
                link.send(message);
            }
        }
    }

    /// Whoever is connected and admitted has the keys of the present epoch.
    fn settle(&mut self) {
        let Some(head) = self.session.head(Scope::Session) else {
            return;
        };
        let mut here = self
            .links
            .devices
            .iter()
            .filter(|(device, link)| link.socket.is_some() && self.session.admitted(**device))
            .peekable();
        let any = here.peek().is_some();
        let reached = &self.groups.reached;
        if any && here.all(|(device, _)| reached.get(device) == Some(&head)) {
            self.groups.settled = Some(head);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const FROM: DeviceId = DeviceId(Uuid::from_u128(1));
    const AT: GroupEpoch = GroupEpoch {
        scope: Scope::Session,
        group: 1,
        epoch: 0,
    };

    fn content(totals: DeliveryTotals, length: usize) -> Result<DeliveryRow, Refused> {
        let message = Opaque::new(vec![0; length]);
        Groups::new(totals).next(FROM, AT, Delivered::Content { message }, Vec::new())
    }

    fn commit(totals: DeliveryTotals, length: usize) -> Result<DeliveryRow, Refused> {
        let what = Delivered::Commit {
            commit: Opaque::new(vec![0; length]),
            welcome: None,
        };
        Groups::new(totals).next(FROM, AT, what, Vec::new())
    }

    #[test]
    fn content_is_full_while_commits_still_pass() {
        let totals = |count, bytes| DeliveryTotals { count, bytes };
        let kib = 1024;
        let just = totals(MOST_CONTENT.count - 1, MOST_CONTENT.bytes - 1024);
        assert_eq!(content(just, kib).unwrap().delivery.seq, MOST_CONTENT.count);
        for too_much in [
            totals(MOST_CONTENT.count, 0),
            totals(0, MOST_CONTENT.bytes - 1023),
        ] {
            let refused = content(too_much, kib).unwrap_err();
            assert_eq!(refused.code, RefusalCode::Full);
            assert!(commit(too_much, kib).is_ok());
        }
        for too_much in [totals(MOST.count, 0), totals(0, MOST.bytes - 1023)] {
            let refused = commit(too_much, kib).unwrap_err();
            assert_eq!(refused.code, RefusalCode::Full);
        }
    }
}
