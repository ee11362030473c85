//! The committed corpus keeps every promise, and so do inputs that differ from it a little.

#![expect(clippy::unwrap_used, reason = "a test")]

use media_relay_control::TurnTotals;
use media_relay_fuzz::{frame, seeds, sequence, stun, turn};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::path::{Path, PathBuf};

/// Changed copies of each input.
const COPIES: usize = 40;

fn corpus(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(target)
}

fn inputs(target: &str) -> Vec<Vec<u8>> {
    let files = std::fs::read_dir(corpus(target)).unwrap();
    let mut inputs: Vec<Vec<u8>> = files
        .map(|file| std::fs::read(file.unwrap().path()).unwrap())
        .collect();
    inputs.sort();
    assert!(!inputs.is_empty(), "no corpus of {target}");
    inputs
}

fn replay(target: &str, run: impl Fn(&[u8])) {
    let mut random = StdRng::seed_from_u64(3);
    for input in inputs(target) {
        run(&input);
        for _ in 0..COPIES {
            run(&changed(&input, &mut random));
        }
    }
}

/// Some bytes other than they were, and perhaps an end that is missing.
fn changed(input: &[u8], random: &mut StdRng) -> Vec<u8> {
    let mut input = input.to_vec();
    for _ in 0..random.random_range(0..4) {
        let place = random.random_range(0..input.len().max(1));
        if let Some(byte) = input.get_mut(place) {
            *byte ^= random.random::<u8>();
        }
    }
    if random.random_ratio(1, 4) {
        input.truncate(random.random_range(0..=input.len()));
    }
    input
}

#[test]
fn of_stun() {
    replay("stun", stun::run);
}

#[test]
fn of_turn() {
    replay("turn", turn::run);
}

#[test]
fn of_sequence() {
    replay("sequence", |input| {
        sequence::run(input);
    });
}

/// Fuzzing begins behind the password: allocations are made, used, refused and expire.
#[test]
fn sequences_reach_the_relay() {
    let mut all = TurnTotals::default();
    for input in inputs("sequence") {
        all += sequence::run(&input);
    }
    assert!(
        all.allocated > 20 && all.packets > 20 && all.refused > 20,
        "{all:?}"
    );
}

#[test]
fn of_frame() {
    replay("frame", frame::run);
}

/// `cargo run -p media-relay-fuzz --example seeds` writes them.
#[test]
fn the_seeds_are_committed() {
    for (target, name, input) in seeds::all() {
        let committed = std::fs::read(corpus(target).join(&name)).ok();
        assert_eq!(committed, Some(input), "{target}/{name}");
    }
}
