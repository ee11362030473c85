//! A store in a temporary folder, with a clinic, a clinician, two clients and a session.

use quietroom_protocol::{
    AttestedStub, DeviceId, LinkId, Modality, NoteId, NoteStub, NoteTemplate, OrganisationId,
    ParticipantId, PersonId, Phi, Role, Section, SessionId, SessionKind, Span, StaffId, StaffRole,
    UtcMillis,
};
use quietroom_records::{
    Actor, Append, Ctx, EndSession, FactRow, Holder, KeyEncryptionKey, NewCredential, NewNote,
    NewSession, NewStaff, NewWebSession, OpenOptions, OutboxRow, Records, Seat, SessionChange,
};
use sqlx::{Connection, SqliteConnection};
use tempfile::TempDir;
use uuid::Uuid;

pub(crate) const CLINIC: OrganisationId = OrganisationId(Uuid::from_u128(0xC1));
pub(crate) const OTHER_CLINIC: OrganisationId = OrganisationId(Uuid::from_u128(0xC2));
pub(crate) const MAYA: StaffId = StaffId(Uuid::from_u128(0xA1));
pub(crate) const JORDAN: PersonId = PersonId(Uuid::from_u128(0xB1));
pub(crate) const SAM: PersonId = PersonId(Uuid::from_u128(0xB2));
pub(crate) const SESSION: SessionId = SessionId(Uuid::from_u128(0xD1));
pub(crate) const HOST_SEAT: ParticipantId = ParticipantId(Uuid::from_u128(0xE0));
pub(crate) const JORDAN_SEAT: ParticipantId = ParticipantId(Uuid::from_u128(0xE1));
pub(crate) const SAM_SEAT: ParticipantId = ParticipantId(Uuid::from_u128(0xE2));
pub(crate) const LINK: LinkId = LinkId(Uuid::from_u128(0xF1));
pub(crate) const DEVICE: DeviceId = DeviceId(Uuid::from_u128(0x91));

pub(crate) const CODES: [[u8; 32]; 2] = [[11; 32], [12; 32]];

pub(crate) const NOW: UtcMillis = UtcMillis(1_790_000_000_000);
pub(crate) const MINUTE: i64 = 60_000;
pub(crate) const HOUR: i64 = 60 * MINUTE;

pub(crate) struct Store {
    pub(crate) records: Records,
    pub(crate) folder: TempDir,
}

pub(crate) fn key() -> KeyEncryptionKey {
    KeyEncryptionKey::parse(&"5a".repeat(32)).unwrap()
}

pub(crate) const fn real() -> OpenOptions {
    OpenOptions {
        demo: false,
        now: NOW,
    }
}

pub(crate) fn phi(text: &str) -> Phi<String> {
    Phi::new(text.to_owned())
}

/// What the clinician does at `now`.
pub(crate) fn by_maya(now: UtcMillis) -> Ctx {
    Ctx {
        organisation: CLINIC,
        actor: Actor::Staff(MAYA),
        source: Some(Phi::new("203.0.113.77".parse().unwrap())),
        now,
    }
}

pub(crate) const fn server(now: UtcMillis) -> Ctx {
    Ctx::server(CLINIC, now)
}

/// An empty store.
pub(crate) async fn empty() -> Store {
    let folder = tempfile::tempdir().unwrap();
    let records = Records::open(folder.path(), key(), real()).await.unwrap();
    Store { records, folder }
}

/// A store with two clinics; the first has a clinician, two clients and a class for both.
pub(crate) async fn booked() -> Store {
    let store = empty().await;
    let records = &store.records;
    for (organisation, name) in [(CLINIC, "Example Clinic"), (OTHER_CLINIC, "Other Clinic")] {
        let ctx = Ctx::server(organisation, NOW);
        records
            .create_organisation(&ctx, name, "America/New_York")
            .await
            .unwrap();
    }
    let maya = NewStaff {
        staff: MAYA,
        username: phi("maya"),
        name: phi("Maya"),
        role: StaffRole::Clinician,
    };
    records.create_staff(&server(NOW), &maya).await.unwrap();
    for (person, name) in [(JORDAN, "Jordan"), (SAM, "Sam")] {
        records
            .create_person(&by_maya(NOW), person, &phi(name))
            .await
            .unwrap();
    }
    records
        .create_session(&by_maya(NOW), &class(), &[fact(NOW, "scheduled")])
        .await
        .unwrap();
    store
}

/// A credential as it is chosen through a set-up link.
pub(crate) fn chosen(password: &str) -> NewCredential {
    NewCredential {
        password_hash: phi(password),
        totp_secret: Phi::new(b"twenty bytes of seed".to_vec()),
    }
}

