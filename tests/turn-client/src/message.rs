//! What a client says and hears.

use rtc_crypto::{HashAlgorithm, HmacAlgorithm, RTCCryptoProvider};
use rtc_stun::attributes::{
    ATTR_DATA, ATTR_ERROR_CODE, ATTR_MESSAGE_INTEGRITY_SHA256, ATTR_NONCE, ATTR_PASSWORD_ALGORITHM,
    ATTR_PASSWORD_ALGORITHMS, ATTR_REALM, ATTR_USERNAME, ATTR_XOR_PEER_ADDRESS, AttrType,
};
use rtc_stun::integrity::MessageIntegrity;
use rtc_stun::message::{
    CLASS_INDICATION, CLASS_REQUEST, CLASS_SUCCESS_RESPONSE, Message, MessageType, Method, Setter,
    TransactionId,
};
use rtc_stun::textattrs::TextAttribute;
use rtc_stun::xoraddr::XorMappedAddress;
use std::net::SocketAddr;
use std::sync::Arc;

/// PASSWORD-ALGORITHM: SHA-256, without parameters (RFC 8489 section 18.5).
const SHA256: [u8; 4] = [0, 2, 0, 0];

/// A request or indication under construction; attributes stand in the order in which they are
/// added.
#[derive(Clone)]
pub struct Request(Message);

/// Who asks, by the long-term credential mechanism (RFC 8489 section 9.2).
#[derive(Clone)]
pub struct Login {
    username: String,
    realm: String,
    /// Of the server's last challenge.
    pub nonce: String,
    /// PASSWORD-ALGORITHMS of the challenge, when SHA-256 is used instead of SHA-1.
    pub algorithms: Option<Vec<u8>>,
    key: Vec<u8>,
    sha256_key: Vec<u8>,
    provider: Arc<dyn RTCCryptoProvider>,
}

/// A message of the server.
pub struct Answer(Message);

impl Request {
    /// A request with this transaction id.
    #[must_use]
    pub fn new(method: Method, transaction: [u8; 12]) -> Self {
        Self::begin(MessageType::new(method, CLASS_REQUEST), transaction)
    }

    /// An indication, which nobody answers.
    #[must_use]
    pub fn indication(method: Method, transaction: [u8; 12]) -> Self {
        Self::begin(MessageType::new(method, CLASS_INDICATION), transaction)
    }

    fn begin(typ: MessageType, transaction: [u8; 12]) -> Self {
        let mut message = Message::new();
        message.set_type(typ);
        message.transaction_id = TransactionId(transaction);
        message.write_header();
        Self(message)
    }

    #[must_use]
    pub fn with(mut self, attribute: AttrType, value: &[u8]) -> Self {
        self.0.add(attribute, value);
        self
    }

    /// XOR-PEER-ADDRESS.
    #[must_use]
    pub fn peer(mut self, peer: SocketAddr) -> Self {
        let (ip, port) = (peer.ip(), peer.port());
        let address = XorMappedAddress { ip, port };
        let added = address.add_to_as(&mut self.0, ATTR_XOR_PEER_ADDRESS);
        added.expect("an address fits");
        self
    }

    /// Signs as `login` and ends the message.
    #[must_use]
    pub fn signed(mut self, login: &Login) -> Vec<u8> {
        self.0.add(ATTR_USERNAME, login.username.as_bytes());
        self.0.add(ATTR_REALM, login.realm.as_bytes());
        self.0.add(ATTR_NONCE, login.nonce.as_bytes());
        let crypto = login.provider.crypto();
        if let Some(algorithms) = &login.algorithms {
            self.0.add(ATTR_PASSWORD_ALGORITHMS, algorithms);
            self.0.add(ATTR_PASSWORD_ALGORITHM, &SHA256);
            return self.sign_sha256(login);
        }
        let key = login.key.clone();
        let integrity = MessageIntegrity::new_raw_integrity_with_provider(key, crypto);
        integrity.add_to(&mut self.0).expect("HMAC-SHA1 works");
        self.0.raw
    }

