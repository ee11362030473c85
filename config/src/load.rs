//! From what was given to a [`Config`], with every problem found on the way.

mod turn;

use crate::{
    Clinic, Config, Consent, Data, KeySource, Log, LogFormat, LogLevel, Problem, Relay, Server,
    SignIn, Tls,
    given::AllGiven,
    origin::Origin,
    reader::{Placed, Reader},
    section,
};
use std::{
    fs,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
};

impl Config {
    /// Reads `file`, then the variables `QUIETROOM_<SECTION>__<KEY>` of `environment` over it.
    ///
    /// # Errors
    /// Every problem, in the order of file and sections; never empty.
    pub fn load(
        file: &Path,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let given = AllGiven::read(file, environment, &mut problems);
        let mut reader = Reader::new(given, problems);
        let tls = tls(&mut reader);
        let (server, origin) = server(&mut reader, tls);
        let config = Self {
            turn: turn::turn(&mut reader, &server, &origin),
            server,
            data: data(&mut reader),
            clinic: clinic(&mut reader),
            relay: relay(&mut reader),
            sign_in: sign_in(&mut reader),
            consent: consent(&mut reader),
            log: log(&mut reader),
        };
        let problems = reader.into_problems();
        if problems.is_empty() {
            Ok(config)
        } else {
            Err(problems)
        }
    }
}

fn server(reader: &mut Reader, tls: Option<Tls>) -> (Server, Origin) {
    let listen = reader.parsed("server", "listen", "an address and port, as in 0.0.0.0:443");
    if listen.is_none() && !reader.is_given("server", "listen") {
        reader.required("server", "listen");
    }
    let listen = listen.unwrap_or_else(|| Placed {
        value: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        place: reader.missing(),
    });
    let expected = "scheme, host and port as browsers show it, as in https://clinic.example";
    let origin = reader.parsed::<Origin>("server", "public_origin", expected);
    if origin.is_none() && !reader.is_given("server", "public_origin") {
        reader.required("server", "public_origin");
    }
    let trusted_proxy = reader.parsed::<IpAddr>("server", "trusted_proxy", "one address");
    let has_tls = tls.is_some() || reader.is_given("tls", "certificate_file");
    if !has_tls && !listen.value.ip().is_loopback() {
        let reason = "without [tls] the server listens on a loopback address only";
        reader.problem("server", "listen", listen.place, reason);
    }
    if !has_tls && trusted_proxy.is_none() && !reader.is_given("server", "trusted_proxy") {
        let place = reader.missing();
        let reason = "must be set when there is no [tls]: the proxy that speaks https to browsers";
        reader.problem("server", "trusted_proxy", place, reason);
    }
    if let Some(Placed { value, place }) = &origin
        && !value.is_https()
    {
        let reason = "must begin with https://: browsers give cameras to nothing else";
        reader.problem("server", "public_origin", place.clone(), reason);
    }
    let origin = origin.map_or_else(Origin::default, |origin| origin.value);
    let server = Server {
        listen: listen.value,
        public_origin: origin.0.clone(),
        trusted_proxy: trusted_proxy.map(|proxy| proxy.value.to_canonical()),
        tls,
    };
    (server, origin)
}

fn tls(reader: &mut Reader) -> Option<Tls> {
    let certificate = reader.readable_file("tls", "certificate_file");
    let key = reader.readable_file("tls", "key_file");
    match (certificate, key) {
        (Some(certificate), Some(key)) => Some(Tls {
            certificate_file: certificate.value,
            key_file: key.value,
        }),
        (Some(_), None) => {
            reader.required("tls", "key_file");
            None
        }
        (None, Some(_)) => {
            reader.required("tls", "certificate_file");
            None
        }
        (None, None) => None,
    }
}

fn data(reader: &mut Reader) -> Data {
    let folder = reader.path("data", "folder");
    if folder.is_none() && !reader.is_given("data", "folder") {
        reader.required("data", "folder");
    }
    let file = reader.readable_file("data", "key_encryption_key_file");
    let secret = reader.secret("data", "key_encryption_key");
    let key = match (file, secret) {
        (Some(file), Some(_)) => {
            let reason = "the key is given by the environment as well: set one of the two";
            reader.problem("data", "key_encryption_key_file", file.place, reason);
            KeySource::File(file.value)
        }
        (Some(file), None) => KeySource::File(file.value),
        (None, Some(secret)) => KeySource::Value(secret),
        (None, None) => {
            reader.required("data", "key_encryption_key_file");
            KeySource::File(PathBuf::new())
        }
    };
    Data {
        folder: folder.map(|folder| folder.value).unwrap_or_default(),
        key_encryption_key: key,
    }
}

