use super::fixture::*;
use crate::room::Speaker;
use quietroom_protocol::{ClientMessage, OverReason, ServerMessage, SessionState};
use quietroom_records::Ctx;
use std::time::Duration;

#[tokio::test]
async fn ending_writes_a_stub_for_each_client_and_tells_everyone() {
    let clinic = Clinic::new().await;
    let mut clinician = clinic.clinician().await;
    let one = clinic.admitted(&mut clinician, guest_seat(1)).await;
    let other = clinic.admitted(&mut clinician, guest_seat(2)).await;
    let device = one.device;
    clinic.clock.advance(Duration::from_secs(600));
    clinician.done(ClientMessage::End).await;
    let over = ServerMessage::Over {
        reason: OverReason::Ended,
    };
    for tab in [one, other, clinician] {
        assert_eq!(tab.rest().await.last(), Some(&over));
    }

    let ctx = Ctx::server(ORGANISATION, clinic.clock.now());
    let session = clinic.records.session(&ctx, SESSION).await.unwrap();
    let session = session.unwrap();
    assert_eq!(session.state, SessionState::Ended);
    assert_eq!(session.notes.len(), 2);
    let mut people = Vec::new();
    for note in session.notes {
        let note = clinic.records.note(&ctx, note).await.unwrap().unwrap();
        assert_eq!(note.stub.together_seconds, 600);
        people.push(note.stub.participant);
    }
    people.sort();
    assert_eq!(people, [guest_seat(1), guest_seat(2)]);
    let outbox = clinic.records.outbox(ORGANISATION, 10).await.unwrap();
    assert_eq!(outbox.len(), 1);

    assert!(clinic.connect(Speaker::Guest { device }).await.is_err());
    assert!(clinic.knock(guest_seat(1)).await.is_err());
}

#[tokio::test]
async fn draining_tells_everyone_and_keeps_the_session() {
    let mut clinic = Clinic::new().await;
    let mut clinician = clinic.clinician().await;
    let guest = clinic.admitted(&mut clinician, guest_seat(1)).await;
    let device = guest.device;
    clinic.rooms.drain().await;
    for tab in [guest, clinician] {
        assert_eq!(tab.rest().await.last(), Some(&ServerMessage::Draining));
    }
    assert!(clinic.connect(Speaker::Guest { device }).await.is_err());

    clinic.crash_and_restart().await;
    let mut guest = clinic.connect(Speaker::Guest { device }).await.unwrap();
    assert_eq!(guest.until_room().await.you, device);
}

#[tokio::test]
async fn an_idle_room_is_unloaded_and_found_again() {
    let clinic = Clinic::new().await;
    let clinician = clinic.clinician().await;
    let device = clinician.device;
    clinic.close(clinician).await;
    clinic.clock.advance(Duration::from_secs(6));
    clinic
        .fact(|fact| matches!(fact, quietroom_session::Fact::ConnectionLost { .. }))
        .await;
    clinic.clock.advance(Duration::from_secs(61));
    while clinic.rooms.glance(SESSION).await.is_some() {
        tokio::task::yield_now().await;
    }
    let speaker = Speaker::Staff {
        staff: CLINICIAN,
        device,
    };
    let mut back = clinic.connect(speaker).await.unwrap();
    assert_eq!(back.until_room().await.you, device);
}
