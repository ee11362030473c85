//! What the process gives up before it reads a hostile byte.

use landlock::{
    ABI, Access, AccessFs, AccessNet, Ruleset, RulesetAttr, RulesetError, RulesetStatus, Scope,
};
use nix::sys::prctl;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::signal::{SigSet, Signal};

/// Why the sandbox could not be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refused {
    #[error("the system refused a limit")]
    System(#[from] nix::Error),
    #[error("the kernel refused the Landlock rules")]
    Landlock(#[from] RulesetError),
}

/// Gives up, for this thread and all it starts: new privileges by exec, core dumps and being
/// traced (memory holds session keys), every file, TCP, abstract Unix sockets and signals to
/// other processes. Older kernels enforce what they know of Landlock; a kernel without it is
/// said in the log.
///
/// Also stops listening to Ctrl-C: the terminal sends it to the whole process group, while
/// signaling wants the relay to outlive its own drain.
///
/// # Errors
/// [`Refused`] when a limit that every kernel knows is not accepted.
pub(crate) fn enter() -> Result<(), Refused> {
    prctl::set_no_new_privs()?;
    prctl::set_dumpable(false)?;
    setrlimit(Resource::RLIMIT_CORE, 0, 0)?;
    let mut ignored = SigSet::empty();
    ignored.add(Signal::SIGINT);
    ignored.thread_block()?;
    confine()
}

/// Landlock: no file, TCP, abstract Unix socket or foreign signal for this thread and those it
/// starts.
fn confine() -> Result<(), Refused> {
    let restricted = Ruleset::default()
        .handle_access(AccessFs::from_all(ABI::V6))?
        .handle_access(AccessNet::from_all(ABI::V6))?
        .scope(Scope::from_all(ABI::V6))?
        .create()?
        .restrict_self()?;
    match restricted.ruleset {
        RulesetStatus::FullyEnforced => {}
        RulesetStatus::PartiallyEnforced => {
            tracing::info!("the kernel enforces a part of the Landlock rules");
        }
        RulesetStatus::NotEnforced => {
            tracing::warn!("the kernel has no Landlock: the relay could open files");
        }
    }
    Ok(())
}

/// Gives up new processes and threads, and more sockets than it needs: once everything runs.
/// `descriptors` is how many are open at one time at most.
///
/// # Errors
/// [`Refused::System`], as for [`enter`].
pub(crate) fn close(descriptors: u64) -> Result<(), Refused> {
    setrlimit(Resource::RLIMIT_NPROC, 0, 0)?;
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
    if descriptors > hard {
        tracing::warn!(
            needed = descriptors,
            allowed = hard,
            "the system allows fewer open files than streams and allocations may need"
        );
    }
    let limit = descriptors.min(hard);
    setrlimit(Resource::RLIMIT_NOFILE, limit, limit)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;
    use std::io::ErrorKind;
    use std::net::TcpListener;

    #[test]
    fn a_confined_thread_opens_no_file_and_no_tcp_port() {
        let place = env!("CARGO_MANIFEST_DIR").to_owned() + "/Cargo.toml";
        assert!(File::open(&place).is_ok());
        let confined = std::thread::spawn(move || {
            confine().unwrap();
            let file = File::open(&place).map(drop).map_err(|error| error.kind());
            let port = TcpListener::bind("127.0.0.1:0").map(drop);
            (file, port.map_err(|error| error.kind()))
        });
        let refused = Err(ErrorKind::PermissionDenied);
        assert_eq!(confined.join().unwrap(), (refused, refused));
    }
}
