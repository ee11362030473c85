//! Stretches of time whose edges know the facts that made them, and the arithmetic of sets of them.
//!
//! A set is a list in order of time, without empty, overlapping or touching stretches.

use quietroom_protocol::{Interval, UtcMillis};

/// A moment and the sequence numbers of the facts that put an edge there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Edge {
    pub(super) at: UtcMillis,
    pub(super) facts: Vec<u64>,
}

impl Edge {
    pub(super) fn new(at: UtcMillis, fact: u64) -> Self {
        Self {
            at,
            facts: vec![fact],
        }
    }

    fn later(&self, other: &Self) -> Self {
        match self.at.cmp(&other.at) {
            std::cmp::Ordering::Less => other.clone(),
            std::cmp::Ordering::Equal => self.with(other),
            std::cmp::Ordering::Greater => self.clone(),
        }
    }

    fn earlier(&self, other: &Self) -> Self {
        match self.at.cmp(&other.at) {
            std::cmp::Ordering::Less => self.clone(),
            std::cmp::Ordering::Equal => self.with(other),
            std::cmp::Ordering::Greater => other.clone(),
        }
    }

    fn with(&self, other: &Self) -> Self {
        Self {
            at: self.at,
            facts: merged(self.facts.iter().chain(&other.facts)),
        }
    }
}

/// From one edge up to another; empty when the clock was set back in between.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) from: Edge,
    pub(super) to: Edge,
}

impl Stretch {
    pub(super) const fn new(from: Edge, to: Edge) -> Self {
        Self { from, to }
    }

    fn is_empty(&self) -> bool {
        self.from.at >= self.to.at
    }

    /// The facts of both edges, in order.
    pub(super) fn facts(&self) -> Vec<u64> {
        merged(self.from.facts.iter().chain(&self.to.facts))
    }

    pub(super) fn interval(&self) -> Interval {
        Interval {
            from: self.from.at,
            to: self.to.at,
            facts: self.facts(),
        }
    }
}

/// Sequence numbers in order, each once.
pub(super) fn merged<'a>(facts: impl Iterator<Item = &'a u64>) -> Vec<u64> {
    let mut facts: Vec<u64> = facts.copied().collect();
    facts.sort_unstable();
    facts.dedup();
    facts
}

/// What any of these covers.
pub(super) fn union(stretches: impl IntoIterator<Item = Stretch>) -> Vec<Stretch> {
    let mut stretches: Vec<Stretch> = stretches
        .into_iter()
        .filter(|stretch| !stretch.is_empty())
        .collect();
    stretches.sort_by_key(|stretch| (stretch.from.at, stretch.to.at));

    let mut set: Vec<Stretch> = Vec::new();
    for next in stretches {
        match set.last_mut() {
            Some(last) if next.from.at <= last.to.at => last.to = last.to.later(&next.to),
            _ => set.push(next),
        }
    }
    set
}

/// What both sets cover.
pub(super) fn intersection(left: &[Stretch], right: &[Stretch]) -> Vec<Stretch> {
    let pairs = left
        .iter()
        .flat_map(|one| right.iter().map(move |other| (one, other)));
    union(
        pairs.map(|(one, other)| {
            Stretch::new(one.from.later(&other.from), one.to.earlier(&other.to))
        }),
    )
}

/// What `set` covers and `cut` does not.
pub(super) fn difference(set: &[Stretch], cut: &[Stretch]) -> Vec<Stretch> {
    let mut left = Vec::new();
    for stretch in set {
        let mut from = stretch.from.clone();
        for gap in cut {
            if gap.to.at <= from.at || gap.from.at >= stretch.to.at {
                continue;
            }
            left.push(Stretch::new(from, gap.from.clone()));
            from = gap.to.clone();
        }
        left.push(Stretch::new(from, stretch.to.clone()));
    }
    left.retain(|stretch| !stretch.is_empty());
    left
}

/// From the beginning of a set to its end; `None` when it is empty.
pub(super) fn span(set: &[Stretch]) -> Option<Stretch> {
    Some(Stretch::new(
        set.first()?.from.clone(),
        set.last()?.to.clone(),
    ))
}

/// Length of a set, milliseconds.
pub(super) fn milliseconds(set: &[Stretch]) -> i64 {
    set.iter()
        .map(|stretch| stretch.to.at.since(stretch.from.at))
        .fold(0, i64::saturating_add)
}

/// Length of a set in whole seconds, cut off.
pub(super) fn whole_seconds(set: &[Stretch]) -> i64 {
    milliseconds(set) / 1000
}

pub(super) fn intervals(set: &[Stretch]) -> Vec<Interval> {
    set.iter().map(Stretch::interval).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stretch(from: i64, first: u64, to: i64, last: u64) -> Stretch {
        Stretch::new(
            Edge::new(UtcMillis(from), first),
            Edge::new(UtcMillis(to), last),
        )
    }

    fn shown(set: &[Stretch]) -> Vec<(i64, i64, Vec<u64>)> {
        set.iter()
            .map(|stretch| (stretch.from.at.0, stretch.to.at.0, stretch.facts()))
            .collect()
    }

    #[test]
    fn a_union_joins_what_overlaps_or_touches_and_drops_the_empty() {
        let set = union([
            stretch(30, 5, 40, 6),
            stretch(0, 1, 10, 2),
            stretch(10, 3, 20, 4),
            stretch(50, 7, 50, 8),
            stretch(35, 9, 37, 10),
        ]);
        assert_eq!(shown(&set), [(0, 20, vec![1, 4]), (30, 40, vec![5, 6])]);
    }

    #[test]
    fn an_intersection_has_the_facts_of_its_own_edges() {
        let client = [stretch(0, 1, 100, 8)];
        let clinician = [stretch(10, 2, 40, 3), stretch(60, 4, 100, 8)];
        assert_eq!(
            shown(&intersection(&client, &clinician)),
            [(10, 40, vec![2, 3]), (60, 100, vec![4, 8])]
        );
        assert_eq!(intersection(&client, &[]), []);
    }

    #[test]
    fn a_difference_is_cut_at_the_facts_of_the_cut() {
        let lost = [stretch(10, 1, 100, 9)];
        let here = [stretch(0, 2, 20, 3), stretch(30, 4, 40, 5)];
        assert_eq!(
            shown(&difference(&lost, &here)),
            [(20, 30, vec![3, 4]), (40, 100, vec![5, 9])]
        );
        assert_eq!(difference(&lost, &[stretch(0, 2, 100, 3)]), []);
        assert_eq!(difference(&lost, &[]), lost);
    }

    #[test]
    fn seconds_are_cut_off_once_over_the_whole_set() {
        let set = [stretch(0, 1, 1_999, 2), stretch(3_000, 3, 4_000, 4)];
        assert_eq!(whole_seconds(&set[..1]), 1);
        assert_eq!(whole_seconds(&set), 2);
        let many: Vec<Stretch> = (0..3)
            .map(|n| stretch(n * 10_000, 1, n * 10_000 + 500, 2))
            .collect();
        assert_eq!(whole_seconds(&many), 1);
    }
}
