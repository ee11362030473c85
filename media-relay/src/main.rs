//! The media relay as a program of its own: as signaling starts it, like `quietroom relay`, or as
//! a TURN server that stands alone.

use clap::Parser;
use std::path::PathBuf;
use std::process::ExitCode;

/// A TURN server (RFC 8656) over UDP, TCP and TLS.
///
/// Without arguments it is the media relay of a running quietroom, which starts it itself.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// Run as a TURN server with this configuration.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Only say what is wrong with the configuration.
    #[arg(long, requires = "config")]
    check: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match arguments.config {
        None => media_relay::run_child(),
        Some(file) if arguments.check => media_relay::standalone::check(&file),
        Some(file) => media_relay::standalone::run(&file),
    }
}
