//! Envelope sealing: AES-256-GCM under a data key, which is wrapped by the organisation's key,
//! which is wrapped by the key-encryption key.
//!
//! A sealed value is `version (1) | key id (8) | nonce (12) | ciphertext | tag (16)`. Its additional
//! data names the place it belongs to: organisation, table, column, row and row version. So a value
//! that is moved, kept back or changed does not open.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hmac;
use quietroom_protocol::OrganisationId;
use std::sync::Arc;
use zeroize::{Zeroize, Zeroizing};

const VERSION: u8 = 1;
const HEADER: usize = 1 + 8 + 12;
const TAG: usize = 16;

/// A sealed value that could not be sealed or opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealFault {
    /// The value, its place or its version is not what was sealed.
    #[error("a sealed value of {table}.{column} is not authentic")]
    NotAuthentic {
        table: &'static str,
        column: &'static str,
    },
    /// Its data key was deleted on purpose.
    #[error("a sealed value of {table}.{column} was shredded")]
    Shredded {
        table: &'static str,
        column: &'static str,
    },
    #[error("the source of randomness failed")]
    Randomness,
}

/// Where nonces and new keys come from.
pub(crate) trait Randomness: Send + Sync {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), SealFault>;
}

/// The operating system's.
pub(crate) struct SystemRandomness;

impl Randomness for SystemRandomness {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), SealFault> {
        aws_lc_rs::rand::fill(bytes).map_err(|_| SealFault::Randomness)
    }
}

/// The place a sealed value belongs to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    pub(crate) organisation: OrganisationId,
    pub(crate) table: &'static str,
    pub(crate) column: &'static str,
    pub(crate) row: &'a [u8],
    pub(crate) version: u64,
}

impl Place<'_> {
    fn aad(&self) -> Aad<Vec<u8>> {
        let mut bytes = b"quietroom.seal.v1\0".to_vec();
        bytes.extend_from_slice(self.organisation.0.as_bytes());
        for part in [self.table.as_bytes(), self.column.as_bytes(), self.row] {
            bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
            bytes.extend_from_slice(part);
        }
        bytes.extend_from_slice(&self.version.to_be_bytes());
        Aad::from(bytes)
    }

    const fn not_authentic(&self) -> SealFault {
        SealFault::NotAuthentic {
            table: self.table,
            column: self.column,
        }
    }
}

/// One AES-256 key of any of the three levels. Its id is a keyed hash of nothing but itself, so
/// equal keys have equal ids and an id tells nothing.
pub(crate) struct Key {
    id: [u8; 8],
    aead: LessSafeKey,
}

impl Key {
    pub(crate) fn new(bytes: &[u8; 32]) -> Result<Self, SealFault> {
        let tag = hmac::sign(
            &hmac::Key::new(hmac::HMAC_SHA256, bytes),
            b"quietroom.key-id.v1",
        );
        let mut id = [0; 8];
        id.copy_from_slice(&tag.as_ref()[..8]);
        let aead = UnboundKey::new(&AES_256_GCM, bytes).map_err(|_| SealFault::Randomness)?;
        Ok(Self {
            id,
            aead: LessSafeKey::new(aead),
        })
    }

    pub(crate) const fn id(&self) -> &[u8; 8] {
        &self.id
    }

    pub(crate) fn seal(
        &self,
        random: &dyn Randomness,
        place: &Place<'_>,
        plain: &[u8],
    ) -> Result<Vec<u8>, SealFault> {
        let mut nonce = [0; 12];
        random.fill(&mut nonce)?;
        let mut sealed = Vec::with_capacity(HEADER + plain.len() + TAG);
        sealed.push(VERSION);
        sealed.extend_from_slice(&self.id);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plain);
        let tag = self
            .aead
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                place.aad(),
                &mut sealed[HEADER..],
            )
            .map_err(|_| SealFault::Randomness)?;
        sealed.extend_from_slice(tag.as_ref());
        Ok(sealed)
    }

    pub(crate) fn open(
        &self,
        place: &Place<'_>,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, SealFault> {
        let refused = || place.not_authentic();
        let (header, body) = sealed.split_at_checked(HEADER).ok_or_else(refused)?;
        if header[0] != VERSION || header[1..9] != self.id {
            return Err(refused());
        }
        let nonce = Nonce::try_assume_unique_for_key(&header[9..]).map_err(|_| refused())?;
        let mut plain = Zeroizing::new(body.to_vec());
        let length = self
            .aead
            .open_in_place(nonce, place.aad(), &mut plain)
            .map_err(|_| refused())?
            .len();
        plain.truncate(length);
        Ok(plain)
    }
}

