//! Join links and the devices that redeemed them.

use crate::words::{bytes, from_word, opaque};
use crate::{Action, Ctx, Error, Event, Records, Resource, What};
use quietroom_protocol::{
    DeviceId, LinkId, Opaque, OrganisationId, ParticipantId, Role, SessionId, SessionState,
    StaffId, UtcMillis,
};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

#[derive(Clone, Debug)]
pub struct NewLink {
    pub link: LinkId,
    pub session: SessionId,
    pub participant: ParticipantId,
    /// SHA-256 of the token.
    pub token_hash: [u8; 32],
    pub expires_at: UtcMillis,
    /// For the clinician's browsers; `None` when the server makes the link itself.
    pub sealed: Option<Opaque>,
}

/// What is known of a link: not the link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkRecord {
    pub link: LinkId,
    pub expires_at: UtcMillis,
    pub redeemed: bool,
    pub sealed: Option<Opaque>,
}

/// A link that is good, and what it is for. No health information.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FoundLink {
    pub link: LinkId,
    pub session: SessionId,
    pub participant: ParticipantId,
    pub role: Role,
    pub clinician: StaffId,
    pub starts_at: UtcMillis,
    pub ends_at: UtcMillis,
    pub state: SessionState,
    pub expires_at: UtcMillis,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Redeemed {
    pub link: LinkId,
    pub session: SessionId,
    pub participant: ParticipantId,
}

/// A browser in a seat.
#[derive(Clone, Debug)]
pub struct NewDevice {
    pub device: DeviceId,
    pub session: SessionId,
    pub participant: ParticipantId,
    /// P-256 public key, 65 bytes uncompressed (SEC 1); staff have none.
    pub key: Option<[u8; 65]>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceRecord {
    pub device: DeviceId,
    pub session: SessionId,
    pub participant: ParticipantId,
    pub role: Role,
    pub key: Option<[u8; 65]>,
    pub created_at: UtcMillis,
}

/// Why a link does not work.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// Never issued, or a newer link took its place.
    #[error("the link is not known")]
    Unknown,
    #[error("the link has expired")]
    Expired,
    /// The session has ended, was cancelled or did not take place.
    #[error("the session is over")]
    Over,
    #[error(transparent)]
    Store(#[from] Error),
}

impl Records {
    /// Makes a seat's link; an older link of the seat ends. [`Error::NotFound`] when there is no
    /// such seat of a guest, or its session is over.
    pub async fn create_link(&self, ctx: &Ctx, link: &NewLink) -> Result<(), Error> {
        let mut write = self.core().write().await?;
        sqlx::query(
            "UPDATE link SET replaced_at = ?
             WHERE organisation = ? AND session = ? AND participant = ? AND replaced_at IS NULL",
        )
        .bind(ctx.now.0)
        .bind(ctx.organisation.0)
        .bind(link.session.0)
        .bind(link.participant.0)
        .execute(write.db())
        .await?;
        let made = sqlx::query(
            "INSERT INTO link
                 (organisation, link, session, participant, token_hash, created_at, expires_at,
                  replaced_at, redeemed_at, sealed)
             SELECT t.organisation, ?, t.session, t.participant, ?, ?, ?, NULL, NULL, ?
             FROM seat t JOIN session s USING (organisation, session)
             WHERE t.organisation = ? AND t.session = ? AND t.participant = ?
                 AND t.person IS NOT NULL AND s.state IN ('scheduled', 'open', 'live')",
        )
        .bind(link.link.0)
        .bind(link.token_hash.as_slice())
        .bind(ctx.now.0)
        .bind(link.expires_at.0)
        .bind(link.sealed.as_ref().map(opaque))
        .bind(ctx.organisation.0)
        .bind(link.session.0)
        .bind(link.participant.0)
        .execute(write.db())
        .await
        .map_err(|error| Error::from(error).or_taken(What::Link))?;
        if made.rows_affected() == 0 {
            return Err(Error::NotFound(What::Seat));
        }
        let event = Event::done(Action::CreateLink, Resource::link(link.link));
        write.audit(ctx, &event).await?;
        write.commit().await
    }

    /// What a token is for; changes nothing.
    pub async fn find_link(
        &self,
        organisation: OrganisationId,
        token_hash: [u8; 32],
        now: UtcMillis,
    ) -> Result<FoundLink, LinkError> {
        let mut read = self.core().read().await?;
        find(&mut read, organisation, token_hash, now).await
    }

    /// Redeems a link for a new device, if it is still good at this moment. A link may be redeemed
    /// again, by the same person in another browser: every device knocks and waits for admission.
    pub async fn redeem_link(
        &self,
        ctx: &Ctx,
        token_hash: [u8; 32],
        device: DeviceId,
        key: [u8; 65],
    ) -> Result<Redeemed, LinkError> {
        let mut write = self.core().write().await?;
        let found = find(write.db(), ctx.organisation, token_hash, ctx.now).await?;
        sqlx::query(
            "UPDATE link SET redeemed_at = coalesce(redeemed_at, ?)
             WHERE organisation = ? AND link = ?",
        )
        .bind(ctx.now.0)
        .bind(ctx.organisation.0)
        .bind(found.link.0)
        .execute(write.db())
        .await
        .map_err(Error::from)?;
        let new = NewDevice {
            device,
            session: found.session,
            participant: found.participant,
            key: Some(key),
        };
        insert_device(write.db(), ctx, &new, Some(found.link)).await?;
        let event = Event::done(Action::RedeemLink, Resource::link(found.link));
        write.audit(ctx, &event).await?;
        write.commit().await?;
        Ok(Redeemed {
            link: found.link,
            session: found.session,
            participant: found.participant,
        })
    }

