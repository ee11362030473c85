//! Counters for operators. No labels of rooms, people or organisations.

use std::sync::atomic::AtomicU64;

/// Counters start at 0 with the process.
#[derive(Debug, Default)]
pub struct Metrics {
    pub requests: AtomicU64,
    pub refused: AtomicU64,
    pub sockets: AtomicU64,
}
