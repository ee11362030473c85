//! A group for the server's eyes: it carries commits unread, so any bytes are one.

use quietroom_protocol::{Commit, DeviceId, GroupEpoch, Opaque, Scope, WelcomeFor};

/// The session's first group as it is started.
pub const FIRST: GroupEpoch = GroupEpoch {
    scope: Scope::Session,
    group: 1,
    epoch: 0,
};

/// A commit that adds `devices`, or none.
#[must_use]
pub fn commit(base: GroupEpoch, devices: &[DeviceId]) -> Commit {
    let welcome = (!devices.is_empty()).then(|| WelcomeFor {
        to: devices.to_vec(),
        welcome: Opaque::new(b"a welcome".to_vec()),
    });
    Commit {
        base,
        commit: Opaque::new(format!("a commit in {base:?}").into_bytes()),
        welcome,
    }
}
