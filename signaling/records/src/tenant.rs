//! Keys of the organisations, unwrapped once and kept in memory.

use crate::seal::{Key, Place, Randomness, SealedRow, new_wrapped_key, unwrap_key};
use crate::{Error, What};
use aws_lc_rs::hmac;
use quietroom_protocol::{OrganisationId, UtcMillis};
use sqlx::{Row, SqliteConnection};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// Everything that seals: the key-encryption key, randomness, and the organisations' keys.
pub(crate) struct Keyring {
    pub(crate) kek: Key,
    pub(crate) random: Arc<dyn Randomness>,
    tenants: RwLock<HashMap<OrganisationId, Arc<Tenant>>>,
}

/// The keys of one organisation.
pub(crate) struct Tenant {
    organisation: OrganisationId,
    random: Arc<dyn Randomness>,
    seal: Key,
    index: hmac::Key,
    audit: hmac::Key,
}

impl Keyring {
    pub(crate) fn new(kek: Key, random: Arc<dyn Randomness>) -> Self {
        Self {
            kek,
            random,
            tenants: RwLock::default(),
        }
    }

    /// The keys of an organisation, [`Error::NotFound`] when it does not exist.
    pub(crate) async fn tenant(
        &self,
        db: &mut SqliteConnection,
        organisation: OrganisationId,
    ) -> Result<Arc<Tenant>, Error> {
        let known = self
            .tenants
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&organisation)
            .cloned();
        if let Some(tenant) = known {
            return Ok(tenant);
        }
        let tenant = Arc::new(self.load(db, organisation).await?);
        self.tenants
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(organisation, Arc::clone(&tenant));
        Ok(tenant)
    }

    /// Draws and stores the keys of a new organisation.
    pub(crate) async fn create(
        &self,
        db: &mut SqliteConnection,
        organisation: OrganisationId,
        now: UtcMillis,
    ) -> Result<(), Error> {
        for purpose in ["seal", "index", "audit"] {
            let place = place(organisation, purpose);
            let (bytes, wrapped) = new_wrapped_key(self.random.as_ref(), &self.kek, &place)?;
            sqlx::query(
                "INSERT INTO tenant_key (organisation, purpose, key_id, wrapped, created_at)
                 VALUES (?, ?, ?, ?, ?)",
            )
            .bind(organisation.0)
            .bind(purpose)
            .bind(Key::new(&bytes)?.id().to_vec())
            .bind(wrapped)
            .bind(now.0)
            .execute(&mut *db)
            .await?;
        }
        Ok(())
    }

    /// Reads and unwraps the keys of an organisation.
    pub(crate) async fn load(
        &self,
        db: &mut SqliteConnection,
        organisation: OrganisationId,
    ) -> Result<Tenant, Error> {
        let mut keys = Vec::with_capacity(3);
        for purpose in ["seal", "index", "audit"] {
            let row = sqlx::query(
                "SELECT wrapped FROM tenant_key WHERE organisation = ? AND purpose = ?
                 ORDER BY created_at DESC LIMIT 1",
            )
            .bind(organisation.0)
            .bind(purpose)
            .fetch_optional(&mut *db)
            .await?
            .ok_or(Error::NotFound(What::Organisation))?;
            let wrapped: Vec<u8> = row.try_get("wrapped")?;
            keys.push(unwrap_key(
                &self.kek,
                &place(organisation, purpose),
                &wrapped,
            )?);
        }
        let [seal, index, audit] = keys.as_slice() else {
            return Err(Error::NotFound(What::Organisation));
        };
        Ok(Tenant {
            organisation,
            random: Arc::clone(&self.random),
            seal: Key::new(seal)?,
            index: hmac::Key::new(hmac::HMAC_SHA256, index.as_ref()),
            audit: hmac::Key::new(hmac::HMAC_SHA256, audit.as_ref()),
        })
    }
}

impl Tenant {
    /// A new row with a data key of its own, and that key wrapped.
    pub(crate) fn new_row(
        &self,
        table: &'static str,
        row: &[u8],
    ) -> Result<(SealedRow, Vec<u8>), Error> {
        Ok(SealedRow::create(
            &self.random,
            &self.seal,
            self.organisation,
            table,
            row,
        )?)
    }

    /// A stored row, by its wrapped data key.
    pub(crate) fn row(
        &self,
        table: &'static str,
        row: &[u8],
        data_key: Option<&[u8]>,
    ) -> Result<SealedRow, Error> {
        Ok(SealedRow::load(
            &self.random,
            &self.seal,
            self.organisation,
            table,
            row,
            data_key,
        )?)
    }

    /// Blind index of a value: equal values of a column have equal indexes; without the key an
    /// index tells nothing.
    pub(crate) fn blind_index(&self, column: &'static str, value: &[u8]) -> Vec<u8> {
        self.tagged(&self.index, column, value)
    }

    /// Authenticates a message of the audit log.
    pub(crate) fn audit_mac(&self, message: &[u8]) -> Vec<u8> {
        self.tagged(&self.audit, "audit_head", message)
    }

    /// Whether `mac` is that of the message, in constant time.
    pub(crate) fn audit_mac_fits(&self, message: &[u8], mac: &[u8]) -> bool {
        let message = self.labelled("audit_head", message);
        hmac::verify(&self.audit, &message, mac).is_ok()
    }

    fn tagged(&self, key: &hmac::Key, label: &'static str, value: &[u8]) -> Vec<u8> {
        hmac::sign(key, &self.labelled(label, value))
            .as_ref()
            .to_vec()
    }

    /// The label ends with a zero byte, so that no label and value run into each other.
    fn labelled(&self, label: &'static str, value: &[u8]) -> Vec<u8> {
        let mut bytes = self.organisation.0.as_bytes().to_vec();
        bytes.extend_from_slice(label.as_bytes());
        bytes.push(0);
        bytes.extend_from_slice(value);
        bytes
    }
}

const fn place(organisation: OrganisationId, purpose: &'static str) -> Place<'static> {
    Place {
        organisation,
        table: "tenant_key",
        column: "wrapped",
        row: purpose.as_bytes(),
        version: 0,
    }
}
