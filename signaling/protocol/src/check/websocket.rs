//! What guests state, and what the WebSocket carries.

use super::{Check, Invalid, base64url, board, group, invalid, line};
use crate::{
    Attestation, ClientMessage, ConsentGiven, EmergencyContact, Hello, Identity, Place, Request,
    SourceSection, is_us_state,
};

/// Longest SDP taken, in bytes: 30 people with three sources each fit in a third of it.
const MAX_SDP: usize = 256 * 1024;
/// Most sections of one offer to publish; a device has three sources.
const MAX_SECTIONS: usize = 8;
/// Most sources that one `show` can name: 30 people with three each, two devices for some.
const MAX_WANTS: usize = 180;

impl Check for Attestation {
    fn check(&self) -> Result<(), Invalid> {
        if let Some(place) = &self.place {
            place.check()?;
        }
        if let Some(contact) = &self.emergency_contact {
            contact.check()?;
        }
        self.consent.as_ref().map_or(Ok(()), Check::check)
    }
}

impl Check for Place {
    fn check(&self) -> Result<(), Invalid> {
        if !is_us_state(&self.state) {
            return Err(invalid("place.state", "is no USPS code of a state"));
        }
        line("place.address", self.address.expose(), 1..=200)?;
        line("place.call_back", self.call_back.expose(), 1..=40)
    }
}

impl Check for EmergencyContact {
    fn check(&self) -> Result<(), Invalid> {
        line("emergency_contact.name", self.name.expose(), 1..=100)?;
        line("emergency_contact.phone", self.phone.expose(), 1..=40)?;
        line("emergency_contact.relation", self.relation.expose(), 0..=60)
    }
}

impl Check for ConsentGiven {
    fn check(&self) -> Result<(), Invalid> {
        line("consent.version", &self.version, 1..=40)
    }
}

impl Check for Request {
    fn check(&self) -> Result<(), Invalid> {
        self.message.check()
    }
}

impl Check for ClientMessage {
    fn check(&self) -> Result<(), Invalid> {
        match self {
            Self::Hello(hello) => hello.check(),
            Self::Attest { attestation } => attestation.check(),
            Self::Publish { offer, sources } => {
                sdp("offer", offer)?;
                sections(sources)
            }
            Self::Answer { answer, .. } => sdp("answer", answer),
            Self::Show { wants } if wants.len() > MAX_WANTS => Err(invalid("wants", "is too long")),
            Self::Admit { commit, .. }
            | Self::Commit { commit }
            | Self::Remove {
                commit: Some(commit),
                ..
            } => commit.check(),
            Self::Package { package, binding } => group::package(package, binding.as_ref()),
            Self::Content { message, .. } => group::content(message),
            Self::AllowDrawing { who } => who.check(),
            Self::BoardAppend { entry, .. } => board::entry(entry),
            Self::BoardStroke { stroke, .. } => board::stroke(stroke),
            Self::BoardSnapshot { snapshot, .. } => board::snapshot(snapshot),
            Self::Show { .. }
            | Self::Say { .. }
            | Self::Decline { .. }
            | Self::Remove { commit: None, .. }
            | Self::StartGroup { .. }
            | Self::CatchUp { .. }
            | Self::Reached { .. }
            | Self::AllowChat { .. }
            | Self::OpenBoard { .. }
            | Self::ShowBoard { .. }
            | Self::BoardCatchUp { .. }
            | Self::Leave
            | Self::End
            | Self::Media { .. }
            | Self::RestartReceive
            | Self::Ping => Ok(()),
        }
    }
}

impl Check for Hello {
    fn check(&self) -> Result<(), Invalid> {
        match &self.identity {
            Identity::Staff { .. } => Ok(()),
            Identity::Guest { signature, .. } => base64url("signature", signature, 64),
        }
    }
}

fn sdp(field: &'static str, text: &str) -> Result<(), Invalid> {
    if text.is_empty() {
        return Err(invalid(field, "is empty"));
    }
    if text.len() > MAX_SDP {
        return Err(invalid(field, "is too long"));
    }
    Ok(())
}

/// Each section and each source once.
fn sections(sections: &[SourceSection]) -> Result<(), Invalid> {
    if sections.len() > MAX_SECTIONS {
        return Err(invalid("sources", "is too long"));
    }
    for (index, section) in sections.iter().enumerate() {
        line("sources.mid", &section.mid, 1..=16)?;
        let twice = sections
            .iter()
            .take(index)
            .any(|earlier| earlier.mid == section.mid || earlier.source == section.source);
        if twice {
            return Err(invalid("sources", "names a section or source twice"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{PlaceKind, Source};

    fn place(state: &str) -> Place {
        Place {
            state: state.to_owned(),
            kind: PlaceKind::Home,
            address: "12 Elm Street, Salem".to_owned().into(),
            call_back: "503 555 0100".to_owned().into(),
        }
    }

    #[test]
    fn an_empty_attestation_is_acceptable_and_a_bad_part_is_not() {
        assert_eq!(Attestation::default().check(), Ok(()));
        let mut attestation = Attestation {
            place: Some(place("OR")),
            ..Attestation::default()
        };
        assert_eq!(attestation.check(), Ok(()));
        attestation.place = Some(place("Oregon"));
        assert_eq!(attestation.check().unwrap_err().field, "place.state");
    }

    #[test]
    fn an_address_has_at_most_200_characters() {
        let mut place = place("OR");
        place.address = "x".repeat(200).into();
        assert_eq!(place.check(), Ok(()));
        place.address = "x".repeat(201).into();
        assert_eq!(place.check().unwrap_err().field, "place.address");
    }

    #[test]
    fn an_emergency_contact_may_leave_the_relation_out() {
        let mut contact = EmergencyContact {
            name: "Maya".to_owned().into(),
            phone: "503 555 0101".to_owned().into(),
            relation: String::new().into(),
        };
        assert_eq!(contact.check(), Ok(()));
        contact.phone = String::new().into();
        assert_eq!(
            contact.check().unwrap_err().field,
            "emergency_contact.phone"
        );
    }

    #[test]
    fn an_offer_names_each_source_and_section_once() {
        let section = |mid: &str, source| SourceSection {
            mid: mid.to_owned(),
            source,
        };
        let publish = |sources| ClientMessage::Publish {
            offer: "v=0".to_owned(),
            sources,
        };
        let good = vec![
            section("0", Source::Microphone),
            section("1", Source::Camera),
        ];
        assert_eq!(publish(good).check(), Ok(()));
        let same_mid = vec![
            section("0", Source::Microphone),
            section("0", Source::Camera),
        ];
        assert_eq!(publish(same_mid).check().unwrap_err().field, "sources");
        let same_source = vec![section("0", Source::Camera), section("1", Source::Camera)];
        assert_eq!(publish(same_source).check().unwrap_err().field, "sources");
    }
}
