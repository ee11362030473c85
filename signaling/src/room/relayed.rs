//! What follows from what the relay reports.

use super::{
    actor::Actor,
    media::Outcome,
    message::{Asker, refusal},
    tell::is_lost,
};
use crate::relay::Notice;
use media_relay_control::Failure;
use quietroom_protocol::{DeviceId, RefusalCode, ServerMessage, UtcMillis};
use quietroom_session::Input;

impl Actor<'_> {
    pub(super) async fn notice(&mut self, notice: Notice) {
        match notice {
            Notice::Up(line) => {
                let devices = self.media.relay_up(line);
                // New connections are built with what was told before.
                self.tell_ways();
                for device in devices {
                    self.links.send(device, ServerMessage::RelayRestarted);
                }
            }
            Notice::Event(event) => {
                let now = self.now();
                if let Some(outcome) = self.media.event(now, event) {
                    self.follow(outcome).await;
                }
            }
        }
    }

    async fn follow(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Published { device, id, answer } => {
                self.links
                    .send(device, ServerMessage::Published { id, answer });
            }
            Outcome::Unpublished {
                device,
                id,
                failure,
            } => {
                let code = match failure {
                    Failure::NoSuchRoom | Failure::NoSuchPeer => RefusalCode::NoRelay,
                    Failure::TooMany => RefusalCode::Full,
                    Failure::UnreadableDescription | Failure::NoCommonCodec => RefusalCode::Invalid,
                };
                self.links
                    .refuse(device, id, refusal(code, failure.to_string()));
            }
            Outcome::Offer {
                device,
                generation,
                offer,
                streams,
            } => self.links.send(
                device,
                ServerMessage::Offer {
                    generation,
                    offer,
                    streams,
                },
            ),
            Outcome::Heard { device } => self.heard(device).await,
            Outcome::PeerLost {
                device,
                silent_since,
            } => self.peer_lost(device, silent_since).await,
        }
    }

    /// A device that the relay had lost is heard again.
    async fn heard(&mut self, device: DeviceId) {
        if self.links.connected(device) && is_lost(&self.session, device) {
            let _ = self
                .act(&Asker::SERVER, vec![Input::Connected { device }])
                .await;
        }
    }

    /// Its socket may still be open: then it builds its peer connections anew.
    async fn peer_lost(&mut self, device: DeviceId, silent_since: Option<UtcMillis>) {
        if let Some(last_heard) = silent_since {
            self.happened(Input::Lost { device, last_heard }).await;
        }
        if self.links.connected(device) {
            self.media.attach(device);
            self.links.send(device, ServerMessage::RelayRestarted);
        }
    }
}
