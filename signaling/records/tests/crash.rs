//! A process that is killed (SIGKILL) while it writes loses nothing that it has acknowledged.
//!
//! The parent starts itself again as a child. The child writes facts, audit events and ends of
//! sessions and acknowledges each on its standard output. The parent kills it after so many
//! acknowledgements, then looks through the store.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test with its own main"
)]

use quietroom_protocol::{
    AttestedStub, Delivered, Delivery, DeviceId, GroupEpoch, Modality, NoteId, NoteStub,
    NoteTemplate, Opaque, OrganisationId, ParticipantId, PersonId, Phi, Role, Scope, Section,
    SessionId, SessionKind, SessionState, Span, StaffId, StaffRole, UtcMillis,
};
use quietroom_records::{
    Action, Append, Ctx, DeliveryRow, EndSession, Event, FactRow, Holder, KeyEncryptionKey,
    NewNote, NewSession, NewStaff, OpenOptions, OutboxRow, Records, Resource, Seat, SessionChange,
};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;
use uuid::Uuid;

const NOW: UtcMillis = UtcMillis(1_790_000_000_000);
const CLINIC: OrganisationId = OrganisationId(Uuid::from_u128(1));
const HOST: StaffId = StaffId(Uuid::from_u128(2));
const CLIENT: PersonId = PersonId(Uuid::from_u128(3));
/// The first fact is written with the booking, the last with the end.
const FACTS: u64 = 6;
const KILLS: usize = 20;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.as_slice() {
        [_, role, folder, run] if role == "child" => {
            runtime.block_on(child(Path::new(folder), run.parse().unwrap()));
        }
        _ => runtime.block_on(parent()),
    }
}

