//! The answering half of ICE (RFC 8445), as an ICE-lite agent: it sends no checks, it answers
//! them, and a way is known to be a peer's once a check proved it knows the peer's password.

use rand::RngCore;
use rtc_crypto::RTCCryptoProvider;
use rtc_shared::error::Error;
use rtc_stun::attributes::{ATTR_ICE_CONTROLLED, ATTR_USE_CANDIDATE, ATTR_USERNAME};
use rtc_stun::error_code::{CODE_ROLE_CONFLICT, ErrorCodeAttribute};
use rtc_stun::fingerprint::FINGERPRINT;
use rtc_stun::integrity::MessageIntegrity;
use rtc_stun::message::{
    BINDING_ERROR, BINDING_REQUEST, BINDING_SUCCESS, Message, Setter, TransactionId,
};
use rtc_stun::textattrs::TextAttribute;
use rtc_stun::xoraddr::XorMappedAddress;
use std::net::SocketAddr;

/// Longest check that is read, bytes. Browsers send about 120.
const MAX_CHECK: usize = 1024;

/// What one description promises (RFC 8839 section 5.4).
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Credentials {
    pub(crate) ufrag: String,
    pub(crate) password: String,
}

impl Credentials {
    /// 64 random bits of ufrag and 128 of password.
    pub(crate) fn generate(random: &mut impl RngCore) -> Credentials {
        let mut password = [0; 16];
        random.fill_bytes(&mut password);
        Credentials {
            ufrag: format!("{:016x}", random.next_u64()),
            password: format!("{:032x}", u128::from_be_bytes(password)),
        }
    }
}

/// The password is a secret.
impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").finish_non_exhaustive()
    }
}

/// A binding request that is well formed and not yet believed.
pub(crate) struct Check {
    message: Message,
    local_ufrag: String,
}

/// What a check with the right password asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// The way is valid; `nominated` when the browser chose it.
    Valid { reply: Vec<u8>, nominated: bool },
    /// The other side takes itself for controlled, as a lite agent has to be (RFC 8445
    /// section 7.3.1.1).
    Conflict { reply: Vec<u8> },
}

impl Check {
    pub(crate) fn parse(datagram: &[u8]) -> Option<Check> {
        if datagram.len() > MAX_CHECK {
            return None;
        }
        let mut message = Message::new();
        message.unmarshal_binary(datagram).ok()?;
        if message.typ != BINDING_REQUEST || FINGERPRINT.check(&message).is_err() {
            return None;
        }
        let username = TextAttribute::get_from_as(&message, ATTR_USERNAME).ok()?;
        let local_ufrag = username.text.split_once(':')?.0.to_owned();
        Some(Check {
            message,
            local_ufrag,
        })
    }

    /// Whom the check is for.
    pub(crate) fn local_ufrag(&self) -> &str {
        &self.local_ufrag
    }

    /// Verifies the check by the password of its ufrag and builds the answer; `None` when it
    /// does not verify.
    pub(crate) fn answer(
        mut self,
        credentials: &Credentials,
        from: SocketAddr,
        provider: &dyn RTCCryptoProvider,
    ) -> Option<Answer> {
        if self.local_ufrag != credentials.ufrag {
            return None;
        }
        let key = credentials.password.as_bytes();
        MessageIntegrity::check(&mut self.message, key, provider.crypto()).ok()?;
        let id = TransactionId(self.message.transaction_id.0);
        let integrity = MessageIntegrity::new_short_term_integrity_with_provider(
            credentials.password.clone(),
            provider.crypto(),
        );
        if self.message.contains(ATTR_ICE_CONTROLLED) {
            let error = ErrorCodeAttribute {
                code: CODE_ROLE_CONFLICT,
                reason: b"Role Conflict".to_vec(),
            };
            let reply = build(&[
                Box::new(id),
                Box::new(BINDING_ERROR),
                Box::new(error),
                Box::new(integrity),
                Box::new(FINGERPRINT),
            ]);
            return Some(Answer::Conflict { reply: reply.ok()? });
        }
        let mapped = XorMappedAddress {
            ip: from.ip(),
            port: from.port(),
        };
        let reply = build(&[
            Box::new(id),
            Box::new(BINDING_SUCCESS),
            Box::new(mapped),
            Box::new(integrity),
            Box::new(FINGERPRINT),
        ]);
        Some(Answer::Valid {
            reply: reply.ok()?,
            nominated: self.message.contains(ATTR_USE_CANDIDATE),
        })
    }
}

