//! Builds the web client with Vite, so that one `cargo build` makes everything.
//!
//! `WEB_CLIENT_DIST` names the folder of a client that was built elsewhere; then no Node is needed.

#![expect(
    clippy::print_stderr,
    reason = "cargo shows what a build script says there when it fails"
)]

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

/// Sources of the client, from this folder. Never `node_modules`.
const SOURCES: [&str; 7] = [
    "src",
    "public",
    "index.html",
    "package.json",
    "package-lock.json",
    "vite.config.ts",
    "integrity.ts",
];

/// Oldest Node.js that Vite runs on.
const NODE: (u32, u32) = (20, 19);

fn main() -> ExitCode {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=WEB_CLIENT_DIST");
    match build() {
        Ok(folder) => {
            println!("cargo:rustc-env=QUIETROOM_WEB_DIST={}", folder.display());
            ExitCode::SUCCESS
        }
        Err(reason) => {
            println!("cargo::error={reason}");
            ExitCode::FAILURE
        }
    }
}

/// Returns the folder to embed, or one sentence.
fn build() -> Result<PathBuf, String> {
    if let Some(folder) = env::var_os("WEB_CLIENT_DIST") {
        return prebuilt(Path::new(&folder));
    }
    for source in SOURCES {
        // A path that is not there would make every build a rebuild.
        if Path::new(source).exists() {
            println!("cargo:rerun-if-changed={source}");
        }
    }
    check_node()?;
    install()?;
    let out = env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?;
    let out = Path::new(&out).join("web");
    let vite = npm().args(["run", "build"]).env("WEB_OUT", &out).output();
    let vite = vite.map_err(|error| format!("npm cannot be run: {error}"))?;
    if !vite.status.success() {
        let said = [vite.stdout, vite.stderr].concat();
        eprintln!("{}", String::from_utf8_lossy(&said));
        return Err("the web client does not build; what Vite said stands below".to_owned());
    }
    Ok(out)
}

fn prebuilt(folder: &Path) -> Result<PathBuf, String> {
    println!("cargo:rerun-if-changed={}", folder.display());
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    if !folder.join("index.html").is_file() {
        let folder = folder.display();
        return Err(format!("WEB_CLIENT_DIST has no index.html: {folder}"));
    }
    Ok(folder)
}

fn check_node() -> Result<(), String> {
    let (major, minor) = NODE;
    let needed = format!(
        "Node.js {major}.{minor} or newer is needed to build the web client (or set WEB_CLIENT_DIST \
         to the folder of a built one)"
    );
    let output = match Command::new("node").arg("--version").output() {
        Ok(output) if output.status.success() => output,
        _ => return Err(format!("{needed}; `node` cannot be run")),
    };
    let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let mut numbers = version.trim_start_matches('v').split('.').map(str::parse);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(found_major)), Some(Ok(found_minor))) if (found_major, found_minor) >= NODE => {
            Ok(())
        }
        _ => Err(format!("{needed}; this is {version}")),
    }
}

/// Installs what the lock file names, unless that is what is installed already.
fn install() -> Result<(), String> {
    let lock = fs::read("package-lock.json")
        .map_err(|error| format!("web-client/package-lock.json cannot be read: {error}"))?;
    let installed = Path::new("node_modules/.installed-lock");
    if fs::read(installed).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    let npm = npm()
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        .output();
    match npm {
        Ok(output) if output.status.success() => {}
        Ok(output) => {
            eprintln!("{}", String::from_utf8_lossy(&output.stderr));
            return Err(
                "npm cannot install the web client's packages; what it said stands below"
                    .to_owned(),
            );
        }
        Err(error) => return Err(format!("npm cannot be run: {error}")),
    }
    fs::write(installed, lock)
        .map_err(|error: io::Error| format!("cannot write to node_modules: {error}"))
}

fn npm() -> Command {
    Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" })
}
