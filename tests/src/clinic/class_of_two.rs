//! A demo, its clinician, and a class for two that is about to start.

use crate::clinic::{Demo, Guest, Socket, Staff, now};
use quietroom_protocol::{
    NoteTemplate, RefusalCode, Role, ServerMessage, SessionKind, api::SessionSummary,
};
use tempfile::TempDir;

/// The server with such a class. Its folder goes with it.
#[derive(Debug)]
pub struct ClassOfTwo {
    pub demo: Demo,
    pub staff: Staff,
    pub session: SessionSummary,
    pub folder: TempDir,
}

impl ClassOfTwo {
    /// # Panics
    /// When the server does not start, or refuses the class.
    pub async fn open() -> Self {
        let folder = TempDir::new().expect("a folder");
        let demo = Demo::start(&folder.path().join("demo")).await;
        let staff = Staff::sign_in(&demo.origin, &demo.sign_in).await;
        let staff = staff.expect("the clinician signs in");
        let session = book_two(&staff).await;
        Self {
            demo,
            staff,
            session,
            folder,
        }
    }

    /// The clinician, in the session.
    ///
    /// # Panics
    /// When the server refuses it.
    pub async fn host(&self) -> Socket {
        let host = self.staff.enter(self.session.session).await;
        host.expect("the clinician comes in")
    }

    /// The guest of that seat, at the door; as [`knock`].
    pub async fn knock(&self, seat: usize) -> (Guest, Socket) {
        knock(&self.staff, &self.session, seat).await
    }

    /// The guest of that seat, let in.
    pub async fn join(&self, host: &mut Socket, seat: usize) -> (Guest, Socket) {
        let (guest, socket) = self.knock(seat).await;
        host.let_in(guest.joined.device).await;
        (guest, socket)
    }
}

/// Books another such class.
///
/// # Panics
/// When the server refuses it.
pub async fn book_two(staff: &Staff) -> SessionSummary {
    let people = [("Jordan", Role::Client), ("Sam", Role::Client)];
    let (kind, template) = (SessionKind::GroupClass, NoteTemplate::Group);
    let starts_at = now().plus(60_000);
    let booked = staff.book(kind, template, starts_at, &people).await;
    booked.expect("the class is booked")
}

/// The guest of that seat, at the door.
///
/// # Panics
/// When there is no such seat, or the server refuses the guest.
pub async fn knock(staff: &Staff, session: &SessionSummary, seat: usize) -> (Guest, Socket) {
    let seat = session.people.get(seat).expect("the seat").participant;
    let link = staff.link(session.session, seat).await;
    let (secret, _) = link.expect("a link is made");
    let guest = Guest::arrive(&staff.origin, &secret).await;
    let guest = guest.expect("the link is redeemed");
    let socket = guest.connect().await.expect("the guest connects");
    (guest, socket)
}

/// What an answer was refused with.
///
/// # Panics
/// When it was not refused.
#[must_use]
pub fn refusal(answer: ServerMessage) -> RefusalCode {
    match answer {
        ServerMessage::Refused { refused, .. } => refused.code,
        other => panic!("not refused: {other:?}"),
    }
}
