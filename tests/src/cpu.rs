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
    let fields = fields(pid).expect("a process");
    let ticks = |place: usize| -> u64 { fields[place].parse().expect("a number of ticks") };
    Duration::from_millis((ticks(11) + ticks(12)) * 1000 / TICKS)
}

/// As [`used_by`], with all processes that it started and that still run.
///
/// # Panics
/// When there is no such process.
#[must_use]
pub fn used_by_tree(pid: u32) -> Duration {
    let started: Duration = children(pid).into_iter().map(used_by_tree).sum();
    used_by(pid) + started
}

/// Memory that a process holds now and the most that it ever held, bytes (`VmRSS` and `VmHWM` of
/// `proc_pid_status(5)`).
///
/// # Panics
/// When there is no such process.
#[must_use]
pub fn memory_of(pid: u32) -> (u64, u64) {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("a process");
    let kib = |name: &str| -> u64 {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let number = line.and_then(|line| line.split_whitespace().next());
        number
            .and_then(|number| number.parse().ok())
            .expect("a number of kB")
    };
    (kib("VmRSS:") * 1024, kib("VmHWM:") * 1024)
}

fn children(parent: u32) -> Vec<u32> {
    let processes = std::fs::read_dir("/proc").expect("Linux");
    let pids = processes.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    pids.filter(|pid| fields(*pid).is_some_and(|fields| fields[1] == parent.to_string()))
        .collect()
}

/// The fields of `/proc/PID/stat` after the name in parentheses, which may hold spaces
/// (`proc_pid_stat(5)`): the first is the state, the second the parent.
fn fields(pid: u32) -> Option<Vec<String>> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, fields) = stat.rsplit_once(") ")?;
    Some(fields.split(' ').map(str::to_owned).collect())
}
