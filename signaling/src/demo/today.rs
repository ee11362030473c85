//! The day that it is in the clinic.

use jiff::{Timestamp, Zoned, tz::TimeZone};
use quietroom_protocol::UtcMillis;

const MINUTE: i64 = 60_000;

/// A calendar day, `[begins, ends)`.
pub(super) struct Today {
    pub(super) begins: UtcMillis,
    pub(super) ends: UtcMillis,
    zone: TimeZone,
}

impl Today {
    /// The day around `now`. A zone this machine does not know counts as UTC.
    pub(super) fn at(now: UtcMillis, time_zone: &str) -> Self {
        let zone = TimeZone::get(time_zone).unwrap_or(TimeZone::UTC);
        let zoned = zoned(now, &zone);
        let begins = zoned.start_of_day().map(|at| millis(&at));
        let ends = zoned
            .tomorrow()
            .and_then(|next| next.start_of_day())
            .map(|at| millis(&at));
        // Only at the ends of the calendar is there no day.
        Self {
            begins: begins.unwrap_or(now),
            ends: ends.unwrap_or(now),
            zone,
        }
    }

    /// A start `after` ms from `now`, on the last five minutes that have begun, and still today.
    pub(super) fn start_in(&self, now: UtcMillis, after: i64) -> UtcMillis {
        let step = 5 * MINUTE;
        let at = now.plus(after).0.min(self.ends.0 - step);
        UtcMillis(at - at.rem_euclid(step)).max(self.begins)
    }

    /// As `14:05`.
    pub(super) fn clock_time(&self, at: UtcMillis) -> String {
        zoned(at, &self.zone).strftime("%H:%M").to_string()
    }
}

fn zoned(at: UtcMillis, zone: &TimeZone) -> Zoned {
    Timestamp::from_millisecond(at.0)
        .unwrap_or_default()
        .to_zoned(zone.clone())
}

fn millis(at: &Zoned) -> UtcMillis {
    UtcMillis(at.timestamp().as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 60 * MINUTE;

    #[test]
    fn a_start_is_on_five_minutes_and_today() {
        let day = Today::at(UtcMillis(23 * HOUR + 31 * MINUTE), "UTC");
        assert_eq!((day.begins, day.ends), (UtcMillis(0), UtcMillis(24 * HOUR)));
        let now = UtcMillis(23 * HOUR + 31 * MINUTE);
        assert_eq!(day.start_in(now, 0), UtcMillis(23 * HOUR + 30 * MINUTE));
        assert_eq!(day.start_in(now, HOUR), UtcMillis(23 * HOUR + 55 * MINUTE));
        assert_eq!(day.clock_time(day.start_in(now, 0)), "23:30");
    }

    #[test]
    fn an_unknown_zone_counts_as_utc() {
        assert_eq!(
            Today::at(UtcMillis(5), "Nowhere/At-All").begins,
            UtcMillis(0)
        );
    }
}
