//! Deliveries of a session's groups: written with the facts that go with them, read by those who
//! come later, deleted when the session is over.

use super::log::Log;
use crate::seal::SealedRow;
use crate::words::{from_column, from_word, opaque, to_column, word};
use crate::{Ctx, Error, Records, What};
use quietroom_protocol::{
    Delivered, Delivery, DeviceId, GroupEpoch, Opaque, OrganisationId, Scope, SessionId,
};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};
use uuid::Uuid;

/// A delivery as it is kept: with its welcome, and for whom that is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryRow {
    pub delivery: Delivery,
    /// Empty when there is no welcome.
    pub welcome_to: Vec<DeviceId>,
}

/// How much a session's groups have said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeliveryTotals {
    /// How many there are, which is the sequence number of the last.
    pub count: u64,
    /// Their opaque bytes.
    pub bytes: u64,
}

impl DeliveryRow {
    /// What `device` is given of it.
    #[must_use]
    pub fn for_device(&self, device: DeviceId) -> Delivery {
        let mut delivery = self.delivery.clone();
        if let Delivered::Commit { welcome, .. } = &mut delivery.what
            && !self.welcome_to.contains(&device)
        {
            *welcome = None;
        }
        delivery
    }

    /// Opaque bytes it holds.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        let (_, payload, welcome) = parts(&self.delivery.what);
        [payload, welcome]
            .into_iter()
            .flatten()
            .map(|bytes| bytes.len() as u64)
            .sum()
    }
}

impl Records {
    /// At most `count` deliveries from `from` on, in order. Nothing the store could read, and so
    /// not audited: that a device came in is.
    pub async fn deliveries(
        &self,
        ctx: &Ctx,
        session: SessionId,
        from: u64,
        count: u32,
    ) -> Result<Vec<DeliveryRow>, Error> {
        let mut read = self.core().read().await?;
        let tenant = self.core().tenant(&mut read, ctx.organisation).await?;
        let log = Log::load(&mut read, &tenant, ctx, session).await?;
        let rows = sqlx::query(
            "SELECT seq, sender, scope, grp, epoch, kind, payload, welcome, welcome_to
             FROM delivery
             WHERE organisation = ? AND session = ? AND seq >= ? ORDER BY seq LIMIT ?",
        )
        .bind(ctx.organisation.0)
        .bind(session.0)
        .bind(to_column(from, What::Delivery)?)
        .bind(count)
        .fetch_all(&mut *read)
        .await?;
        rows.iter()
            .map(|row| delivery(log.row(), session, row))
            .collect()
    }

    pub async fn delivery_totals(
        &self,
        organisation: OrganisationId,
        session: SessionId,
    ) -> Result<DeliveryTotals, Error> {
        let mut read = self.core().read().await?;
        let row = sqlx::query(
            "SELECT coalesce(max(seq), 0) AS count, coalesce(sum(bytes), 0) AS bytes
             FROM delivery WHERE organisation = ? AND session = ?",
        )
        .bind(organisation.0)
        .bind(session.0)
        .fetch_one(&mut *read)
        .await?;
        Ok(DeliveryTotals {
            count: from_column(row.try_get("count")?, What::Delivery)?,
            bytes: from_column(row.try_get("bytes")?, What::Delivery)?,
        })
    }

    /// Sequence number of the newest delivery with a welcome for this device.
    pub async fn newest_welcome(
        &self,
        organisation: OrganisationId,
        session: SessionId,
        device: DeviceId,
    ) -> Result<Option<u64>, Error> {
        let mut read = self.core().read().await?;
        let seq: Option<i64> = sqlx::query_scalar(
            "SELECT max(seq) FROM delivery
             WHERE organisation = ? AND session = ? AND instr(welcome_to, ?) % 16 = 1",
        )
        .bind(organisation.0)
        .bind(session.0)
        .bind(device.0)
        .fetch_one(&mut *read)
        .await?;
        seq.map(|seq| from_column(seq, What::Delivery)).transpose()
    }
}

