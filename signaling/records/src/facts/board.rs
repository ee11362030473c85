//! Boards of a session: entries in order and the newest snapshot of each, deleted when the session is
//! over.

use super::AppendError;
use super::log::Log;
use crate::seal::SealedRow;
use crate::words::{from_column, opaque, to_column};
use crate::{Ctx, Error, Records, What};
use quietroom_protocol::{BoardEntry, DeviceId, Opaque, OrganisationId, SessionId};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

/// The whole of a board as it is after the entry `upto`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoardSnapshotRow {
    pub board: u32,
    pub upto: u64,
    pub from: DeviceId,
    pub snapshot: Opaque,
}

/// How much is kept of one board.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BoardKept {
    pub board: u32,
    /// The entry up to which the snapshot goes; 0 when there is none.
    pub upto: u64,
    pub snapshot_bytes: u64,
    /// Bytes of each entry behind the snapshot, in order and without a gap.
    pub entries: Vec<u32>,
}

impl Records {
    /// Writes entries that follow the last of their board; on return they are durable. Nothing is
    /// written when the caller is not the session's writer any more, or a number is taken.
    pub async fn append_entries(
        &self,
        ctx: &Ctx,
        session: SessionId,
        epoch: u32,
        entries: &[BoardEntry],
    ) -> Result<(), AppendError> {
        let mut write = self.core().write().await?;
        let tenant = write.tenant(ctx.organisation).await?;
        let log = Log::load(write.db(), &tenant, ctx, session).await?;
        log.check_epoch(epoch)?;
        for entry in entries {
            insert(write.db(), &log, ctx, session, entry).await?;
        }
        Ok(write.commit().await?)
    }

    /// Writes a snapshot in place of the one before it and deletes the entries up to it; on return
    /// that is durable. Nothing is written when the caller is not the session's writer any more.
    pub async fn keep_snapshot(
        &self,
        ctx: &Ctx,
        session: SessionId,
        epoch: u32,
        snapshot: &BoardSnapshotRow,
    ) -> Result<(), AppendError> {
        let mut write = self.core().write().await?;
        let tenant = write.tenant(ctx.organisation).await?;
        let log = Log::load(write.db(), &tenant, ctx, session).await?;
        log.check_epoch(epoch)?;
        replace(write.db(), &log, ctx, session, snapshot).await?;
        Ok(write.commit().await?)
    }

    /// At most `count` entries of a board from `from` on, in order. Nothing the store could read,
    /// and so not audited: that a device came in is.
    pub async fn board_entries(
        &self,
        ctx: &Ctx,
        session: SessionId,
        board: u32,
        from: u64,
        count: u32,
    ) -> Result<Vec<BoardEntry>, Error> {
        let mut read = self.core().read().await?;
        let tenant = self.core().tenant(&mut read, ctx.organisation).await?;
        let log = Log::load(&mut read, &tenant, ctx, session).await?;
        let rows = sqlx::query(
            "SELECT seq, sender, payload FROM board_entry
             WHERE organisation = ? AND session = ? AND board = ? AND seq >= ?
             ORDER BY seq LIMIT ?",
        )
        .bind(ctx.organisation.0)
        .bind(session.0)
        .bind(board)
        .bind(to_column(from, What::BoardEntry)?)
        .bind(count)
        .fetch_all(&mut *read)
        .await?;
        rows.iter()
            .map(|row| entry(log.row(), session, board, row))
            .collect()
    }

    /// The newest snapshot of a board.
    pub async fn board_snapshot(
        &self,
        ctx: &Ctx,
        session: SessionId,
        board: u32,
    ) -> Result<Option<BoardSnapshotRow>, Error> {
        let mut read = self.core().read().await?;
        let tenant = self.core().tenant(&mut read, ctx.organisation).await?;
        let log = Log::load(&mut read, &tenant, ctx, session).await?;
        let row = sqlx::query(
            "SELECT upto, sender, payload FROM board_snapshot
             WHERE organisation = ? AND session = ? AND board = ?",
        )
        .bind(ctx.organisation.0)
        .bind(session.0)
        .bind(board)
        .fetch_optional(&mut *read)
        .await?;
        row.map(|row| snapshot(log.row(), session, board, &row))
            .transpose()
    }

    /// What is kept of every board on which something was drawn.
    pub async fn boards_kept(
        &self,
        organisation: OrganisationId,
        session: SessionId,
    ) -> Result<Vec<BoardKept>, Error> {
        let mut read = self.core().read().await?;
        let rows = sqlx::query(
            "SELECT board, upto AS seq, bytes, 0 AS entry FROM board_snapshot
             WHERE organisation = ?1 AND session = ?2
             UNION ALL
             SELECT board, seq, bytes, 1 AS entry FROM board_entry
             WHERE organisation = ?1 AND session = ?2
             ORDER BY board, entry, seq",
        )
        .bind(organisation.0)
        .bind(session.0)
        .fetch_all(&mut *read)
        .await?;
        kept(&rows)
    }
}

/// Everything that was drawn in a session.
pub(super) async fn delete_all(
    db: &mut SqliteConnection,
    ctx: &Ctx,
    session: SessionId,
) -> Result<(), Error> {
    for statement in [
        "DELETE FROM board_entry WHERE organisation = ? AND session = ?",
        "DELETE FROM board_snapshot WHERE organisation = ? AND session = ?",
    ] {
        sqlx::query(statement)
            .bind(ctx.organisation.0)
            .bind(session.0)
            .execute(&mut *db)
            .await?;
    }
    Ok(())
}

