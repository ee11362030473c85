//! The demonstration: plain http on localhost, with a clinic that has something to do today.

mod seed;
mod today;

use crate::{account::Token, cannot_run::CannotRun, state::App, terminal::say};
use quietroom_config::{Config, KeySource};
use quietroom_records::{Ctx, KeyEncryptionKey, Records};
use std::{
    env,
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

/// Port unless another is asked for.
pub(crate) const PORT: u16 = 8080;

/// How long the printed sign-in link works, milliseconds.
const LINK_MS: i64 = 12 * 60 * 60 * 1000;

/// The configuration of a demonstration in `folder`, or in the user's own data folder.
pub(crate) fn config(folder: Option<PathBuf>, port: u16) -> Result<Config, CannotRun> {
    let folder = match folder {
        Some(folder) => folder,
        None => own_folder().ok_or_else(|| {
            CannotRun::Demo("there is no home folder to keep data in: say --data FOLDER".to_owned())
        })?,
    };
    Ok(Config::demo(folder, port, time_zone()))
}

/// Makes the folder and its key, the first time.
pub(crate) fn prepare(config: &Config) -> Result<(), CannotRun> {
    let folder = &config.data.folder;
    fs::create_dir_all(folder).map_err(|error| {
        let (folder, kind) = (folder.display(), error.kind());
        CannotRun::Demo(format!("the data folder {folder} cannot be made: {kind}"))
    })?;
    if let KeySource::File(file) = &config.data.key_encryption_key
        && !file.exists()
        && !Records::exists(folder)
    {
        KeyEncryptionKey::create(file)?;
    }
    Ok(())
}

/// Fills an empty clinic and prints the links.
pub(crate) async fn welcome(app: &App) -> Result<(), CannotRun> {
    say("Preparing today's sessions …");
    let ctx = Ctx::server(app.organisation, app.clock.now());
    let clinician = seed::clinician(app, &ctx).await?;
    let seed = link_seed(app)?;
    let mut sessions = seed::sessions(app, &ctx, clinician.staff, &seed).await?;
    sessions.retain(|session| !session.links.is_empty());
    let token = Token::random(&app.random)?;
    app.records
        .issue_sign_in_link(&ctx, clinician.staff, token.hash, ctx.now.plus(LINK_MS))
        .await?;
    let origin = &app.config.server.public_origin;
    say("");
    say("Quietroom runs as a demonstration, on this machine only. Do not enter real data.");
    say("");
    say(&format!(
        "Sign in as {} (works once):",
        clinician.name.expose()
    ));
    say(&format!("  {origin}/sign-in#{}", token.text.expose()));
    for session in sessions {
        say("");
        say(&session.title);
        for (name, secret) in session.links {
            say(&format!(
                "  {:<8} {origin}/join#{}",
                name.expose(),
                secret.expose()
            ));
        }
    }
    say("");
    say("Open the sign-in link and a join link in two tabs of one browser.");
    say(&format!(
        "Data is kept in {}. Stop with Ctrl-C.",
        app.config.data.folder.display()
    ));
    Ok(())
}

/// Read from the data folder, made the first time.
fn link_seed(app: &App) -> Result<seed::LinkSeed, CannotRun> {
    let path = app.config.data.folder.join("link-seed");
    let refused = |error: io::Error| {
        let (path, kind) = (path.display(), error.kind());
        CannotRun::Demo(format!(
            "{path} cannot be used: {kind}; remove it to get new links"
        ))
    };
    match fs::read(&path) {
        Ok(bytes) => {
            let bytes = bytes.try_into();
            let bytes = bytes.map_err(|_| refused(io::ErrorKind::InvalidData.into()))?;
            Ok(seed::LinkSeed::new(&bytes))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let bytes = app.random.bytes::<32>()?;
            let mut file = OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(&path)
                .map_err(refused)?;
            file.write_all(&bytes).map_err(refused)?;
            file.sync_all().map_err(refused)?;
            Ok(seed::LinkSeed::new(&bytes))
        }
        Err(error) => Err(refused(error)),
    }
}

/// `$XDG_DATA_HOME/quietroom/demo` (XDG Base Directory Specification).
fn own_folder() -> Option<PathBuf> {
    let absolute = |name: &str| {
        let path = PathBuf::from(env::var_os(name)?);
        path.is_absolute().then_some(path)
    };
    let data = absolute("XDG_DATA_HOME")
        .or_else(|| absolute("HOME").map(|home| home.join(".local/share")))?;
    Some(data.join("quietroom/demo"))
}

/// IANA name of this machine's time zone, as far as it tells.
fn time_zone() -> String {
    let local = fs::read_link("/etc/localtime").ok();
    local
        .as_deref()
        .and_then(Path::to_str)
        .and_then(|path| path.split_once("zoneinfo/"))
        .map_or_else(|| "UTC".to_owned(), |(_, name)| name.to_owned())
}
