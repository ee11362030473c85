//! Bodies of HTTP requests.

use super::group::opaque;
use super::{Check, Invalid, base64url, check_display_name, invalid, line};
use crate::api::{
    ConfirmSetUp, CreateLink, CreatePerson, CreateSession, CreateStaff, Join, KeepIdentity,
    LinkSignIn, LookToken, Reschedule, SaveNote, SetUp, SetUpToken, SignIn,
};
use crate::{Role, UtcMillis};
use std::collections::BTreeSet;

const MINUTE: i64 = 60_000;
/// A session lasts 5 minutes to 8 hours.
const SHORTEST: i64 = 5 * MINUTE;
const LONGEST: i64 = 8 * 60 * MINUTE;
const MAX_GUESTS: usize = 30;
const MAX_SECTION: usize = 20_000;
/// Bytes of every token and of every hash.
const TOKEN: usize = 32;
/// Bytes of an uncompressed P-256 public key (SEC 1 section 2.3.3).
const PUBLIC_KEY: usize = 65;
/// Most bytes of a key or a link that a clinician has sealed.
const MAX_SEALED: usize = 1024;

impl Check for LookToken {
    fn check(&self) -> Result<(), Invalid> {
        base64url("token", self.token.expose(), TOKEN)
    }
}

impl Check for Join {
    fn check(&self) -> Result<(), Invalid> {
        base64url("token", self.token.expose(), TOKEN)?;
        check_display_name(&self.name)?;
        base64url("device_key", &self.device_key, PUBLIC_KEY)?;
        self.attestation.check()
    }
}

impl Check for CreateLink {
    fn check(&self) -> Result<(), Invalid> {
        base64url("token_hash", &self.token_hash, TOKEN)?;
        opaque("sealed", &self.sealed, MAX_SEALED)
    }
}

impl Check for KeepIdentity {
    fn check(&self) -> Result<(), Invalid> {
        base64url("public_key", &self.public_key, PUBLIC_KEY)?;
        opaque("wrapped", &self.wrapped, MAX_SEALED)?;
        let replaces = self.replaces.as_ref();
        replaces.map_or(Ok(()), |key| base64url("replaces", key, PUBLIC_KEY))
    }
}

impl Check for CreatePerson {
    fn check(&self) -> Result<(), Invalid> {
        line("name", self.name.expose(), 1..=100)
    }
}

impl Check for CreateSession {
    fn check(&self) -> Result<(), Invalid> {
        check_times(self.starts_at, self.ends_at)?;
        if self.people.is_empty() || self.people.len() > MAX_GUESTS {
            return Err(invalid("people", "has not 1 to 30 guests"));
        }
        if self
            .people
            .iter()
            .any(|booked| booked.role == Role::Clinician)
        {
            return Err(invalid("people.role", "is clinician, which no guest is"));
        }
        let persons: BTreeSet<_> = self.people.iter().map(|booked| booked.person).collect();
        if persons.len() < self.people.len() {
            return Err(invalid("people", "names a person twice"));
        }
        Ok(())
    }
}

impl Check for Reschedule {
    fn check(&self) -> Result<(), Invalid> {
        check_times(self.starts_at, self.ends_at)
    }
}

impl Check for SaveNote {
    fn check(&self) -> Result<(), Invalid> {
        let too_long = |text: &str| text.chars().count() > MAX_SECTION;
        if self
            .sections
            .iter()
            .any(|section| too_long(section.text.expose()))
        {
            return Err(invalid("sections.text", "is too long"));
        }
        Ok(())
    }
}

impl Check for SetUpToken {
    fn check(&self) -> Result<(), Invalid> {
        base64url("token", self.token.expose(), TOKEN)
    }
}

impl Check for SetUp {
    fn check(&self) -> Result<(), Invalid> {
        base64url("token", self.token.expose(), TOKEN)?;
        let length = self.password.expose().chars().count();
        if (12..=128).contains(&length) {
            Ok(())
        } else {
            Err(invalid("password", "has not 12 to 128 characters"))
        }
    }
}

impl Check for ConfirmSetUp {
    fn check(&self) -> Result<(), Invalid> {
        base64url("token", self.token.expose(), TOKEN)?;
        let code = self.code.expose();
        if code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(())
        } else {
            Err(invalid("code", "has not 6 digits"))
        }
    }
}

impl Check for LinkSignIn {
    fn check(&self) -> Result<(), Invalid> {
        base64url("token", self.token.expose(), TOKEN)
    }
}

impl Check for SignIn {
    /// Upper bounds only: whether it is right is told by one answer for all of it.
    fn check(&self) -> Result<(), Invalid> {
        line("username", self.username.expose(), 0..=64)?;
        if self.password.expose().chars().count() > 128 {
            return Err(invalid("password", "is too long"));
        }
        line("code", self.code.expose(), 0..=64)
    }
}

