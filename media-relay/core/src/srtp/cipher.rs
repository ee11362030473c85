//! SRTP packets sealed and opened in place, for the hot path: `rtc-srtp` allocates per packet
//! and takes more than twice the time under GCM. A test holds the bytes against it.

use super::Profile;
use aes::Aes128;
use aes::cipher::{BlockEncrypt, InnerIvInit, KeyInit, StreamCipher, StreamCipherCoreWrapper};
use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hmac;

/// Length of the tag of AES128_CM_HMAC_SHA1_80, bytes.
const CM_TAG: usize = 10;
const GCM_TAG: usize = 16;
/// Labels of the key derivation (RFC 3711 section 4.3.1).
const LABEL_KEY: u8 = 0;
const LABEL_AUTH: u8 = 1;
const LABEL_SALT: u8 = 2;

/// The session keys of one direction. Holds no packet state: the caller says the packet index,
/// and must never seal two packets of one SSRC under the same.
pub(crate) struct Cipher(Kind);

enum Kind {
    Gcm { key: LessSafeKey, salt: [u8; 12] },
    Cm(Box<CounterMode>),
}

struct CounterMode {
    key: Aes128,
    salt: [u8; 14],
    auth: hmac::Key,
}

impl Cipher {
    /// Derives the session keys from a master key of 16 bytes and a salt of 12 (GCM) or 14.
    pub(crate) fn new(profile: Profile, key: &[u8], salt: &[u8]) -> Result<Cipher, Unspecified> {
        let master = Aes128::new_from_slice(key).map_err(|_| Unspecified)?;
        if salt.len() > 14 {
            return Err(Unspecified);
        }
        let session: [u8; 16] = derive(&master, salt, LABEL_KEY);
        Ok(Cipher(match profile {
            Profile::Gcm => Kind::Gcm {
                key: LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &session)?),
                salt: derive(&master, salt, LABEL_SALT),
            },
            Profile::Cm => {
                let auth: [u8; 20] = derive(&master, salt, LABEL_AUTH);
                Kind::Cm(Box::new(CounterMode {
                    key: Aes128::new(&session.into()),
                    salt: derive(&master, salt, LABEL_SALT),
                    auth: hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &auth),
                }))
            }
        }))
    }

    /// Encrypts what follows the header of the packet that begins at `start`, and appends the
    /// tag. When that fails nothing of the packet is left in `out`.
    pub(crate) fn seal(&self, out: &mut Vec<u8>, start: usize, header: usize, id: PacketId) {
        let Some((head, body)) = out[start..].split_at_mut_checked(header) else {
            out.truncate(start);
            return;
        };
        match &self.0 {
            Kind::Gcm { key, salt } => {
                let nonce = gcm_nonce(salt, id);
                match key.seal_in_place_separate_tag(nonce, Aad::from(&*head), body) {
                    Ok(tag) => out.extend_from_slice(tag.as_ref()),
                    Err(Unspecified) => out.truncate(start),
                }
            }
            Kind::Cm(mode) => {
                mode.apply(id, body);
                let tag = mode.tag(&out[start..], id);
                out.extend_from_slice(&tag.as_ref()[..CM_TAG]);
            }
        }
    }

    /// Verifies and decrypts in place; returns the packet's length without its tag, `None` when
    /// it does not authenticate (it is garbage then).
    pub(crate) fn open(&self, packet: &mut [u8], header: usize, id: PacketId) -> Option<usize> {
        let tag_len = match self.0 {
            Kind::Gcm { .. } => GCM_TAG,
            Kind::Cm(_) => CM_TAG,
        };
        let end = packet.len().checked_sub(tag_len)?;
        if end < header {
            return None;
        }
        match &self.0 {
            Kind::Gcm { key, salt } => {
                let (head, body) = packet.split_at_mut_checked(header)?;
                key.open_in_place(gcm_nonce(salt, id), Aad::from(&*head), body)
                    .ok()?;
            }
            Kind::Cm(mode) => {
                let (plain, tag) = packet.split_at_mut_checked(end)?;
                let right = mode.tag(plain, id);
                if !rtc_crypto::constant_time_eq(&right.as_ref()[..CM_TAG], tag) {
                    return None;
                }
                mode.apply(id, &mut plain[header..]);
            }
        }
        Some(end)
    }
}

/// What makes a nonce unique under one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PacketId {
    pub(crate) ssrc: u32,
    /// 48 bits: rollover counter and sequence number.
    pub(crate) index: u64,
}

impl PacketId {
    /// SSRC and index as they enter every nonce.
    fn bytes(self) -> [u8; 10] {
        let mut out = [0; 10];
        out[..4].copy_from_slice(&self.ssrc.to_be_bytes());
        out[4..].copy_from_slice(&self.index.to_be_bytes()[2..]);
        out
    }

    fn rollover(self) -> [u8; 4] {
        ((self.index >> 16) as u32).to_be_bytes()
    }
}

