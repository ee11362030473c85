//! How well a layer arrives, for reception reports (RFC 3550 section 6.4.1).

use super::SenderClock;
use rtc_rtcp::reception_report::ReceptionReport;
use std::time::Instant;

/// Losses are reported in 24 bits, signed.
const MAX_LOST: u64 = 0x7f_ffff;

#[derive(Debug)]
pub(crate) struct Reception {
    base: u64,
    top: u64,
    received: u64,
    /// Expected and received at the last report.
    reported: (u64, u64),
    /// Ticks, times 16 (RFC 3550 appendix A.8).
    jitter: u32,
    last: (Instant, u32),
}

impl Reception {
    pub(crate) fn new(index: u64, timestamp: u32, now: Instant) -> Reception {
        Reception {
            base: index,
            top: index,
            received: 1,
            reported: (0, 0),
            jitter: 0,
            last: (now, timestamp),
        }
    }

    /// The highest index so far.
    pub(crate) fn top(&self) -> u64 {
        self.top
    }

    /// A packet that was not retransmitted.
    pub(crate) fn arrived(&mut self, index: u64, timestamp: u32, rate: u32, now: Instant) {
        self.received += 1;
        self.top = self.top.max(index);
        let passed = now.saturating_duration_since(self.last.0).as_micros();
        let passed = (passed * u128::from(rate) / 1_000_000) as u32;
        let sent = timestamp.wrapping_sub(self.last.1);
        let difference = passed.wrapping_sub(sent).cast_signed().unsigned_abs();
        self.last = (now, timestamp);
        // A second and more is a pause or a new clock, not jitter.
        if difference < rate {
            self.jitter = self.jitter + difference - ((self.jitter + 8) >> 4);
        }
    }

    pub(crate) fn report(
        &mut self,
        ssrc: u32,
        clock: Option<SenderClock>,
        now: Instant,
    ) -> ReceptionReport {
        let expected = self.top - self.base + 1;
        let (expected_before, received_before) = self.reported;
        self.reported = (expected, self.received);
        let expected_now = expected - expected_before;
        let received_now = self.received - received_before;
        let lost_now = expected_now.saturating_sub(received_now);
        ReceptionReport {
            ssrc,
            fraction_lost: u8::try_from(lost_now * 256 / expected_now.max(1)).unwrap_or(u8::MAX),
            total_lost: expected.saturating_sub(self.received).min(MAX_LOST) as u32,
            // Rollovers and sequence number: the low 32 bits of the index.
            last_sequence_number: self.top as u32,
            jitter: self.jitter >> 4,
            last_sender_report: clock.map_or(0, |clock| clock.lsr()),
            delay: clock.map_or(0, |clock| clock.dlsr(now)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::start;
    use std::time::Duration;

    #[test]
    fn losses_are_told_since_the_last_report_and_in_all() {
        let mut reception = Reception::new(100, 0, start());
        for index in [101, 102, 104] {
            reception.arrived(index, 0, 90_000, start());
        }
        let report = reception.report(5, None, start());
        assert_eq!((report.fraction_lost, report.total_lost), (51, 1));
        assert_eq!(report.last_sequence_number, 104);
        reception.arrived(105, 0, 90_000, start());
        let report = reception.report(5, None, start());
        assert_eq!((report.fraction_lost, report.total_lost), (0, 1));
    }

    #[test]
    fn steady_arrival_has_no_jitter() {
        let mut reception = Reception::new(0, 0, start());
        for count in 1..50u32 {
            let now = start() + Duration::from_millis(20) * count;
            reception.arrived(count.into(), 960 * count, 48_000, now);
        }
        let at = start() + Duration::from_secs(1);
        assert_eq!(reception.report(5, None, at).jitter, 0);
        for count in 50..200u32 {
            let late = Duration::from_millis(if count % 2 == 0 { 10 } else { 0 });
            let now = start() + Duration::from_millis(20) * count + late;
            reception.arrived(count.into(), 960 * count, 48_000, now);
        }
        let jitter = reception.report(5, None, at).jitter;
        assert!((440..=480).contains(&jitter), "{jitter}");
    }
}
