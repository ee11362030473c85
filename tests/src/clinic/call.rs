//! A person's way to the relay through the whole server: the WebSocket of a session.

use crate::clinic::Socket;
use crate::participant::Signaling;
use quietroom_protocol::{ClientMessage, ServerMessage, Source, SourceSection};
use std::collections::HashMap;
use std::time::Duration;
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::interval;

/// Messages that may wait for the socket, and offers that may wait for their answer.
const WAITING: usize = 64;
/// How often the web client pings.
const PING: Duration = Duration::from_secs(5);

/// What a socket is asked to say, and who waits for the answer.
type Ask = (ClientMessage, Option<oneshot::Sender<ServerMessage>>);

/// An admitted device's socket, kept alive as the web client keeps it.
#[derive(Debug)]
pub struct Call {
    asks: mpsc::Sender<Ask>,
    offers: Mutex<mpsc::Receiver<(u32, String)>>,
    keeping: JoinHandle<()>,
}

impl Call {
    /// Takes over the socket of an admitted device.
    #[must_use]
    pub fn on(socket: Socket) -> Self {
        let (asks, asked) = mpsc::channel(WAITING);
        let (offered, offers) = mpsc::channel(WAITING);
        Self {
            asks,
            offers: Mutex::new(offers),
            keeping: tokio::spawn(keep(socket, asked, offered)),
        }
    }

    async fn ask(&self, message: ClientMessage) -> Option<ServerMessage> {
        let (sender, answer) = oneshot::channel();
        self.asks.send((message, Some(sender))).await.ok()?;
        answer.await.ok()
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.keeping.abort();
    }
}

impl Signaling for Call {
    async fn publish(&self, offer: String) -> Result<String, String> {
        let sources = sources(&offer);
        match self.ask(ClientMessage::Publish { offer, sources }).await {
            Some(ServerMessage::Published { answer, .. }) => Ok(answer),
            other => Err(format!("{other:?}")),
        }
    }

    async fn next_offer(&self) -> Option<(u32, String)> {
        self.offers.lock().await.recv().await
    }

    async fn answer(&self, generation: u32, answer: String) {
        let answer = ClientMessage::Answer { generation, answer };
        // A socket that is gone takes the call with it: the test sees that nothing comes.
        let _ = self.asks.send((answer, None)).await;
    }
}

/// Speaks for the device until the server closes the socket.
async fn keep(
    mut socket: Socket,
    mut asked: mpsc::Receiver<Ask>,
    offered: mpsc::Sender<(u32, String)>,
) {
    let mut waiting: HashMap<u32, oneshot::Sender<ServerMessage>> = HashMap::new();
    let mut ping = interval(PING);
    loop {
        tokio::select! {
            _ = ping.tick() => {
                socket.say(ClientMessage::Ping).await;
            }
            Some((message, answer)) = asked.recv() => {
                let id = socket.say(message).await;
                if let Some(answer) = answer {
                    waiting.insert(id, answer);
                }
            }
            message = socket.next_or_closed() => match message {
                None => return,
                Some(ServerMessage::Offer { generation, offer, .. }) => {
                    if offered.send((generation, offer)).await.is_err() {
                        return;
                    }
                }
                Some(message) => {
                    if let Some(answer) = id_of(&message).and_then(|id| waiting.remove(&id)) {
                        let _ = answer.send(message);
                    }
                }
            }
        }
    }
}

fn id_of(message: &ServerMessage) -> Option<u32> {
    match message {
        ServerMessage::Done { id }
        | ServerMessage::Refused { id, .. }
        | ServerMessage::Published { id, .. }
        | ServerMessage::Pong { id } => Some(*id),
        _ => None,
    }
}

/// Which section of an offer carries what: sound is the microphone, pictures are the camera.
fn sources(offer: &str) -> Vec<SourceSection> {
    let mut sections = Vec::new();
    let mut source = None;
    for line in offer.lines() {
        if line.starts_with("m=audio") {
            source = Some(Source::Microphone);
        } else if line.starts_with("m=video") {
            source = Some(Source::Camera);
        } else if let (Some(source), Some(mid)) = (source, line.strip_prefix("a=mid:")) {
            let mid = mid.to_owned();
            sections.push(SourceSection { mid, source });
        }
    }
    sections
}
