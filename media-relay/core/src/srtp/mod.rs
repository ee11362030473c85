//! SRTP (RFC 3711, RFC 7714): RTP in place, RTCP through `rtc-srtp`.

/// A protection profile of RFC 5764 and RFC 7714. The 32-bit tag of `_32` is never offered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Profile {
    /// AEAD_AES_128_GCM.
    Gcm,
    /// AES128_CM_HMAC_SHA1_80.
    Cm,
}
