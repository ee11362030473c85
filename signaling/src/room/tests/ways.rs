use super::fixture::*;
use media_relay_control::{Command, Event, participant};
use quietroom_protocol::{IceServer, ServerMessage};
use std::time::Duration;

fn ways(message: &ServerMessage) -> Option<IceServer> {
    match message {
        ServerMessage::Ways { ice_servers } => ice_servers.first().cloned(),
        _ => None,
    }
}

#[tokio::test]
async fn a_waiting_guest_is_told_no_way_and_an_admitted_one_before_the_room() {
    let clinic = Clinic::new().await;
    let mut clinician = clinic.clinician().await;
    let mut guest = clinic.guest(guest_seat(1)).await;
    clinic.clock.advance(Duration::from_secs(7 * 60 * 60));
    clinic.glance().await;
    let seen = guest.arrived();
    assert!(seen.iter().all(|it| ways(it).is_none()), "{seen:?}");

    clinician.done(clinician.admit(guest.device)).await;
    let server = guest
        .until(|message| {
            assert!(!matches!(message, ServerMessage::Room { .. }), "too early");
            ways(message)
        })
        .await;
    assert!(server.urls[0].starts_with("turn:localhost:500"));
    guest.until_room().await;
    clinic.glance().await;
    assert!(guest.arrived().iter().all(|it| ways(it).is_none()));
}

#[tokio::test]
async fn two_devices_have_names_and_passwords_of_their_own() {
    let clinic = Clinic::new().await;
    let mut clinician = clinic.clinician().await;
    let mut servers = Vec::new();
    for seat in [1, 2] {
        let mut guest = clinic.guest(guest_seat(seat)).await;
        clinician.done(clinician.admit(guest.device)).await;
        servers.push(guest.until(ways).await);
    }
    let id = |server: &IceServer| {
        let username = server.username.expose();
        participant::parse(username).unwrap().1.to_owned()
    };
    assert_ne!(id(&servers[0]), id(&servers[1]));
    assert_ne!(servers[0].credential, servers[1].credential);
}

#[tokio::test]
async fn the_way_leads_to_the_worker_of_the_room_also_when_the_relay_is_new() {
    let mut clinic = Clinic::new().await;
    let mut clinician = clinic.clinician().await;
    for lives_left in [1, 0] {
        let room = clinic
            .end
            .until(|command| match command {
                Command::OpenRoom { room } => Some(*room),
                _ => None,
            })
            .await;
        clinic.end.tell(Event::RoomOpened { room, worker: 1 }).await;
        let url = "turn:localhost:5001?transport=udp".to_owned();
        clinician
            .until(|message| (ways(message)?.urls.first() == Some(&url)).then_some(()))
            .await;
        if lives_left == 1 {
            clinic.restart_relay().await;
            // The worker is not known yet, and connections are built at once.
            clinician.until(ways).await;
            clinician
                .until(|message| matches!(message, ServerMessage::RelayRestarted).then_some(()))
                .await;
        }
    }
}

#[tokio::test]
async fn a_password_is_renewed_before_it_ends() {
    let clinic = Clinic::new().await;
    let mut clinician = clinic.clinician().await;
    clinic.clock.advance(Duration::from_secs(5 * 60 * 60));
    clinic.glance().await;
    assert!(clinician.arrived().iter().all(|it| ways(it).is_none()));
    clinic.clock.advance(Duration::from_secs(2 * 60 * 60));
    let renewed = clinician.until(ways).await;
    let (expires, _) = participant::parse(renewed.username.expose()).unwrap();
    let now = u64::try_from(clinic.clock.now().0 / 1000).unwrap();
    assert_eq!(expires - now, 12 * 60 * 60);
}
