//! The greeting: the server's challenge, and the client's proof of who it is.

use super::{Visitor, refuse, send};
use crate::{
    authorize::{self, Action},
    http::Refuse,
    room::{Asker, Speaker},
    state::App,
};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use axum::extract::ws::{Message, WebSocket};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use quietroom_protocol::{
    Check, ClientMessage, DeviceId, Hello, Identity, Phi, RefusalCode, Request, ServerMessage,
    SessionId, VERSION,
};
use quietroom_records::{self as records, Actor, Event, Holder, NewDevice, Resource};
use std::time::Duration;
use tokio::time::timeout;

/// How long a client may take to greet.
const GREETING: Duration = Duration::from_secs(10);

/// Who speaks, proven, and in which session.
pub(super) struct Greeting {
    /// The client's number for its first message.
    pub(super) id: u32,
    pub(super) session: SessionId,
    pub(super) speaker: Speaker,
    pub(super) asker: Asker,
}

/// `None`: the client has been told why not, or is gone.
pub(super) async fn greet(app: &App, visitor: Visitor, socket: &mut WebSocket) -> Option<Greeting> {
    let nonce = app.random.token().ok()?;
    let challenge = ServerMessage::Challenge {
        version: VERSION,
        nonce: nonce.clone(),
        now: app.clock.now(),
    };
    send(socket, &challenge).await.ok()?;
    let Ok(Some(Ok(Message::Text(text)))) = timeout(GREETING, socket.recv()).await else {
        return None;
    };
    let request: Request = serde_json::from_str(text.as_str()).ok()?;
    let id = request.id;
    match prove(app, visitor, &nonce, request).await {
        Ok(greeting) => Some(greeting),
        Err(refused) => {
            refuse(socket, id, refused.into_refused()).await;
            None
        }
    }
}

async fn prove(
    app: &App,
    visitor: Visitor,
    nonce: &str,
    request: Request,
) -> Result<Greeting, Refuse> {
    let Request { id, message } = request;
    let ClientMessage::Hello(hello) = message else {
        return Err(Refuse::new(
            RefusalCode::NotNow,
            "the first message must be hello",
        ));
    };
    if hello.version != VERSION {
        return Err(Refuse::new(
            RefusalCode::WrongVersion,
            format!("this server speaks version {VERSION}"),
        ));
    }
    hello
        .check()
        .map_err(|invalid| Refuse::invalid(invalid.to_string()))?;
    let Hello {
        session, identity, ..
    } = hello;
    let (speaker, actor) = match identity {
        Identity::Staff { device } => staff(app, visitor, session, device).await?,
        Identity::Guest { device, signature } => {
            guest(app, session, device, nonce, &signature).await?
        }
    };
    Ok(Greeting {
        id,
        session,
        speaker,
        asker: Asker {
            actor,
            source: Some(Phi::new(visitor.source.0)),
        },
    })
}

/// A member of staff with a seat in the session. The device is one of theirs that comes back, or a
/// new one.
async fn staff(
    app: &App,
    visitor: Visitor,
    session: SessionId,
    device: Option<DeviceId>,
) -> Result<(Speaker, Actor), Refuse> {
    let Some(signed_in) = visitor.signed_in else {
        return Err(Refuse::new(RefusalCode::NotSignedIn, "sign in first"));
    };
    signed_in.may(Action::EnterSession, &authorize::Resource::Clinic)?;
    let ctx = signed_in.ctx(app);
    let staff = signed_in.staff;
    let record = app.records.session(&ctx, session).await?;
    let record = record.ok_or_else(Refuse::not_found)?;
    let mut seats = record.seats.into_iter();
    let Some(seat) = seats.find(|seat| seat.holder == Holder::Staff(staff)) else {
        // Someone else's session: what staff try and may not goes into the audit log.
        let event = Event::refused(records::Action::EnterSession, Resource::session(session));
        app.records.audit(&ctx, event).await?;
        return Err(Refuse::not_found());
    };
    if let Some(device) = device {
        let known = app
            .records
            .device(app.organisation, session, device)
            .await?;
        if known.is_some_and(|it| it.participant == seat.participant && it.key.is_none()) {
            return Ok((Speaker::Staff { staff, device }, ctx.actor));
        }
    }
    let device = DeviceId(app.random.uuid()?);
    let new = NewDevice {
        device,
        session,
        participant: seat.participant,
        key: None,
    };
    app.records.create_device(&ctx, &new).await?;
    Ok((Speaker::Staff { staff, device }, ctx.actor))
}

/// A device that redeemed a link of this very session, and holds the key it showed then.
async fn guest(
    app: &App,
    session: SessionId,
    device: DeviceId,
    nonce: &str,
    signature: &str,
) -> Result<(Speaker, Actor), Refuse> {
    let known = app
        .records
        .device(app.organisation, session, device)
        .await?;
    let key = known.and_then(|device| device.key);
    let key = key.ok_or_else(Refuse::not_found)?;
    if !is_signed(&key, nonce, device, signature) {
        return Err(Refuse::new(
            RefusalCode::NotAllowed,
            "the signature is not of the device's key",
        ));
    }
    Ok((Speaker::Guest { device }, Actor::Device(device)))
}

/// ECDSA P-256 with SHA-256, r and s as 64 bytes, over `quietroom-hello-v1.<nonce>.<device>`.
fn is_signed(key: &[u8; 65], nonce: &str, device: DeviceId, signature: &str) -> bool {
    let Ok(signature) = URL_SAFE_NO_PAD.decode(signature) else {
        return false;
    };
    let message = format!("quietroom-hello-v1.{nonce}.{}", device.0);
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key)
        .verify(message.as_bytes(), &signature)
        .is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::{
        rand::SystemRandom,
        signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
    };
    use uuid::Uuid;

    fn pair() -> EcdsaKeyPair {
        EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap()
    }

    fn public(pair: &EcdsaKeyPair) -> [u8; 65] {
        pair.public_key().as_ref().try_into().unwrap()
    }

    fn sign(pair: &EcdsaKeyPair, message: &str) -> String {
        let signature = pair.sign(&SystemRandom::new(), message.as_bytes());
        URL_SAFE_NO_PAD.encode(signature.unwrap().as_ref())
    }

    #[test]
    fn only_the_devices_own_key_over_this_challenge_is_accepted() {
        let (own, other) = (pair(), pair());
        let key = public(&own);
        let device = DeviceId(Uuid::from_u128(7));
        let message = format!("quietroom-hello-v1.nonce.{}", device.0);
        assert!(is_signed(&key, "nonce", device, &sign(&own, &message)));

        assert!(!is_signed(&key, "nonce", device, &sign(&other, &message)));
        assert!(!is_signed(&key, "older", device, &sign(&own, &message)));
        let another = DeviceId(Uuid::from_u128(8));
        assert!(!is_signed(&key, "nonce", another, &sign(&own, &message)));
        assert!(!is_signed(&key, "nonce", device, ""));
    }
}