fn build(setters: &[Box<dyn Setter + '_>]) -> Result<Vec<u8>, Error> {
    let mut message = Message::new();
    message.build(setters)?;
    Ok(message.raw)
}

/// The asking half, as a browser has it.
#[cfg(test)]
pub(crate) mod controlling {
    use super::*;
    use rtc_stun::attributes::{ATTR_ICE_CONTROLLING, ATTR_PRIORITY, AttrType};

    struct Raw(AttrType, Vec<u8>);

    impl Setter for Raw {
        fn add_to(&self, message: &mut Message) -> Result<(), Error> {
            message.add(self.0, &self.1);
            Ok(())
        }
    }

    /// A nominating check.
    pub(crate) fn check(
        local_ufrag: &str,
        remote: &Credentials,
        provider: &dyn RTCCryptoProvider,
    ) -> Vec<u8> {
        request(local_ufrag, remote, ATTR_ICE_CONTROLLING, true, provider)
    }

    /// A check of an agent that takes itself for controlled.
    pub(crate) fn controlled_check(
        local_ufrag: &str,
        remote: &Credentials,
        provider: &dyn RTCCryptoProvider,
    ) -> Vec<u8> {
        request(local_ufrag, remote, ATTR_ICE_CONTROLLED, false, provider)
    }

    fn request(
        local_ufrag: &str,
        remote: &Credentials,
        role: AttrType,
        nominate: bool,
        provider: &dyn RTCCryptoProvider,
    ) -> Vec<u8> {
        let username = format!("{}:{local_ufrag}", remote.ufrag);
        let mut setters: Vec<Box<dyn Setter + '_>> = vec![
            Box::new(TransactionId([7; 12])),
            Box::new(BINDING_REQUEST),
            Box::new(TextAttribute::new(ATTR_USERNAME, username)),
            Box::new(Raw(ATTR_PRIORITY, 0x6e7f_1effu32.to_be_bytes().into())),
            Box::new(Raw(role, vec![1; 8])),
        ];
        if nominate {
            setters.push(Box::new(Raw(ATTR_USE_CANDIDATE, vec![])));
        }
        setters.push(Box::new(
            MessageIntegrity::new_short_term_integrity_with_provider(
                remote.password.clone(),
                provider.crypto(),
            ),
        ));
        setters.push(Box::new(FINGERPRINT));
        build(&setters).unwrap()
    }

    /// The address and the verdict in an answer: `Ok` for success.
    pub(crate) fn read_answer(
        datagram: &[u8],
        remote: &Credentials,
        provider: &dyn RTCCryptoProvider,
    ) -> Option<Result<SocketAddr, u16>> {
        use rtc_stun::message::Getter;
        let mut message = Message::new();
        message.unmarshal_binary(datagram).ok()?;
        FINGERPRINT.check(&message).ok()?;
        let key = remote.password.as_bytes();
        MessageIntegrity::check(&mut message, key, provider.crypto()).ok()?;
        if message.typ == BINDING_ERROR {
            let mut error = ErrorCodeAttribute::default();
            error.get_from(&message).ok()?;
            return Some(Err(error.code.0));
        }
        let mut mapped = XorMappedAddress::default();
        mapped.get_from(&message).ok()?;
        Some(Ok(SocketAddr::new(mapped.ip, mapped.port)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    fn setup() -> (Credentials, std::sync::Arc<dyn RTCCryptoProvider>) {
        let credentials = Credentials::generate(&mut StdRng::from_seed([1; 32]));
        (credentials, rtc_crypto::default_provider().unwrap())
    }

    #[test]
    fn a_check_is_answered_with_the_address_it_came_from() {
        let (credentials, provider) = setup();
        for from in ["192.0.2.7:5000", "[2001:db8::7]:5000"] {
            let from: SocketAddr = from.parse().unwrap();
            let datagram = controlling::check("them", &credentials, &*provider);
            let check = Check::parse(&datagram).unwrap();
            assert_eq!(check.local_ufrag(), credentials.ufrag);
            let answer = check.answer(&credentials, from, &*provider).unwrap();
            let Answer::Valid { reply, nominated } = answer else {
                panic!("no conflict here");
            };
            assert!(nominated);
            let read = controlling::read_answer(&reply, &credentials, &*provider);
            assert_eq!(read, Some(Ok(from)));
        }
    }

    #[test]
    fn a_wrong_password_is_not_answered() {
        let (credentials, provider) = setup();
        let wrong = Credentials {
            password: "0".repeat(32),
            ..credentials.clone()
        };
        let datagram = controlling::check("them", &wrong, &*provider);
        let from = SocketAddr::from(([192, 0, 2, 7], 5000));
        let check = Check::parse(&datagram).unwrap();
        assert_eq!(check.answer(&credentials, from, &*provider), None);
    }

    #[test]
    fn a_controlled_agent_is_told_of_the_conflict() {
        let (credentials, provider) = setup();
        let datagram = controlling::controlled_check("them", &credentials, &*provider);
        let from = SocketAddr::from(([192, 0, 2, 7], 5000));
        let check = Check::parse(&datagram).unwrap();
        let Some(Answer::Conflict { reply }) = check.answer(&credentials, from, &*provider) else {
            panic!("a conflict");
        };
        let read = controlling::read_answer(&reply, &credentials, &*provider);
        assert_eq!(read, Some(Err(487)));
    }

    proptest! {

        #![proptest_config(crate::testing::seeded(256))]

        #[test]
        fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..200), at in 0usize..200) {
            prop_assert!(Check::parse(&bytes).is_none());
            let (credentials, provider) = setup();
            let mut datagram = controlling::check("them", &credentials, &*provider);
            let len = datagram.len();
            let part = bytes.len().min(len.saturating_sub(at));
            if part > 0 {
                datagram[at..at + part].copy_from_slice(&bytes[..part]);
            }
            if let Some(check) = Check::parse(&datagram) {
                let from = SocketAddr::from(([192, 0, 2, 7], 5000));
                let _ = check.answer(&credentials, from, &*provider);
            }
        }
    }
}
