//! What doctor and server say to each other, over the Unix socket of the data folder.

use media_relay_control::frame::{self, Decoder, FrameError};
use quietroom_protocol::IceServer;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{
    io,
    path::{Path, PathBuf},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixStream,
};

/// Where the server listens.
pub(super) fn socket_in(folder: &Path) -> PathBuf {
    folder.join("doctor.sock")
}

/// What the doctor asks.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub(super) enum Ask {
    /// A test room, in place of the one before. Answered by `Open`.
    Open,
    /// The offer of who publishes in it. Answered by `Published`, then by an `Offer`.
    Publish {
        /// SDP offer (RFC 8829).
        offer: String,
        /// Its one section.
        mid: String,
    },
    /// The answer of who receives in it.
    Answer { generation: u32, answer: String },
}

/// What the server says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "told", rename_all = "snake_case")]
pub(super) enum Told {
    /// Another doctor is at work; the server closes.
    Busy,
    /// The relay is not there, or has died meanwhile: the test room is gone.
    NoRelay,
    Open {
        /// As a browser gets them.
        ice_servers: Vec<IceServer>,
    },
    Published {
        /// SDP answer (RFC 8829).
        answer: String,
    },
    Offer {
        generation: u32,
        /// SDP offer (RFC 8829).
        offer: String,
    },
    /// The relay takes no such description.
    Refused { reason: String },
}

/// One end of the socket.
#[derive(Debug)]
pub(super) struct Wire {
    stream: UnixStream,
    decoder: Decoder,
}

/// The other end cannot be spoken with any more.
#[derive(Debug, thiserror::Error)]
pub(super) enum Broken {
    #[error("the connection was closed")]
    Closed,
    #[error("the connection failed: {0}")]
    Io(#[from] io::Error),
    #[error("the other end is of another version: {0}")]
    Frame(#[from] FrameError),
}

impl Wire {
    pub(super) fn over(stream: UnixStream) -> Self {
        Self {
            stream,
            decoder: Decoder::default(),
        }
    }

    pub(super) async fn say(&mut self, message: &impl Serialize) -> Result<(), Broken> {
        let mut bytes = Vec::new();
        frame::encode(message, &mut bytes)?;
        Ok(self.stream.write_all(&bytes).await?)
    }

    /// The next message. Cancel safe.
    pub(super) async fn hear<T: DeserializeOwned>(&mut self) -> Result<T, Broken> {
        let mut buffer = [0; 16 * 1024];
        loop {
            if let Some(message) = self.decoder.next()? {
                return Ok(message);
            }
            let read = self.stream.read(&mut buffer).await?;
            if read == 0 {
                return Err(Broken::Closed);
            }
            self.decoder.push(buffer.get(..read).unwrap_or_default());
        }
    }
}
