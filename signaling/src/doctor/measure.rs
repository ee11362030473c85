//! Whether packets come back, and how soon.

use super::{
    fault::Fault,
    peer::{Arrival, Arrivals, Sound},
};
use crate::clock::Clock;
use std::time::{Duration, Instant};
use tokio::time::{MissedTickBehavior, interval, sleep};

/// A second of sound.
const PACKETS: u32 = 50;
const EVERY: Duration = Duration::from_millis(20);
/// For the last packet to come back.
const LATEST: Duration = Duration::from_millis(1000);

/// What a call that stands shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Measured {
    /// From the first packet to the relay until both connections stood.
    pub(super) connect: Duration,
    /// From one end of the call through the relay to its other end, on this machine: the median.
    pub(super) round_trip: Duration,
    pub(super) sent: usize,
    pub(super) lost: usize,
}

/// Sends sound and takes the time until it comes back.
pub(super) async fn measure(
    sound: &Sound,
    arrivals: &mut Arrivals,
    clock: &Clock,
    connect: Duration,
) -> Result<Measured, Fault> {
    let mut sent: Vec<Instant> = Vec::new();
    let mut came: Vec<Arrival> = Vec::new();
    let mut tick = interval(EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for index in 0..PACKETS {
        tick.tick().await;
        sent.push(clock.instant());
        sound.send(index).await?;
    }
    let last = sleep(LATEST);
    tokio::pin!(last);
    while came.len() < sent.len() {
        tokio::select! {
            arrival = arrivals.recv() => match arrival {
                Some(arrival) => came.push(arrival),
                None => break,
            },
            () = &mut last => break,
        }
    }
    summary(&sent, &came, connect).ok_or(Fault::NoPackets(sent.len()))
}

/// `None` when nothing came.
fn summary(sent: &[Instant], came: &[Arrival], connect: Duration) -> Option<Measured> {
    let mut trips: Vec<Option<Duration>> = vec![None; sent.len()];
    for (index, at) in came {
        let index = usize::try_from(*index).ok()?;
        if let (Some(trip), Some(left)) = (trips.get_mut(index), sent.get(index)) {
            // Of a packet that came twice, the first counts.
            trip.get_or_insert(at.saturating_duration_since(*left));
        }
    }
    let mut trips: Vec<Duration> = trips.into_iter().flatten().collect();
    trips.sort_unstable();
    Some(Measured {
        connect,
        round_trip: *trips.get(trips.len() / 2)?,
        sent: sent.len(),
        lost: sent.len() - trips.len(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_trip_and_the_lost_are_told() {
        let start = Clock::system().instant();
        let ms = Duration::from_millis;
        let sent: Vec<Instant> = (0..4).map(|packet| start + ms(20 * packet)).collect();
        let came = [
            (0, start + ms(9)),
            (2, start + ms(41)),
            (1, start + ms(22)),
            (1, start + ms(99)),
            (7, start + ms(99)),
        ];
        let expected = Measured {
            connect: ms(5),
            round_trip: ms(2),
            sent: 4,
            lost: 1,
        };
        assert_eq!(summary(&sent, &came, ms(5)), Some(expected));
        assert_eq!(summary(&sent, &[], ms(5)), None);
    }
}
