//! A class: many people who all hear each other, some of whom are seen, measured packet by packet.

use crate::eventually::eventually;
use crate::participant::{
    AUDIO_PER_SECOND, Participant, Sends, Signaling, Source, VIDEO_PER_SECOND,
};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::ops::Range;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::sleep;

/// Seconds of one window.
const WINDOW: u64 = 5;
/// Share of a window's packets that every ordered pair has to receive, percent.
const SOUND: u64 = 99;
const PICTURE: u64 = 95;
/// Share of their nominal rate that publishers have to keep, percent: a class whose members are
/// too slow to speak measures nothing.
const RATE: u64 = 99;
/// For what is still under way when the last window closes.
const UNDER_WAY: Duration = Duration::from_secs(2);

/// People in one room, numbered from 1; the first of them with a camera.
#[derive(Debug)]
pub struct Class<S> {
    people: Vec<Participant<S>>,
    filmed: usize,
}

/// What every ordered pair received.
#[derive(Debug)]
pub struct Measured {
    seconds: u64,
    sound: Worst,
    picture: Worst,
    /// One sentence for each window or publisher that fell short.
    pub failures: Vec<String>,
}

/// Over all pairs and windows of one source.
#[derive(Debug, Default)]
struct Worst {
    pairs: u64,
    windows: u64,
    expected: u64,
    received: u64,
    /// Smallest share of a window, in thousandths.
    least: Option<u64>,
}

impl<S: Signaling + fmt::Debug> Class<S> {
    /// Lets `count` people join, the first `filmed` with a camera. `seat` makes each one's way to
    /// the relay.
    ///
    /// # Panics
    /// When someone cannot join.
    pub async fn gather(count: u32, filmed: u32, mut seat: impl FnMut(u32) -> S) -> Self {
        let here = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let mut joining = JoinSet::new();
        for number in 1..=count {
            let signaling = seat(number);
            let camera = number <= filmed;
            joining.spawn(async move {
                let microphone = true;
                let sends = Sends { microphone, camera };
                let joined = Participant::join(number, signaling, sends, here).await;
                let joined = joined.expect("the relay answers the offer");
                joined.published().await;
                joined
            });
        }
        let mut people = joining.join_all().await;
        people.sort_by_key(Participant::number);
        let filmed = usize::try_from(filmed).expect("a class");
        Self { people, filmed }
    }

    /// Waits until every ordered pair hears, and those with a camera are seen by all.
    ///
    /// # Panics
    /// When it takes longer than `limit`.
    pub async fn settle(&self, limit: Duration) {
        eventually("everyone hears everyone", limit, async || {
            self.pairs(Source::Microphone)
                .all(|(from, to)| to.received(from.number(), Source::Microphone) > 0)
        })
        .await;
        eventually("everyone sees those with a camera", limit, async || {
            self.pairs(Source::Camera)
                .all(|(from, to)| to.received(from.number(), Source::Camera) > 0)
        })
        .await;
    }

    /// Measures for `seconds`, a multiple of 5.
    pub async fn measure(&self, seconds: u64) -> Measured {
        let begin = |source| -> Vec<u64> {
            let sent = self.people.iter().map(|person| person.sent(source));
            sent.collect()
        };
        let (sound, picture) = (begin(Source::Microphone), begin(Source::Camera));
        sleep(Duration::from_secs(seconds)).await;
        let mut failures = Vec::new();
        self.check_rates(Source::Microphone, &sound, seconds, &mut failures);
        self.check_rates(Source::Camera, &picture, seconds, &mut failures);
        sleep(UNDER_WAY).await;
        let sound = self.windows(Source::Microphone, &sound, seconds, &mut failures);
        let picture = self.windows(Source::Camera, &picture, seconds, &mut failures);
        Measured {
            seconds,
            sound,
            picture,
            failures,
        }
    }

    fn check_rates(&self, source: Source, begin: &[u64], seconds: u64, failures: &mut Vec<String>) {
        for (person, begin) in self.publishing(source).iter().zip(begin) {
            let sent = person.sent(source) - begin;
            let due = per_second(source) * seconds;
            if sent * 100 < due * RATE {
                let number = person.number();
                failures.push(format!("{number} sent {sent} of {due} {source:?} packets"));
            }
        }
    }

    fn windows(
        &self,
        source: Source,
        begin: &[u64],
        seconds: u64,
        failures: &mut Vec<String>,
    ) -> Worst {
        let length = per_second(source) * WINDOW;
        let mut worst = Worst::default();
        for (from, to) in self.pairs(source) {
            worst.pairs += 1;
            let first = begin[index(from)];
            for number in 0..seconds / WINDOW {
                let start = first + number * length;
                worst.add(from, to, source, start..start + length, failures);
            }
        }
        worst
    }

    fn publishing(&self, source: Source) -> &[Participant<S>] {
        match source {
            Source::Microphone => &self.people,
            Source::Camera => &self.people[..self.filmed],
        }
    }

    /// Every publisher of `source` with everyone else.
    fn pairs(&self, source: Source) -> impl Iterator<Item = (&Participant<S>, &Participant<S>)> {
        let publishing = self.publishing(source).iter();
        publishing.flat_map(|from| {
            let others = self.people.iter();
            others
                .filter(|to| to.number() != from.number())
                .map(move |to| (from, to))
        })
    }
}

impl Worst {
    fn add<S: Signaling>(
        &mut self,
        from: &Participant<S>,
        to: &Participant<S>,
        source: Source,
        window: Range<u64>,
        failures: &mut Vec<String>,
    ) {
        let expected = window.end - window.start;
        let received = to.received_in(from.number(), source, window.clone());
        self.windows += 1;
        self.expected += expected;
        self.received += received;
        let share = received * 1000 / expected;
        self.least = Some(self.least.map_or(share, |least| least.min(share)));
        if received * 100 < expected * threshold(source) {
            let (from, to) = (from.number(), to.number());
            failures.push(format!(
                "{to} got {received} of {expected} {source:?} packets of {from} in {window:?}"
            ));
        }
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{} seconds", self.seconds)?;
        writeln!(formatter, "sound:   {}", self.sound)?;
        write!(formatter, "picture: {}", self.picture)
    }
}

impl fmt::Display for Worst {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let least = self.least.unwrap_or_default();
        write!(
            formatter,
            "{} pairs, {} windows, {} of {} packets, worst window {}.{} %",
            self.pairs,
            self.windows,
            self.received,
            self.expected,
            least / 10,
            least % 10
        )
    }
}

fn per_second(source: Source) -> u64 {
    match source {
        Source::Microphone => AUDIO_PER_SECOND,
        Source::Camera => VIDEO_PER_SECOND,
    }
}

fn threshold(source: Source) -> u64 {
    match source {
        Source::Microphone => SOUND,
        Source::Camera => PICTURE,
    }
}

/// Where a participant stands in the class.
fn index<S: Signaling>(person: &Participant<S>) -> usize {
    usize::try_from(person.number() - 1).expect("a class")
}