/// A new key, and the same wrapped by another.
pub(crate) fn new_wrapped_key(
    random: &dyn Randomness,
    wrapping: &Key,
    place: &Place<'_>,
) -> Result<(Zeroizing<[u8; 32]>, Vec<u8>), SealFault> {
    let mut bytes = Zeroizing::new([0; 32]);
    random.fill(bytes.as_mut())?;
    let wrapped = wrapping.seal(random, place, bytes.as_ref())?;
    Ok((bytes, wrapped))
}

/// The bytes of a wrapped key.
pub(crate) fn unwrap_key(
    wrapping: &Key,
    place: &Place<'_>,
    wrapped: &[u8],
) -> Result<Zeroizing<[u8; 32]>, SealFault> {
    let plain = wrapping.open(place, wrapped)?;
    let mut bytes = Zeroizing::new([0; 32]);
    if plain.len() != bytes.len() {
        bytes.zeroize();
        return Err(place.not_authentic());
    }
    bytes.copy_from_slice(&plain);
    Ok(bytes)
}

/// A row whose columns are sealed under its own data key.
pub(crate) struct SealedRow {
    key: Arc<Key>,
    random: Arc<dyn Randomness>,
    organisation: OrganisationId,
    table: &'static str,
    row: Vec<u8>,
    version: u64,
}

impl SealedRow {
    /// A new row with a new data key, wrapped for its `data_key` column.
    pub(crate) fn create(
        random: &Arc<dyn Randomness>,
        wrapping: &Key,
        organisation: OrganisationId,
        table: &'static str,
        row: &[u8],
    ) -> Result<(Self, Vec<u8>), SealFault> {
        let place = data_key_place(organisation, table, row);
        let (bytes, wrapped) = new_wrapped_key(random.as_ref(), wrapping, &place)?;
        let sealed = Self {
            key: Arc::new(Key::new(&bytes)?),
            random: Arc::clone(random),
            organisation,
            table,
            row: row.to_vec(),
            version: 1,
        };
        Ok((sealed, wrapped))
    }

    /// A stored row, by its `data_key` column.
    pub(crate) fn load(
        random: &Arc<dyn Randomness>,
        wrapping: &Key,
        organisation: OrganisationId,
        table: &'static str,
        row: &[u8],
        wrapped: Option<&[u8]>,
    ) -> Result<Self, SealFault> {
        let place = data_key_place(organisation, table, row);
        let wrapped = wrapped.ok_or(SealFault::Shredded {
            table,
            column: place.column,
        })?;
        Ok(Self {
            key: Arc::new(Key::new(&*unwrap_key(wrapping, &place, wrapped)?)?),
            random: Arc::clone(random),
            organisation,
            table,
            row: row.to_vec(),
            version: 1,
        })
    }

    /// The same row at another version.
    pub(crate) fn at_version(self, version: u64) -> Self {
        Self { version, ..self }
    }

    /// A row of another table that is sealed under this row's key.
    pub(crate) fn dependent(&self, table: &'static str, row: &[u8], version: u64) -> Self {
        Self {
            key: Arc::clone(&self.key),
            random: Arc::clone(&self.random),
            organisation: self.organisation,
            table,
            row: row.to_vec(),
            version,
        }
    }

    pub(crate) fn seal(&self, column: &'static str, plain: &[u8]) -> Result<Vec<u8>, SealFault> {
        self.key
            .seal(self.random.as_ref(), &self.place(column), plain)
    }

    pub(crate) fn open(
        &self,
        column: &'static str,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, SealFault> {
        self.key.open(&self.place(column), sealed)
    }

    /// A sealed text.
    pub(crate) fn open_text(
        &self,
        column: &'static str,
        sealed: &[u8],
    ) -> Result<String, SealFault> {
        let plain = self.open(column, sealed)?;
        match std::str::from_utf8(&plain) {
            Ok(text) => Ok(text.to_owned()),
            Err(_) => Err(self.place(column).not_authentic()),
        }
    }

    fn place(&self, column: &'static str) -> Place<'_> {
        Place {
            organisation: self.organisation,
            table: self.table,
            column,
            row: &self.row,
            version: self.version,
        }
    }
}

/// Data keys live as long as their row, whatever its version.
const fn data_key_place<'a>(
    organisation: OrganisationId,
    table: &'static str,
    row: &'a [u8],
) -> Place<'a> {
    Place {
        organisation,
        table,
        column: "data_key",
        row,
        version: 0,
    }
}

#[cfg(test)]
mod tests;
