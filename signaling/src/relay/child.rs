//! The relay as a child process: the same program with the argument `relay`.

use super::{Start, Started};
use media_relay::front::{self, Hander};
use std::{
    io,
    os::{fd::OwnedFd, unix::net::UnixStream as StdUnixStream},
    path::PathBuf,
    process::Stdio,
};
use tokio::{net::UnixStream, process::Command};

/// The user that owns nothing, by its number on every Linux distribution.
const NOBODY: u32 = 65_534;

/// Starts this program again as `quietroom relay`. File descriptor 0 of the child is the control
/// stream, 1 the socket over which it is handed TURN streams; its environment is empty. A server that runs as root starts it as nobody.
#[derive(Debug)]
pub struct ChildProcess {
    program: PathBuf,
}

impl ChildProcess {
    /// # Errors
    /// When the path of the running program cannot be found out.
    pub fn this_program() -> io::Result<Self> {
        Ok(Self {
            program: std::env::current_exe()?,
        })
    }

    fn spawn(&self, as_nobody: bool) -> io::Result<Started> {
        let (ours, theirs) = StdUnixStream::pair()?;
        ours.set_nonblocking(true)?;
        let (hands, takes) = front::pair()?;
        let mut command = Command::new(&self.program);
        command
            .arg("relay")
            .env_clear()
            .current_dir("/")
            // Ctrl-C reaches the server alone, which drains before it ends the relay.
            .process_group(0)
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::from(takes))
            .kill_on_drop(true);
        if as_nobody {
            command.uid(NOBODY).gid(NOBODY);
        }
        let child = command.spawn()?;
        Ok(Started {
            stream: UnixStream::from_std(ours)?,
            hander: Some(Hander::new(hands)?),
            child: Some(child),
        })
    }
}

impl Start for ChildProcess {
    fn start(&mut self) -> io::Result<Started> {
        if !nix::unistd::geteuid().is_root() {
            return self.spawn(false);
        }
        match self.spawn(true) {
            // The program may lie where only root can reach it, or nobody may have no number in
            // this user namespace.
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::PermissionDenied | io::ErrorKind::InvalidInput
                ) =>
            {
                tracing::warn!(
                    "the relay cannot run as nobody from here: it runs as root, confined"
                );
                self.spawn(false)
            }
            other => other,
        }
    }
}
