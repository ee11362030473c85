//! A class for two, gathered at a board.

use quietroom_protocol::{ClientMessage, Drawers};
use quietroom_tests::clinic::{ClassOfTwo, Socket};

/// The clinician, who has opened a board, and both guests. Only the clinician may draw.
pub(crate) async fn gather(clinic: &ClassOfTwo) -> [Socket; 3] {
    let mut host = clinic.host().await;
    let (_, one) = clinic.join(&mut host, 0).await;
    let (_, other) = clinic.join(&mut host, 1).await;
    host.done(ClientMessage::OpenBoard { board: 1 }).await;
    [host, one, other]
}

/// As [`gather`], and everyone may draw.
pub(crate) async fn gather_to_draw(clinic: &ClassOfTwo) -> [Socket; 3] {
    let mut sockets = gather(clinic).await;
    sockets[0].done(allow(Drawers::Everyone)).await;
    sockets
}

pub(crate) const fn allow(who: Drawers) -> ClientMessage {
    ClientMessage::AllowDrawing { who }
}
