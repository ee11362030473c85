//! The end of a session: nothing of what was drawn is left in any file, sealed or not.

use crate::clinic::gather_to_draw;
use quietroom_protocol::ClientMessage;
use quietroom_tests::clinic::ClassOfTwo;
use quietroom_tests::clinic::board::snapshot;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use std::path::Path;

/// What the browsers are said to have sealed.
const CANARY: &[u8] = b"canary: drawn in a browser";
/// So much of what the store sealed is looked for: random bytes that stand nowhere else.
const PIECE: usize = 48;

async fn database(folder: &Path) -> SqliteConnection {
    let file = folder.join("quietroom.sqlite");
    let options = SqliteConnectOptions::new().filename(file);
    options.connect().await.unwrap()
}

/// Everything that is sealed of boards.
async fn sealed(folder: &Path) -> Vec<Vec<u8>> {
    let mut database = database(folder).await;
    let payloads = sqlx::query_scalar(
        "SELECT payload FROM board_entry UNION ALL SELECT payload FROM board_snapshot",
    );
    let payloads = payloads.fetch_all(&mut database).await.unwrap();
    database.close().await.unwrap();
    payloads
}

/// Which of the pieces stand in a file of the folder.
fn found(folder: &Path, pieces: &[Vec<u8>]) -> usize {
    let files = std::fs::read_dir(folder).unwrap();
    let files: Vec<Vec<u8>> = files
        .map(|file| file.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| std::fs::read(path).unwrap())
        .collect();
    let stands = |piece: &&Vec<u8>| {
        files.iter().any(|file| {
            file.windows(piece.len())
                .any(|part| part == piece.as_slice())
        })
    };
    pieces.iter().filter(stands).count()
}

#[tokio::test]
async fn the_end_deletes_every_byte_of_the_boards() {
    let clinic = ClassOfTwo::open().await;
    let folder = clinic.folder.path().join("demo");
    let [mut host, mut jordan, _] = gather_to_draw(&clinic).await;
    host.done(ClientMessage::OpenBoard { board: 2 }).await;
    for board in [1, 2] {
        for number in 0..6_u8 {
            let entry = [CANARY, &[number; 300]].concat();
            jordan.append(board, entry).await;
        }
    }
    let whole = [CANARY, &[7; 20_000]].concat();
    // What it takes the place of is gone at once, and looked for as well.
    let early = sealed(&folder).await;
    host.done(snapshot(1, 4, whole)).await;
    let late = sealed(&folder).await;
    assert_eq!((early.len(), late.len()), (12, 9));
    // Behind the header of a sealed value, which names its key.
    let piece = |payload: &Vec<u8>| payload[32..32 + PIECE].to_vec();
    let pieces: Vec<Vec<u8>> = early.iter().chain(&late).map(piece).collect();
    assert_eq!(found(&folder, &[CANARY.to_vec()]), 0, "it is sealed");
    let kept: Vec<Vec<u8>> = late.iter().map(piece).collect();
    assert_eq!(found(&folder, &kept), kept.len(), "what is kept is found");

    host.done(ClientMessage::End).await;
    assert_eq!(sealed(&folder).await, Vec::<Vec<u8>>::new());
    assert!(clinic.demo.stop().await.success());
    assert_eq!(found(&folder, &pieces), 0, "after the server has stopped");
    let mut database = database(&folder).await;
    sqlx::query("VACUUM").execute(&mut database).await.unwrap();
    database.close().await.unwrap();
    assert_eq!(found(&folder, &pieces), 0, "after a vacuum");
    assert_eq!(found(&folder, &[CANARY.to_vec()]), 0);
}
