//! Who receives what of whom.

use crate::{Session, rules};
use quietroom_protocol::{DeviceId, ParticipantId, Source};
use std::collections::BTreeMap;

/// All that each device may receive. A device that is not a key receives nothing; a device that is
/// in no list sends nothing to anyone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Audience {
    pub listeners: BTreeMap<DeviceId, Vec<(DeviceId, Source)>>,
}

impl Session {
    /// Who may receive what of whom now: everyone admitted and heard receives every source that
    /// the role of every other one may send. Nobody else receives or sends anything. A person
    /// with two devices does not hear their own voice on the other: it would howl.
    #[must_use]
    pub fn audience(&self) -> Audience {
        let speakers = self.speakers();
        let listeners = speakers
            .iter()
            .map(|listener| (listener.device, heard_by(listener, &speakers)))
            .collect();
        Audience { listeners }
    }

    /// Everyone admitted and heard, with the sources that they may send.
    fn speakers(&self) -> Vec<Speaker> {
        self.devices()
            .iter()
            .filter(|(_, device)| device.is_here())
            .filter_map(|(id, device)| {
                Some(Speaker {
                    device: *id,
                    participant: device.participant,
                    sources: rules::sources(self.seat(device.participant)?.role),
                })
            })
            .collect()
    }
}

struct Speaker {
    device: DeviceId,
    participant: ParticipantId,
    sources: Vec<Source>,
}

fn heard_by(listener: &Speaker, speakers: &[Speaker]) -> Vec<(DeviceId, Source)> {
    let mut heard = Vec::new();
    for speaker in speakers {
        if speaker.device == listener.device {
            continue;
        }
        let own = speaker.participant == listener.participant;
        for source in &speaker.sources {
            if !(own && *source == Source::Microphone) {
                heard.push((speaker.device, *source));
            }
        }
    }
    heard
}

#[cfg(test)]
#[path = "audience_tests.rs"]
mod tests;
