//! A socket after its greeting: what comes goes to the room, what the room sends goes out.

use super::{
    WRITE,
    rate::{Rate, Verdict},
};
use crate::{
    room::{Attached, Heard},
    state::App,
};
use axum::extract::ws::{Message, WebSocket};
use bytes::Bytes;
use futures_util::{
    SinkExt, StreamExt,
    stream::{SplitSink, SplitStream},
};
use quietroom_protocol::{Check, ClientMessage, RefusalCode, Refused, Request, ServerMessage};
use serde::Deserialize;
use std::time::Duration;
use tokio::{
    sync::mpsc,
    time::{MissedTickBehavior, interval, timeout},
};

/// A client pings every 5 s; one that is silent for so long is gone.
const SILENCE: Duration = Duration::from_secs(12);
/// Browsers slow the timers of a hidden page down to one a minute, but they answer pings of the
/// WebSocket itself (RFC 6455 section 5.5.2) and deliver messages at once. So the server makes both
/// sides hear each other: a guest may look at another tab while they wait.
const BEAT: Duration = Duration::from_secs(5);
/// The number of a `Pong` that no one asked for; clients count from 1.
const UNASKED: u32 = 0;
/// Answers given here, without the room, that may wait to be written.
const DIRECT: usize = 32;
/// How long the last messages may take to go out.
const FAREWELL: Duration = Duration::from_secs(2);

pub(super) async fn flow(
    app: &App,
    socket: WebSocket,
    attached: Attached,
    messages: mpsc::Receiver<ServerMessage>,
    heard: &Heard,
    dismissed: impl Future<Output = ()>,
) {
    let (sink, stream) = socket.split();
    let (direct, answers) = mpsc::channel(DIRECT);
    let mut writer = tokio::spawn(write(sink, messages, answers));
    let written = tokio::select! {
        () = read(app, stream, &attached, &direct, heard) => false,
        _ = &mut writer => true,
        () = dismissed => {
            // The account was disabled: media ends with the socket, for good.
            let _ = attached.say(leave()).await;
            false
        }
    };
    attached.detach().await;
    drop(direct);
    // The room has let go of the queue; what is in it goes out, if anyone still reads.
    if !written && timeout(FAREWELL, &mut writer).await.is_err() {
        writer.abort();
    }
}

fn leave() -> Request {
    Request {
        id: UNASKED,
        message: ClientMessage::Leave,
    }
}

/// Ends when the client is gone, silent, or does not stop flooding.
async fn read(
    app: &App,
    mut stream: SplitStream<WebSocket>,
    attached: &Attached,
    direct: &mpsc::Sender<ServerMessage>,
    heard: &Heard,
) {
    let mut rate = Rate::new(app.clock.instant());
    while let Ok(coming) = timeout(SILENCE, stream.next()).await {
        // Even its end says that the other side was there a moment ago.
        heard.set(app.clock.now());
        let text = match coming {
            Some(Ok(Message::Text(text))) => text,
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
            Some(Ok(Message::Binary(_) | Message::Close(_)) | Err(_)) | None => return,
        };
        let parsed = parse(text.as_str());
        let stroke = matches!(&parsed, Ok(request) if is_stroke(request));
        let now = app.clock.instant();
        let verdict = if stroke {
            rate.stroke(now)
        } else {
            rate.message(now, text.len())
        };
        if verdict == Verdict::Enough {
            return;
        }
        let request = match parsed {
            Ok(request) => request,
            Err(Some((id, refused))) => {
                let _ = direct.try_send(ServerMessage::Refused { id, refused });
                continue;
            }
            Err(None) => return,
        };
        let id = request.id;
        if request.message == ClientMessage::Ping {
            let _ = direct.try_send(ServerMessage::Pong { id });
        } else if verdict == Verdict::TooMany && stroke {
            // Left out: the next one says more.
        } else if verdict == Verdict::TooMany {
            let refused = too_many();
            let _ = direct.try_send(ServerMessage::Refused { id, refused });
        } else {
            let said = if stroke {
                attached.hint(request)
            } else {
                attached.say(request).await
            };
            if said.is_err() {
                return;
            }
        }
    }
}

/// What is of use at once or not at all.
const fn is_stroke(request: &Request) -> bool {
    matches!(request.message, ClientMessage::BoardStroke { .. })
}

/// Writes until the room lets go of its end; what it sent before still goes out.
async fn write(
    mut sink: SplitSink<WebSocket, Message>,
    mut messages: mpsc::Receiver<ServerMessage>,
    mut answers: mpsc::Receiver<ServerMessage>,
) {
    let mut beats = interval(BEAT);
    beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
    beats.reset();
    loop {
        let message = tokio::select! {
            message = messages.recv() => match message {
                Some(message) => message,
                None => break,
            },
            Some(answer) = answers.recv() => answer,
            _ = beats.tick() => {
                let pinged = timeout(WRITE, sink.send(Message::Ping(Bytes::new()))).await;
                if !matches!(pinged, Ok(Ok(()))) {
                    return;
                }
                ServerMessage::Pong { id: UNASKED }
            }
        };
        let Ok(text) = serde_json::to_string(&message) else {
            break;
        };
        let sent = timeout(WRITE, sink.send(Message::Text(text.into()))).await;
        if !matches!(sent, Ok(Ok(()))) {
            return;
        }
    }
    let _ = timeout(WRITE, sink.send(Message::Close(None))).await;
}

/// A request with every field checked; else its number and why not, if it has a number.
fn parse(text: &str) -> Result<Request, Option<(u32, Refused)>> {
    let invalid = |reason: String| Refused {
        code: RefusalCode::Invalid,
        reason,
        retry_after: None,
    };
    let request: Request = serde_json::from_str(text).map_err(|_| {
        let numbered: Numbered = serde_json::from_str(text).ok()?;
        let reason = "the message is not of this protocol".to_owned();
        Some((numbered.id, invalid(reason)))
    })?;
    match request.check() {
        Ok(()) => Ok(request),
        Err(error) => Err(Some((request.id, invalid(error.to_string())))),
    }
}

/// The part of a message that lets it be answered.
#[derive(Deserialize)]
struct Numbered {
    id: u32,
}

fn too_many() -> Refused {
    Refused {
        code: RefusalCode::SlowDown,
        reason: "too many messages".to_owned(),
        retry_after: Some(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_of_another_protocol_is_refused_by_its_number() {
        let (id, refused) = parse(r#"{"id":9,"message":{"type":"levitate"}}"#)
            .unwrap_err()
            .unwrap();
        assert_eq!((id, refused.code), (9, RefusalCode::Invalid));
        assert!(parse("what?").unwrap_err().is_none());
        assert!(parse(r#"{"id":9,"message":{"type":"ping"}}"#).is_ok());
    }

    #[test]
    fn a_refusal_does_not_repeat_what_was_said() {
        let text = r#"{"id":1,"message":{"type":"attest","attestation":{"place":{"state":"Nowhere",
            "kind":"home","address":"12 Elm Street","call_back":"1"},"emergency_contact":null,"consent":null}}}"#;
        let (_, refused) = parse(text).unwrap_err().unwrap();
        assert!(!refused.reason.contains("Elm") && !refused.reason.contains("Nowhere"));
    }
}
