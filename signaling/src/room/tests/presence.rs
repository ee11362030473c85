use super::fixture::*;
use crate::room::Speaker;
use media_relay_control::{Event, PeerId};
use quietroom_protocol::{ClientMessage, Connection, ServerMessage};
use quietroom_session::Fact;
use std::time::Duration;

/// Publishes, and waits until the room knows that the peer is connected.
async fn connected(clinic: &mut Clinic, tab: &mut Tab) -> PeerId {
    let (_, peer) = tokio::join!(tab.ask(publish()), clinic.end.accept());
    clinic.end.tell(Event::Connected { peer }).await;
    // Events come in order: once the next offer is answered, the one before is taken in.
    let (_, same) = tokio::join!(tab.ask(publish()), clinic.end.accept());
    assert_eq!(same, peer);
    peer
}

#[tokio::test]
async fn a_reload_resumes_as_the_same_device_and_is_an_interruption() {
    let clinic = Clinic::new().await;
    let mut clinician = clinic.clinician().await;
    let guest = clinic.admitted(&mut clinician, guest_seat(1)).await;
    let device = guest.device;
    clinic.clock.advance(Duration::from_secs(60));
    let closed_at = clinic.clock.now();
    guest.heard.set(closed_at);
    clinic.close(guest).await;
    clinic.clock.advance(Duration::from_secs(2));
    let back_at = clinic.clock.now();
    let mut guest = clinic.connect(Speaker::Guest { device }).await.unwrap();
    let room = guest.until_room().await;
    assert_eq!(room.you, device);

    let facts = clinic.facts().await;
    let about: Vec<_> = facts
        .iter()
        .filter(|it| it.fact.device() == Some(device))
        .map(|it| (it.at, &it.fact))
        .collect();
    let [.., lost, resumed] = about.as_slice() else {
        panic!("{about:?}");
    };
    assert_eq!(*lost, (closed_at, &Fact::ConnectionLost { device }));
    assert_eq!(*resumed, (back_at, &Fact::Resumed { device }));
}

#[tokio::test]
async fn a_new_socket_takes_the_place_of_the_old_one() {
    let clinic = Clinic::new().await;
    let clinician = clinic.clinician().await;
    let device = clinician.device;
    let speaker = Speaker::Staff {
        staff: CLINICIAN,
        device,
    };
    let mut newer = clinic.connect(speaker).await.unwrap();
    newer.until_room().await;
    // Whatever the old socket still says is not heard, and it closes.
    clinician.say(ClientMessage::End).await;
    clinician.rest().await;
    newer.done(ClientMessage::Show { wants: Vec::new() }).await;
    assert_eq!(clinic.glance().await.present, 1);
}

#[tokio::test]
async fn a_device_without_socket_and_media_is_lost_after_five_seconds_at_its_last_sign() {
    let clinic = Clinic::new().await;
    let mut clinician = clinic.clinician().await;
    let guest = clinic.admitted(&mut clinician, guest_seat(1)).await;
    let device = guest.device;
    clinic.clock.advance(Duration::from_secs(30));
    let last = clinic.clock.now();
    guest.heard.set(last);
    clinic.clock.advance(Duration::from_secs(12));
    clinic.close(guest).await;
    clinic.clock.advance(Duration::from_secs(5));
    let lost = clinic
        .fact(|fact| *fact == Fact::ConnectionLost { device })
        .await;
    assert_eq!(lost.at, last, "not when it was found out");
    assert_eq!(lost.late, None);
    clinician
        .until(|message| match message {
            ServerMessage::Room { room } => room
                .present
                .iter()
                .any(|it| it.device == device && it.connection == Connection::Lost)
                .then_some(()),
            _ => None,
        })
        .await;
}

#[tokio::test]
async fn a_device_whose_media_flows_is_not_lost_with_its_socket() {
    let mut clinic = Clinic::new().await;
    let mut clinician = clinic.clinician().await;
    let mut guest = clinic.admitted(&mut clinician, guest_seat(1)).await;
    let device = guest.device;
    let peer = connected(&mut clinic, &mut guest).await;
    clinic.clock.advance(Duration::from_secs(60));
    clinic.close(guest).await;
    clinic.clock.advance(Duration::from_secs(20));
    clinician
        .done(ClientMessage::Show { wants: Vec::new() })
        .await;
    assert_eq!(clinic.glance().await.present, 2);

    let quiet = Event::Quiet {
        peer,
        quiet_ms: 4_000,
    };
    let heard_until = clinic.clock.now().plus(-4_000);
    clinic.end.tell(quiet).await;
    let lost = clinic
        .fact(|fact| *fact == Fact::ConnectionLost { device })
        .await;
    assert_eq!(lost.at, heard_until);
}

#[tokio::test]
async fn a_guest_whom_the_relay_lost_builds_anew_and_resumes() {
    let mut clinic = Clinic::new().await;
    let mut clinician = clinic.clinician().await;
    let mut guest = clinic.admitted(&mut clinician, guest_seat(1)).await;
    let device = guest.device;
    let peer = connected(&mut clinic, &mut guest).await;
    clinic.clock.advance(Duration::from_secs(90));
    let lost = Event::Lost {
        peer,
        quiet_ms: 30_000,
    };
    clinic.end.tell(lost).await;
    guest
        .until(|message| (*message == ServerMessage::RelayRestarted).then_some(()))
        .await;
    let fact = clinic
        .fact(|fact| *fact == Fact::ConnectionLost { device })
        .await;
    assert_eq!(fact.at, clinic.clock.now().plus(-30_000));

    let (_, newer) = tokio::join!(guest.ask(publish()), clinic.end.accept());
    assert_ne!(newer, peer);
    clinic.end.tell(Event::Connected { peer: newer }).await;
    clinic.fact(|fact| *fact == Fact::Resumed { device }).await;
}