    /// MESSAGE-INTEGRITY-SHA256 (RFC 8489 section 14.6): over all before it, with the length that
    /// the message has with it.
    fn sign_sha256(mut self, login: &Login) -> Vec<u8> {
        let length = self.0.length;
        self.0.length += 4 + 32;
        self.0.write_length();
        let crypto = login.provider.crypto();
        let mut code = [0; 32];
        let signed = crypto
            .new_hmac(HmacAlgorithm::Sha256, &login.sha256_key)
            .and_then(|mut mac| mac.sign(&[&self.0.raw], &mut code));
        signed.expect("HMAC-SHA256 works");
        self.0.length = length;
        self.0.add(ATTR_MESSAGE_INTEGRITY_SHA256, &code);
        self.0.raw
    }

    /// Ends the message as it is.
    #[must_use]
    pub fn unsigned(self) -> Vec<u8> {
        self.0.raw
    }
}

impl Login {
    /// # Panics
    /// When this build has no cryptography.
    #[must_use]
    pub fn new(username: &str, password: &str, realm: &str, nonce: &str) -> Self {
        let provider = rtc_crypto::default_provider().expect("a provider is built in");
        let all = [username, realm, password].join(":");
        let key = |algorithm| provider.crypto().hash(algorithm, all.as_bytes());
        let key = |algorithm| key(algorithm).expect("a known hash").to_vec();
        Self {
            username: username.to_owned(),
            realm: realm.to_owned(),
            nonce: nonce.to_owned(),
            algorithms: None,
            key: key(HashAlgorithm::Md5),
            sha256_key: key(HashAlgorithm::Sha256),
            provider,
        }
    }
}

impl Answer {
    /// `None` when it is no STUN message.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let mut message = Message::new();
        message.unmarshal_binary(bytes).ok()?;
        Some(Self(message))
    }

    #[must_use]
    pub fn transaction(&self) -> [u8; 12] {
        self.0.transaction_id.0
    }

    #[must_use]
    pub fn method(&self) -> Method {
        self.0.typ.method
    }

    #[must_use]
    pub fn is_success(&self) -> bool {
        self.0.typ.class == CLASS_SUCCESS_RESPONSE
    }

    /// 0 when it is no error.
    #[must_use]
    pub fn error(&self) -> u16 {
        match self.0.get(ATTR_ERROR_CODE).as_deref() {
            Ok([_, _, class, number, ..]) => u16::from(*class) * 100 + u16::from(*number),
            _ => 0,
        }
    }

    #[must_use]
    pub fn text(&self, attribute: AttrType) -> Option<String> {
        let text = TextAttribute::get_from_as(&self.0, attribute).ok()?;
        Some(text.text)
    }

    #[must_use]
    pub fn bytes(&self, attribute: AttrType) -> Option<Vec<u8>> {
        self.0.get(attribute).ok()
    }

    /// An address that is hidden from NATs, such as XOR-RELAYED-ADDRESS.
    #[must_use]
    pub fn address(&self, attribute: AttrType) -> Option<SocketAddr> {
        let mut address = XorMappedAddress::default();
        address.get_from_as(&self.0, attribute).ok()?;
        Some(SocketAddr::new(address.ip, address.port))
    }

    /// Peer and payload of a Data indication.
    #[must_use]
    pub fn data(&self) -> Option<(SocketAddr, Vec<u8>)> {
        Some((self.address(ATTR_XOR_PEER_ADDRESS)?, self.bytes(ATTR_DATA)?))
    }
}

/// ChannelData (RFC 8656 section 12.4), without the padding that streams need.
///
/// # Panics
/// When the payload is longer than 65,535 bytes.
#[must_use]
pub fn channel_data(channel: u16, payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(payload.len()).expect("a datagram's payload");
    let mut message = channel.to_be_bytes().to_vec();
    message.extend(length.to_be_bytes());
    message.extend(payload);
    message
}

impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Request({})", self.0)
    }
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Answer({}, error {})", self.0, self.error())
    }
}

impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Login")
    }
}
