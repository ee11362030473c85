//! How much of the machine a process has used.

use std::time::Duration;

/// Clock ticks per second in `/proc` (`USER_HZ`), the same on every Linux we build for.
const TICKS: u64 = 100;

/// CPU time of a process since it began, user and system.
///
/// # Panics
/// When there is no such process.
#[must_use]
pub fn used_by(pid: u32) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).expect("a process");
    // The second field is the name in parentheses and may hold spaces (proc_pid_stat(5)).
    let (_, fields) = stat.rsplit_once(") ").expect("a name in parentheses");
    let fields: Vec<&str> = fields.split(' ').collect();
    let ticks = |place: usize| -> u64 { fields[place].parse().expect("a number of ticks") };
    Duration::from_millis((ticks(11) + ticks(12)) * 1000 / TICKS)
}
