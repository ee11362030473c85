//! The order in which facts are followed.

use crate::Recorded;

/// Facts in the order in which they happened: as recorded, except that those written late stand
/// where their time puts them.
///
/// Ordering everything by time would be wrong: a clock that is set back must not turn cause and
/// effect around.
pub(super) fn in_order(facts: &[Recorded]) -> Vec<&Recorded> {
    let (late, in_time): (Vec<&Recorded>, Vec<&Recorded>) =
        facts.iter().partition(|recorded| recorded.late.is_some());
    let mut ordered = in_time;
    for recorded in late {
        let place = ordered
            .iter()
            .position(|other| other.at > recorded.at)
            .unwrap_or(ordered.len());
        ordered.insert(place, recorded);
    }
    ordered
}