/// Key derivation of RFC 3711 section 4.3.3, with a derivation rate of 0.
fn derive<const N: usize>(master: &Aes128, salt: &[u8], label: u8) -> [u8; N] {
    let mut x = [0u8; 16];
    x[..salt.len()].copy_from_slice(salt);
    x[7] ^= label;
    let mut out = [0; N];
    for (count, part) in (0u8..).zip(out.chunks_mut(16)) {
        x[15] = count;
        let mut block = x.into();
        master.encrypt_block(&mut block);
        part.copy_from_slice(&block[..part.len()]);
    }
    out
}

/// RFC 7714 section 8.1.
fn gcm_nonce(salt: &[u8; 12], id: PacketId) -> Nonce {
    let mut nonce = *salt;
    for (byte, part) in nonce[2..].iter_mut().zip(id.bytes()) {
        *byte ^= part;
    }
    Nonce::assume_unique_for_key(nonce)
}

impl CounterMode {
    /// Encrypts or decrypts (RFC 3711 section 4.1.1).
    fn apply(&self, id: PacketId, data: &mut [u8]) {
        let mut iv = [0u8; 16];
        iv[..14].copy_from_slice(&self.salt);
        for (byte, part) in iv[4..14].iter_mut().zip(id.bytes()) {
            *byte ^= part;
        }
        let core =
            ctr::CtrCore::<&Aes128, ctr::flavors::Ctr128BE>::inner_iv_init(&self.key, &iv.into());
        StreamCipherCoreWrapper::from_core(core).apply_keystream(data);
    }

    /// Over the packet and the rollover counter (RFC 3711 section 4.2).
    fn tag(&self, packet: &[u8], id: PacketId) -> hmac::Tag {
        let mut context = hmac::Context::with_key(&self.auth);
        context.update(packet);
        context.update(&id.rollover());
        context.sign()
    }
}

#[cfg(test)]
mod tests {
    use super::super::Window;
    use super::*;
    use rtc_srtp::context::Context;

    const SSRC: u32 = 0x0908_0706;
    const HEADER: usize = 20;

    fn packet(seq: u16) -> Vec<u8> {
        let mut packet = vec![0x90, 0x60];
        packet.extend(seq.to_be_bytes());
        packet.extend([0, 0, 1, 2, 9, 8, 7, 6, 0xbe, 0xde, 0, 1, 0x10, 5, 0, 0]);
        packet.extend((0..1100u32).map(|i| (i * 7) as u8));
        packet
    }

    #[test]
    fn bytes_are_those_of_rtc_srtp_across_a_wrap() {
        let provider = rtc_crypto::default_provider().unwrap();
        for profile in [Profile::Gcm, Profile::Cm] {
            let rtc = profile.rtc();
            let key: Vec<u8> = (1..).take(rtc.key_len()).collect();
            let salt: Vec<u8> = (50..).take(rtc.salt_len()).collect();
            let context = || Context::new(&key, &salt, rtc, None, None, provider.crypto()).unwrap();
            let (mut enc, mut dec) = (context(), context());
            let own = Cipher::new(profile, &key, &salt).unwrap();
            let mut window = Window::default();
            for index in 65_000u64..66_000 {
                let id = PacketId { ssrc: SSRC, index };
                let plain = packet(index as u16);
                let theirs = enc.encrypt_rtp(&plain).unwrap();
                let mut ours = plain.clone();
                own.seal(&mut ours, 0, HEADER, id);
                assert_eq!(&ours[..], &theirs[..], "{profile:?} {index}");
                assert_eq!(&dec.decrypt_rtp(&ours).unwrap()[..], &plain[..]);
                assert_eq!(window.index(index as u16), Some(index));
                window.take(index);
                let end = own.open(&mut ours, HEADER, id).unwrap();
                assert_eq!(&ours[..end], &plain[..]);
            }
        }
    }

    #[test]
    fn a_changed_bit_anywhere_is_refused() {
        for profile in [Profile::Gcm, Profile::Cm] {
            let cipher = Cipher::new(profile, &[3; 16], &vec![4; profile.rtc().salt_len()]);
            let cipher = cipher.unwrap();
            let id = PacketId {
                ssrc: SSRC,
                index: 9,
            };
            let mut sealed = packet(9);
            sealed.truncate(40);
            cipher.seal(&mut sealed, 0, HEADER, id);
            for at in 0..sealed.len() {
                let mut changed = sealed.clone();
                changed[at] ^= 1;
                assert!(cipher.open(&mut changed, HEADER, id).is_none());
            }
            let wrong = PacketId {
                index: id.index + (1 << 16),
                ..id
            };
            assert!(cipher.open(&mut sealed.clone(), HEADER, wrong).is_none());
            assert!(cipher.open(&mut sealed, HEADER, id).is_some());
        }
    }

    #[test]
    fn what_is_shorter_than_a_tag_is_refused() {
        let cipher = Cipher::new(Profile::Gcm, &[3; 16], &[4; 12]).unwrap();
        let id = PacketId {
            ssrc: SSRC,
            index: 9,
        };
        for len in 0..28 {
            assert!(cipher.open(&mut vec![0x80; len], 12, id).is_none());
        }
    }
}
