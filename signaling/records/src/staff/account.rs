//! Accounts of staff.

use crate::{Ctx, Error, Records};
use quietroom_protocol::{OrganisationId, Phi, StaffId, StaffRole, UtcMillis};

#[derive(Clone, Debug)]
pub struct NewStaff {
    pub staff: StaffId,
    /// Lower case; unique in the organisation.
    pub username: Phi<String>,
    pub name: Phi<String>,
    pub role: StaffRole,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffRecord {
    pub staff: StaffId,
    pub username: Phi<String>,
    pub name: Phi<String>,
    pub role: StaffRole,
    pub disabled: bool,
    /// Has a password and an authenticator.
    pub set_up: bool,
    pub created_at: UtcMillis,
}

impl Records {
    /// [`Error::Taken`] when the username is in use.
    pub async fn create_staff(&self, ctx: &Ctx, staff: &NewStaff) -> Result<(), Error> {
        todo!()
    }

    pub async fn staff(
        &self,
        organisation: OrganisationId,
        staff: StaffId,
    ) -> Result<Option<StaffRecord>, Error> {
        todo!()
    }

    pub async fn staff_by_username(
        &self,
        organisation: OrganisationId,
        username: &Phi<String>,
    ) -> Result<Option<StaffRecord>, Error> {
        todo!()
    }

    /// All of them, oldest first.
    pub async fn staff_list(
        &self,
        organisation: OrganisationId,
    ) -> Result<Vec<StaffRecord>, Error> {
        todo!()
    }

    /// Disabling also ends the account's web sessions, set-up link and sign-in link.
    pub async fn disable_staff(&self, ctx: &Ctx, staff: StaffId) -> Result<(), Error> {
        todo!()
    }

    pub async fn enable_staff(&self, ctx: &Ctx, staff: StaffId) -> Result<(), Error> {
        todo!()
    }
}
