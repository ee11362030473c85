//! Organisations: the clinics of the store.

use crate::{Ctx, Error, Records};
use quietroom_protocol::{OrganisationId, UtcMillis};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organisation {
    pub organisation: OrganisationId,
    pub name: String,
    /// IANA name.
    pub time_zone: String,
    pub demo: bool,
    pub created_at: UtcMillis,
}

impl Records {
    /// Makes the organisation of `ctx` and its keys.
    pub async fn create_organisation(
        &self,
        ctx: &Ctx,
        name: &str,
        time_zone: &str,
    ) -> Result<(), Error> {
        todo!()
    }

    pub async fn organisation(
        &self,
        organisation: OrganisationId,
    ) -> Result<Option<Organisation>, Error> {
        todo!()
    }

    /// All of them, oldest first.
    pub async fn organisations(&self) -> Result<Vec<Organisation>, Error> {
        todo!()
    }
}
