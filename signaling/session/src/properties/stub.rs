//! What holds for every note stub.

use crate::{Fact, Recorded};
use quietroom_protocol::{Interval, NoteStub};

pub(super) fn adds_up(stub: &NoteStub, facts: &[Recorded]) {
    for set in [
        &stub.waited,
        &stub.here,
        &stub.clinician_here,
        &stub.together,
    ] {
        in_order_and_apart(set);
    }
    let together = milliseconds(&stub.together);
    assert!(together <= milliseconds(&stub.here).min(milliseconds(&stub.clinician_here)));
    assert_eq!(stub.together_seconds, together / 1000);

    let modality = &stub.modality;
    let parts = [
        modality.video_seconds,
        modality.audio_only_seconds,
        modality.neither_seconds,
    ];
    assert!(parts.iter().all(|seconds| *seconds >= 0));
    let cut_off = stub.together_seconds - parts.iter().sum::<i64>();
    assert!((0..=2).contains(&cut_off), "{cut_off}");

    for gap in &stub.interruptions {
        assert!(gap.from < gap.to);
        assert!(
            !stub
                .together
                .iter()
                .any(|both| { both.from < gap.to && gap.from < both.to })
        );
    }
    // The server's silence counts for nothing.
    for recorded in facts {
        if let Fact::ServerRestarted { last_alive } = recorded.fact {
            let within = |both: &Interval| both.from <= last_alive && both.to >= recorded.at;
            assert!(last_alive >= recorded.at || !stub.together.iter().any(within));
        }
    }
    every_number_is_of_a_fact(stub, facts);
}

fn in_order_and_apart(set: &[Interval]) {
    assert!(set.iter().all(|interval| interval.from < interval.to));
    assert!(set.windows(2).all(|pair| pair[0].to < pair[1].from));
}

fn every_number_is_of_a_fact(stub: &NoteStub, facts: &[Recorded]) {
    let named = stub
        .here
        .iter()
        .chain(&stub.together)
        .chain(&stub.waited)
        .flat_map(|interval| &interval.facts)
        .chain(stub.interruptions.iter().flat_map(|gap| &gap.facts))
        .chain(stub.flags.iter().flat_map(|flag| &flag.facts))
        .chain(&stub.modality.facts);
    for seq in named {
        assert!((1..=facts.len() as u64).contains(seq));
    }
}

fn milliseconds(set: &[Interval]) -> i64 {
    set.iter()
        .map(|interval| interval.to.since(interval.from))
        .sum()
}
