//! Which core a process has, and how much of it it used.

use std::ffi::OsStr;
use std::process::{Command, Stdio};

/// A command that runs on this core only.
pub(crate) fn on(core: &str, program: impl AsRef<OsStr>) -> Command {
    let mut taskset = Command::new("taskset");
    taskset.args(["--cpu-list", core]).arg(program);
    taskset
}

/// Lets this process run on this core only.
///
/// # Panics
/// When `taskset` is missing or the machine has no such core.
pub(crate) fn stay_on(core: &str) {
    let pid = std::process::id();
    let mut taskset = Command::new("taskset");
    let taskset = taskset.args(["--cpu-list", "--pid", core, &pid.to_string()]);
    let pinned = taskset.stdout(Stdio::null()).status();
    let pinned = pinned.expect("taskset is installed (Debian: util-linux)");
    assert!(pinned.success(), "core {core} can be had: two are needed");
    prefer(pid);
}

/// Lets a process, with the threads that it has, run before all others where that is allowed.
pub(crate) fn prefer(pid: u32) {
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
