//! How large what is drawn may be, and how many can be chosen to draw.

use super::{Check, Invalid, group::opaque, invalid};
use crate::{Drawers, MAX_ENTRY, MAX_SNAPSHOT, MAX_STROKE, Opaque};
use std::collections::BTreeSet;

/// Most participants that can be chosen: 30 guests, and staff besides.
const MAX_CHOSEN: usize = 64;

impl Check for Drawers {
    fn check(&self) -> Result<(), Invalid> {
        let Self::Chosen { participants } = self else {
            return Ok(());
        };
        if participants.len() > MAX_CHOSEN {
            return Err(invalid("who.chosen.participants", "is too long"));
        }
        if participants.iter().collect::<BTreeSet<_>>().len() < participants.len() {
            return Err(invalid("who.chosen.participants", "names someone twice"));
        }
        Ok(())
    }
}

pub(super) fn entry(entry: &Opaque) -> Result<(), Invalid> {
    opaque("entry", entry, MAX_ENTRY)
}

pub(super) fn stroke(stroke: &Opaque) -> Result<(), Invalid> {
    opaque("stroke", stroke, MAX_STROKE)
}

pub(super) fn snapshot(snapshot: &Opaque) -> Result<(), Invalid> {
    opaque("snapshot", snapshot, MAX_SNAPSHOT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ClientMessage, ParticipantId};
    use uuid::Uuid;

    fn bytes(length: usize) -> Opaque {
        Opaque::new(vec![0; length])
    }

    #[test]
    fn each_part_has_something_in_it_and_its_own_limit() {
        let entry = |length| ClientMessage::BoardAppend {
            board: 1,
            entry: bytes(length),
        };
        let stroke = |length| ClientMessage::BoardStroke {
            board: 1,
            stroke: bytes(length),
        };
        let snapshot = |length| ClientMessage::BoardSnapshot {
            board: 1,
            upto: 1,
            snapshot: bytes(length),
        };
        type Make = dyn Fn(usize) -> ClientMessage;
        let parts: [(&Make, usize, &str); 3] = [
            (&entry, 64 * 1024, "entry"),
            (&stroke, 8 * 1024, "stroke"),
            (&snapshot, 1024 * 1024, "snapshot"),
        ];
        for (make, most, field) in parts {
            assert_eq!(make(1).check(), Ok(()), "{field}");
            assert_eq!(make(most).check(), Ok(()), "{field}");
            assert_eq!(make(most + 1).check().unwrap_err().field, field);
            assert_eq!(make(0).check().unwrap_err().field, field);
        }
    }

    #[test]
    fn up_to_64_can_be_chosen_each_once() {
        let chosen = |count: u128| ClientMessage::AllowDrawing {
            who: Drawers::Chosen {
                participants: (0..count)
                    .map(|n| ParticipantId(Uuid::from_u128(n)))
                    .collect(),
            },
        };
        for accepted in [0, 1, 64] {
            assert_eq!(chosen(accepted).check(), Ok(()));
        }
        let someone = ParticipantId(Uuid::from_u128(1));
        let twice = ClientMessage::AllowDrawing {
            who: Drawers::Chosen {
                participants: vec![someone, someone],
            },
        };
        for refused in [chosen(65), twice] {
            let field = refused.check().unwrap_err().field;
            assert_eq!(field, "who.chosen.participants");
        }
    }
}
