//! When the server was last known to be alive: after a crash, nothing has lasted longer.

use crate::{Error, Records};
use quietroom_protocol::UtcMillis;

impl Records {
    /// Remembers that the server is alive; call it every 10 s.
    pub async fn heartbeat(&self, now: UtcMillis) -> Result<(), Error> {
        let mut write = self.core().write().await?;
        sqlx::query("UPDATE store SET last_alive = ?")
            .bind(now.0)
            .execute(write.db())
            .await?;
        write.commit().await
    }

    /// When the server was last known alive; none in a new store.
    pub async fn last_alive(&self) -> Result<Option<UtcMillis>, Error> {
        let mut read = self.core().read().await?;
        let at: Option<i64> = sqlx::query_scalar("SELECT last_alive FROM store")
            .fetch_one(&mut *read)
            .await?;
        Ok(at.map(UtcMillis))
    }
}
