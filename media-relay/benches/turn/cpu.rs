//! Which core a process has, and how much of it it used.

use std::process::{Command, Stdio};

/// Lets a process, with the threads that it has and will have, run on this core only, and before
/// all others there where that is allowed.
///
/// # Panics
/// When `taskset` is missing or the machine has no such core.
pub(crate) fn pin(pid: u32, core: &str) {
    let mut taskset = Command::new("taskset");
    let taskset = taskset.args(["--all-tasks", "--cpu-list", "--pid", core]);
    let pinned = taskset.arg(pid.to_string()).stdout(Stdio::null()).status();
    let pinned = pinned.expect("taskset is installed (Debian: util-linux)");
    assert!(pinned.success(), "core {core} can be had: two are needed");
    let mut renice = Command::new("renice");
    let renice = renice
        .args(["--priority", "-20", "--pid"])
        .args(threads(pid));
    let _ = renice.stdout(Stdio::null()).stderr(Stdio::null()).status();
}

/// Nanoseconds that all threads of a process have run (`sched-stats` of the kernel's
/// documentation).
///
/// # Panics
/// When there is no such process.
pub(crate) fn used(pid: u32) -> u64 {
    let run = threads(pid).into_iter().filter_map(|thread| {
        let line = std::fs::read_to_string(format!("/proc/{pid}/task/{thread}/schedstat")).ok()?;
        line.split(' ').next()?.parse::<u64>().ok()
    });
    run.sum()
}

fn threads(pid: u32) -> Vec<String> {
    let tasks = std::fs::read_dir(format!("/proc/{pid}/task")).expect("the process runs");
    let names = tasks.filter_map(|task| task.ok()?.file_name().into_string().ok());
    names.collect()
}
