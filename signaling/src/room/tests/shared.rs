use super::fixture::*;
use quietroom_protocol::{ClientMessage, RefusalCode};

const OFF: ClientMessage = ClientMessage::AllowChat { on: false };

#[tokio::test]
async fn everyone_is_told_that_the_chat_is_off_and_a_restart_keeps_it() {
    let mut clinic = Clinic::new().await;
    let mut clinician = clinic.clinician().await;
    let mut guest = clinic.admitted(&mut clinician, guest_seat(1)).await;
    assert_eq!(guest.refused(OFF).await, RefusalCode::NotAllowed);
    clinician.done(OFF).await;
    assert!(!clinician.until_room().await.chat);
    assert!(!guest.until_room().await.chat);
    clinic.crash_and_restart().await;
    let mut again = clinic.second_clinician().await;
    assert!(!again.until_room().await.chat);
}
