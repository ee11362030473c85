//! Which devices are connected: sockets come, go, and take the place of older ones.

use super::{
    actor::Actor,
    late::Undone,
    links::Link,
    message::{Asker, Attach, AttachError, Attached, Speaker},
};
use quietroom_protocol::{DeviceId, Refused, ServerMessage, UtcMillis};
use quietroom_session::Input;

/// A device without a socket and without media for so long is lost, milliseconds.
const GONE: i64 = 5_000;

impl Actor<'_> {
    pub(super) async fn attach(&mut self, attach: Attach) {
        let Attach {
            speaker,
            asker,
            outbound,
            heard,
            reply,
        } = attach;
        let device = speaker.device();
        let entered = self.enter(speaker, &asker).await;
        let (Ok(()), Some(mailbox)) = (&entered, self.mailbox()) else {
            let over = self.session.over(device).map(AttachError::Over);
            let refused = entered.err().map(Refused::from).map(AttachError::Refused);
            let why = over.or(refused);
            let _ = reply.send(Err(
                why.unwrap_or(AttachError::Refused(super::message::draining()))
            ));
            return;
        };
        let socket = self.links.attach(device, asker, outbound, heard);
        self.media.detach(device);
        let _ = reply.send(Ok(Attached {
            device,
            socket,
            mailbox,
        }));
    }

    /// A device that comes back after its socket was gone, or takes the place of one that still
    /// seems open, was interrupted: its peer connections are new.
    async fn enter(&mut self, speaker: Speaker, asker: &Asker) -> Result<(), Undone> {
        let device = speaker.device();
        let mut inputs = Vec::with_capacity(2);
        if let Some(last_heard) = self.interrupted(device) {
            inputs.push(Input::Lost { device, last_heard });
        }
        inputs.push(match speaker {
            Speaker::Staff { staff, device } => Input::Enter { staff, device },
            Speaker::Guest { device } => Input::Connected { device },
        });
        self.act(asker, inputs).await
    }

    /// When an admitted device that connects again was last heard before.
    fn interrupted(&self, device: DeviceId) -> Option<UtcMillis> {
        let link = self.links.devices.get(&device)?;
        self.session
            .admitted(device)
            .then(|| self.last_heard(device, link))
    }

    fn last_heard(&self, device: DeviceId, link: &Link) -> UtcMillis {
        let media = self.media.heard(device, self.now());
        media.map_or(link.heard.get(), |media| media.max(link.heard.get()))
    }

    pub(super) fn detach(&mut self, device: DeviceId, socket: u64) {
        let now = self.now();
        if let Some(link) = self.links.devices.get_mut(&device)
            && link.socket.as_ref().is_some_and(|it| it.number == socket)
        {
            link.socket = None;
            link.gone_since = Some(now);
        }
    }

    /// Finds who is gone, and tries again what could not be recorded.
    pub(super) async fn tick(&mut self) {
        let _ = self.retry_late().await;
        let now = self.now();
        for link in self.links.devices.values_mut() {
            if link.socket.is_none() {
                link.gone_since.get_or_insert(now);
            }
        }
        let gone: Vec<(DeviceId, UtcMillis)> = self
            .links
            .devices
            .iter()
            .filter(|(device, link)| link.gone_for(now) >= GONE && !self.media.flows(**device))
            .map(|(device, link)| (*device, self.last_heard(*device, link)))
            .collect();
        for (device, last_heard) in gone {
            self.links.devices.remove(&device);
            self.media.detach(device);
            self.happened(Input::Lost { device, last_heard }).await;
        }
    }

    /// The server starts again; nobody is connected.
    pub(super) async fn restart(&mut self, last_alive: UtcMillis) -> Result<(), Undone> {
        self.act(&Asker::SERVER, vec![Input::Restart { last_alive }])
            .await
    }

    pub(super) fn drain(&mut self) {
        self.links.everyone(&ServerMessage::Draining);
        self.links.clear();
    }
}