async fn insert(
    db: &mut SqliteConnection,
    log: &Log,
    ctx: &Ctx,
    session: SessionId,
    entry: &BoardEntry,
) -> Result<(), Error> {
    let payload = sealed(
        log.row(),
        "board_entry",
        session,
        entry.board,
        entry.seq,
        entry.from,
    )
    .seal("payload", opaque(&entry.entry))?;
    sqlx::query(
        "INSERT INTO board_entry (organisation, session, board, seq, sender, payload, bytes)
         VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(ctx.organisation.0)
    .bind(session.0)
    .bind(entry.board)
    .bind(to_column(entry.seq, What::BoardEntry)?)
    .bind(entry.from.0)
    .bind(payload)
    .bind(to_column(entry.entry.len() as u64, What::BoardEntry)?)
    .execute(db)
    .await
    .map_err(|error| Error::from(error).or_taken(What::BoardEntry))?;
    Ok(())
}

async fn replace(
    db: &mut SqliteConnection,
    log: &Log,
    ctx: &Ctx,
    session: SessionId,
    row: &BoardSnapshotRow,
) -> Result<(), Error> {
    let upto = to_column(row.upto, What::BoardSnapshot)?;
    let payload = sealed(
        log.row(),
        "board_snapshot",
        session,
        row.board,
        row.upto,
        row.from,
    )
    .seal("payload", opaque(&row.snapshot))?;
    sqlx::query(
        "INSERT OR REPLACE INTO board_snapshot
             (organisation, session, board, upto, sender, payload, bytes)
         VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(ctx.organisation.0)
    .bind(session.0)
    .bind(row.board)
    .bind(upto)
    .bind(row.from.0)
    .bind(payload)
    .bind(to_column(row.snapshot.len() as u64, What::BoardSnapshot)?)
    .execute(&mut *db)
    .await?;
    sqlx::query(
        "DELETE FROM board_entry
         WHERE organisation = ? AND session = ? AND board = ? AND seq <= ?",
    )
    .bind(ctx.organisation.0)
    .bind(session.0)
    .bind(row.board)
    .bind(upto)
    .execute(&mut *db)
    .await?;
    Ok(())
}

fn entry(
    session_row: &SealedRow,
    session: SessionId,
    board: u32,
    row: &SqliteRow,
) -> Result<BoardEntry, Error> {
    let seq = from_column(row.try_get("seq")?, What::BoardEntry)?;
    let from = DeviceId(row.try_get("sender")?);
    let payload = sealed(session_row, "board_entry", session, board, seq, from)
        .open("payload", row.try_get("payload")?)?;
    Ok(BoardEntry {
        board,
        seq,
        from,
        entry: Opaque::new(payload.to_vec()),
    })
}

fn snapshot(
    session_row: &SealedRow,
    session: SessionId,
    board: u32,
    row: &SqliteRow,
) -> Result<BoardSnapshotRow, Error> {
    let upto = from_column(row.try_get("upto")?, What::BoardSnapshot)?;
    let from = DeviceId(row.try_get("sender")?);
    let payload = sealed(session_row, "board_snapshot", session, board, upto, from)
        .open("payload", row.try_get("payload")?)?;
    Ok(BoardSnapshotRow {
        board,
        upto,
        from,
        snapshot: Opaque::new(payload.to_vec()),
    })
}

/// From rows ordered by board, each board's snapshot before its entries.
fn kept(rows: &[SqliteRow]) -> Result<Vec<BoardKept>, Error> {
    let mut boards: Vec<BoardKept> = Vec::new();
    for row in rows {
        let board = from_column(row.try_get("board")?, What::BoardEntry)?;
        let seq: u64 = from_column(row.try_get("seq")?, What::BoardEntry)?;
        if boards.last().is_none_or(|last| last.board != board) {
            boards.push(BoardKept {
                board,
                ..BoardKept::default()
            });
        }
        let Some(kept) = boards.last_mut() else {
            continue;
        };
        if row.try_get::<i64, _>("entry")? == 0 {
            kept.upto = seq;
            kept.snapshot_bytes = from_column(row.try_get("bytes")?, What::BoardSnapshot)?;
            continue;
        }
        if seq != kept.upto + kept.entries.len() as u64 + 1 {
            return Err(Error::Unreadable(What::BoardEntry));
        }
        let bytes = from_column(row.try_get("bytes")?, What::BoardEntry)?;
        kept.entries.push(bytes);
    }
    Ok(boards)
}

/// Entries and snapshots are sealed under the key of their session. Their plain columns name their
/// place, so one that was moved to another number, board or sender in the file does not open.
fn sealed(
    session_row: &SealedRow,
    table: &'static str,
    session: SessionId,
    board: u32,
    seq: u64,
    from: DeviceId,
) -> SealedRow {
    let mut row = session.0.as_bytes().to_vec();
    row.extend_from_slice(&board.to_be_bytes());
    row.extend_from_slice(&seq.to_be_bytes());
    row.extend_from_slice(from.0.as_bytes());
    session_row.dependent(table, &row, 1)
}