async fn parent() {
    let starting = tempfile::tempdir().unwrap();
    for delay in [2, 5, 10, 20, 40, 80] {
        let folder = starting.path().join(delay.to_string());
        kill_while_starting(&folder, Duration::from_millis(delay));
        open(&folder).await.close().await;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut acknowledged = Acknowledged::default();
    for kill in 0..KILLS {
        // From the middle of a session to its end and beyond.
        kill_after(folder.path(), kill, 3 + kill * 7 % 23, &mut acknowledged);
        let records = open(folder.path()).await;
        check(&records, &acknowledged).await;
        records.close().await;
    }
    println!(
        "killed {KILLS} times: {} facts, {} audit events, {} ends acknowledged, none lost",
        acknowledged.facts.values().sum::<u64>(),
        acknowledged.audits.len(),
        acknowledged.ended.len(),
    );
    assert!(acknowledged.ended.len() >= 5, "there were ends to kill");
}

/// What the children said was durable.
#[derive(Default)]
struct Acknowledged {
    /// Highest sequence number of each session.
    facts: BTreeMap<u128, u64>,
    audits: BTreeSet<u128>,
    ended: BTreeSet<u128>,
}

impl Acknowledged {
    fn add(&mut self, line: &str) {
        let words: Vec<&str> = line.split(' ').collect();
        match words.as_slice() {
            ["fact", session, seq] => {
                self.facts
                    .insert(session.parse().unwrap(), seq.parse().unwrap());
            }
            ["audit", id] => assert!(self.audits.insert(id.parse().unwrap())),
            ["ended", session] => assert!(self.ended.insert(session.parse().unwrap())),
            _ => panic!("the child said {line:?}"),
        }
    }
}

fn spawn(folder: &Path, run: usize) -> std::process::Child {
    Command::new(std::env::current_exe().unwrap())
        .arg("child")
        .arg(folder)
        .arg(run.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

fn kill_while_starting(folder: &Path, delay: Duration) {
    let mut child = spawn(folder, 0);
    std::thread::sleep(delay);
    child.kill().unwrap();
    child.wait().unwrap();
}

fn kill_after(folder: &Path, run: usize, lines: usize, acknowledged: &mut Acknowledged) {
    let mut child = spawn(folder, run);
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
    for _ in 0..lines {
        acknowledged.add(&said.next().unwrap().unwrap());
    }
    child.kill().unwrap();
    child.wait().unwrap();
    // What it said before it died counts as well; a line cut short was not said.
    for line in said {
        acknowledged.add(&line.unwrap());
    }
}

async fn check(records: &Records, acknowledged: &Acknowledged) {
    let ctx = Ctx::server(CLINIC, NOW);
    let outbox = records.outbox(CLINIC, 10_000).await.unwrap();
    for (&id, &last) in &acknowledged.facts {
        let session = SessionId(Uuid::from_u128(id));
        let record = records.session(&ctx, session).await.unwrap().unwrap();
        let facts = records.facts(&ctx, session).await.unwrap();
        assert!(facts.len() as u64 >= last, "session {id} lost facts");
        for (fact, seq) in facts.iter().zip(1..) {
            assert_eq!(fact.seq, seq, "session {id} has a gap");
            assert_eq!(fact.payload.expose(), text(id, seq).as_bytes());
        }
        let ended = facts.len() as u64 == FACTS;
        let kept = if ended { 0 } else { facts.len() as u64 - 1 };
        let deliveries = records.deliveries(&ctx, session, 1, 100).await.unwrap();
        let expected: Vec<DeliveryRow> = (1..=kept).map(|seq| delivery(id, seq)).collect();
        assert_eq!(deliveries, expected, "session {id}");
        assert_eq!(record.state == SessionState::Ended, ended, "session {id}");
        assert_eq!(record.notes.len(), usize::from(ended), "session {id}");
        let rows = outbox.iter().filter(|row| row.session == session).count();
        assert_eq!(rows, usize::from(ended), "session {id}");
        assert!(
            ended || !acknowledged.ended.contains(&id),
            "an end was lost"
        );
    }
    records.verify_audit(CLINIC).await.unwrap();
    let mut stored = BTreeSet::new();
    for entry in records.audit_events(&ctx, 0, 1_000_000).await.unwrap() {
        if entry.action == Action::Access.as_str() {
            assert!(stored.insert(entry.resource.unwrap().as_u128()), "twice");
        }
    }
    assert!(acknowledged.audits.is_subset(&stored), "events were lost");
}

async fn open(folder: &Path) -> Records {
    let key = KeyEncryptionKey::parse(&"5a".repeat(32)).unwrap();
    let options = OpenOptions {
        demo: false,
        now: NOW,
    };
    Records::open(folder, key, options).await.unwrap()
}

/// Writes until it is killed.
async fn child(folder: &Path, run: usize) {
    let records = open(folder).await;
    found_clinic(&records).await;
    let first = 1_000_000 * (run as u128 + 1);
    let sessions = async {
        for id in first.. {
            live(&records, id).await;
        }
    };
    let audits = async {
        for id in first.. {
            let event = Event::done(
                Action::Access,
                Resource::person(PersonId(Uuid::from_u128(id))),
            );
            let ctx = Ctx::server(CLINIC, NOW);
            records.audit(&ctx, event).await.unwrap();
            say(&format!("audit {id}"));
        }
    };
    tokio::join!(sessions, audits);
}

/// One line in one write, so that death does not cut it.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("{line}\n").as_bytes()).unwrap();
    out.flush().unwrap();
}

async fn found_clinic(records: &Records) {
    let ctx = Ctx::server(CLINIC, NOW);
    if records.organisation(CLINIC).await.unwrap().is_none() {
        records
            .create_organisation(&ctx, "Example Clinic", "America/New_York")
            .await
            .unwrap();
    }
    if records.staff(CLINIC, HOST).await.unwrap().is_none() {
        let host = NewStaff {
            staff: HOST,
            username: Phi::new("maya".to_owned()),
            name: Phi::new("Maya".to_owned()),
            role: StaffRole::Clinician,
        };
        records.create_staff(&ctx, &host).await.unwrap();
    }
    if records.person(&ctx, CLIENT).await.unwrap().is_none() {
        let name = Phi::new("Jordan".to_owned());
        records.create_person(&ctx, CLIENT, &name).await.unwrap();
    }
}

fn text(session: u128, seq: u64) -> String {
    format!("fact {seq} of {session}")
}

fn row(session: u128, seq: u64) -> FactRow {
    FactRow {
        at: NOW,
        late: None,
        payload: Phi::new(text(session, seq).into_bytes()),
    }
}

/// A commit of its own goes with every fact after the booking.
fn delivery(session: u128, seq: u64) -> DeliveryRow {
    let delivery = Delivery {
        seq,
        from: DeviceId(Uuid::from_u128(session)),
        at: GroupEpoch {
            scope: Scope::Session,
            group: 1,
            epoch: u32::try_from(seq).unwrap(),
        },
        what: Delivered::Commit {
            commit: Opaque::new(text(session, seq).into_bytes()),
            welcome: None,
        },
    };
    DeliveryRow {
        delivery,
        welcome_to: vec![],
    }
}

/// A session from its booking to its end.
async fn live(records: &Records, id: u128) {
    let ctx = Ctx::server(CLINIC, NOW);
    let session = SessionId(Uuid::from_u128(id));
    let client = ParticipantId(Uuid::from_u128(2 * id + 1));
    let host_seat = Seat {
        participant: ParticipantId(Uuid::from_u128(2 * id)),
        holder: Holder::Staff(HOST),
        role: Role::Clinician,
    };
    let client_seat = Seat {
        participant: client,
        holder: Holder::Person(CLIENT),
        role: Role::Client,
    };
    let booked = NewSession {
        session,
        kind: SessionKind::Individual,
        template: NoteTemplate::Dap,
        starts_at: NOW,
        ends_at: NOW.plus(60_000),
        clinician: HOST,
        seats: vec![host_seat, client_seat],
    };
    records
        .create_session(&ctx, &booked, &[row(id, 1)])
        .await
        .unwrap();
    say(&format!("fact {id} 1"));
    let epoch = records.claim_session(&ctx, session).await.unwrap();
    for seq in 2..FACTS {
        let append = Append {
            session,
            epoch,
            next_seq: seq,
            rows: vec![row(id, seq)],
            deliveries: vec![delivery(id, seq - 1)],
            change: SessionChange {
                times: None,
                state: Some(SessionState::Live),
            },
            events: vec![Event::done(Action::Admit, Resource::session(session))],
        };
        records.append_facts(&ctx, &append).await.unwrap();
        say(&format!("fact {id} {seq}"));
    }
    let end = EndSession {
        session,
        epoch,
        next_seq: FACTS,
        rows: vec![row(id, FACTS)],
        notes: vec![NewNote {
            note: NoteId(Uuid::from_u128(id)),
            stub: stub(session, client),
        }],
        outbox: OutboxRow {
            id: Uuid::from_u128(id),
            session,
            kind: "session_ended".to_owned(),
            payload: Phi::new(b"{}".to_vec()),
        },
        events: vec![Event::done(Action::EndSession, Resource::session(session))],
    };
    records.end_session(&ctx, &end).await.unwrap();
    say(&format!("ended {id}"));
}

fn stub(session: SessionId, participant: ParticipantId) -> NoteStub {
    let section = |key: &&str| Section {
        key: (*key).to_owned(),
        text: Phi::default(),
    };
    NoteStub {
        session,
        participant,
        person: CLIENT,
        name: Phi::new("Jordan".to_owned()),
        kind: SessionKind::Individual,
        template: NoteTemplate::Dap,
        scheduled: Span {
            from: NOW,
            to: NOW.plus(60_000),
        },
        time_zone: "America/New_York".to_owned(),
        actual: None,
        clinician: Phi::new("Maya".to_owned()),
        clinician_here: vec![],
        waited: vec![],
        here: vec![],
        together: vec![],
        together_seconds: 0,
        interruptions: vec![],
        modality: Modality::default(),
        attested: AttestedStub::default(),
        others: vec![],
        number_present: 1,
        flags: vec![],
        sections: NoteTemplate::Dap.sections().iter().map(section).collect(),
    }
}
