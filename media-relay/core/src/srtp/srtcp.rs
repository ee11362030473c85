//! SRTCP through `rtc-srtp`, with a bound on the state it keeps.

use super::{Profile, UnusableKeys};
use crate::rtp::be32;
use bytes::BytesMut;
use rtc_crypto::RTCCryptoProvider;
use rtc_srtp::config::SessionKeys;
use rtc_srtp::context::Context;

/// Senders of RTCP per peer. A browser has one for each stream it sends and one for reports.
const MAX_SENDERS: usize = 256;
/// RFC 3711 section 3.3.2 asks for 64 at least.
const REPLAY_WINDOW: usize = 128;

pub(crate) struct Srtcp {
    profile: Profile,
    keys: SessionKeys,
    out: Context,
    inward: Context,
    /// Senders that have authenticated.
    senders: Vec<u32>,
}

impl Srtcp {
    pub(crate) fn new(
        profile: Profile,
        keys: &SessionKeys,
        provider: &dyn RTCCryptoProvider,
    ) -> Result<Srtcp, UnusableKeys> {
        Ok(Srtcp {
            profile,
            out: Context::new(
                &keys.local_master_key,
                &keys.local_master_salt,
                profile.rtc(),
                None,
                None,
                provider.crypto(),
            )
            .map_err(|_| UnusableKeys)?,
            inward: inward(profile, keys, provider).ok_or(UnusableKeys)?,
            keys: keys.clone(),
            senders: Vec::new(),
        })
    }

    pub(crate) fn seal(&mut self, plain: &[u8]) -> Option<BytesMut> {
        self.out.encrypt_rtcp(plain).ok()
    }

    /// Verifies and decrypts a compound packet; `None` when it does not authenticate or came
    /// before.
    pub(crate) fn open(
        &mut self,
        packet: &[u8],
        provider: &dyn RTCCryptoProvider,
    ) -> Option<BytesMut> {
        let sender = be32(packet, 4)?;
        if !self.senders.contains(&sender) {
            if self.senders.len() >= MAX_SENDERS {
                return None;
            }
            // A context keeps state for a sender before it has authenticated it, so a stranger
            // meets one that is thrown away.
            let mut probe = inward(self.profile, &self.keys, provider)?;
            probe.decrypt_rtcp(packet).ok()?;
            self.senders.push(sender);
        }
        self.inward.decrypt_rtcp(packet).ok()
    }
}

fn inward(
    profile: Profile,
    keys: &SessionKeys,
    provider: &dyn RTCCryptoProvider,
) -> Option<Context> {
    Context::new(
        &keys.remote_master_key,
        &keys.remote_master_salt,
        profile.rtc(),
        None,
        Some(rtc_srtp::option::srtcp_replay_protection(REPLAY_WINDOW)),
        provider.crypto(),
    )
    .ok()
}

#[cfg(test)]
mod tests {
    use super::super::{End, Keys};
    use super::*;

    fn pair(profile: Profile) -> (Keys, Keys, std::sync::Arc<dyn RTCCryptoProvider>) {
        let provider = rtc_crypto::default_provider().unwrap();
        let len = 2 * (profile.rtc().key_len() + profile.rtc().salt_len());
        let material: Vec<u8> = (0..).take(len).collect();
        let keys = |end| Keys::new(profile, &material, end, &*provider).unwrap();
        (keys(End::Client), keys(End::Server), provider.clone())
    }

    /// A receiver report without blocks.
    fn report(sender: u32) -> Vec<u8> {
        [&[0x80, 201, 0, 1][..], &sender.to_be_bytes()].concat()
    }

    #[test]
    fn a_report_is_taken_once() {
        for profile in [Profile::Gcm, Profile::Cm] {
            let (mut client, mut server, provider) = pair(profile);
            let sealed = client.rtcp.seal(&report(7)).unwrap();
            let opened = server.rtcp.open(&sealed, &*provider).unwrap();
            assert_eq!(&opened[..], &report(7)[..]);
            assert!(server.rtcp.open(&sealed, &*provider).is_none());
        }
    }

    #[test]
    fn strangers_leave_no_state() {
        let (_, mut server, provider) = pair(Profile::Gcm);
        for sender in 0..2000 {
            let forged = [report(sender), vec![0x80; 20]].concat();
            assert!(server.rtcp.open(&forged, &*provider).is_none());
        }
        assert!(server.rtcp.senders.is_empty());
    }

    #[test]
    fn an_authenticated_peer_has_so_many_senders_at_most() {
        let (mut client, mut server, provider) = pair(Profile::Gcm);
        let mut open = |sender| {
            let sealed = client.rtcp.seal(&report(sender)).unwrap();
            server.rtcp.open(&sealed, &*provider).is_some()
        };
        for sender in 0..MAX_SENDERS as u32 {
            assert!(open(sender));
        }
        assert!(!open(70_000));
        assert!(open(1));
    }
}
