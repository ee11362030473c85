//! A store that cannot be opened says why in one sentence, and is left as it was.

use crate::fixture::{CLINIC, booked, empty, key, real};
use quietroom_records::{KeyEncryptionKey, OpenError, OpenOptions, Records};
use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Every file of a folder and what is in it.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| {
            let name = entry.file_name().into_string().unwrap();
            (name, std::fs::read(entry.path()).unwrap())
        })
        .collect()
}

/// Opens a folder that must not open, and looks whether it was left alone.
async fn refused(folder: &Path, key: KeyEncryptionKey, options: OpenOptions) -> OpenError {
    let before = contents(folder);
    let error = Records::open(folder, key, options).await.unwrap_err();
    assert!(before == contents(folder), "files changed: {error}");
    error
}

#[tokio::test]
async fn a_store_finds_its_data_again() {
    let store = booked().await.reopened().await;
    assert!(Records::exists(store.folder.path()));
    let clinic = store.records.organisation(CLINIC).await.unwrap().unwrap();
    assert_eq!(clinic.name, "Example Clinic");
    assert!(!clinic.demo);
    assert_eq!(store.records.organisations().await.unwrap().len(), 2);
    store.records.check_writable().await.unwrap();
}

#[tokio::test]
async fn its_files_are_private() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("new").join("data");
    let records = Records::open(&folder, key(), real()).await.unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{path:?}");
    }
    records.close().await;
}

#[tokio::test]
async fn a_second_process_is_refused() {
    let store = empty().await;
    let error = Records::open(store.folder.path(), key(), real())
        .await
        .unwrap_err();
    assert!(matches!(error, OpenError::InUse(_)), "{error}");
    store.records.close().await;
    Records::open(store.folder.path(), key(), real())
        .await
        .unwrap();
}

#[tokio::test]
async fn another_key_is_refused() {
    let store = booked().await;
    store.records.close().await;
    let wrong = KeyEncryptionKey::parse(&"5b".repeat(32)).unwrap();
    let error = refused(store.folder.path(), wrong, real()).await;
    assert!(matches!(error, OpenError::WrongKey(_)), "{error}");
    store.reopened().await;
}

#[tokio::test]
async fn demo_and_real_use_refuse_the_data_of_each_other() {
    let demo = OpenOptions {
        demo: true,
        ..real()
    };
    let store = empty().await;
    store.records.close().await;
    let error = refused(store.folder.path(), key(), demo).await;
    assert!(matches!(error, OpenError::RealData(_)), "{error}");

    let folder = tempfile::tempdir().unwrap();
    let records = Records::open(folder.path(), key(), demo).await.unwrap();
    records.close().await;
    let error = refused(folder.path(), key(), real()).await;
    assert!(matches!(error, OpenError::DemoData(_)), "{error}");
}

#[tokio::test]
async fn a_damaged_database_is_refused() {
    let store = booked().await;
    store.records.close().await;
    let path = store.folder.path().join("quietroom.sqlite");
    let whole = std::fs::read(&path).unwrap();
    let mut holes = whole.clone();
    for page in holes.chunks_mut(4096).skip(3) {
        page[..64].fill(0xff);
    }
    let no_database = b"this is not a database, it only has the name of one".to_vec();
    let half = whole[..whole.len() / 2 / 4096 * 4096].to_vec();
    for damaged in [holes, no_database, half] {
        std::fs::write(&path, damaged).unwrap();
        let error = refused(store.folder.path(), key(), real()).await;
        assert!(matches!(error, OpenError::Corrupt(_)), "{error}");
    }
    std::fs::write(&path, whole).unwrap();
    store.reopened().await;
}

#[tokio::test]
async fn a_database_of_something_else_is_refused() {
    let store = empty().await;
    store.records.close().await;
    let path = store.folder.path().join("quietroom.sqlite");
    std::fs::remove_file(&path).unwrap();
    std::fs::write(&path, []).unwrap();
    store.tamper(&["CREATE TABLE recipe (text)"]).await;
    let error = refused(store.folder.path(), key(), real()).await;
    assert!(matches!(error, OpenError::Corrupt(_)), "{error}");
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    let store = empty().await;
    store.records.close().await;
    store
        .tamper(&["INSERT INTO _sqlx_migrations
                   SELECT 9999, description, installed_on, success, checksum, execution_time
                   FROM _sqlx_migrations LIMIT 1"])
        .await;
    let error = refused(store.folder.path(), key(), real()).await;
    assert!(matches!(error, OpenError::NewerSchema(_)), "{error}");
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_refused() {
    let parent = tempfile::tempdir().unwrap();
    let file = parent.path().join("file");
    std::fs::write(&file, "not a folder").unwrap();
    for folder in [file.clone(), file.join("data")] {
        let error = Records::open(&folder, key(), real()).await.unwrap_err();
        assert!(matches!(error, OpenError::NotWritable(_)), "{error}");
    }
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "not a folder");
}

#[tokio::test]
async fn a_start_that_was_cut_short_is_taken_up_again() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("quietroom.sqlite"), []).unwrap();
    assert!(!Records::exists(folder.path()));
    let records = Records::open(folder.path(), key(), real()).await.unwrap();
    assert!(records.organisations().await.unwrap().is_empty());
}
