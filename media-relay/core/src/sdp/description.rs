//! A browser's offer or answer.

use super::Section;
use rtc_sdp::SessionDescription;
use rtc_sdp::description::common::Attribute;
use std::collections::BTreeSet;
use std::io::Cursor;

/// Longest description, bytes. Thirty people with screens make an answer of about 100 kB.
const MAX_DESCRIPTION: usize = 512 * 1024;
/// Sections of one description.
pub(crate) const MAX_SECTIONS: usize = 256;

/// Why a description cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SdpError {
    #[error("it is not SDP")]
    Unreadable,
    #[error("it is too long")]
    TooLong,
    #[error("it has more than {MAX_SECTIONS} sections")]
    TooManySections,
    #[error("a mid or rid is not a plain short name")]
    BadName,
    #[error("two sections have one mid")]
    RepeatedMid,
    #[error("it has no ICE credentials")]
    NoCredentials,
    #[error("it has no SHA-256 fingerprint, or different ones")]
    NoFingerprint,
}

/// Who begins the DTLS handshake (RFC 8842 section 5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Setup {
    #[default]
    ActPass,
    Active,
    Passive,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Description {
    /// Changes when the browser restarts ICE.
    pub(crate) ufrag: String,
    /// SHA-256 of the browser's certificate.
    pub(crate) fingerprint: [u8; 32],
    pub(crate) setup: Setup,
    pub(crate) sections: Vec<Section>,
}

impl Description {
    pub(crate) fn parse(text: &str) -> Result<Description, SdpError> {
        if text.len() > MAX_DESCRIPTION {
            return Err(SdpError::TooLong);
        }
        let session = SessionDescription::unmarshal(&mut Cursor::new(text))
            .map_err(|_| SdpError::Unreadable)?;
        if session.media_descriptions.len() > MAX_SECTIONS {
            return Err(SdpError::TooManySections);
        }
        let mut transport = Transport::default();
        transport.read(&session.attributes)?;
        let mut sections = Vec::with_capacity(session.media_descriptions.len());
        let mut mids = BTreeSet::new();
        for media in &session.media_descriptions {
            let section = Section::read(media)?;
            // A section is reused under another mid after it was stopped, so those do not count.
            if !section.rejected && !mids.insert(section.mid.clone()) {
                return Err(SdpError::RepeatedMid);
            }
            transport.read(&media.attributes)?;
            sections.push(section);
        }
        Ok(Description {
            ufrag: transport.ufrag.ok_or(SdpError::NoCredentials)?,
            fingerprint: transport.fingerprint.ok_or(SdpError::NoFingerprint)?,
            setup: transport.setup.unwrap_or_default(),
            sections,
        })
    }
}

/// The transport that all sections share (RFC 9143): written at the top, or in each section.
#[derive(Default)]
struct Transport {
    ufrag: Option<String>,
    fingerprint: Option<[u8; 32]>,
    setup: Option<Setup>,
}

impl Transport {
    fn read(&mut self, attributes: &[Attribute]) -> Result<(), SdpError> {
        for attribute in attributes {
            let value = attribute.value.as_deref().unwrap_or_default();
            match attribute.key.as_str() {
                "ice-ufrag" if self.ufrag.is_none() => self.ufrag = Some(value.to_owned()),
                "fingerprint" => self.fingerprint(value)?,
                "setup" if self.setup.is_none() => {
                    self.setup = match value {
                        "active" => Some(Setup::Active),
                        "passive" => Some(Setup::Passive),
                        _ => Some(Setup::ActPass),
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Other hashes than SHA-256 may stand beside it (RFC 8122 section 5).
    fn fingerprint(&mut self, value: &str) -> Result<(), SdpError> {
        let Some((hash, hex)) = value.split_once(' ') else {
            return Err(SdpError::NoFingerprint);
        };
        if !hash.eq_ignore_ascii_case("sha-256") {
            return Ok(());
        }
        let bytes: Option<Vec<u8>> = hex
            .trim()
            .split(':')
            .map(|byte| match byte.len() {
                2 => u8::from_str_radix(byte, 16).ok(),
                _ => None,
            })
            .collect();
        let bytes = bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        let fingerprint = bytes.ok_or(SdpError::NoFingerprint)?;
        if self.fingerprint.is_some_and(|known| known != fingerprint) {
            return Err(SdpError::NoFingerprint);
        }
        self.fingerprint = Some(fingerprint);
        Ok(())
    }
}
