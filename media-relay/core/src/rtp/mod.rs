//! RTP (RFC 3550) read and written in place, without allocation.

pub(crate) mod extensions;
pub(crate) mod header;
pub(crate) mod vp8;

pub(crate) use extensions::ExtensionMap;
pub(crate) use header::Header;

/// Big-endian 16 bits at `at`.
pub(crate) fn be16(bytes: &[u8], at: usize) -> Option<u16> {
    let (value, _) = bytes.get(at..)?.split_first_chunk()?;
    Some(u16::from_be_bytes(*value))
}

/// Big-endian 32 bits at `at`.
pub(crate) fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    let (value, _) = bytes.get(at..)?.split_first_chunk()?;
    Some(u32::from_be_bytes(*value))
}