/// A store in which the clinician has set up her account.
pub(crate) async fn set_up() -> Store {
    let store = booked().await;
    let records = &store.records;
    let ctx = server(NOW);
    records
        .issue_set_up(&ctx, MAYA, [1; 32], NOW.plus(HOUR))
        .await
        .unwrap();
    assert!(
        records
            .choose_set_up(&ctx, [1; 32], &chosen("$argon2id$1"))
            .await
            .unwrap()
    );
    let done = records.confirm_set_up(&ctx, [1; 32], 100, &CODES).await;
    assert_eq!(done, Ok(Some(MAYA)));
    store
}

/// The clinician's sign-in: idle after 15 minutes, over after an hour.
pub(crate) const fn cookie(token_hash: [u8; 32]) -> NewWebSession {
    NewWebSession {
        staff: MAYA,
        token_hash,
        idle_ms: 15 * MINUTE,
        expires_at: NOW.plus(HOUR),
    }
}

pub(crate) async fn signed_in(store: &Store, token_hash: [u8; 32], now: UtcMillis) -> bool {
    let session = store.records.web_session(CLINIC, token_hash, now).await;
    session.unwrap().is_some()
}

pub(crate) fn class() -> NewSession {
    let seat = |participant, holder, role| Seat {
        participant,
        holder,
        role,
    };
    NewSession {
        session: SESSION,
        kind: SessionKind::GroupClass,
        template: NoteTemplate::Group,
        starts_at: NOW.plus(HOUR),
        ends_at: NOW.plus(2 * HOUR),
        clinician: MAYA,
        seats: vec![
            seat(HOST_SEAT, Holder::Staff(MAYA), Role::Clinician),
            seat(JORDAN_SEAT, Holder::Person(JORDAN), Role::Client),
            seat(SAM_SEAT, Holder::Person(SAM), Role::Client),
        ],
    }
}

pub(crate) fn fact(at: UtcMillis, text: &str) -> FactRow {
    FactRow {
        at,
        late: None,
        payload: Phi::new(text.as_bytes().to_vec()),
    }
}

pub(crate) fn append(epoch: u32, next_seq: u64, rows: Vec<FactRow>) -> Append {
    Append {
        session: SESSION,
        epoch,
        next_seq,
        rows,
        deliveries: vec![],
        change: SessionChange::default(),
        events: vec![],
    }
}

pub(crate) fn note_id(seat: ParticipantId) -> NoteId {
    NoteId(Uuid::from_u128(seat.0.as_u128() + 0x1000))
}

pub(crate) fn end(epoch: u32, next_seq: u64) -> EndSession {
    let note = |participant, person, name| NewNote {
        note: note_id(participant),
        stub: stub(participant, person, name),
    };
    EndSession {
        session: SESSION,
        epoch,
        next_seq,
        rows: vec![fact(NOW.plus(2 * HOUR), "ended")],
        notes: vec![
            note(JORDAN_SEAT, JORDAN, "Jordan"),
            note(SAM_SEAT, SAM, "Sam"),
        ],
        outbox: OutboxRow {
            id: Uuid::from_u128(0x71),
            session: SESSION,
            kind: "session_ended".to_owned(),
            payload: Phi::new(b"{}".to_vec()),
        },
        events: vec![],
    }
}

pub(crate) fn stub(participant: ParticipantId, person: PersonId, name: &str) -> NoteStub {
    NoteStub {
        session: SESSION,
        participant,
        person,
        name: phi(name),
        kind: SessionKind::GroupClass,
        template: NoteTemplate::Group,
        scheduled: Span {
            from: NOW.plus(HOUR),
            to: NOW.plus(2 * HOUR),
        },
        time_zone: "America/New_York".to_owned(),
        actual: None,
        clinician: phi("Maya"),
        clinician_here: vec![],
        waited: vec![],
        here: vec![],
        together: vec![],
        together_seconds: 0,
        interruptions: vec![],
        modality: Modality::default(),
        attested: AttestedStub::default(),
        others: vec![],
        number_present: 2,
        flags: vec![],
        sections: sections(["", "", ""]),
    }
}

pub(crate) fn sections(texts: [&str; 3]) -> Vec<Section> {
    let section = |(key, text): (&&str, &str)| Section {
        key: (*key).to_owned(),
        text: phi(text),
    };
    NoteTemplate::Group
        .sections()
        .iter()
        .zip(texts)
        .map(section)
        .collect()
}

impl Store {
    /// The database itself, past every rule of the store.
    pub(crate) async fn raw(&self) -> SqliteConnection {
        let path = self.folder.path().join("quietroom.sqlite");
        SqliteConnection::connect_with(&sqlx::sqlite::SqliteConnectOptions::new().filename(path))
            .await
            .unwrap()
    }

    /// Someone with the file in hands and no keys.
    pub(crate) async fn tamper(&self, statements: &[&'static str]) {
        let mut raw = self.raw().await;
        for statement in statements {
            sqlx::raw_sql(*statement).execute(&mut raw).await.unwrap();
        }
        raw.close().await.unwrap();
    }

    pub(crate) async fn reopened(self) -> Self {
        self.records.close().await;
        let records = Records::open(self.folder.path(), key(), real())
            .await
            .unwrap();
        Self { records, ..self }
    }
}
