use super::fixture::*;
use media_relay_control::{Command, Event, Generation, OfferedStream};
use quietroom_protocol::{ClientMessage, RefusalCode, ServerMessage, Source};

#[tokio::test]
async fn two_people_publish_and_are_offered_each_other() {
    let mut clinic = Clinic::new().await;
    let mut clinician = clinic.clinician().await;
    let mut guest = clinic.admitted(&mut clinician, guest_seat(1)).await;
    let (answered, hers) = tokio::join!(clinician.ask(publish()), clinic.end.accept());
    assert!(matches!(answered, ServerMessage::Published { .. }));
    let audience = clinic.end.audience().await;
    let [listener] = audience.as_slice() else {
        panic!("the guest listens: {audience:?}");
    };
    assert!(listener.streams.iter().all(|it| it.publisher == hers));

    let offer = Event::Offer {
        peer: listener.peer,
        generation: Generation(1),
        offer: "offer".to_owned(),
        streams: vec![OfferedStream {
            mid: "0".to_owned(),
            publisher: hers,
            publisher_mid: "1".to_owned(),
        }],
    };
    clinic.end.tell(offer).await;
    let (generation, streams) = guest
        .until(|message| match message {
            ServerMessage::Offer {
                generation,
                streams,
                ..
            } => Some((*generation, streams.clone())),
            _ => None,
        })
        .await;
    assert_eq!(streams[0].device, clinician.device);
    assert_eq!(streams[0].source, Source::Camera);
    guest
        .done(ClientMessage::Answer {
            generation,
            answer: "answer".to_owned(),
        })
        .await;
    let answered = clinic
        .end
        .until(|command| match command {
            Command::Answer { peer, .. } => Some(*peer),
            _ => None,
        })
        .await;
    assert_eq!(answered, listener.peer);
}

#[tokio::test]
async fn who_leaves_is_in_no_audience_any_more() {
    let mut clinic = Clinic::new().await;
    let mut clinician = clinic.clinician().await;
    let mut guest = clinic.admitted(&mut clinician, guest_seat(1)).await;
    tokio::join!(clinician.ask(publish()), clinic.end.accept());
    let (_, his) = tokio::join!(guest.ask(publish()), clinic.end.accept());
    clinic.end.audience().await;
    guest.done(ClientMessage::Leave).await;
    clinic
        .end
        .until(|command| (*command == Command::ClosePeer { peer: his }).then_some(()))
        .await;
    let audience = clinic.end.audience().await;
    let mut streams = audience.iter().flat_map(|listener| &listener.streams);
    assert!(!streams.any(|it| it.publisher == his));
}

#[tokio::test]
async fn a_relay_that_restarts_is_given_the_room_anew_and_devices_are_told() {
    let mut clinic = Clinic::new().await;
    let mut clinician = clinic.clinician().await;
    tokio::join!(clinician.ask(publish()), clinic.end.accept());
    clinic.restart_relay().await;
    clinic
        .end
        .until(|command| matches!(command, Command::OpenRoom { .. }).then_some(()))
        .await;
    clinician
        .until(|message| (*message == ServerMessage::RelayRestarted).then_some(()))
        .await;
    let (answered, _) = tokio::join!(clinician.ask(publish()), clinic.end.accept());
    assert!(matches!(answered, ServerMessage::Published { .. }));
}

#[tokio::test]
async fn an_offer_that_the_relay_refuses_is_refused_to_the_device() {
    let mut clinic = Clinic::new().await;
    let mut clinician = clinic.clinician().await;
    let refusing = async {
        let (request, peer) = clinic
            .end
            .until(|command| match command {
                Command::Publish { request, peer, .. } => Some((*request, *peer)),
                _ => None,
            })
            .await;
        clinic
            .end
            .tell(Event::Failed {
                request,
                peer,
                failure: media_relay_control::Failure::NoCommonCodec,
            })
            .await;
    };
    let (code, ()) = tokio::join!(clinician.refused(publish()), refusing);
    assert_eq!(code, RefusalCode::Invalid);
}
