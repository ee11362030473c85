//! What the clinician should know of the record itself.

use super::attendance::Attendance;
use super::stretch;
use crate::{Fact, Recorded};
use quietroom_protocol::{StubFlag, Traced, UtcMillis};

/// Flags in a fixed order.
pub(super) fn flags(
    client: &Attendance<'_>,
    clinician: &Attendance<'_>,
    by_caregivers: bool,
    starts_at: UtcMillis,
    facts: &[&Recorded],
) -> Vec<Traced<StubFlag>> {
    let mut flags = Vec::new();
    if by_caregivers {
        let admissions = client.admissions();
        flags.push(Traced {
            value: StubFlag::CaregiversMeasured,
            facts: admissions.iter().map(|admission| admission.seq).collect(),
        });
    }
    flags.extend(came_late(client, starts_at));
    flags.extend(overridden(client));
    flags.extend(of_session(
        StubFlag::ServerRestarted,
        restarts(client, facts),
    ));
    flags.extend(of_session(
        StubFlag::RecordedLate,
        late(client, clinician, facts),
    ));
    flags
}

fn came_late(client: &Attendance<'_>, starts_at: UtcMillis) -> Option<Traced<StubFlag>> {
    let came = client.came()?;
    let seconds = came.at.since(starts_at) / 1000;
    (seconds > 0).then(|| Traced {
        value: StubFlag::CameLate { seconds },
        facts: came.facts.clone(),
    })
}

fn overridden(client: &Attendance<'_>) -> Vec<Traced<StubFlag>> {
    client
        .admissions()
        .into_iter()
        .filter(|admission| !admission.overridden.is_empty())
        .map(|admission| Traced {
            value: StubFlag::AttestationOverridden {
                missing: admission.overridden.clone(),
            },
            facts: vec![admission.seq],
        })
        .collect()
}

fn of_session(flag: StubFlag, facts: Vec<u64>) -> Option<Traced<StubFlag>> {
    (!facts.is_empty()).then_some(Traced { value: flag, facts })
}

/// Restarts that fell into, or ended, the client's attendance, which begins with the admission even
/// when the server stopped before it had noted that it was still alive.
fn restarts(client: &Attendance<'_>, facts: &[&Recorded]) -> Vec<u64> {
    let admissions = client.admissions();
    let Some(admitted) = admissions.iter().map(|admission| admission.seq).min() else {
        return Vec::new();
    };
    let until = stretch::span(&client.here).map(|attended| attended.to.at);
    let seqs: Vec<u64> = facts
        .iter()
        .filter(|recorded| match &recorded.fact {
            Fact::ServerRestarted { last_alive } => {
                recorded.seq > admitted && until.is_none_or(|until| *last_alive <= until)
            }
            _ => false,
        })
        .map(|recorded| recorded.seq)
        .collect();
    stretch::merged(seqs.iter())
}

/// Facts about these two, or about the whole session, that were written late.
fn late(client: &Attendance<'_>, clinician: &Attendance<'_>, facts: &[&Recorded]) -> Vec<u64> {
    let seqs: Vec<u64> = facts
        .iter()
        .filter(|recorded| recorded.late.is_some())
        .filter(|recorded| {
            recorded.fact.device().is_none_or(|device| {
                client.devices.contains(&device) || clinician.devices.contains(&device)
            })
        })
        .map(|recorded| recorded.seq)
        .collect();
    stretch::merged(seqs.iter())
}
