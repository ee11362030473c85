//! How large what the server carries unread may be.

use super::{Check, Invalid, invalid};
use crate::{Commit, Opaque, WelcomeFor};
use std::collections::BTreeSet;

const KIB: usize = 1024;
const MAX_PACKAGE: usize = 8 * KIB;
const MAX_BINDING: usize = 64;
const MAX_COMMIT: usize = 32 * KIB;
const MAX_WELCOME: usize = 64 * KIB;
const MAX_CONTENT: usize = 32 * KIB;
/// Most devices that one commit adds: 30 guests with two each.
const MAX_ADDED: usize = 60;

impl Check for Commit {
    fn check(&self) -> Result<(), Invalid> {
        opaque("commit.commit", &self.commit, MAX_COMMIT)?;
        self.welcome.as_ref().map_or(Ok(()), Check::check)
    }
}

impl Check for WelcomeFor {
    fn check(&self) -> Result<(), Invalid> {
        opaque("commit.welcome.welcome", &self.welcome, MAX_WELCOME)?;
        if self.to.is_empty() || self.to.len() > MAX_ADDED {
            return Err(invalid("commit.welcome.to", "has not 1 to 60 devices"));
        }
        if self.to.iter().collect::<BTreeSet<_>>().len() < self.to.len() {
            return Err(invalid("commit.welcome.to", "names a device twice"));
        }
        Ok(())
    }
}

pub(super) fn package(package: &Opaque, binding: Option<&Opaque>) -> Result<(), Invalid> {
    opaque("package", package, MAX_PACKAGE)?;
    binding.map_or(Ok(()), |binding| opaque("binding", binding, MAX_BINDING))
}

pub(super) fn content(message: &Opaque) -> Result<(), Invalid> {
    opaque("message", message, MAX_CONTENT)
}

/// Something, of at most `most` bytes.
pub(super) fn opaque(field: &'static str, bytes: &Opaque, most: usize) -> Result<(), Invalid> {
    if bytes.is_empty() {
        return Err(invalid(field, "is empty"));
    }
    if bytes.len() > most {
        return Err(invalid(field, "is too large"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ClientMessage, DeviceId, GroupEpoch, Scope};
    use uuid::Uuid;

    const BASE: GroupEpoch = GroupEpoch {
        scope: Scope::Session,
        group: 1,
        epoch: 0,
    };

    fn bytes(length: usize) -> Opaque {
        Opaque::new(vec![0; length])
    }

    fn commit(length: usize, welcome: Option<WelcomeFor>) -> Commit {
        Commit {
            base: BASE,
            commit: bytes(length),
            welcome,
        }
    }

    fn device(number: usize) -> DeviceId {
        DeviceId(Uuid::from_u128(number as u128))
    }

    fn welcome(length: usize, devices: usize) -> WelcomeFor {
        WelcomeFor {
            to: (0..devices).map(device).collect(),
            welcome: bytes(length),
        }
    }

    #[test]
    fn each_part_has_its_largest_size_and_is_not_empty() {
        let package = |length| ClientMessage::Package {
            package: bytes(length),
            binding: None,
        };
        let binding = |length| ClientMessage::Package {
            package: bytes(1),
            binding: Some(bytes(length)),
        };
        let content = |length| ClientMessage::Content {
            at: BASE,
            message: bytes(length),
        };
        let committed = |length| ClientMessage::Commit {
            commit: commit(length, None),
        };
        let welcomed = |length| ClientMessage::Commit {
            commit: commit(1, Some(welcome(length, 1))),
        };
        let removed = |length| ClientMessage::Remove {
            device: device(1),
            commit: Some(commit(length, None)),
        };
        type Make = dyn Fn(usize) -> ClientMessage;
        let parts: [(&Make, usize, &str); 6] = [
            (&package, 8 * KIB, "package"),
            (&binding, 64, "binding"),
            (&content, 32 * KIB, "message"),
            (&committed, 32 * KIB, "commit.commit"),
            (&welcomed, 64 * KIB, "commit.welcome.welcome"),
            (&removed, 32 * KIB, "commit.commit"),
        ];
        for (make, most, field) in parts {
            assert_eq!(make(1).check(), Ok(()), "{field}");
            assert_eq!(make(most).check(), Ok(()), "{field}");
            assert_eq!(make(most + 1).check().unwrap_err().field, field);
            assert_eq!(make(0).check().unwrap_err().field, field);
        }
    }

    #[test]
    fn a_welcome_is_for_1_to_60_devices_each_once() {
        let to = |welcome| commit(1, Some(welcome)).check();
        assert_eq!(to(welcome(1, 1)), Ok(()));
        assert_eq!(to(welcome(1, MAX_ADDED)), Ok(()));
        let mut twice = welcome(1, 2);
        twice.to[1] = twice.to[0];
        for refused in [welcome(1, 0), welcome(1, MAX_ADDED + 1), twice] {
            assert_eq!(to(refused).unwrap_err().field, "commit.welcome.to");
        }
    }

    #[test]
    fn an_admission_is_checked_with_its_commit() {
        let admit = ClientMessage::Admit {
            device: device(1),
            identity: crate::IdentityMethod::KnownToMe,
            override_missing: false,
            commit: commit(0, None),
        };
        assert_eq!(admit.check().unwrap_err().field, "commit.commit");
    }
}
