//! Where a process begins: the command line.

use clap::{Parser, Subcommand};
use std::{path::PathBuf, process::ExitCode};

/// A telehealth session server. Without arguments it runs a demonstration on localhost.
#[derive(Debug, Parser)]
#[command(name = "quietroom", version)]
struct Cli {
    /// Configuration file; without it Quietroom runs as a demonstration
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// The media relay, started by the server itself
    #[command(hide = true)]
    Relay,
}

/// Runs what the command line asks for.
#[must_use]
pub fn main() -> ExitCode {
    match Cli::parse().command {
        Some(Command::Relay) => ExitCode::FAILURE,
        None => ExitCode::SUCCESS,
    }
}
