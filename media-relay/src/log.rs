//! Log lines on standard error, for signaling's log.

use std::panic::PanicHookInfo;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Internal software error, after `sysexits.h`.
const EX_SOFTWARE: i32 = 70;

/// Starts the log. Only our own crates are heard: the WebRTC crates log addresses.
///
/// A panic in any thread ends the process, because a relay with a dead worker would look alive;
/// signaling starts another. Only its place is logged: its message may quote what came in.
pub(crate) fn begin() {
    let ours = Targets::new()
        .with_target("media_relay", LevelFilter::INFO)
        .with_target("media_relay_core", LevelFilter::INFO);
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(false);
    // A second start in one process keeps the first log.
    let _ = tracing_subscriber::registry()
        .with(ours)
        .with(lines)
        .try_init();
    std::panic::set_hook(Box::new(end));
}

fn end(panic: &PanicHookInfo<'_>) {
    let (file, line) = panic
        .location()
        .map_or(("unknown", 0), |place| (place.file(), place.line()));
    tracing::error!(file, line, "a thread panicked");
    std::process::exit(EX_SOFTWARE);
}
