//! What a publishing peer sends: its sections, and the SSRCs that turned out to carry them.

use crate::rtp::extensions::{AUDIO_LEVEL, MID, REPAIRED_RID, RID, elements};
use crate::rtp::{ExtensionMap, Header};
use crate::sdp::offer::AUDIO_LEVEL_ID;
use crate::sdp::{Codec, Kind, Section};
use crate::srtp::Window;
use std::collections::BTreeMap;

/// SSRCs remembered per peer, each with its replay window. Stopped ones count too, or their
/// packets could be played again.
const MAX_SSRCS: usize = 256;

#[derive(Debug, Default)]
pub(crate) struct Publishing {
    pub(crate) sections: Vec<PublishedSection>,
    /// ICE ufrag of the last offer; another one means a restart.
    pub(crate) ufrag: String,
    /// To add to this publisher's NTP time to get ours; known since its first sender report.
    pub(crate) clock_offset: Option<u64>,
    incoming: BTreeMap<u32, Incoming>,
}

/// A section that sends.
#[derive(Clone, Debug)]
pub(crate) struct PublishedSection {
    /// Key of the track.
    pub(crate) track: usize,
    pub(crate) mid: String,
    pub(crate) kind: Kind,
    pub(crate) rids: Vec<String>,
    codec: Codec,
    ids: Ids,
    ssrcs: Vec<(u32, Option<u32>)>,
}

/// Ids of the header extensions that say where a packet belongs.
#[derive(Clone, Copy, Debug)]
struct Ids {
    mid: Option<u8>,
    rid: Option<u8>,
    repaired: Option<u8>,
    level: Option<u8>,
}

/// An SSRC and the packets seen of it.
#[derive(Debug)]
pub(crate) struct Incoming {
    /// `None` once its track is gone.
    pub(crate) place: Option<Place>,
    pub(crate) window: Window,
}

/// Where the packets of an SSRC belong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) track: usize,
    pub(crate) layer: usize,
    /// They repeat lost ones (RFC 4588).
    pub(crate) rtx: bool,
}

impl PublishedSection {
    /// `None` for a section that sends nothing we forward.
    pub(crate) fn new(section: &Section, track: usize) -> Option<PublishedSection> {
        Some(PublishedSection {
            track,
            mid: section.mid.clone(),
            kind: section.kind?,
            rids: section.rids.clone(),
            codec: section.codec?,
            ids: Ids {
                mid: section.extension_id(MID),
                rid: section.extension_id(RID),
                repaired: section.extension_id(REPAIRED_RID),
                level: section.extension_id(AUDIO_LEVEL),
            },
            ssrcs: section.ssrcs.clone(),
        })
    }

    /// New ids of the header extensions that listeners get.
    pub(crate) fn extensions(&self) -> ExtensionMap {
        let mut map = ExtensionMap::default();
        if let Some(level) = self.ids.level {
            map.keep(level, AUDIO_LEVEL_ID);
        }
        map
    }

    /// The layer and kind of packet, for a packet of this section.
    fn place(&self, packet: &[u8], header: &Header) -> Option<Place> {
        let rtx = match header.payload_type {
            payload_type if payload_type == self.codec.payload_type => false,
            payload_type if Some(payload_type) == self.codec.rtx => true,
            _ => return None,
        };
        let layer = if self.rids.is_empty() {
            0
        } else {
            let id = if rtx { self.ids.repaired } else { self.ids.rid };
            let rid = element(packet, header, id?)?;
            self.rids.iter().position(|known| known.as_bytes() == rid)?
        };
        Some(Place {
            track: self.track,
            layer,
            rtx,
        })
    }
}

impl Publishing {
    /// What is known of an SSRC.
    pub(crate) fn incoming(&mut self, ssrc: u32) -> Option<&mut Incoming> {
        self.incoming.get_mut(&ssrc)
    }

    /// Finds where a packet of an unknown SSRC belongs. The packet is not authenticated yet.
    pub(crate) fn place(&self, packet: &[u8], header: &Header) -> Option<Place> {
        if self.incoming.len() >= MAX_SSRCS && !self.incoming.contains_key(&header.ssrc) {
            return None;
        }
        self.section(packet, header)?.place(packet, header)
    }

    /// Remembers an SSRC after its packet was authenticated.
    pub(crate) fn learn(&mut self, ssrc: u32, place: Place) -> &mut Incoming {
        let incoming = self.incoming.entry(ssrc).or_insert_with(|| Incoming {
            place: None,
            window: Window::default(),
        });
        incoming.place = Some(place);
        incoming
    }

    /// The section is gone; its SSRCs are remembered against replays, and may serve again.
    pub(crate) fn forget(&mut self, track: usize) {
        for incoming in self.incoming.values_mut() {
            if incoming.place.is_some_and(|place| place.track == track) {
                incoming.place = None;
            }
        }
    }

    /// The section of a packet: by its name if it bears one (RFC 9143 section 9.2), else by the
    /// SSRCs of the description, else by its payload type if that is of one section only.
    fn section(&self, packet: &[u8], header: &Header) -> Option<&PublishedSection> {
        let named = self.sections.iter().find(|section| {
            section
                .ids
                .mid
                .and_then(|id| element(packet, header, id))
                .is_some_and(|mid| mid == section.mid.as_bytes())
        });
        let declared = || {
            self.sections.iter().find(|section| {
                section
                    .ssrcs
                    .iter()
                    .any(|(main, rtx)| *main == header.ssrc || *rtx == Some(header.ssrc))
            })
        };
        let only = || {
            let mut of_type = self.sections.iter().filter(|section| {
                let codec = section.codec;
                codec.payload_type == header.payload_type || codec.rtx == Some(header.payload_type)
            });
            of_type.next().filter(|_| of_type.next().is_none())
        };
        named.or_else(declared).or_else(only)
    }
}

/// The value of a header extension.
fn element<'a>(packet: &'a [u8], header: &Header, id: u8) -> Option<&'a [u8]> {
    let block = packet.get(header.extensions.clone())?;
    elements(block)
        .find(|(found, _)| *found == id)
        .map(|(_, value)| value)
}
