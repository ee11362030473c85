//! Why a server does not run.

use crate::{random::NoRandomness, relay, room};
use axum::http::header::InvalidHeaderValue;
use media_relay::front::TlsFault;
use quietroom_records::{Error, KeyError, OpenError};
use std::io;

/// Why the server does not run: one sentence for the operator. Nothing was damaged.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CannotRun {
    #[error("port {0} is in use by another program: choose another port, or stop that program")]
    PortInUse(u16),
    #[error("the server cannot listen on port {0}: {1}")]
    Listen(u16, io::ErrorKind),
    #[error(transparent)]
    Tls(#[from] TlsFault),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error("the records cannot be used: {0}")]
    Records(#[from] Error),
    #[error(transparent)]
    Relay(#[from] relay::CannotStart),
    #[error(transparent)]
    Rooms(#[from] room::StartError),
    #[error("server.public_origin cannot be sent in a header")]
    Origin(#[from] InvalidHeaderValue),
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    #[error("the system refuses: {0}")]
    System(#[from] io::Error),
    #[error("{0}")]
    Demo(String),
    #[error("the account cannot be made: {0}")]
    Account(String),
}
