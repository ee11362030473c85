use super::fixture::*;
use media_relay_control::Command;
use quietroom_protocol::{ClientMessage, MediaState, RefusalCode, ServerMessage};
use quietroom_records::Ctx;
use quietroom_session::Fact;
use std::time::Duration;

const CAMERA_ON: ClientMessage = ClientMessage::Media {
    state: MediaState {
        microphone: true,
        camera: true,
        screen: false,
    },
};

#[tokio::test]
async fn what_cannot_be_recorded_did_not_happen() {
    let clinic = Clinic::new().await;
    let mut clinician = clinic.clinician().await;
    let guest = clinic.guest(guest_seat(1)).await;
    let before = clinic.facts().await;
    // Another server takes the session over: this room's epoch is stale.
    let ctx = Ctx::server(ORGANISATION, clinic.clock.now());
    clinic.records.claim_session(&ctx, SESSION).await.unwrap();

    let refused = clinician.refused(clinician.admit(guest.device)).await;
    assert_eq!(refused, RefusalCode::NotRecorded);
    assert_eq!(clinic.facts().await, before);
    let heard = guest.rest().await;
    assert!(
        !heard
            .iter()
            .any(|message| matches!(message, ServerMessage::Room { .. })),
        "the guest was not told of it: {heard:?}"
    );
}

#[tokio::test]
async fn a_room_that_lost_its_session_is_followed_by_one_that_owns_it() {
    let clinic = Clinic::new().await;
    let mut clinician = clinic.clinician().await;
    let ctx = Ctx::server(ORGANISATION, clinic.clock.now());
    clinic.records.claim_session(&ctx, SESSION).await.unwrap();
    assert_eq!(clinician.refused(CAMERA_ON).await, RefusalCode::NotRecorded);
    clinician.rest().await;

    let mut again = clinic.clinician().await;
    again.done(CAMERA_ON).await;
}

#[tokio::test]
async fn a_restart_folds_the_same_state_and_closes_what_was_open() {
    let mut clinic = Clinic::new().await;
    clinic.rooms.start().await.unwrap();
    let mut clinician = clinic.clinician().await;
    let mut guest = clinic.admitted(&mut clinician, guest_seat(1)).await;
    guest.done(CAMERA_ON).await;
    let waiting = clinic.guest(guest_seat(2)).await;
    let before = clinic.glance().await;
    let last_alive = clinic.clock.now();
    clinic.records.heartbeat(last_alive).await.unwrap();
    clinic.clock.advance(Duration::from_secs(40));

    clinic.crash_and_restart().await;
    let after = clinic.glance().await;
    assert_eq!(after.state, before.state);
    assert_eq!(after.present, 0, "nobody has come back yet");
    assert_eq!(after.waiting.len(), 1);
    assert_eq!(after.waiting[0].device, waiting.device);
    clinic
        .fact(|fact| *fact == Fact::ServerRestarted { last_alive })
        .await;

    let device = guest.device;
    let mut guest = clinic
        .connect(crate::room::Speaker::Guest { device })
        .await
        .unwrap();
    let room = guest.until_room().await;
    let mut me = room.present.iter().filter(|it| it.device == device);
    assert!(me.next().unwrap().media.camera, "known from before");
    clinic.fact(|fact| *fact == Fact::Resumed { device }).await;
}

#[tokio::test]
async fn every_acknowledged_thing_is_in_the_store_already() {
    let clinic = Clinic::new().await;
    let mut clinician = clinic.clinician().await;
    let mut guest = clinic.admitted(&mut clinician, guest_seat(1)).await;
    guest.done(CAMERA_ON).await;
    // Read at once, past the room.
    let facts = clinic.facts().await;
    assert!(
        facts
            .iter()
            .any(|it| matches!(it.fact, Fact::Media { device, .. } if device == guest.device))
    );
    let seqs: Vec<u64> = facts.iter().map(|it| it.seq).collect();
    assert_eq!(seqs, (1..=facts.len() as u64).collect::<Vec<_>>());
}

#[tokio::test]
async fn what_happens_by_itself_is_recorded_late_when_the_store_cannot_be_written() {
    let mut clinic = Clinic::new().await;
    let mut clinician = clinic.clinician().await;
    let mut guest = clinic.admitted(&mut clinician, guest_seat(1)).await;
    let device = guest.device;
    let (_, peer) = tokio::join!(guest.ask(publish()), clinic.end.accept());
    let last = clinic.clock.now();
    clinic.close(guest).await;
    clinic.facts_fail(true).await;
    clinic.clock.advance(Duration::from_secs(6));
    // What the clinician chooses cannot be recorded either: it did not happen.
    assert_eq!(clinician.refused(CAMERA_ON).await, RefusalCode::NotRecorded);
    // The room lets go of the device, tries to record it, and takes the next question.
    clinic
        .end
        .until(|command| (*command == Command::ClosePeer { peer }).then_some(()))
        .await;
    clinic.glance().await;
    clinic.clock.advance(Duration::from_secs(20));
    clinic.facts_fail(false).await;

    let lost = clinic
        .fact(|fact| *fact == Fact::ConnectionLost { device })
        .await;
    assert_eq!(lost.at, last, "it happened then");
    assert_eq!(lost.late, Some(clinic.clock.now()), "and was written now");
    clinician.done(CAMERA_ON).await;
}
