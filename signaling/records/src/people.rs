//! People the clinic sees.

use crate::{Ctx, Error, Records};
use quietroom_protocol::{PersonId, Phi, UtcMillis};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonRecord {
    pub person: PersonId,
    pub name: Phi<String>,
    pub created_at: UtcMillis,
}

impl Records {
    pub async fn create_person(
        &self,
        ctx: &Ctx,
        person: PersonId,
        name: &Phi<String>,
    ) -> Result<(), Error> {
        todo!()
    }

    /// All of them, by name. Audited.
    pub async fn people(&self, ctx: &Ctx) -> Result<Vec<PersonRecord>, Error> {
        todo!()
    }

    /// Audited.
    pub async fn person(&self, ctx: &Ctx, person: PersonId) -> Result<Option<PersonRecord>, Error> {
        todo!()
    }
}
