//! What a guest states before a session: where they are, whom to call, what they agree to.
//!
//! It starts empty every session and is never shown back to the holder of a link.

use crate::Phi;
use serde::{Deserialize, Serialize};

/// Everything a guest has stated; each part may be missing until it is given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct Attestation {
    pub place: Option<Place>,
    pub emergency_contact: Option<EmergencyContact>,
    pub consent: Option<ConsentGiven>,
}

impl Attestation {
    /// The parts not given yet.
    #[must_use]
    pub fn missing(&self) -> Vec<AttestationPart> {
        let parts = [
            (self.place.is_none(), AttestationPart::Place),
            (
                self.emergency_contact.is_none(),
                AttestationPart::EmergencyContact,
            ),
            (self.consent.is_none(), AttestationPart::Consent),
        ];
        parts
            .into_iter()
            .filter_map(|(missing, part)| missing.then_some(part))
            .collect()
    }
}

/// Where the person is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct Place {
    /// Two-letter USPS code of a state, district or territory.
    pub state: String,
    pub kind: PlaceKind,
    /// Street and city, for a crisis only. At most 200 characters.
    pub address: Phi<String>,
    /// Telephone number to call back on, for a crisis only. At most 40 characters.
    pub call_back: Phi<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
#[serde(rename_all = "snake_case")]
pub enum PlaceKind {
    Home,
    WorkOrSchool,
    ParkedCar,
    Other,
}

/// Whom to call in an emergency. Asked, never displayed to a guest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct EmergencyContact {
    /// At most 100 characters.
    pub name: Phi<String>,
    /// At most 40 characters.
    pub phone: Phi<String>,
    /// "sister", "neighbor"; at most 60 characters.
    pub relation: Phi<String>,
}

/// Consent to a text that the clinic versions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct ConsentGiven {
    pub version: String,
}

/// A part of an attestation, for saying what is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
#[serde(rename_all = "snake_case")]
pub enum AttestationPart {
    Place,
    EmergencyContact,
    Consent,
}

/// How the clinician made sure who the person is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
#[serde(rename_all = "snake_case")]
pub enum IdentityMethod {
    KnownToMe,
    PhotoId,
    DateOfBirthAndAddress,
}
