//! What was attested at the door, without addresses and numbers.

use super::track::{Admission, Attested};
use quietroom_protocol::{AttestedStub, Traced};

/// The last word on each part, in order of `seq`, and how the clinician first made sure who it is.
pub(super) fn attested(stated: &[&Attested], admissions: &[&Admission]) -> AttestedStub {
    let mut stub = AttestedStub {
        identity: admissions
            .first()
            .map(|admission| traced(admission.identity, admission.seq)),
        ..AttestedStub::default()
    };
    for Attested {
        seq,
        at,
        attestation,
    } in stated
    {
        if let Some(place) = &attestation.place {
            stub.state = Some(traced(place.state.clone(), *seq));
            stub.place = Some(traced(place.kind, *seq));
        }
        if let Some(consent) = &attestation.consent {
            stub.consent = Some(traced(consent.version.clone(), *seq));
        }
        if attestation.emergency_contact.is_some() {
            stub.emergency_contact_given = Some(traced(true, *seq));
        }
        stub.stated_at = Some(*at);
    }
    stub
}

fn traced<T>(value: T, fact: u64) -> Traced<T> {
    Traced {
        value,
        facts: vec![fact],
    }
}