    /// Registers a device that needs no link: a tab of a member of staff.
    pub async fn create_device(&self, ctx: &Ctx, device: &NewDevice) -> Result<(), Error> {
        let mut write = self.core().write().await?;
        insert_device(write.db(), ctx, device, None).await?;
        let event = Event::done(Action::CreateDevice, Resource::device(device.device));
        write.audit(ctx, &event).await?;
        write.commit().await
    }

    pub async fn device(
        &self,
        organisation: OrganisationId,
        session: SessionId,
        device: DeviceId,
    ) -> Result<Option<DeviceRecord>, Error> {
        let mut read = self.core().read().await?;
        let row = sqlx::query(
            "SELECT d.*, t.role FROM device d
             JOIN seat t USING (organisation, session, participant)
             WHERE d.organisation = ? AND d.session = ? AND d.device = ?",
        )
        .bind(organisation.0)
        .bind(session.0)
        .bind(device.0)
        .fetch_optional(&mut *read)
        .await?;
        row.as_ref().map(device_record).transpose()
    }

    /// The devices of a session, oldest first.
    pub async fn devices(
        &self,
        organisation: OrganisationId,
        session: SessionId,
    ) -> Result<Vec<DeviceRecord>, Error> {
        let mut read = self.core().read().await?;
        let rows = sqlx::query(
            "SELECT d.*, t.role FROM device d
             JOIN seat t USING (organisation, session, participant)
             WHERE d.organisation = ? AND d.session = ? ORDER BY d.created_at, d.device",
        )
        .bind(organisation.0)
        .bind(session.0)
        .fetch_all(&mut *read)
        .await?;
        rows.iter().map(device_record).collect()
    }
}

/// A link that is good now.
async fn find(
    db: &mut SqliteConnection,
    organisation: OrganisationId,
    token_hash: [u8; 32],
    now: UtcMillis,
) -> Result<FoundLink, LinkError> {
    let row = sqlx::query(
        "SELECT l.link, l.session, l.participant, l.expires_at, t.role, s.clinician, s.starts_at,
                s.ends_at, s.state
         FROM link l
         JOIN seat t USING (organisation, session, participant)
         JOIN session s USING (organisation, session)
         WHERE l.organisation = ? AND l.token_hash = ? AND l.replaced_at IS NULL",
    )
    .bind(organisation.0)
    .bind(token_hash.as_slice())
    .fetch_optional(db)
    .await
    .map_err(Error::from)?;
    let Some(row) = row else {
        return Err(LinkError::Unknown);
    };
    let found = found(&row)?;
    if matches!(
        found.state,
        SessionState::Ended | SessionState::Cancelled | SessionState::NoShow
    ) {
        return Err(LinkError::Over);
    }
    if found.expires_at <= now {
        return Err(LinkError::Expired);
    }
    Ok(found)
}

fn found(row: &SqliteRow) -> Result<FoundLink, Error> {
    Ok(FoundLink {
        link: LinkId(row.try_get("link")?),
        session: SessionId(row.try_get("session")?),
        participant: ParticipantId(row.try_get("participant")?),
        role: from_word(row.try_get("role")?, What::Seat)?,
        clinician: StaffId(row.try_get("clinician")?),
        starts_at: UtcMillis(row.try_get("starts_at")?),
        ends_at: UtcMillis(row.try_get("ends_at")?),
        state: from_word(row.try_get("state")?, What::Session)?,
        expires_at: UtcMillis(row.try_get("expires_at")?),
    })
}

async fn insert_device(
    db: &mut SqliteConnection,
    ctx: &Ctx,
    device: &NewDevice,
    link: Option<LinkId>,
) -> Result<(), Error> {
    sqlx::query(
        "INSERT INTO device
             (organisation, session, device, participant, link, public_key, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(ctx.organisation.0)
    .bind(device.session.0)
    .bind(device.device.0)
    .bind(device.participant.0)
    .bind(link.map(|link| link.0))
    .bind(device.key.as_ref().map(<[u8; 65]>::as_slice))
    .bind(ctx.now.0)
    .execute(db)
    .await
    .map_err(|error| {
        Error::from(error)
            .or_taken(What::Device)
            .or_not_found(What::Seat)
    })?;
    Ok(())
}

fn device_record(row: &SqliteRow) -> Result<DeviceRecord, Error> {
    let key: Option<&[u8]> = row.try_get("public_key")?;
    Ok(DeviceRecord {
        device: DeviceId(row.try_get("device")?),
        session: SessionId(row.try_get("session")?),
        participant: ParticipantId(row.try_get("participant")?),
        role: from_word(row.try_get("role")?, What::Seat)?,
        key: key.map(|key| bytes(key, What::Device)).transpose()?,
        created_at: UtcMillis(row.try_get("created_at")?),
    })
}
