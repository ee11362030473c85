//! One WebSocket connection, spoken by hand.

use crate::clinic::group::Seen;
use futures_util::{SinkExt, StreamExt};
use quietroom_protocol::{
    ClientMessage, DeviceId, Hello, Identity, Knock, Request, ServerMessage, SessionId, VERSION,
};
use std::collections::VecDeque;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

/// How long a test waits for a message before it fails.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Debug)]
pub struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    next_id: u32,
    /// Messages that came while an answer was awaited.
    pub(super) held: VecDeque<ServerMessage>,
    pub(super) seen: Seen,
}

/// The HTTP status with which an upgrade was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SocketRefused(pub u16);

impl Socket {
    /// Upgrades with the given `Origin` and cookie.
    ///
    /// # Errors
    /// The status with which the upgrade was refused.
    ///
    /// # Panics
    /// When the server cannot be reached.
    pub async fn open(
        server: &str,
        origin: Option<&str>,
        cookie: Option<&str>,
    ) -> Result<Self, SocketRefused> {
        let url = format!("{}/api/v1/ws", server.replacen("http", "ws", 1));
        let mut request = url.into_client_request().expect("a URL");
        let headers = request.headers_mut();
        if let Some(origin) = origin {
            headers.insert("origin", origin.parse().expect("an origin"));
        }
        if let Some(cookie) = cookie {
            headers.insert("cookie", cookie.parse().expect("a cookie"));
        }
        match tokio_tungstenite::connect_async(request).await {
            Ok((stream, _)) => Ok(Self {
                stream,
                next_id: 1,
                held: VecDeque::new(),
                seen: Seen::default(),
            }),
            Err(Error::Http(response)) => Err(SocketRefused(response.status().as_u16())),
            Err(error) => panic!("the server cannot be reached: {error}"),
        }
    }

    /// Says hello as staff; the cookie of the upgrade is the proof.
    ///
    /// # Panics
    /// When the server does not challenge.
    pub async fn hello_as_staff(&mut self, session: SessionId, device: Option<DeviceId>) {
        let challenge = self.next().await;
        assert!(matches!(challenge, ServerMessage::Challenge { .. }));
        self.say(ClientMessage::Hello(Hello {
            version: VERSION,
            session,
            identity: Identity::Staff { device },
        }))
        .await;
    }

    /// Sends a message and returns its id.
    ///
    /// # Panics
    /// When the socket is closed.
    pub async fn say(&mut self, message: ClientMessage) -> u32 {
        let id = self.next_id;
        self.next_id += 1;
        let text = serde_json::to_string(&Request { id, message }).expect("a message");
        self.stream
            .send(Message::text(text))
            .await
            .expect("the socket is open");
        id
    }

    /// Sends a message and waits for the answer with its id; what comes meanwhile is kept.
    pub async fn ask(&mut self, message: ClientMessage) -> ServerMessage {
        let id = self.say(message).await;
        let mut kept = VecDeque::new();
        loop {
            let message = self.next().await;
            let answered = match &message {
                ServerMessage::Done { id }
                | ServerMessage::Refused { id, .. }
                | ServerMessage::Published { id, .. }
                | ServerMessage::Appended { id, .. }
                | ServerMessage::Pong { id } => Some(*id),
                _ => None,
            };
            if answered == Some(id) {
                kept.append(&mut self.held);
                self.held = kept;
                return message;
            }
            kept.push_back(message);
        }
    }

    /// The next message for which `pick` answers; others are dropped.
    pub async fn until<T>(&mut self, mut pick: impl FnMut(ServerMessage) -> Option<T>) -> T {
        loop {
            if let Some(picked) = pick(self.next().await) {
                return picked;
            }
        }
    }

    /// Sends a message that must be done.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn done(&mut self, message: ClientMessage) {
        let answer = self.ask(message).await;
        assert!(matches!(answer, ServerMessage::Done { .. }), "{answer:?}");
    }

    /// Waits until `device` knocks.
    pub async fn knock_of(&mut self, device: DeviceId) -> Knock {
        self.until(|message| match message {
            ServerMessage::Knocks { knocks } => knocks.into_iter().find(|k| k.device == device),
            _ => None,
        })
        .await
    }

    /// Waits until `device` knocks, and lets it in.
    pub async fn let_in(&mut self, device: DeviceId) {
        self.knock_of(device).await;
        let admission = self.admission(device).await;
        self.done(admission).await;
    }

    /// A message that came while an answer was awaited.
    pub fn held(&mut self) -> Option<ServerMessage> {
        self.held.pop_front()
    }

    /// The next message.
    ///
    /// # Panics
    /// When none comes in time, or the socket is closed.
    pub async fn next(&mut self) -> ServerMessage {
        self.next_or_closed().await.expect("the socket stays open")
    }

    /// The next message, `None` when the server closed the socket.
    ///
    /// # Panics
    /// When neither comes in time.
    pub async fn next_or_closed(&mut self) -> Option<ServerMessage> {
        if let Some(message) = self.held.pop_front() {
            return Some(message);
        }
        loop {
            let next = tokio::time::timeout(PATIENCE, self.stream.next()).await;
            match next.expect("the server says something") {
                Some(Ok(Message::Text(text))) => {
                    let message = serde_json::from_str(&text).expect("a message of the protocol");
                    self.seen.note(&message);
                    return Some(message);
                }
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                Some(Ok(_)) => {}
            }
        }
    }
}