impl Check for CreateStaff {
    fn check(&self) -> Result<(), Invalid> {
        let username = self.username.expose();
        let allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b'_');
        if !(3..=64).contains(&username.len()) || !username.bytes().all(allowed) {
            return Err(invalid("username", "is not 3 to 64 of a-z, 0-9, . - _"));
        }
        line("name", self.name.expose(), 1..=100)
    }
}

/// Times of a session: 5 minutes to 8 hours apart.
///
/// # Errors
/// [`Invalid`] with field `ends_at`.
pub fn check_times(starts_at: UtcMillis, ends_at: UtcMillis) -> Result<(), Invalid> {
    if (SHORTEST..=LONGEST).contains(&ends_at.since(starts_at)) {
        Ok(())
    } else {
        Err(invalid(
            "ends_at",
            "is not 5 minutes to 8 hours after the start",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::BookedPerson;
    use crate::{NoteTemplate, Opaque, ParticipantId, PersonId, Phi, Section, SessionKind};
    use uuid::Uuid;

    fn session(guests: u128) -> CreateSession {
        CreateSession {
            kind: SessionKind::GroupClass,
            template: NoteTemplate::Group,
            starts_at: UtcMillis(0),
            ends_at: UtcMillis(60 * MINUTE),
            people: (0..guests)
                .map(|number| BookedPerson {
                    person: PersonId(Uuid::from_u128(number)),
                    role: Role::Client,
                })
                .collect(),
        }
    }

    #[test]
    fn a_session_lasts_5_minutes_to_8_hours() {
        let end = |ms| check_times(UtcMillis(0), UtcMillis(ms));
        assert_eq!(end(SHORTEST), Ok(()));
        assert_eq!(end(LONGEST), Ok(()));
        for refused in [SHORTEST - 1, LONGEST + 1, 0, -SHORTEST, i64::MIN] {
            assert_eq!(end(refused).unwrap_err().field, "ends_at");
        }
    }

    #[test]
    fn a_session_has_1_to_30_guests_each_once_none_a_clinician() {
        assert_eq!(session(1).check(), Ok(()));
        assert_eq!(session(30).check(), Ok(()));
        assert!(session(0).check().is_err());
        assert!(session(31).check().is_err());

        let mut twice = session(2);
        twice.people[1].person = twice.people[0].person;
        assert_eq!(twice.check().unwrap_err().field, "people");

        let mut clinician = session(2);
        clinician.people[1].role = Role::Clinician;
        assert_eq!(clinician.check().unwrap_err().field, "people.role");
    }

    #[test]
    fn a_join_needs_a_whole_token_and_key() {
        let join = Join {
            token: Phi::new("A".repeat(43)),
            name: Phi::new("Jordan".to_owned()),
            device_key: format!("BA{}", "A".repeat(85)),
            attestation: crate::Attestation::default(),
        };
        assert_eq!(join.check(), Ok(()));
        let mut short = join.clone();
        short.token = Phi::new("A".repeat(42));
        assert_eq!(short.check().unwrap_err().field, "token");
        let mut key = join;
        key.device_key = "A".repeat(86);
        assert_eq!(key.check().unwrap_err().field, "device_key");
    }

    #[test]
    fn a_sealed_link_and_a_wrapped_key_have_1_to_1024_bytes() {
        let key = format!("BA{}", "A".repeat(85));
        let sealed = |length| Opaque::new(vec![0; length]);
        let link = |length| CreateLink {
            participant: ParticipantId(Uuid::from_u128(1)),
            token_hash: "A".repeat(43),
            sealed: sealed(length),
        };
        let keep = |length| KeepIdentity {
            public_key: key.clone(),
            wrapped: sealed(length),
            replaces: Some(key.clone()),
        };
        for length in [1, MAX_SEALED] {
            assert_eq!(link(length).check(), Ok(()));
            assert_eq!(keep(length).check(), Ok(()));
        }
        for length in [0, MAX_SEALED + 1] {
            assert_eq!(link(length).check().unwrap_err().field, "sealed");
            assert_eq!(keep(length).check().unwrap_err().field, "wrapped");
        }
        let mut short = keep(1);
        short.replaces = Some("A".repeat(86));
        assert_eq!(short.check().unwrap_err().field, "replaces");
    }

    #[test]
    fn a_section_has_at_most_20_000_characters() {
        let save = |length| SaveNote {
            version: 1,
            sections: vec![Section {
                key: "plan".to_owned(),
                text: Phi::new("ü".repeat(length)),
            }],
        };
        assert_eq!(save(MAX_SECTION).check(), Ok(()));
        assert!(save(MAX_SECTION + 1).check().is_err());
    }

    #[test]
    fn a_user_name_is_lower_case_ascii() {
        let create = |username: &str| CreateStaff {
            username: Phi::new(username.to_owned()),
            name: Phi::new("Maya".to_owned()),
            role: crate::StaffRole::Clinician,
        };
        assert_eq!(create("maya.o-1_x").check(), Ok(()));
        for refused in ["ma", "Maya", "maya@x", "m ya", &"m".repeat(65)] {
            assert_eq!(create(refused).check().unwrap_err().field, "username");
        }
    }
}
