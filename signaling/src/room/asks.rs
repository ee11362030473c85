//! What a connected device asks for.

use super::{
    actor::Actor,
    message::{Asker, refusal},
    record::not_allowed,
};
use crate::relay::NoRelay;
use quietroom_protocol::{
    ClientMessage, DeviceId, RefusalCode, Refused, Request, ServerMessage, SourceSection,
};
use quietroom_session::{Effect, Input};

/// An answer that comes now, or later: from the relay, or when a device has caught up.
pub(super) enum Answer {
    /// With what is to be done after it.
    Done(Vec<Effect>),
    Later,
}

impl Answer {
    pub(super) const DONE: Self = Self::Done(Vec::new());
}

impl Actor<'_> {
    /// What comes over a socket that is not the device's any more is ignored.
    pub(super) async fn said(&mut self, device: DeviceId, socket: u64, request: Request) {
        let Some(asker) = self.links.asker(device, socket).cloned() else {
            return;
        };
        let Request { id, message } = request;
        let answer = self.answer_to(device, id, &asker, message).await;
        match answer {
            Ok(Answer::Done(effects)) => {
                self.links.send(device, ServerMessage::Done { id });
                self.perform(effects);
            }
            Ok(Answer::Later) => {}
            Err(refused) => self.links.refuse(device, id, refused),
        }
    }

    async fn answer_to(
        &mut self,
        device: DeviceId,
        id: u32,
        asker: &Asker,
        message: ClientMessage,
    ) -> Result<Answer, Refused> {
        let mut delivery = None;
        let input = match message {
            ClientMessage::Hello(_) => {
                return Err(refusal(RefusalCode::NotNow, "greeted already"));
            }
            ClientMessage::Ping => {
                self.links.send(device, ServerMessage::Pong { id });
                return Ok(Answer::Later);
            }
            ClientMessage::Publish { offer, sources } => {
                return self.publish(device, id, offer, sources);
            }
            ClientMessage::Answer { generation, answer } => {
                self.may_have_media(device)?;
                let answered = self.media.answer(device, generation, answer);
                return answered.map(|()| Answer::DONE).map_err(no_relay);
            }
            ClientMessage::RestartReceive => {
                self.may_have_media(device)?;
                let restarted = self.media.restart_receive(device);
                return restarted.map(|()| Answer::DONE).map_err(no_relay);
            }
            ClientMessage::Show { wants } => {
                self.may_have_media(device)?;
                self.media.show(device, wants);
                return Ok(Answer::DONE);
            }
            ClientMessage::Package { package, binding } => {
                return self.offer(device, package, binding);
            }
            ClientMessage::Content { at, message } => {
                return self.content(device, asker, at, message).await;
            }
            ClientMessage::CatchUp { after } => return self.catch_up(device, id, after).await,
            ClientMessage::Reached { at } => return self.reached(device, at),
            ClientMessage::StartGroup { scope, group } => {
                delivery = Some(self.start_from(device, scope, group)?);
                Input::StartGroup {
                    by: device,
                    scope,
                    group,
                }
            }
            ClientMessage::Commit { commit } => {
                let base = commit.base;
                delivery = Some(self.commit_from(device, commit)?);
                Input::Commit { by: device, base }
            }
            ClientMessage::Attest { attestation } => Input::Attest {
                device,
                attestation,
            },
            ClientMessage::Say { phrase } => Input::Say { device, phrase },
            ClientMessage::Admit {
                device: guest,
                identity,
                override_missing,
                commit,
            } => {
                let base = commit.base;
                delivery = Some(self.commit_from(device, commit)?);
                Input::Admit {
                    by: device,
                    device: guest,
                    identity,
                    override_missing,
                    base,
                }
            }
            ClientMessage::Decline { device: guest } => Input::Decline {
                by: device,
                device: guest,
            },
            ClientMessage::Remove {
                device: guest,
                commit,
            } => {
                let base = commit.as_ref().map(|commit| commit.base);
                if let Some(commit) = commit {
                    delivery = Some(self.commit_from(device, commit)?);
                }
                Input::Remove {
                    by: device,
                    device: guest,
                    base,
                }
            }
            ClientMessage::BoardAppend { board, entry } => {
                return self.append_entry(device, id, board, entry).await;
            }
            ClientMessage::BoardStroke { board, stroke } => {
                self.stroke(device, board, &stroke);
                return Ok(Answer::Later);
            }
            ClientMessage::BoardCatchUp { board, after } => {
                return self.catch_up_with_board(device, id, board, after).await;
            }
            ClientMessage::BoardSnapshot {
                board,
                upto,
                snapshot,
            } => return self.keep_snapshot(device, board, upto, snapshot).await,
            ClientMessage::OpenBoard { board } => Input::OpenBoard { by: device, board },
            ClientMessage::ShowBoard { board } => Input::ShowBoard { by: device, board },
            ClientMessage::AllowDrawing { who } => Input::AllowDrawing { by: device, who },
            ClientMessage::AllowChat { on } => Input::AllowChat { by: device, on },
            ClientMessage::Leave => Input::Leave { device },
            ClientMessage::End => Input::End { by: device },
            ClientMessage::Media { state } => Input::Media { device, state },
        };
        let effects = self
            .decide(asker, vec![input], delivery)
            .await
            .map_err(Refused::from)?;
        Ok(Answer::Done(effects))
    }

    fn publish(
        &mut self,
        device: DeviceId,
        id: u32,
        offer: String,
        sources: Vec<SourceSection>,
    ) -> Result<Answer, Refused> {
        self.may_have_media(device)?;
        let published = self.media.publish(device, id, offer, sources);
        published.map(|()| Answer::Later).map_err(no_relay)
    }

    /// No peer is ever made for a device that is not admitted.
    fn may_have_media(&self, device: DeviceId) -> Result<(), Refused> {
        if self.session.admitted(device) {
            Ok(())
        } else {
            Err(not_allowed())
        }
    }
}

fn no_relay(_: NoRelay) -> Refused {
    Refused {
        code: RefusalCode::NoRelay,
        reason: "the relay is not there for the moment".to_owned(),
        retry_after: Some(1),
    }
}
