//! One-byte header extension elements (RFC 8285 section 4.2).

/// Name in SDP of the section a packet belongs to (RFC 9143 section 15.1).
pub(crate) const MID: &str = "urn:ietf:params:rtp-hdrext:sdes:mid";
/// Name of a simulcast layer (RFC 8852).
pub(crate) const RID: &str = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id";
/// Name of the simulcast layer that a retransmission repairs (RFC 8852).
pub(crate) const REPAIRED_RID: &str = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id";
/// Loudness, for showing who speaks (RFC 6464).
pub(crate) const AUDIO_LEVEL: &str = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";

/// New id of each extension of a stream; what has none is not forwarded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ExtensionMap([u8; 16]);

impl ExtensionMap {
    /// Forwards elements `from` as `to`. Ids outside 1 to 14 are ignored.
    pub(crate) fn keep(&mut self, from: u8, to: u8) {
        if let 1..=14 = to
            && let 1..=14 = from
        {
            self.0[usize::from(from)] = to;
        }
    }

    fn get(&self, from: u8) -> u8 {
        self.0[usize::from(from & 15)]
    }
}

/// The elements of a block: id and value.
pub(crate) fn elements(block: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    let mut rest = block;
    std::iter::from_fn(move || {
        loop {
            let (&head, after) = rest.split_first()?;
            if head == 0 {
                rest = after;
                continue;
            }
            let id = head >> 4;
            let len = usize::from(head & 15) + 1;
            let (value, after) = after.split_at_checked(len)?;
            // Id 15 ends the block (RFC 8285 section 4.2).
            if id == 15 {
                return None;
            }
            rest = after;
            return Some((id, value));
        }
    })
}

/// Appends preamble and elements, as far as `map` keeps any; false when it keeps none.
pub(super) fn write(out: &mut Vec<u8>, block: &[u8], map: &ExtensionMap) -> bool {
    let start = out.len();
    out.extend_from_slice(&[0xbe, 0xde, 0, 0]);
    for (id, value) in elements(block) {
        let to = map.get(id);
        if to != 0 {
            out.push(to << 4 | ((value.len() - 1) & 15) as u8);
            out.extend_from_slice(value);
        }
    }
    if out.len() == start + 4 {
        out.truncate(start);
        return false;
    }
    while !(out.len() - start).is_multiple_of(4) {
        out.push(0);
    }
    // A block is shorter than the packet it came in, so its words fit 16 bits.
    let words = ((out.len() - start - 4) / 4) as u16;
    out[start + 2..start + 4].copy_from_slice(&words.to_be_bytes());
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_found_between_padding_and_end_at_fifteen() {
        let block = [0, 0x11, 5, 6, 0, 0x20, 7, 0xf0, 1, 0x30, 2];
        let found: Vec<_> = elements(&block).collect();
        assert_eq!(found, [(1, &[5, 6][..]), (2, &[7][..])]);
    }

    #[test]
    fn an_element_that_runs_over_the_end_is_dropped() {
        assert_eq!(elements(&[0x10, 5, 0x27, 1]).count(), 1);
    }

    #[test]
    fn nothing_kept_writes_nothing() {
        let mut out = vec![1];
        assert!(!write(&mut out, &[0x10, 5], &ExtensionMap::default()));
        assert_eq!(out, [1]);
    }
}
