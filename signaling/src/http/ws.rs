//! `GET /api/v1/ws`: the WebSocket of a device in a session.
//!
//! The upgrade itself passes the same-origin check of every state-changing request. Who speaks is
//! proven by the first message (`greet`); after that the socket is a pipe to the room (`flow`).

mod flow;
mod greet;
mod rate;

use super::{Refuse, Route, SignedIn, Source};
use crate::{
    authorize::Action,
    room::{AttachError, Heard, OUTBOUND},
    state::App,
};
use axum::{
    Extension,
    extract::{
        State, WebSocketUpgrade,
        ws::{Message, WebSocket, rejection::WebSocketUpgradeRejection},
    },
    response::Response,
};
use quietroom_protocol::{Refused, ServerMessage};
use std::{sync::atomic::Ordering, time::Duration};
use tokio::{sync::mpsc, time::timeout};

/// Largest message of a client, bytes: a snapshot of a board in base64url, and what goes around it.
const MAX_MESSAGE: usize = 1400 * 1024;
/// A client that does not read for so long is cut off.
const WRITE: Duration = Duration::from_secs(10);

pub(super) fn routes() -> Vec<Route> {
    vec![Route::get("/api/v1/ws", Action::OpenSocket, open)]
}

/// Who opened the socket, as far as HTTP knows.
#[derive(Clone, Copy, Debug)]
struct Visitor {
    signed_in: Option<SignedIn>,
    source: Source,
}

async fn open(
    State(app): State<App>,
    signed_in: Option<Extension<SignedIn>>,
    source: Source,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Refuse> {
    let upgrade = upgrade.map_err(|_| Refuse::invalid("this is for WebSockets (RFC 6455)"))?;
    let visitor = Visitor {
        signed_in: signed_in.map(|Extension(signed_in)| signed_in),
        source,
    };
    Ok(upgrade
        .max_message_size(MAX_MESSAGE)
        .max_frame_size(MAX_MESSAGE)
        .on_upgrade(move |socket| async move {
            app.metrics.sockets.fetch_add(1, Ordering::Relaxed);
            serve(&app, visitor, socket).await;
            app.metrics.sockets.fetch_sub(1, Ordering::Relaxed);
        }))
}

async fn serve(app: &App, visitor: Visitor, mut socket: WebSocket) {
    let mut dismissal = visitor
        .signed_in
        .map(|signed_in| app.dismissals.of(signed_in.staff));
    if !still_good(app, visitor).await {
        return close(&mut socket).await;
    }
    let Some(greeting) = greet::greet(app, visitor, &mut socket).await else {
        return;
    };
    let (outbound, messages) = mpsc::channel(OUTBOUND);
    let heard = Heard::default();
    heard.set(app.clock.now());
    let attached = app
        .rooms
        .attach(
            greeting.session,
            greeting.speaker,
            greeting.asker,
            outbound,
            heard.clone(),
        )
        .await;
    match attached {
        Ok(attached) => {
            let dismissed = async {
                match &mut dismissal {
                    Some(dismissal) => dismissal.wait().await,
                    None => std::future::pending().await,
                }
            };
            flow::flow(app, socket, attached, messages, &heard, dismissed).await;
        }
        Err(AttachError::Refused(refused)) => refuse(&mut socket, greeting.id, refused).await,
        Err(AttachError::Over(reason)) => {
            let _ = send(&mut socket, &ServerMessage::Over { reason }).await;
            close(&mut socket).await;
        }
    }
}

/// Asks once more, now that the socket is told of what changes from here on.
async fn still_good(app: &App, visitor: Visitor) -> bool {
    let Some(SignedIn { token_hash, .. }) = visitor.signed_in else {
        return true;
    };
    let now = app.clock.now();
    let session = app
        .records
        .web_session(app.organisation, token_hash, now)
        .await;
    matches!(session, Ok(Some(_)))
}

/// The socket cannot be written.
struct Gone;

async fn send(socket: &mut WebSocket, message: &ServerMessage) -> Result<(), Gone> {
    let text = serde_json::to_string(message).map_err(|_| Gone)?;
    let sending = socket.send(Message::Text(text.into()));
    match timeout(WRITE, sending).await {
        Ok(Ok(())) => Ok(()),
        _ => Err(Gone),
    }
}

async fn refuse(socket: &mut WebSocket, id: u32, refused: Refused) {
    let _ = send(socket, &ServerMessage::Refused { id, refused }).await;
    close(socket).await;
}

async fn close(socket: &mut WebSocket) {
    let _ = timeout(WRITE, socket.send(Message::Close(None))).await;
}
