//! A class in which everyone is admitted.

use crate::clinic::{Demo, Socket, Staff, knock, now};
use quietroom_protocol::{NoteTemplate, Role, ServerMessage, SessionKind};

/// Books a class for so many people, lets everyone join by their own link, and admits them. The
/// clinician comes first.
///
/// # Panics
/// When the server refuses any of it.
pub async fn class_of(demo: &Demo, people: u32) -> Vec<Socket> {
    let staff = Staff::sign_in(&demo.origin, &demo.sign_in).await;
    let staff = staff.expect("the clinician signs in");
    let names: Vec<String> = (1..people)
        .map(|number| format!("Client {number}"))
        .collect();
    let clients: Vec<(&str, Role)> = names
        .iter()
        .map(|name| (name.as_str(), Role::Client))
        .collect();
    let starts_at = now().plus(60_000);
    let booked = staff.book(
        SessionKind::GroupClass,
        NoteTemplate::Group,
        starts_at,
        &clients,
    );
    let session = booked.await.expect("the class is booked");
    let host = staff.enter(session.session).await;
    let mut host = host.expect("the clinician comes in");
    let mut sockets = Vec::new();
    for seat in 0..session.people.len() {
        let (guest, mut socket) = knock(&staff, &session, seat).await;
        host.let_in(guest.joined.device).await;
        socket
            .until(|message| matches!(message, ServerMessage::Room { .. }).then_some(()))
            .await;
        sockets.push(socket);
    }
    sockets.insert(0, host);
    sockets
}
