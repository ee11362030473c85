//! Rate limits and lockouts that survive a restart.

use crate::{Error, Records};
use quietroom_protocol::{OrganisationId, UtcMillis};
use sqlx::Row;

/// At most `hits` within `window_ms` after the first of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    pub hits: u32,
    pub window_ms: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Throttle {
    Allowed,
    Retry { after_ms: i64 },
}

impl Records {
    /// Counts a hit. `key` is a hash of what is limited (an address, a username): no plain value.
    /// A hit that is refused does not count.
    pub async fn throttle_hit(
        &self,
        organisation: OrganisationId,
        key: [u8; 32],
        now: UtcMillis,
        limit: Limit,
    ) -> Result<Throttle, Error> {
        let mut write = self.core().write().await?;
        // Windows that have ended mean nothing any more; the table stays as small as the traffic.
        sqlx::query("DELETE FROM throttle WHERE window_ends_at <= ?")
            .bind(now.0)
            .execute(write.db())
            .await?;
        let counted = sqlx::query(
            "INSERT INTO throttle (organisation, key_hash, hits, window_ends_at)
             VALUES (?, ?, 1, ?)
             ON CONFLICT (organisation, key_hash) DO UPDATE SET hits = hits + 1 WHERE hits < ?",
        )
        .bind(organisation.0)
        .bind(key.as_slice())
        .bind(now.plus(limit.window_ms).0)
        .bind(limit.hits)
        .execute(write.db())
        .await?;
        if counted.rows_affected() == 1 {
            write.commit().await?;
            return Ok(Throttle::Allowed);
        }
        let ends_at: i64 = sqlx::query_scalar(
            "SELECT window_ends_at FROM throttle WHERE organisation = ? AND key_hash = ?",
        )
        .bind(organisation.0)
        .bind(key.as_slice())
        .fetch_one(write.db())
        .await?;
        write.commit().await?;
        Ok(Throttle::Retry {
            after_ms: UtcMillis(ends_at).since(now),
        })
    }

    /// Whether a hit would be allowed, without counting one.
    pub async fn throttle_look(
        &self,
        organisation: OrganisationId,
        key: [u8; 32],
        now: UtcMillis,
        limit: Limit,
    ) -> Result<Throttle, Error> {
        let mut read = self.core().read().await?;
        let row = sqlx::query(
            "SELECT hits, window_ends_at FROM throttle
             WHERE organisation = ? AND key_hash = ? AND window_ends_at > ?",
        )
        .bind(organisation.0)
        .bind(key.as_slice())
        .bind(now.0)
        .fetch_optional(&mut *read)
        .await?;
        let Some(row) = row else {
            return Ok(Throttle::Allowed);
        };
        let hits: i64 = row.try_get("hits")?;
        if hits < i64::from(limit.hits) {
            return Ok(Throttle::Allowed);
        }
        Ok(Throttle::Retry {
            after_ms: UtcMillis(row.try_get("window_ends_at")?).since(now),
        })
    }

    /// Forgets the hits of a key.
    pub async fn throttle_clear(
        &self,
        organisation: OrganisationId,
        key: [u8; 32],
    ) -> Result<(), Error> {
        let mut write = self.core().write().await?;
        sqlx::query("DELETE FROM throttle WHERE organisation = ? AND key_hash = ?")
            .bind(organisation.0)
            .bind(key.as_slice())
            .execute(write.db())
            .await?;
        write.commit().await
    }
}