fn clinic(reader: &mut Reader) -> Clinic {
    let name = reader.text("clinic", "name");
    if name.is_none() && !reader.is_given("clinic", "name") {
        reader.required("clinic", "name");
    }
    let time_zone = reader.text("clinic", "time_zone");
    if let Some(Placed { value, place }) = &time_zone
        && !is_time_zone(value)
    {
        let reason = "must be the IANA name of a time zone, as in America/Los_Angeles";
        reader.problem("clinic", "time_zone", place.clone(), reason);
    }
    if time_zone.is_none() && !reader.is_given("clinic", "time_zone") {
        reader.required("clinic", "time_zone");
    }
    Clinic {
        name: name.map(|name| name.value).unwrap_or_default(),
        time_zone: time_zone.map(|zone| zone.value).unwrap_or_default(),
    }
}

fn relay(reader: &mut Reader) -> Relay {
    let listen = reader.list("relay", "listen", "an address");
    let port_base = reader.number("relay", "port_base", (0, u16::MAX), section::PORT_BASE);
    let workers = reader.number("relay", "workers", (1, 256), section::workers());
    if port_base != 0 && port_base.checked_add(workers - 1).is_none() {
        let place = reader.missing();
        let reason = "leaves too few ports above it for the workers";
        reader.problem("relay", "port_base", place, reason);
    }
    let expected = "an address and port, as in 192.0.2.1:0";
    Relay {
        listen,
        port_base,
        workers,
        advertise: reader.list("relay", "advertise", expected),
    }
}

fn sign_in(reader: &mut Reader) -> SignIn {
    let otherwise = SignIn::default();
    SignIn {
        idle_minutes: reader.number("sign_in", "idle_minutes", (1, 240), otherwise.idle_minutes),
        absolute_hours: reader.number(
            "sign_in",
            "absolute_hours",
            (1, 24),
            otherwise.absolute_hours,
        ),
    }
}

fn consent(reader: &mut Reader) -> Consent {
    let version = reader.text("consent", "version");
    let file = reader.readable_file("consent", "text_file");
    match (version, file) {
        (Some(version), Some(file)) => {
            let text = paragraphs(&fs::read_to_string(&file.value).unwrap_or_default());
            if text.is_empty() {
                let reason = "the file has no text";
                reader.problem("consent", "text_file", file.place, reason);
            }
            Consent {
                version: version.value,
                text,
            }
        }
        (None, None) => Consent::default(),
        (Some(_), None) => {
            reader.required("consent", "text_file");
            Consent::default()
        }
        (None, Some(_)) => {
            reader.required("consent", "version");
            Consent::default()
        }
    }
}

fn log(reader: &mut Reader) -> Log {
    let format = reader.parsed::<LogFormat>("log", "format", "text or json");
    let level = reader.parsed::<LogLevel>("log", "level", "error, warn, info or debug");
    Log {
        format: format.map(|format| format.value).unwrap_or_default(),
        level: level.map(|level| level.value).unwrap_or_default(),
    }
}

/// Paragraphs are parted by empty lines; lines within one are joined.
fn paragraphs(text: &str) -> Vec<String> {
    let mut paragraphs = vec![String::new()];
    for line in text.lines().map(str::trim) {
        match paragraphs.last_mut() {
            Some(last) if !line.is_empty() => {
                if !last.is_empty() {
                    last.push(' ');
                }
                last.push_str(line);
            }
            _ => paragraphs.push(String::new()),
        }
    }
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    paragraphs
}

/// The form of an IANA name, and that this machine knows it where it has a database to ask.
fn is_time_zone(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+');
    let form = name
        .split('/')
        .all(|part| !part.is_empty() && part.chars().all(fits));
    let database = Path::new("/usr/share/zoneinfo");
    form && (!database.is_dir() || database.join(name).is_file())
}
