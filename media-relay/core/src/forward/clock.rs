//! NTP and RTP time (RFC 3550 section 4): the mapping sender reports carry, which is what keeps
//! lips and voice together.

use std::time::{Duration, Instant};

/// Seconds from 1900 to 1970.
const NTP_UNIX: u64 = 2_208_988_800;

/// The relay's own wall clock, advanced by the time passed in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WallClock {
    started: Instant,
    unix: Duration,
}

impl WallClock {
    /// `unix` is the time since the Unix epoch at `started`.
    pub(crate) fn new(started: Instant, unix: Duration) -> WallClock {
        WallClock { started, unix }
    }

    /// NTP time at `now`: seconds since 1900, 32 bits before the point and 32 behind.
    pub(crate) fn ntp(&self, now: Instant) -> u64 {
        let unix = self.unix + now.saturating_duration_since(self.started);
        let fraction = (u64::from(unix.subsec_nanos()) << 32) / 1_000_000_000;
        (unix.as_secs().wrapping_add(NTP_UNIX) << 32) | fraction
    }
}

/// A sender report as received: at NTP time `ntp` of the publisher's clock its RTP time was
/// `rtp`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SenderClock {
    pub(crate) ntp: u64,
    pub(crate) rtp: u32,
    /// When it arrived.
    pub(crate) at: Instant,
}

impl SenderClock {
    /// RTP time at NTP time `ntp`, with `rate` ticks per second.
    pub(crate) fn rtp_at(&self, ntp: u64, rate: u32) -> u32 {
        let elapsed = ntp.wrapping_sub(self.ntp).cast_signed();
        // To the nearest tick.
        let ticks = (i128::from(elapsed) * i128::from(rate) + (1 << 31)) >> 32;
        // RTP time is modulo 2^32.
        self.rtp.wrapping_add(ticks as u32)
    }

    /// NTP time of RTP time `rtp`, which is within half a turn of the report.
    pub(crate) fn ntp_of(&self, rtp: u32, rate: u32) -> u64 {
        let ticks = rtp.wrapping_sub(self.rtp).cast_signed();
        let elapsed = (i64::from(ticks) << 32) / i64::from(rate.max(1));
        self.ntp.wrapping_add_signed(elapsed)
    }

    /// `LSR` of a reception report (RFC 3550 section 6.4.1).
    pub(crate) fn lsr(&self) -> u32 {
        (self.ntp >> 16) as u32
    }

    /// `DLSR`: time since the report, in units of 1/65536 s.
    pub(crate) fn dlsr(&self, now: Instant) -> u32 {
        let passed = now.saturating_duration_since(self.at);
        u32::try_from(passed.as_micros() * 65_536 / 1_000_000).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::start;

    #[test]
    fn ntp_time_counts_from_1900() {
        let clock = WallClock::new(start(), Duration::from_millis(1_500));
        assert_eq!(clock.ntp(start()), (NTP_UNIX + 1) << 32 | 1 << 31);
        let later = clock.ntp(start() + Duration::from_millis(500));
        assert_eq!(later, (NTP_UNIX + 2) << 32);
    }

    #[test]
    fn rtp_and_ntp_time_map_back_and_forth_across_a_wrap() {
        let clock = SenderClock {
            ntp: 7 << 32,
            rtp: u32::MAX - 10,
            at: start(),
        };
        assert_eq!(clock.rtp_at(8 << 32, 90_000), 89_989);
        assert_eq!(clock.ntp_of(89_989, 90_000), 8 << 32);
        assert_eq!(clock.rtp_at(6 << 32, 90_000), u32::MAX - 10 - 90_000);
    }

    #[test]
    fn the_delay_since_a_report_is_in_65536ths() {
        let clock = SenderClock {
            ntp: 0x0001_0002_0003_0004,
            rtp: 0,
            at: start(),
        };
        assert_eq!(clock.lsr(), 0x0002_0003);
        assert_eq!(clock.dlsr(start() + Duration::from_millis(250)), 16_384);
    }
}
