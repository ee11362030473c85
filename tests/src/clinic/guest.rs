//! A guest: a device that redeems a link and proves itself with its own key.

use crate::clinic::{Answer, JoinSecret, Socket, SocketRefused, base64url, send};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use quietroom_protocol::api::{Join, Joined, Look, LookToken};
use quietroom_protocol::{
    Attestation, ClientMessage, ConsentGiven, EmergencyContact, Hello, Identity, Phi, Place,
    PlaceKind, ServerMessage, VERSION,
};

#[derive(Debug)]
pub struct Guest {
    pub origin: String,
    pub joined: Joined,
    key: EcdsaKeyPair,
}

impl Guest {
    /// Looks at a link, states everything that is asked, and redeems it.
    ///
    /// # Errors
    /// The server's refusal.
    pub async fn arrive(origin: &str, secret: &JoinSecret) -> Answer<Self> {
        let token = LookToken {
            token: secret.token(),
        };
        let look: Look = send(origin, "/api/v1/join/look", &token).await?;
        let stated = everything_stated(&look.consent_version);
        Self::join(origin, secret, "Jordan", stated).await
    }

    /// Redeems a link: from now on this device knocks.
    ///
    /// # Errors
    /// The server's refusal.
    ///
    /// # Panics
    /// When no key can be made.
    pub async fn join(
        origin: &str,
        secret: &JoinSecret,
        name: &str,
        attestation: Attestation,
    ) -> Answer<Self> {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key");
        let join = Join {
            token: secret.token(),
            name: Phi::new(name.to_owned()),
            device_key: base64url(key.public_key().as_ref()),
            attestation,
        };
        let joined = send(origin, "/api/v1/join", &join).await?;
        Ok(Self {
            origin: origin.to_owned(),
            joined,
            key,
        })
    }

    /// Opens the WebSocket and proves the device.
    ///
    /// # Errors
    /// The status with which the upgrade was refused.
    ///
    /// # Panics
    /// When the server does not challenge.
    pub async fn connect(&self) -> Result<Socket, SocketRefused> {
        let mut socket = Socket::open(&self.origin, Some(&self.origin), None).await?;
        let ServerMessage::Challenge { nonce, .. } = socket.next().await else {
            panic!("the server challenges first");
        };
        let hello = self.hello(&nonce);
        socket.say(ClientMessage::Hello(hello)).await;
        Ok(socket)
    }

    /// The proof for one challenge.
    ///
    /// # Panics
    /// When the key cannot sign.
    #[must_use]
    pub fn hello(&self, nonce: &str) -> Hello {
        let text = format!("quietroom-hello-v1.{nonce}.{}", self.joined.device.0);
        let signature = self
            .key
            .sign(&SystemRandom::new(), text.as_bytes())
            .expect("a signature");
        Hello {
            version: VERSION,
            session: self.joined.session,
            identity: Identity::Guest {
                device: self.joined.device,
                signature: base64url(signature.as_ref()),
            },
        }
    }
}

/// An attestation with nothing missing.
#[must_use]
pub fn everything_stated(consent_version: &str) -> Attestation {
    Attestation {
        place: Some(Place {
            state: "OR".to_owned(),
            kind: PlaceKind::Home,
            address: Phi::new("1840 Alder St, Portland".to_owned()),
            call_back: Phi::new("555-0142".to_owned()),
        }),
        emergency_contact: Some(EmergencyContact {
            name: Phi::new("Rosa".to_owned()),
            phone: Phi::new("555-0199".to_owned()),
            relation: Phi::new("sister".to_owned()),
        }),
        consent: Some(ConsentGiven {
            version: consent_version.to_owned(),
        }),
    }
}
