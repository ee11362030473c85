//! What a client says over the WebSocket.

use crate::{
    Attestation, Commit, DeviceId, Drawers, GroupEpoch, IdentityMethod, Opaque, Phrase, Quality,
    Scope, SessionId, Source,
};
use serde::{Deserialize, Serialize};

/// One message: answered by `Done`, `Refused` or a message of its own with the same `id`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct Request {
    /// Chosen by the client, rising.
    pub id: u32,
    pub message: ClientMessage,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClientMessage {
    /// First message, after the server's `Challenge`. Answered by `Waiting` or `Admitted`.
    Hello(Hello),
    /// A waiting guest completes or corrects what they stated.
    Attest {
        attestation: Attestation,
    },
    /// A waiting guest says one of the fixed phrases.
    Say {
        phrase: Phrase,
    },
    /// Lets a waiting device in: recorded together with the commit that adds it to the session's
    /// group. Refused with `AttestationMissing` unless `override_missing`.
    Admit {
        device: DeviceId,
        identity: IdentityMethod,
        override_missing: bool,
        commit: Commit,
    },
    /// Turns a waiting device away.
    Decline {
        device: DeviceId,
    },
    /// Takes an admitted device out of the session, together with the commit that takes it out of
    /// the group; without one when the group does not hold it.
    Remove {
        device: DeviceId,
        commit: Option<Commit>,
    },
    /// Goes, for good.
    Leave,
    /// Ends the session for everyone.
    End,
    /// What the person has switched on. A fact: it becomes modality seconds in the note.
    Media {
        state: MediaState,
    },
    /// Offer to publish, first or renegotiated. Answered by `Published`.
    Publish {
        /// SDP offer (RFC 8829).
        offer: String,
        sources: Vec<SourceSection>,
    },
    /// Answer to the server's `Offer`.
    Answer {
        generation: u32,
        /// SDP answer (RFC 8829).
        answer: String,
    },
    /// The receiving connection failed: asks for an `Offer` with new ICE credentials.
    RestartReceive,
    /// What is shown on screen, so that the relay sends no more than that. Sources not named
    /// are sent at their best.
    Show {
        wants: Vec<Want>,
    },
    /// Offers to be added to the group; takes the place of what this device offered before. From
    /// any device, at the door or in the session.
    Package {
        /// Key package (RFC 9420 section 10), at most 8 KiB.
        package: Opaque,
        /// At most 64 bytes.
        binding: Option<Opaque>,
    },
    /// Begins a group: the number after the scope's last one. From the host.
    StartGroup {
        scope: Scope,
        group: u32,
    },
    /// Changes the group without admitting or removing anyone. From those who may admit.
    Commit {
        commit: Commit,
    },
    /// Something for the group, from anyone admitted: put in order, kept, delivered.
    Content {
        at: GroupEpoch,
        /// Application message (RFC 9420 section 15), at most 32 KiB.
        message: Opaque,
    },
    /// Asks for every delivery after `after`, from the newest welcome for this device on. `Done`
    /// follows the last of them; later ones come by themselves.
    CatchUp {
        #[cfg_attr(feature = "typescript", ts(type = "number"))]
        after: u64,
    },
    /// This device has the keys of that epoch.
    Reached {
        at: GroupEpoch,
    },
    /// Turns the chat on or off for everyone but those who may do this. What is written goes over
    /// `Content`, where the server cannot tell it from anything else: the pages keep to it.
    AllowChat {
        on: bool,
    },
    /// Opens a board: the number after the last one, at most 20.
    OpenBoard {
        board: u32,
    },
    /// Which board everyone is shown.
    ShowBoard {
        board: Option<u32>,
    },
    AllowDrawing {
        who: Drawers,
    },
    /// A finished change, from those who may draw: put in order, kept, handed on. Answered by
    /// `Appended`.
    BoardAppend {
        board: u32,
        /// At most 64 KiB.
        entry: Opaque,
    },
    /// What is under way: handed on, never kept, never answered. Left out silently from who may not
    /// draw or says more than 30 a second.
    BoardStroke {
        board: u32,
        /// At most 8 KiB.
        stroke: Opaque,
    },
    /// Asks for the newest snapshot of the board if it goes beyond `after`, then for every entry
    /// after that. `Done` follows the last of them; later ones come by themselves, and so do strokes.
    BoardCatchUp {
        board: u32,
        #[cfg_attr(feature = "typescript", ts(type = "number"))]
        after: u64,
    },
    /// The whole of a board as it is after the entry `upto`, from those who may draw: takes the
    /// place of the snapshot before it and of all entries up to it.
    BoardSnapshot {
        board: u32,
        #[cfg_attr(feature = "typescript", ts(type = "number"))]
        upto: u64,
        /// At most 1 MiB.
        snapshot: Opaque,
    },
    /// Answered by `Pong`.
    Ping,
}

/// Who speaks, about which session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct Hello {
    /// [`crate::VERSION`].
    pub version: u32,
    pub session: SessionId,
    pub identity: Identity,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
#[serde(tag = "as", rename_all = "snake_case")]
pub enum Identity {
    /// Proven by the session cookie. `device` is kept by the tab, so that a reload is the same
    /// device; `None` at first.
    Staff { device: Option<DeviceId> },
    /// Proven by the key the device made when its link was redeemed.
    Guest {
        device: DeviceId,
        /// ECDSA P-256 with SHA-256, r and s as 64 bytes, base64url without padding, over the
        /// UTF-8 of `quietroom-hello-v1.<nonce>.<device>`.
        signature: String,
    },
}

/// What a person has switched on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct MediaState {
    pub microphone: bool,
    pub camera: bool,
    pub screen: bool,
}

/// Which section of an offer carries what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct SourceSection {
    pub mid: String,
    pub source: Source,
}

/// How well one source is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(export_to = "protocol.ts")
)]
pub struct Want {
    pub device: DeviceId,
    pub source: Source,
    pub quality: Quality,
}
