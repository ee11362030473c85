//! Reads `[turn]`.

use crate::{
    Secret, Server,
    origin::{Host, Origin},
    reader::{Placed, Reader},
    turn::{GeneralRelaying, PORTS, Turn, TurnUser},
};
use std::{fs, io, path::PathBuf};

/// What is of no use unless users or a shared secret are given.
const GENERAL: [&str; 5] = [
    "relay_addresses",
    "first_port",
    "last_port",
    "allow",
    "deny",
];
/// Longest name, bytes (RFC 8489 section 14.3).
const LONGEST_NAME: usize = 508;

pub(super) fn turn(reader: &mut Reader, server: &Server, origin: &Origin) -> Turn {
    let host = reader.parsed::<Host>("turn", "host", "a host name or an address, without a port");
    let usual = Turn::at(&host.map_or_else(|| origin.host().to_owned(), |host| host.value.0));
    // A proxy in front speaks https: what reaches it is not what reaches Quietroom.
    let direct = server.trusted_proxy.is_none();
    let otherwise = direct.then(|| origin.port());
    let over_tls = otherwise.filter(|_| server.tls.is_some());
    Turn {
        tcp_port: port(reader, "tcp_port", otherwise),
        tls_port: port(reader, "tls_port", over_tls),
        max_allocations: limit(reader, "max_allocations", usual.max_allocations, 100_000),
        max_allocations_per_user: limit(
            reader,
            "max_allocations_per_user",
            usual.max_allocations_per_user,
            100_000,
        ),
        max_kilobytes_per_second: limit(
            reader,
            "max_kilobytes_per_second",
            usual.max_kilobytes_per_second,
            10_000_000,
        ),
        general: general(reader),
        ..usual
    }
}

/// 0 stands for none.
fn port(reader: &mut Reader, key: &'static str, otherwise: Option<u16>) -> Option<u16> {
    let port = reader.number("turn", key, (0, u16::MAX), otherwise.unwrap_or(0));
    (port != 0).then_some(port)
}

fn limit(reader: &mut Reader, key: &'static str, otherwise: u32, most: u32) -> u32 {
    reader.number("turn", key, (1, most), otherwise)
}

fn general(reader: &mut Reader) -> Option<GeneralRelaying> {
    let users = users(reader);
    let shared_secrets = shared_secrets(reader);
    if users.is_none() && shared_secrets.is_none() {
        for key in GENERAL {
            if reader.is_given("turn", key) {
                let place = reader.place("turn", key);
                let reason = "has no effect without users_file or a shared secret";
                reader.problem("turn", key, place, reason);
            }
        }
        return None;
    }
    let addresses = reader.list(
        "turn",
        "relay_addresses",
        "an address of this machine, as in 192.0.2.1, or 10.0.0.5=192.0.2.1 behind NAT",
    );
    if addresses.is_empty() {
        reader.required("turn", "relay_addresses");
    }
    let first = reader.number("turn", "first_port", (1024, u16::MAX), PORTS.0);
    let last = reader.number("turn", "last_port", (1024, u16::MAX), PORTS.1);
    if first > last {
        let place = reader.place("turn", "last_port");
        reader.problem("turn", "last_port", place, "must not be below first_port");
    }
    let range = "a range of addresses, as in 10.0.0.0/8";
    Some(GeneralRelaying {
        users: users.unwrap_or_default(),
        shared_secrets: shared_secrets.unwrap_or_default(),
        addresses,
        ports: (first, last),
        allow: reader.list("turn", "allow", range),
        deny: reader.list("turn", "deny", range),
    })
}

/// Lines `name:password`. A name holds no colon, so it cannot be taken for a participant's
/// (`session:...`) or a time-limited one's (`1800000000:...`).
fn users(reader: &mut Reader) -> Option<Vec<TurnUser>> {
    let file = reader.readable_file("turn", "users_file")?;
    let mut users: Vec<TurnUser> = Vec::new();
    for (number, line) in lines(reader, "users_file", &file) {
        match user(&line, &users) {
            Ok(user) => users.push(user),
            Err(reason) => {
                let reason = format!("line {number} {reason}");
                reader.problem("turn", "users_file", file.place.clone(), reason);
            }
        }
    }
    Some(users)
}

fn user(line: &str, others: &[TurnUser]) -> Result<TurnUser, &'static str> {
    let (name, password) = line.split_once(':').ok_or("must be name:password")?;
    if name.is_empty() || name.len() > LONGEST_NAME || name.trim() != name {
        return Err("must begin with a name");
    }
    if name.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("must have a name that is no number: those are time-limited credentials");
    }
    if password.is_empty() {
        return Err("must have a password after the colon");
    }
    if others.iter().any(|other| other.name == name) {
        return Err("has the name of an earlier line");
    }
    Ok(TurnUser {
        name: name.to_owned(),
        password: Secret::new(password.to_owned()),
    })
}

/// A secret a line, or the one of the environment.
fn shared_secrets(reader: &mut Reader) -> Option<Vec<Secret>> {
    let file = reader.readable_file("turn", "shared_secret_file");
    let secret = reader.secret("turn", "shared_secret");
    let Some(file) = file else {
        return secret.map(|secret| vec![secret]);
    };
    if secret.is_some() {
        let reason = "the secret is given by the environment as well: set one of the two";
        reader.problem("turn", "shared_secret_file", file.place.clone(), reason);
    }
    let lines = lines(reader, "shared_secret_file", &file);
    let secrets = lines.into_iter().map(|(_, line)| Secret::new(line));
    Some(secrets.collect())
}

/// Lines with something in them and their numbers; `#` begins a comment. At least one.
fn lines(reader: &mut Reader, key: &'static str, file: &Placed<PathBuf>) -> Vec<(usize, String)> {
    let text = match fs::read_to_string(&file.value) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            reader.problem("turn", key, file.place.clone(), "the file is not text");
            return Vec::new();
        }
        // A problem already.
        Err(_) => return Vec::new(),
    };
    let lines = text.lines().map(str::trim_end).enumerate();
    let lines = lines.filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
    let lines: Vec<_> = lines.map(|(at, line)| (at + 1, line.to_owned())).collect();
    if lines.is_empty() {
        reader.problem("turn", key, file.place.clone(), "the file holds nothing");
    }
    lines
}