pub(super) async fn insert(
    db: &mut SqliteConnection,
    log: &Log,
    ctx: &Ctx,
    session: SessionId,
    rows: &[DeliveryRow],
) -> Result<(), Error> {
    for row in rows {
        let Delivery {
            seq,
            from,
            at,
            what,
            ..
        } = &row.delivery;
        let (kind, payload, welcome) = parts(what);
        let sealed = sealed_delivery(log.row(), session, &row.delivery, kind)?;
        let seal = |column, bytes: Option<&Opaque>| {
            bytes
                .map(|bytes| sealed.seal(column, opaque(bytes)))
                .transpose()
        };
        let to: Vec<u8> = row
            .welcome_to
            .iter()
            .flat_map(|to| *to.0.as_bytes())
            .collect();
        sqlx::query(
            "INSERT INTO delivery
                 (organisation, session, seq, sender, scope, grp, epoch, kind, payload, welcome,
                  welcome_to, bytes)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(ctx.organisation.0)
        .bind(session.0)
        .bind(to_column(*seq, What::Delivery)?)
        .bind(from.0)
        .bind(word(at.scope, What::Delivery)?)
        .bind(at.group)
        .bind(at.epoch)
        .bind(kind)
        .bind(seal("payload", payload)?)
        .bind(seal("welcome", welcome)?)
        .bind(welcome.map(|_| to))
        .bind(to_column(row.bytes(), What::Delivery)?)
        .execute(&mut *db)
        .await
        .map_err(|error| Error::from(error).or_taken(What::Delivery))?;
    }
    Ok(())
}

/// Everything the groups of a session have said.
pub(super) async fn delete_all(
    db: &mut SqliteConnection,
    ctx: &Ctx,
    session: SessionId,
) -> Result<(), Error> {
    sqlx::query("DELETE FROM delivery WHERE organisation = ? AND session = ?")
        .bind(ctx.organisation.0)
        .bind(session.0)
        .execute(db)
        .await?;
    Ok(())
}

const fn parts(what: &Delivered) -> (&'static str, Option<&Opaque>, Option<&Opaque>) {
    match what {
        Delivered::Started => ("started", None, None),
        Delivered::Commit { commit, welcome } => ("commit", Some(commit), welcome.as_ref()),
        Delivered::Content { message } => ("content", Some(message), None),
    }
}

fn delivery(
    session_row: &SealedRow,
    session: SessionId,
    row: &SqliteRow,
) -> Result<DeliveryRow, Error> {
    let kind: String = row.try_get("kind")?;
    let mut delivery = Delivery {
        seq: from_column(row.try_get("seq")?, What::Delivery)?,
        from: DeviceId(row.try_get("sender")?),
        at: GroupEpoch {
            scope: from_word::<Scope>(row.try_get("scope")?, What::Delivery)?,
            group: from_column(row.try_get("grp")?, What::Delivery)?,
            epoch: from_column(row.try_get("epoch")?, What::Delivery)?,
        },
        what: Delivered::Started,
    };
    let sealed = sealed_delivery(session_row, session, &delivery, &kind)?;
    let open = |column| -> Result<Option<Opaque>, Error> {
        let bytes: Option<&[u8]> = row.try_get(column)?;
        let Some(bytes) = bytes else { return Ok(None) };
        Ok(Some(Opaque::new(sealed.open(column, bytes)?.to_vec())))
    };
    let unreadable = || Error::Unreadable(What::Delivery);
    let (payload, welcome) = (open("payload")?, open("welcome")?);
    delivery.what = match kind.as_str() {
        "started" => Delivered::Started,
        "commit" => Delivered::Commit {
            commit: payload.ok_or_else(unreadable)?,
            welcome,
        },
        "content" => Delivered::Content {
            message: payload.ok_or_else(unreadable)?,
        },
        _ => return Err(unreadable()),
    };
    let to: Option<&[u8]> = row.try_get("welcome_to")?;
    let (ids, []) = to.unwrap_or_default().as_chunks::<16>() else {
        return Err(unreadable());
    };
    Ok(DeliveryRow {
        delivery,
        welcome_to: ids
            .iter()
            .map(|id| DeviceId(Uuid::from_bytes(*id)))
            .collect(),
    })
}

/// A delivery is sealed under the key of its session. Its plain columns name its place, so one that
/// was moved to another epoch or sender in the file does not open.
fn sealed_delivery(
    session_row: &SealedRow,
    session: SessionId,
    delivery: &Delivery,
    kind: &str,
) -> Result<SealedRow, Error> {
    let Delivery { seq, from, at, .. } = delivery;
    let mut row = session.0.as_bytes().to_vec();
    row.extend_from_slice(&seq.to_be_bytes());
    row.extend_from_slice(from.0.as_bytes());
    row.extend_from_slice(&at.group.to_be_bytes());
    row.extend_from_slice(&at.epoch.to_be_bytes());
    row.extend_from_slice(word(at.scope, What::Delivery)?.as_bytes());
    row.push(0);
    row.extend_from_slice(kind.as_bytes());
    Ok(session_row.dependent("delivery", &row, 1))
}
