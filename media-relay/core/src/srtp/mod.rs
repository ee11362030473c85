//! SRTP (RFC 3711, RFC 7714): RTP sealed and opened in place, RTCP through `rtc-srtp`.

mod cipher;
mod keys;
mod srtcp;
mod window;

pub(crate) use cipher::{Cipher, PacketId};
pub(crate) use keys::{End, Keys, UnusableKeys};
pub(crate) use srtcp::Srtcp;
pub(crate) use window::{Window, nearest};

use rtc_srtp::protection_profile::ProtectionProfile;

/// A protection profile of RFC 5764 and RFC 7714. The 32-bit tag of `_32` is never offered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Profile {
    /// AEAD_AES_128_GCM.
    Gcm,
    /// AES128_CM_HMAC_SHA1_80.
    Cm,
}

impl Profile {
    pub(crate) fn rtc(self) -> ProtectionProfile {
        match self {
            Profile::Gcm => ProtectionProfile::AeadAes128Gcm,
            Profile::Cm => ProtectionProfile::Aes128CmHmacSha1_80,
        }
    }
}
