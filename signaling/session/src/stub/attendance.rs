//! When a person, or those who came together, were there: over all their devices.

use super::stretch::{self, Stretch, difference, intersection, merged, union};
use super::track::{Admission, Attested, Switched, Track};
use quietroom_protocol::{Cause, DeviceId, Interruption, MediaState, Modality, ParticipantId};
use std::collections::BTreeMap;

/// One or more people seen as one: here if any device of theirs is.
///
/// Only devices that were let in count: who else held the link is not known.
#[derive(Clone, Debug)]
pub(super) struct Attendance<'a> {
    tracks: Vec<&'a Track>,
    pub(super) devices: Vec<DeviceId>,
    pub(super) waited: Vec<Stretch>,
    pub(super) here: Vec<Stretch>,
    /// Gone without leaving, and come back, because of their connection.
    lost: Vec<Stretch>,
    /// The same because of the server.
    server_down: Vec<Stretch>,
}

impl<'a> Attendance<'a> {
    pub(super) fn of(
        people: &[ParticipantId],
        tracks: &'a BTreeMap<DeviceId, Track>,
    ) -> Attendance<'a> {
        let let_in = tracks
            .iter()
            .filter(|(_, track)| people.contains(&track.participant) && track.was_let_in());
        let (devices, tracks): (Vec<DeviceId>, Vec<&Track>) =
            let_in.map(|(id, track)| (*id, track)).unzip();

        let all = |pick: fn(&Track) -> &[Stretch]| {
            union(tracks.iter().flat_map(|track| pick(track)).cloned())
        };
        let here = all(|track| &track.here);
        let attended: Vec<Stretch> = stretch::span(&here).into_iter().collect();
        let gaps = |silent: &[Stretch]| intersection(&difference(silent, &here), &attended);
        let server_down = gaps(&all(|track| &track.server_down));
        let lost = difference(&gaps(&all(|track| &track.lost)), &server_down);
        Attendance {
            waited: all(|track| &track.waited),
            here,
            lost,
            server_down,
            devices,
            tracks,
        }
    }

    /// Who was let in, in order.
    pub(super) fn admissions(&self) -> Vec<&'a Admission> {
        let mut admissions: Vec<&Admission> = self
            .tracks
            .iter()
            .filter_map(|track| track.admission.as_ref())
            .collect();
        admissions.sort_by_key(|admission| admission.seq);
        admissions
    }

    /// What was stated, in order.
    pub(super) fn attested(&self) -> Vec<&'a Attested> {
        let mut attested: Vec<&Attested> = self
            .tracks
            .iter()
            .flat_map(|track| &track.attested)
            .collect();
        attested.sort_by_key(|attested| attested.seq);
        attested
    }

    /// The first sign of them.
    pub(super) fn came(&self) -> Option<&'a stretch::Edge> {
        self.tracks
            .iter()
            .filter_map(|track| track.knocked.as_ref())
            .min_by_key(|edge| edge.at)
    }

    /// Breaks in `self`'s attendance: by their own connection, the clinician's, or the server's
    /// silence of either, in order of time.
    pub(super) fn interruptions(&self, clinician: &Attendance<'_>) -> Vec<Interruption> {
        let attended: Vec<Stretch> = stretch::span(&self.here).into_iter().collect();
        let server = union(
            self.server_down
                .iter()
                .chain(&clinician.server_down)
                .cloned(),
        );
        let causes = [
            (self.lost.clone(), Cause::ClientConnection),
            (clinician.lost.clone(), Cause::ClinicianConnection),
            (server, Cause::Server),
        ];
        let mut interruptions: Vec<Interruption> = causes
            .into_iter()
            .flat_map(|(set, cause)| {
                intersection(&set, &attended)
                    .into_iter()
                    .map(move |gap| Interruption {
                        from: gap.from.at,
                        to: gap.to.at,
                        cause,
                        facts: gap.facts(),
                    })
            })
            .collect();
        interruptions.sort_by_key(|interruption| (interruption.from, interruption.to));
        interruptions
    }

    /// How `together` was spent.
    pub(super) fn modality(&self, together: &[Stretch]) -> Modality {
        let camera = self.switched_on(|state| state.camera);
        let microphone = self.switched_on(|state| state.microphone);
        let video = intersection(together, &camera);
        let without = difference(together, &camera);
        let audio_only = intersection(&without, &microphone);
        let neither = difference(&without, &microphone);
        let media = self.tracks.iter().flat_map(|track| &track.media);
        Modality {
            video_seconds: stretch::whole_seconds(&video),
            audio_only_seconds: stretch::whole_seconds(&audio_only),
            neither_seconds: stretch::whole_seconds(&neither),
            facts: merged(media.flat_map(|switched| &switched.edge.facts)),
        }
    }

    /// Where any device of theirs was here with this switched on.
    fn switched_on(&self, on: fn(&MediaState) -> bool) -> Vec<Stretch> {
        union(self.tracks.iter().flat_map(|track| {
            let end = stretch::span(&track.here).map(|span| span.to);
            intersection(&runs(&track.media, end, on), &track.here)
        }))
    }
}

/// From each switching on to the next switching off, or to `end`.
fn runs(
    media: &[Switched],
    end: Option<stretch::Edge>,
    on: fn(&MediaState) -> bool,
) -> Vec<Stretch> {
    let mut runs = Vec::new();
    let mut since: Option<&stretch::Edge> = None;
    for switched in media {
        match (since, on(&switched.state)) {
            (None, true) => since = Some(&switched.edge),
            (Some(from), false) => {
                runs.push(Stretch::new(from.clone(), switched.edge.clone()));
                since = None;
            }
            (Some(_), true) | (None, false) => {}
        }
    }
    if let (Some(from), Some(end)) = (since, end) {
        runs.push(Stretch::new(from.clone(), end));
    }
    union(runs)
}
