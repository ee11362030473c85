//! The port range, divided among the workers.

/// Each worker has `size` ports from `first + worker * size` on; the few that remain are nobody's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slices {
    first: u16,
    size: u16,
    workers: u16,
}

impl Slices {
    /// The dynamic ports (RFC 8656 section 7.2), unless configured otherwise.
    pub(super) const DEFAULT: (u16, u16) = (49_152, 65_535);

    pub(super) fn new((first, last): (u16, u16), workers: usize) -> Slices {
        let workers = u16::try_from(workers).unwrap_or(u16::MAX).max(1);
        // Port 0 is no port.
        let first = first.max(1);
        let ports = (u32::from(last) + 1).saturating_sub(u32::from(first));
        Slices {
            first,
            size: u16::try_from(ports / u32::from(workers)).unwrap_or(u16::MAX),
            workers,
        }
    }

    pub(super) fn worker_of(self, port: u16) -> Option<u16> {
        let worker = port.checked_sub(self.first)?.checked_div(self.size)?;
        (worker < self.workers).then_some(worker)
    }

    /// First port and number of ports of a worker.
    pub(super) fn of(self, worker: u16) -> (u16, u16) {
        let first = u32::from(self.first) + u32::from(worker) * u32::from(self.size);
        match u16::try_from(first) {
            Ok(first) if worker < self.workers => (first, self.size),
            _ => (0, 0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_port_of_a_slice_says_whose_it_is() {
        for workers in [1, 2, 3, 7] {
            let slices = Slices::new(Slices::DEFAULT, workers);
            let mut seen = 0;
            for worker in 0..u16::try_from(workers).unwrap() {
                let (first, size) = slices.of(worker);
                for port in first..=first + (size - 1) {
                    assert_eq!(slices.worker_of(port), Some(worker));
                    seen += 1;
                }
            }
            let all = (1..=u16::MAX).filter(|port| slices.worker_of(*port).is_some());
            assert_eq!(all.count(), seen);
            assert!(seen > 16_384 - workers);
        }
    }

    #[test]
    fn a_range_that_is_empty_or_too_small_is_nobodys() {
        assert_eq!(Slices::new((9, 8), 2).worker_of(9), None);
        let slices = Slices::new((9, 10), 3);
        assert_eq!((slices.worker_of(9), slices.of(0).1), (None, 0));
    }
}
