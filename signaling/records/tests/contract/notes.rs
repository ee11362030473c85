//! Notes: the stub stays, the sections are the clinician's.

use crate::fixture::{
    CLINIC, HOUR, JORDAN, JORDAN_SEAT, MAYA, MINUTE, NOW, OTHER_CLINIC, SAM_SEAT, SESSION, Store,
    booked, by_maya, end, note_id, phi, sections, server, stub,
};
use quietroom_protocol::{NoteId, NoteTemplate, SessionKind, StaffId};
use quietroom_records::{Ctx, Error, SaveOutcome, SealFault, What};
use uuid::Uuid;

async fn ended() -> Store {
    let store = booked().await;
    let epoch = store
        .records
        .claim_session(&server(NOW), SESSION)
        .await
        .unwrap();
    store
        .records
        .end_session(&by_maya(NOW), &end(epoch, 2))
        .await
        .unwrap();
    store
}

#[tokio::test]
async fn a_note_begins_with_its_stub_and_empty_sections() {
    let store = ended().await;
    let note = note_id(JORDAN_SEAT);
    let record = store.records.note(&by_maya(NOW), note).await.unwrap();
    let record = record.unwrap();
    assert_eq!(record.stub, stub(JORDAN_SEAT, JORDAN, "Jordan"));
    assert_eq!(record.clinician, MAYA);
    assert_eq!(record.sections, sections(["", "", ""]));
    assert_eq!((record.version, record.saved_at), (0, None));
    let session = store.records.session(&by_maya(NOW), SESSION).await.unwrap();
    assert_eq!(session.unwrap().notes, [note, note_id(SAM_SEAT)]);
}

#[tokio::test]
async fn notes_are_listed_for_their_clinician() {
    let store = ended().await;
    let list = store.records.notes_of(&by_maya(NOW), MAYA).await.unwrap();
    assert_eq!(list.len(), 2);
    assert_eq!(list[0].note, note_id(JORDAN_SEAT));
    assert_eq!(list[0].name, phi("Jordan"));
    assert_eq!(list[0].kind, SessionKind::GroupClass);
    assert_eq!(list[0].starts_at, NOW.plus(HOUR));
    assert_eq!(list[0].empty_sections, 3);
    let nobody = StaffId(Uuid::from_u128(404));
    let none = store.records.notes_of(&by_maya(NOW), nobody).await.unwrap();
    assert!(none.is_empty());
}

#[tokio::test]
async fn what_is_saved_is_read_again() {
    let store = ended().await;
    let note = note_id(JORDAN_SEAT);
    let text = sections(["Took part.", " \n", "Practices daily."]);
    let later = by_maya(NOW.plus(MINUTE));
    let saved = store.records.save_note(&later, note, 0, &text).await;
    assert_eq!(saved, Ok(SaveOutcome::Saved { version: 1 }));
    let store = store.reopened().await;
    let record = store.records.note(&by_maya(NOW), note).await.unwrap();
    let record = record.unwrap();
    assert_eq!(record.sections, text);
    assert_eq!(record.version, 1);
    assert_eq!(record.saved_at, Some(NOW.plus(MINUTE)));
    assert_eq!(record.stub, stub(JORDAN_SEAT, JORDAN, "Jordan"));
    let list = store.records.notes_of(&by_maya(NOW), MAYA).await.unwrap();
    assert_eq!(list[0].empty_sections, 1, "a blank section is empty");
    assert_eq!(list[1].empty_sections, 3);
}

#[tokio::test]
async fn a_save_over_a_newer_version_is_refused() {
    let store = ended().await;
    let note = note_id(JORDAN_SEAT);
    let records = &store.records;
    let first = sections(["first", "", ""]);
    let second = sections(["second", "", ""]);
    let ctx = by_maya(NOW);
    let saved = records.save_note(&ctx, note, 0, &first).await;
    assert_eq!(saved, Ok(SaveOutcome::Saved { version: 1 }));
    for stale in [0, 2] {
        let refused = records.save_note(&ctx, note, stale, &second).await;
        assert_eq!(refused, Ok(SaveOutcome::Conflict { version: 1 }));
    }
    let record = records.note(&ctx, note).await.unwrap().unwrap();
    assert_eq!(record.sections, first);
    let saved = records.save_note(&ctx, note, 1, &second).await;
    assert_eq!(saved, Ok(SaveOutcome::Saved { version: 2 }));
}

#[tokio::test]
async fn a_note_belongs_to_its_clinic() {
    let store = ended().await;
    let records = &store.records;
    let note = note_id(JORDAN_SEAT);
    let other = Ctx::server(OTHER_CLINIC, NOW);
    assert_eq!(records.note(&other, note).await.unwrap(), None);
    assert_eq!(records.note_owner(OTHER_CLINIC, note).await.unwrap(), None);
    let owner = records.note_owner(CLINIC, note).await.unwrap();
    assert_eq!(owner, Some((MAYA, NoteTemplate::Group)));
    let refused = records.save_note(&other, note, 0, &[]).await;
    assert_eq!(refused, Err(Error::NotFound(What::Note)));
    let nowhere = NoteId(Uuid::from_u128(404));
    assert_eq!(records.note(&by_maya(NOW), nowhere).await.unwrap(), None);
}

#[tokio::test]
async fn an_old_text_put_back_beside_a_newer_version_is_refused() {
    let store = ended().await;
    let note = note_id(JORDAN_SEAT);
    let records = &store.records;
    let ctx = by_maya(NOW);
    let text = sections(["first", "", ""]);
    records.save_note(&ctx, note, 0, &text).await.unwrap();
    store
        .tamper(&["CREATE TABLE kept AS SELECT note, sections FROM note_text"])
        .await;
    records.save_note(&ctx, note, 1, &text).await.unwrap();
    assert!(records.note(&ctx, note).await.is_ok());
    store
        .tamper(&[
            "UPDATE note_text SET sections = (SELECT sections FROM kept WHERE note = note_text.note)
             WHERE version = 2",
        ])
        .await;
    let refused = Error::Seal(SealFault::NotAuthentic {
        table: "note_text",
        column: "sections",
    });
    assert_eq!(records.note(&ctx, note).await, Err(refused));
}

#[tokio::test]
async fn a_stub_with_a_flipped_byte_is_refused() {
    let store = ended().await;
    let records = &store.records;
    let note = note_id(JORDAN_SEAT);
    assert!(records.note(&by_maya(NOW), note).await.is_ok());
    store
        .tamper(&[
            // The last byte of the ciphertext before the tag.
            "UPDATE note SET stub = CAST(substr(stub, 1, length(stub) - 17)
                 || CASE WHEN substr(stub, -17, 1) = x'00' THEN x'01' ELSE x'00' END
                 || substr(stub, -16) AS BLOB)",
        ])
        .await;
    let read = records.note(&by_maya(NOW), note).await;
    assert!(matches!(read, Err(Error::Seal(_))), "{read:?}");
}
