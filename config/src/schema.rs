//! Every key there is. A key that is not here is an error.

/// How a key is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Text,
    Integer,
    /// Texts; separated by commas in a variable.
    List,
    /// Text that only the environment may give.
    Secret,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) section: &'static str,
    pub(crate) key: &'static str,
    pub(crate) shape: Shape,
}

pub(crate) const ENTRIES: &[Entry] = &[
    entry("server", "listen", Shape::Text),
    entry("server", "public_origin", Shape::Text),
    entry("server", "trusted_proxy", Shape::Text),
    entry("tls", "certificate_file", Shape::Text),
    entry("tls", "key_file", Shape::Text),
    entry("data", "folder", Shape::Text),
    entry("data", "key_encryption_key_file", Shape::Text),
    entry("data", "key_encryption_key", Shape::Secret),
    entry("clinic", "name", Shape::Text),
    entry("clinic", "time_zone", Shape::Text),
    entry("relay", "listen", Shape::List),
    entry("relay", "port_base", Shape::Integer),
    entry("relay", "workers", Shape::Integer),
    entry("relay", "advertise", Shape::List),
    entry("turn", "host", Shape::Text),
    entry("turn", "tcp_port", Shape::Integer),
    entry("turn", "tls_port", Shape::Integer),
    entry("turn", "max_allocations", Shape::Integer),
    entry("turn", "max_allocations_per_user", Shape::Integer),
    entry("turn", "max_kilobytes_per_second", Shape::Integer),
    entry("turn", "users_file", Shape::Text),
    entry("turn", "shared_secret_file", Shape::Text),
    entry("turn", "shared_secret", Shape::Secret),
    entry("turn", "relay_addresses", Shape::List),
    entry("turn", "first_port", Shape::Integer),
    entry("turn", "last_port", Shape::Integer),
    entry("turn", "allow", Shape::List),
    entry("turn", "deny", Shape::List),
    entry("sign_in", "idle_minutes", Shape::Integer),
    entry("sign_in", "absolute_hours", Shape::Integer),
    entry("consent", "version", Shape::Text),
    entry("consent", "text_file", Shape::Text),
    entry("log", "format", Shape::Text),
    entry("log", "level", Shape::Text),
];

pub(crate) fn find(section: &str, key: &str) -> Option<Entry> {
    ENTRIES
        .iter()
        .copied()
        .find(|entry| entry.section == section && entry.key == key)
}

pub(crate) fn has_section(section: &str) -> bool {
    ENTRIES.iter().any(|entry| entry.section == section)
}

const fn entry(section: &'static str, key: &'static str, shape: Shape) -> Entry {
    Entry {
        section,
        key,
        shape,
    }
}
