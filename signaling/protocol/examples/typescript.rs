//! Writes `web-client/src/protocol.ts`; with `--check` fails when it is not what would be written.

use quietroom_protocol::typescript;
use std::{env, fs, io, process::ExitCode};

const PATH: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../web-client/src/protocol.ts"
);

fn main() -> io::Result<ExitCode> {
    let wanted = typescript::file();
    if env::args().nth(1).as_deref() != Some("--check") {
        fs::write(PATH, wanted)?;
        return Ok(ExitCode::SUCCESS);
    }
    if fs::read_to_string(PATH)? == wanted {
        return Ok(ExitCode::SUCCESS);
    }
    Err(io::Error::other(
        "web-client/src/protocol.ts is out of date: run this example without --check",
    ))
}
