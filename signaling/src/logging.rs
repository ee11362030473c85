//! The log: lines on standard error, made of an allow-list.
//!
//! Only Quietroom's own events are written, and of them only the fields in [`FIELDS`]. Whatever a
//! library logs may hold an address, a statement or a header.

use crate::clock::Clock;
use quietroom_config::{Log, LogFormat, LogLevel};
use serde_json::{Map, Value};
use std::{fmt, io::Write};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use tracing::{
    Event, Level, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    Layer,
    filter::{LevelFilter, Targets},
    layer::{Context, SubscriberExt},
    util::SubscriberInitExt,
};

/// Fields that may be logged. Errors are typed and name no one.
const FIELDS: [&str; 12] = [
    "message", "error", "why", "reason", "count", "worker", "workers", "port", "version",
    "session", "room", "seconds",
];

/// Crates whose events are logged.
const TARGETS: [&str; 6] = [
    "quietroom",
    "quietroom_config",
    "quietroom_records",
    "quietroom_session",
    "media_relay",
    "media_relay_control",
];

/// Begins to log. Called once, early; a second call changes nothing.
pub(crate) fn begin(log: Log, clock: &Clock) {
    let level = match log.level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
    };
    let targets = TARGETS.map(|target| (target, level));
    let lines = Lines {
        format: log.format,
        clock: clock.clone(),
    };
    let lines = lines.with_filter(Targets::new().with_targets(targets));
    // Fails only when there is a subscriber already.
    let _ = tracing_subscriber::registry().with(lines).try_init();
}

struct Lines {
    format: LogFormat,
    clock: Clock,
}

impl<S: Subscriber> Layer<S> for Lines {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let at = self.clock.now().0;
        let at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(at) * 1_000_000);
        let at = at.ok().and_then(|at| at.format(&Rfc3339).ok());
        let line = line(self.format, &at.unwrap_or_default(), event);
        // A log that cannot be written stops nothing.
        let _ = std::io::stderr().lock().write_all(line.as_bytes());
    }
}

fn line(format: LogFormat, at: &str, event: &Event<'_>) -> String {
    let mut allowed = Allowed::default();
    event.record(&mut allowed);
    let level = *event.metadata().level();
    match format {
        LogFormat::Json => {
            let mut object = Map::new();
            object.insert("at".to_owned(), at.into());
            object.insert("level".to_owned(), name(level).into());
            object.extend(
                allowed
                    .0
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), Value::String(value))),
            );
            format!("{}\n", Value::Object(object))
        }
        LogFormat::Text => {
            let mut line = format!("{at} {:5}", name(level));
            for (name, value) in allowed.0 {
                line.push(' ');
                if name != "message" {
                    line.push_str(name);
                    line.push('=');
                }
                // One event is one line.
                line.push_str(&value.replace(['\n', '\r'], " "));
            }
            line.push('\n');
            line
        }
    }
}

const fn name(level: Level) -> &'static str {
    match level {
        Level::ERROR => "error",
        Level::WARN => "warn",
        Level::INFO => "info",
        Level::DEBUG => "debug",
        Level::TRACE => "trace",
    }
}

#[derive(Default)]
struct Allowed(Vec<(&'static str, String)>);

impl Visit for Allowed {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if FIELDS.contains(&field.name()) {
            self.0.push((field.name(), format!("{value:?}")));
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if FIELDS.contains(&field.name()) {
            self.0.push((field.name(), value.to_owned()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};

    /// Keeps what would be written.
    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<String>>>);

    impl<S: Subscriber> Layer<S> for Kept {
        fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
            let both = [LogFormat::Text, LogFormat::Json].map(|f| line(f, "NOW", event));
            self.0.lock().unwrap().extend(both);
        }
    }

    #[test]
    fn only_fields_of_the_list_are_written() {
        let kept = Kept::default();
        let subscriber = tracing_subscriber::registry().with(kept.clone());
        tracing::subscriber::with_default(subscriber, || {
            tracing::info!(
                count = 2,
                name = "Jordan",
                address = "192.0.2.1",
                "two\nlines"
            );
        });
        assert_eq!(
            *kept.0.lock().unwrap(),
            [
                "NOW info  two lines count=2\n",
                "{\"at\":\"NOW\",\"count\":\"2\",\"level\":\"info\",\"message\":\"two\\nlines\"}\n",
            ]
        );
    }
}
