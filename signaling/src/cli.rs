//! Where a process begins: the command line.

use crate::{
    admin,
    cannot_run::CannotRun,
    clock::Clock,
    demo,
    doctor::{self, CannotTest},
    logging, start, terminal,
};
use clap::{Args, Parser, Subcommand};
use quietroom_config::Config;
use quietroom_web as web;
use rustls::crypto::aws_lc_rs;
use std::{
    env,
    path::{Path, PathBuf},
    process::ExitCode,
};
use tokio::runtime;

/// A telehealth session server. Without arguments it runs a demonstration on localhost.
#[derive(Debug, Parser)]
#[command(name = "quietroom", version, args_conflicts_with_subcommands = true)]
struct Cli {
    /// Configuration file of a clinic; without it Quietroom runs as a demonstration
    #[arg(long, value_name = "FILE", conflicts_with_all = ["data", "port"])]
    config: Option<PathBuf>,
    /// TCP port of the demonstration, on localhost
    #[arg(long, default_value_t = demo::PORT)]
    port: u16,
    /// Data folder of the demonstration
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print every error of a configuration; exits 78 if there is one
    CheckConfig(ConfigFile),
    /// Accounts that nobody else can make
    #[command(subcommand)]
    Admin(Admin),
    /// Call through the running server by each way and print what works; exits 1 if one does not,
    /// 69 if no server runs
    Doctor(Doctor),
    /// Print the hashes of the web client in this program: what an honest server serves
    ClientHashes,
    /// The media relay, started by the server itself
    #[command(hide = true)]
    Relay,
}

#[derive(Debug, Subcommand)]
enum Admin {
    /// Print a one-time link that sets up an administrator, new or locked out
    Create {
        #[command(flatten)]
        file: ConfigFile,
        /// 3 to 64 of a-z, 0-9, `.`, `-` and `_`
        #[arg(long)]
        username: String,
        /// Name that colleagues see
        #[arg(long)]
        name: String,
    },
}

#[derive(Debug, Args)]
struct Doctor {
    /// Configuration file of the running server; without it that of the demonstration is tested
    #[arg(long, value_name = "FILE", conflicts_with = "data")]
    config: Option<PathBuf>,
    /// Data folder of the demonstration
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// PEM file of a certificate authority to trust besides those of the system
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct ConfigFile {
    /// Configuration file
    #[arg(long = "config", value_name = "FILE")]
    file: PathBuf,
}

/// `EX_CONFIG` of `sysexits.h`.
const CONFIG_ERROR: u8 = 78;
/// `EX_UNAVAILABLE` of `sysexits.h`.
const NO_SERVER: u8 = 69;

/// Runs what the command line asks for.
#[must_use]
pub fn main() -> ExitCode {
    // Other crates bring other providers along: the first one installed is the one used.
    let _ = aws_lc_rs::default_provider().install_default();
    let cli = Cli::parse();
    match cli.command {
        Some(Command::Relay) => media_relay::run_child(),
        Some(Command::ClientHashes) => client_hashes(),
        Some(Command::CheckConfig(ConfigFile { file })) => check_config(&file),
        Some(Command::Admin(Admin::Create {
            file: ConfigFile { file },
            username,
            name,
        })) => with_config(&file, |config| {
            finish(block_on(admin::create(config, username, name)))
        }),
        Some(Command::Doctor(Doctor { config, data, ca })) => match config {
            Some(file) => with_config(&file, |config| examine(&config, ca.as_deref())),
            None => match demo::config(data, demo::PORT) {
                Ok(config) => examine(&config, ca.as_deref()),
                Err(reason) => finish(Err(reason)),
            },
        },
        None => match cli.config {
            Some(file) => with_config(&file, |config| {
                logging::begin(config.log, &Clock::system());
                finish(block_on(start::run(config, false)))
            }),
            None => finish(demo::config(cli.data, cli.port).and_then(|config| {
                logging::begin(config.log, &Clock::system());
                block_on(start::run(config, true))
            })),
        },
    }
}

fn client_hashes() -> ExitCode {
    let Some(listed) = web::hashes() else {
        complain(&"the web client was built without a list of its hashes");
        return ExitCode::FAILURE;
    };
    terminal::say(String::from_utf8_lossy(&listed.bytes).trim_end());
    ExitCode::SUCCESS
}

fn check_config(file: &Path) -> ExitCode {
    with_config(file, |_| {
        terminal::say("The configuration is good.");
        ExitCode::SUCCESS
    })
}

fn examine(config: &Config, authority: Option<&Path>) -> ExitCode {
    let examined = block_on(async { Ok(doctor::run(&config.data.folder, authority).await) });
    match examined {
        Ok(Ok(true)) => ExitCode::SUCCESS,
        Ok(Ok(false)) => ExitCode::FAILURE,
        Ok(Err(reason)) => {
            complain(&reason);
            match reason {
                CannotTest::NoServer(_) => ExitCode::from(NO_SERVER),
                _ => ExitCode::FAILURE,
            }
        }
        Err(reason) => finish(Err(reason)),
    }
}

/// Loads the configuration, or prints every problem with it.
fn with_config(file: &Path, run: impl FnOnce(Config) -> ExitCode) -> ExitCode {
    let variables = env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    match Config::load(file, variables) {
        Ok(config) => run(config),
        Err(problems) => {
            for problem in problems {
                complain(&problem);
            }
            ExitCode::from(CONFIG_ERROR)
        }
    }
}

fn block_on<T>(work: impl Future<Output = Result<T, CannotRun>>) -> Result<T, CannotRun> {
    runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(work)
}

fn finish(result: Result<(), CannotRun>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            complain(&reason);
            ExitCode::FAILURE
        }
    }
}

#[expect(
    clippy::print_stderr,
    reason = "one sentence for whoever started the program"
)]
fn complain(reason: &dyn std::fmt::Display) {
    eprintln!("quietroom: {reason}");
}
