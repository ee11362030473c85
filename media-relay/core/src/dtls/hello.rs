//! The first ClientHello, read far enough to see which SRTP profiles the client offers.

use crate::rtp::be16;

/// Longest ClientHello that is put together, bytes. Browsers send 200 to 2000.
const MAX_HELLO: usize = 8192;
/// Record header (RFC 6347 section 4.1).
const RECORD: usize = 13;
/// Handshake header (RFC 6347 section 4.2.2).
const HANDSHAKE: usize = 12;
const CONTENT_HANDSHAKE: u8 = 22;
const CLIENT_HELLO: u8 = 1;
/// RFC 5764 section 4.1.
const EXTENSION_USE_SRTP: usize = 14;

/// The records of a datagram: content type and body.
pub(super) fn records(datagram: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    let mut rest = datagram;
    std::iter::from_fn(move || {
        let len = usize::from(be16(rest, 11)?);
        let (record, after) = rest.split_at_checked(RECORD + len)?;
        rest = after;
        Some((*record.first()?, record.get(RECORD..)?))
    })
}

/// Puts a ClientHello together from its fragments.
#[derive(Debug, Default)]
pub(super) struct Hello {
    body: Vec<u8>,
    /// So much of the front is there.
    have: usize,
}

impl Hello {
    /// The offered profiles, once the message is complete. Fragments must come in order; one
    /// that does not fit is ignored, and the client repeats it.
    pub(super) fn push(&mut self, datagram: &[u8]) -> Option<Vec<u16>> {
        for (content, body) in records(datagram) {
            if content != CONTENT_HANDSHAKE || body.first() != Some(&CLIENT_HELLO) {
                continue;
            }
            let (total, offset, len) = (be24(body, 1)?, be24(body, 6)?, be24(body, 9)?);
            let end = offset + len;
            let part = body.get(HANDSHAKE..HANDSHAKE + len)?;
            if total > MAX_HELLO || end > total {
                return None;
            }
            self.body.resize(total, 0);
            self.body[offset..end].copy_from_slice(part);
            if offset <= self.have {
                self.have = self.have.max(end);
            }
            if self.have >= total {
                return Some(use_srtp(&self.body).unwrap_or_default());
            }
        }
        None
    }
}

/// Walks a ClientHello (RFC 6347 section 4.2.1) to its `use_srtp` extension.
fn use_srtp(hello: &[u8]) -> Option<Vec<u16>> {
    let byte = |at: usize| hello.get(at).copied().map(usize::from);
    let word = |at: usize| be16(hello, at).map(usize::from);
    // Version and random; then session id, cookie, cipher suites and compression methods.
    let mut at = 2 + 32;
    at += 1 + byte(at)?;
    at += 1 + byte(at)?;
    at += 2 + word(at)?;
    at += 1 + byte(at)?;
    at += 2;
    loop {
        let (kind, len) = (word(at)?, word(at + 2)?);
        at += 4;
        if kind == EXTENSION_USE_SRTP {
            let profiles = hello.get(at + 2..at + 2 + word(at)?)?;
            let pairs = profiles.chunks_exact(2);
            return Some(pairs.filter_map(|pair| be16(pair, 0)).collect());
        }
        at += len;
    }
}

fn be24(bytes: &[u8], at: usize) -> Option<usize> {
    let (&[a, b, c], _) = bytes.get(at..)?.split_first_chunk()?;
    Some(usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn hello(profiles: &[u16]) -> Vec<u8> {
        let mut body = vec![0; 34];
        body.extend([0, 0, 0, 2, 0xc0, 0x2b, 1, 0]);
        let list: Vec<u8> = profiles.iter().flat_map(|p| p.to_be_bytes()).collect();
        let extension = [&[0, list.len() as u8][..], &list, &[0]].concat();
        body.extend([0, 4 + 4 + extension.len() as u8]);
        body.extend([0, 23, 0, 0]);
        body.extend([0, 14, 0, extension.len() as u8]);
        body.extend(extension);
        body
    }

    fn fragment(body: &[u8], part: std::ops::Range<usize>) -> Vec<u8> {
        let len = part.len();
        let mut record = vec![22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, (12 + len) as u8];
        record.extend([1, 0, 0, body.len() as u8, 0, 0]);
        record.extend([0, 0, part.start as u8, 0, 0, len as u8]);
        record.extend(&body[part]);
        record
    }

    #[test]
    fn profiles_are_read_in_the_clients_order() {
        let body = hello(&[1, 7]);
        let whole = fragment(&body, 0..body.len());
        assert_eq!(Hello::default().push(&whole), Some(vec![1, 7]));
    }

    #[test]
    fn fragments_are_put_together_in_order() {
        let body = hello(&[7]);
        let (front, back) = (fragment(&body, 0..20), fragment(&body, 20..body.len()));
        let mut reader = Hello::default();
        assert_eq!(reader.push(&front), None);
        assert_eq!(reader.push(&back), Some(vec![7]));
        let mut reader = Hello::default();
        assert_eq!(reader.push(&back), None, "the front is missing");
        assert_eq!(reader.push(&front), None, "the client repeats the back");
        assert_eq!(reader.push(&back), Some(vec![7]));
    }

    #[test]
    fn a_hello_without_srtp_offers_nothing() {
        let body = hello(&[]);
        let whole = fragment(&body, 0..body.len());
        assert_eq!(Hello::default().push(&whole), Some(vec![]));
    }

    proptest! {

        #![proptest_config(crate::testing::seeded(256))]

        #[test]
        fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..256)) {
            let mut reader = Hello::default();
            let _ = reader.push(&bytes);
            let mut whole = vec![22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0];
            whole.extend([1, 0, 0, 200, 0, 0, 0, 0, 0, 0, 0, 200]);
            whole.extend(&bytes);
            whole.resize(13 + 256, 0);
            let _ = reader.push(&whole);
        }
    }
}
