//! A demo, its clinician, and a class for two that is about to start.

use quietroom_protocol::api::SessionSummary;
use quietroom_protocol::{
    ClientMessage, Drawers, NoteTemplate, RefusalCode, Role, ServerMessage, SessionKind,
};
use quietroom_tests::clinic::{Demo, Guest, Socket, Staff, now};
use tempfile::TempDir;

pub(crate) struct Clinic {
    pub(crate) demo: Demo,
    pub(crate) staff: Staff,
    pub(crate) session: SessionSummary,
    pub(crate) folder: TempDir,
}

impl Clinic {
    pub(crate) async fn open() -> Self {
        let folder = TempDir::new().unwrap();
        let demo = Demo::start(&folder.path().join("demo")).await;
        let staff = Staff::sign_in(&demo.origin, &demo.sign_in).await.unwrap();
        let session = class(&staff).await;
        Self {
            demo,
            staff,
            session,
            folder,
        }
    }

    /// The clinician, who has opened a board, and both guests. Only the clinician may draw.
    pub(crate) async fn gather(&self) -> [Socket; 3] {
        let mut host = self.staff.enter(self.session.session).await.unwrap();
        let (_, one) = admit(&self.staff, &self.session, &mut host, 0).await;
        let (_, other) = admit(&self.staff, &self.session, &mut host, 1).await;
        host.done(ClientMessage::OpenBoard { board: 1 }).await;
        [host, one, other]
    }

    /// As [`Clinic::gather`], and everyone may draw.
    pub(crate) async fn draw(&self) -> [Socket; 3] {
        let mut sockets = self.gather().await;
        sockets[0].done(allow(Drawers::Everyone)).await;
        sockets
    }
}

pub(crate) async fn class(staff: &Staff) -> SessionSummary {
    let people = [("Jordan", Role::Client), ("Sam", Role::Client)];
    let (kind, template) = (SessionKind::GroupClass, NoteTemplate::Group);
    let starts_at = now().plus(60_000);
    let booked = staff.book(kind, template, starts_at, &people).await;
    booked.unwrap()
}

/// The guest of that seat, let in.
pub(crate) async fn admit(
    staff: &Staff,
    session: &SessionSummary,
    host: &mut Socket,
    seat: usize,
) -> (Guest, Socket) {
    let seat = session.people[seat].participant;
    let (secret, _) = staff.link(session.session, seat).await.unwrap();
    let guest = Guest::arrive(&staff.origin, &secret).await.unwrap();
    let socket = guest.connect().await.unwrap();
    host.let_in(guest.joined.device).await;
    (guest, socket)
}

pub(crate) const fn allow(who: Drawers) -> ClientMessage {
    ClientMessage::AllowDrawing { who }
}

pub(crate) fn refusal(answer: ServerMessage) -> RefusalCode {
    match answer {
        ServerMessage::Refused { refused, .. } => refused.code,
        other => panic!("not refused: {other:?}"),
    }
}
