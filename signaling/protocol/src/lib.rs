//! What signalling and its clients say to each other, and the words both use.
//!
//! Two ways in: the WebSocket ([`ClientMessage`], [`ServerMessage`]) carries a session while it
//! runs, the HTTP interface ([`api`]) everything around it. `README.md` beside this crate explains
//! both in prose with examples. The TypeScript of the web client is generated from these types.
//!
//! Every value that can identify a person is a [`Phi`]. What the server carries unread is
//! [`Opaque`].

pub mod api;
mod attest;
mod board;
mod check;
mod client;
mod group;
mod ice_server;
mod id;
mod kind;
mod opaque;
mod phi;
mod phrase;
#[cfg(test)]
mod readme_tests;
mod refusal;
mod role;
mod server;
mod stub;
mod time;
#[cfg(feature = "typescript")]
pub mod typescript;
mod us_state;
#[cfg(test)]
mod wire_tests;

pub use attest::{
    Attestation, AttestationPart, ConsentGiven, EmergencyContact, IdentityMethod, Place, PlaceKind,
};
pub use board::{
    BoardEntry, BoardsShown, Drawers, MAX_BOARDS, MAX_ENTRY, MAX_SNAPSHOT, MAX_STROKE,
};
pub use check::{Check, Invalid, check_display_name, check_times, is_base64url};
pub use client::{ClientMessage, Hello, Identity, MediaState, Request, SourceSection, Want};
pub use group::{Commit, Delivered, Delivery, DevicePackage, GroupEpoch, Scope, WelcomeFor};
pub use ice_server::{Credential, IceServer};
pub use id::{
    DeviceId, LinkId, NoteId, OrganisationId, ParticipantId, PersonId, SessionId, StaffId,
};
pub use kind::{NoteTemplate, SessionKind, SessionState};
pub use opaque::Opaque;
pub use phi::Phi;
pub use phrase::Phrase;
pub use refusal::{RefusalCode, Refused};
pub use role::{Role, StaffRole};
pub use server::{
    Connection, Knock, OverReason, Present, Quality, ReceivedStream, Room, ServerMessage, Source,
    Waiting,
};
pub use stub::{
    AttestedStub, Cause, Interruption, Interval, Modality, NoteStub, OtherPresent, Section, Span,
    StubFlag, Traced,
};
pub use time::UtcMillis;
pub use us_state::{US_STATES, is_us_state};

/// Version of the WebSocket protocol; a client that speaks another is told to reload.
pub const VERSION: u32 = 2;
