//! Recovery codes: each stands once in place of an authenticator code.

use super::token::sha256;
use crate::random::{NoRandomness, Random};
use quietroom_protocol::{Phi, StaffId};

const COUNT: usize = 10;

/// Letters and digits that are not mistaken for each other (Crockford's base 32).
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Letters of a code: 80 bits, too many to try even with the stored hash in hand.
const LENGTH: usize = 16;

/// Freshly drawn codes and the hashes the store keeps.
#[derive(Debug)]
pub struct RecoveryCodes {
    /// As `xxxx-xxxx-xxxx-xxxx`.
    pub codes: Vec<Phi<String>>,
    pub hashes: Vec<[u8; 32]>,
}

impl RecoveryCodes {
    /// # Errors
    /// When the system gives no random bytes.
    pub fn random(random: &Random, staff: StaffId) -> Result<Self, NoRandomness> {
        let mut drawn = Self {
            codes: Vec::with_capacity(COUNT),
            hashes: Vec::with_capacity(COUNT),
        };
        for _ in 0..COUNT {
            let letters: Vec<u8> = random
                .bytes::<LENGTH>()?
                .iter()
                .map(|byte| ALPHABET[usize::from(byte % 32)])
                .collect();
            let groups: Vec<String> = letters
                .chunks(4)
                .map(|group| group.iter().copied().map(char::from).collect())
                .collect();
            drawn.hashes.push(hash(staff, &letters));
            drawn.codes.push(Phi::new(groups.join("-")));
        }
        Ok(drawn)
    }

    /// The hash of what someone typed; `None` when it cannot be a code.
    #[must_use]
    pub fn hash_of(staff: StaffId, typed: &str) -> Option<[u8; 32]> {
        let mut letters = Vec::with_capacity(LENGTH);
        for c in typed.chars() {
            let letter = match c.to_ascii_lowercase() {
                '-' | ' ' => continue,
                'o' => '0',
                'i' | 'l' => '1',
                letter => letter,
            };
            let letter = u8::try_from(letter).ok()?;
            if !ALPHABET.contains(&letter) || letters.len() == LENGTH {
                return None;
            }
            letters.push(letter);
        }
        (letters.len() == LENGTH).then(|| hash(staff, &letters))
    }
}

/// Bound to the account, so that equal codes of two accounts do not show.
fn hash(staff: StaffId, letters: &[u8]) -> [u8; 32] {
    sha256(
        &[
            b"quietroom-recovery-v1",
            staff.0.as_bytes().as_slice(),
            letters,
        ]
        .concat(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_code_is_known_however_it_is_typed() {
        let staff = StaffId(Uuid::from_u128(1));
        let drawn = RecoveryCodes::random(&Random::system(), staff).unwrap();
        assert_eq!(drawn.codes.len(), 10);
        let code = drawn.codes[0].expose();
        let typed = code.to_uppercase().replace('-', " ").replace('0', "O");
        assert_eq!(RecoveryCodes::hash_of(staff, code), Some(drawn.hashes[0]));
        assert_eq!(RecoveryCodes::hash_of(staff, &typed), Some(drawn.hashes[0]));
        let other = StaffId(Uuid::from_u128(2));
        assert_ne!(RecoveryCodes::hash_of(other, code), Some(drawn.hashes[0]));
    }

    #[test]
    fn other_things_are_no_codes() {
        let staff = StaffId(Uuid::from_u128(1));
        for typed in ["", "123456", "uuuu-uuuu-uuuu-uuuu", "0000-0000-0000-00000"] {
            assert_eq!(RecoveryCodes::hash_of(staff, typed), None, "{typed}");
        }
    }
}
