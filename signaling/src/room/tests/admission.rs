use super::fixture::*;
use super::group::commit;
use crate::room::{AttachError, Speaker};
use quietroom_protocol::{
    ClientMessage, MediaState, OverReason, Phrase, RefusalCode, ServerMessage,
};

#[tokio::test]
async fn a_guest_waits_is_admitted_and_everyone_sees_it() {
    let clinic = Clinic::new().await;
    let mut clinician = clinic.clinician().await;
    let mut guest = clinic.guest(guest_seat(1)).await;
    guest
        .done(ClientMessage::Say {
            phrase: Phrase::NeedAMinute,
        })
        .await;
    let said = clinician
        .until(|message| match message {
            ServerMessage::Knocks { knocks } => knocks.first()?.said,
            _ => None,
        })
        .await;
    assert_eq!(said, Phrase::NeedAMinute);

    let without_attestation = ClientMessage::Admit {
        device: guest.device,
        identity: quietroom_protocol::IdentityMethod::PhotoId,
        override_missing: false,
        commit: commit(clinician.head(), &[guest.device]),
    };
    assert_eq!(
        clinician.refused(without_attestation).await,
        RefusalCode::AttestationMissing
    );
    clinician.done(clinician.admit(guest.device)).await;
    let room = guest.until_room().await;
    assert_eq!(room.you, guest.device);
    assert_eq!(room.present.len(), 2);
    assert_eq!(clinic.glance().await.present, 2);
}

#[tokio::test]
async fn an_unadmitted_device_has_no_media_and_no_roster() {
    let mut clinic = Clinic::new().await;
    let _clinician = clinic.clinician().await;
    let mut guest = clinic.guest(guest_seat(1)).await;
    let asks = [
        publish(),
        ClientMessage::Answer {
            generation: 1,
            answer: "v=0".to_owned(),
        },
        ClientMessage::RestartReceive,
        ClientMessage::Show { wants: Vec::new() },
        ClientMessage::Media {
            state: MediaState {
                microphone: true,
                ..MediaState::default()
            },
        },
        guest.admit(guest.device),
        ClientMessage::End,
    ];
    for ask in asks {
        let what = format!("{ask:?}");
        assert_eq!(guest.refused(ask).await, RefusalCode::NotAllowed, "{what}");
    }
    let seen = guest.arrived();
    assert!(
        !seen
            .iter()
            .any(|message| matches!(message, ServerMessage::Room { .. })),
        "{seen:?}"
    );
    // The room has one command behind it: opening. Nothing names a peer.
    while let Ok(command) = clinic.end.commands.try_recv() {
        assert!(
            matches!(command, media_relay_control::Command::OpenRoom { .. }),
            "{command:?}"
        );
    }
}

#[tokio::test]
async fn a_newer_redemption_replaces_a_waiting_device() {
    let clinic = Clinic::new().await;
    let mut clinician = clinic.clinician().await;
    let older = clinic.guest(guest_seat(1)).await;
    let older_device = older.device;
    let newer = clinic.guest(guest_seat(1)).await;
    let over = ServerMessage::Over {
        reason: OverReason::Replaced,
    };
    assert_eq!(older.rest().await.last(), Some(&over));
    let again = clinic
        .connect(Speaker::Guest {
            device: older_device,
        })
        .await;
    assert_eq!(again.err(), Some(AttachError::Over(OverReason::Replaced)));

    // Once admitted, another device of the seat is a new knock that needs admission itself.
    clinician.done(clinician.admit(newer.device)).await;
    let second = clinic.guest(guest_seat(1)).await;
    let glance = clinic.glance().await;
    assert_eq!(glance.waiting.len(), 1);
    assert_eq!(glance.waiting[0].device, second.device);
    assert!(glance.waiting[0].second_device);
    assert_eq!(glance.present, 2);
}

#[tokio::test]
async fn a_device_that_never_knocked_here_is_refused() {
    let clinic = Clinic::new().await;
    let _clinician = clinic.clinician().await;
    let stranger = Speaker::Guest {
        device: clinic.new_device(),
    };
    let Err(AttachError::Refused(refused)) = clinic.connect(stranger).await else {
        panic!("a stranger stays out");
    };
    assert_eq!(refused.code, RefusalCode::NotFound);
}

#[tokio::test]
async fn a_declined_guest_is_told_and_stays_out() {
    let clinic = Clinic::new().await;
    let mut clinician = clinic.clinician().await;
    let guest = clinic.guest(guest_seat(1)).await;
    let device = guest.device;
    clinician.done(ClientMessage::Decline { device }).await;
    let over = ServerMessage::Over {
        reason: OverReason::Declined,
    };
    assert_eq!(guest.rest().await.last(), Some(&over));
    let again = clinic.connect(Speaker::Guest { device }).await;
    assert_eq!(again.err(), Some(AttachError::Over(OverReason::Declined)));
}
