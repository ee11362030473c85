-- The record store.
--
-- Every table names the organisation first in its key, so no statement can cross clinics by
-- forgetting it, and PostgreSQL can add row-level security over the same columns.
--
-- What is sealed and what is not. Names, usernames, credentials, facts, stubs, notes and the details
-- of audit events are BLOBs of sealed bytes (signaling/records/src/seal.rs). Times, states, roles and
-- random ids stay plain: they are what queries select and order by, and without a key an id leads
-- to nobody. A row with sealed columns carries `data_key`, its own key wrapped by the organisation's
-- key; setting `data_key` to NULL shreds the row. `row_version` is bound into what is sealed, so an
-- old value cannot be put back beside a newer row.
--
-- Times are milliseconds since 1970-01-01 UTC. Ids are 16-byte UUIDs. Hashes are SHA-256.

-- One row: what the store as a whole is.
CREATE TABLE store (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    -- Random; bound into key_check, so that a check value of another store does not fit.
    store_id BLOB NOT NULL CHECK (length(store_id) = 16),
    demo INTEGER NOT NULL CHECK (demo IN (0, 1)),
    -- A known text sealed by the key-encryption key: tells a wrong key before anything is written.
    key_check BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    -- Refreshed every 10 s: after a crash, nothing counts as having lasted longer than this.
    last_alive INTEGER
) STRICT;

CREATE TABLE organisation (
    organisation BLOB NOT NULL PRIMARY KEY CHECK (length(organisation) = 16),
    name TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    demo INTEGER NOT NULL CHECK (demo IN (0, 1)),
    created_at INTEGER NOT NULL
) STRICT;

-- Keys of an organisation, wrapped by the key-encryption key. `seal` wraps data keys, `index` makes
-- blind indexes, `audit` authenticates the head of the audit log. Several of a purpose may exist
-- while a rotation is under way; a sealed value names its key.
CREATE TABLE tenant_key (
    organisation BLOB NOT NULL REFERENCES organisation (organisation),
    purpose TEXT NOT NULL CHECK (purpose IN ('seal', 'index', 'audit')),
    key_id BLOB NOT NULL CHECK (length(key_id) = 8),
    wrapped BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (organisation, purpose, key_id)
) STRICT;

CREATE TABLE staff (
    organisation BLOB NOT NULL REFERENCES organisation (organisation),
    staff BLOB NOT NULL CHECK (length(staff) = 16),
    role TEXT NOT NULL CHECK (role IN ('clinician', 'administrator', 'auditor')),
    -- Keyed hash of the username: finds it without telling it.
    username_index BLOB NOT NULL CHECK (length(username_index) = 32),
    data_key BLOB,
    row_version INTEGER NOT NULL,
    username BLOB NOT NULL,
    name BLOB NOT NULL,
    disabled_at INTEGER,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (organisation, staff),
    UNIQUE (organisation, username_index)
) STRICT;

-- Apart from `staff`, because it is replaced as a whole when an account is set up again.
CREATE TABLE staff_credential (
    organisation BLOB NOT NULL,
    staff BLOB NOT NULL,
    data_key BLOB,
    row_version INTEGER NOT NULL,
    password_hash BLOB NOT NULL,
    totp_secret BLOB NOT NULL,
    -- Last time step used (RFC 6238 section 5.2: a code is accepted once).
    totp_step INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (organisation, staff),
    FOREIGN KEY (organisation, staff) REFERENCES staff (organisation, staff)
) STRICT;

CREATE TABLE recovery_code (
    organisation BLOB NOT NULL,
    staff BLOB NOT NULL,
    code_index BLOB NOT NULL CHECK (length(code_index) = 32),
    used_at INTEGER,
    PRIMARY KEY (organisation, staff, code_index),
    FOREIGN KEY (organisation, staff) REFERENCES staff (organisation, staff)
) STRICT;

-- One-time links. One of each per account: issuing another takes its place.
CREATE TABLE set_up_link (
    organisation BLOB NOT NULL,
    staff BLOB NOT NULL,
    token_hash BLOB NOT NULL CHECK (length(token_hash) = 32),
    expires_at INTEGER NOT NULL,
    used_at INTEGER,
    data_key BLOB,
    row_version INTEGER NOT NULL,
    -- Chosen through the link, not yet confirmed.
    password_hash BLOB,
    totp_secret BLOB,
    PRIMARY KEY (organisation, staff),
    UNIQUE (organisation, token_hash),
    FOREIGN KEY (organisation, staff) REFERENCES staff (organisation, staff)
) STRICT;

CREATE TABLE sign_in_link (
    organisation BLOB NOT NULL,
    staff BLOB NOT NULL,
    token_hash BLOB NOT NULL CHECK (length(token_hash) = 32),
    expires_at INTEGER NOT NULL,
    used_at INTEGER,
    PRIMARY KEY (organisation, staff),
    UNIQUE (organisation, token_hash),
    FOREIGN KEY (organisation, staff) REFERENCES staff (organisation, staff)
) STRICT;

-- Signing out deletes the row.
CREATE TABLE web_session (
    organisation BLOB NOT NULL,
    token_hash BLOB NOT NULL CHECK (length(token_hash) = 32),
    staff BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    last_used INTEGER NOT NULL,
    idle_ms INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (organisation, token_hash),
    FOREIGN KEY (organisation, staff) REFERENCES staff (organisation, staff)
) STRICT;
CREATE INDEX web_session_staff ON web_session (organisation, staff);

-- Kept here rather than in memory, so that a restart forgives nobody.
CREATE TABLE throttle (
    organisation BLOB NOT NULL REFERENCES organisation (organisation),
    key_hash BLOB NOT NULL CHECK (length(key_hash) = 32),
    hits INTEGER NOT NULL,
    window_ends_at INTEGER NOT NULL,
    PRIMARY KEY (organisation, key_hash)
) STRICT;
CREATE INDEX throttle_ended ON throttle (window_ends_at);

CREATE TABLE person (
    organisation BLOB NOT NULL REFERENCES organisation (organisation),
    person BLOB NOT NULL CHECK (length(person) = 16),
    data_key BLOB,
    row_version INTEGER NOT NULL,
    name BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (organisation, person)
) STRICT;

-- `data_key` seals the facts of the session: deleting it shreds them all, and they can stay
-- append-only. `epoch` fences writers: only the room that claimed the session last may append.
CREATE TABLE session (
    organisation BLOB NOT NULL REFERENCES organisation (organisation),
    session BLOB NOT NULL CHECK (length(session) = 16),
    kind TEXT NOT NULL,
    template TEXT NOT NULL,
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL CHECK (ends_at > starts_at),
    state TEXT NOT NULL
        CHECK (state IN ('scheduled', 'open', 'live', 'ended', 'cancelled', 'no_show')),
    clinician BLOB NOT NULL,
    epoch INTEGER NOT NULL,
    next_seq INTEGER NOT NULL,
    data_key BLOB,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (organisation, session),
    FOREIGN KEY (organisation, clinician) REFERENCES staff (organisation, staff)
) STRICT;
CREATE INDEX session_day ON session (organisation, clinician, starts_at);
CREATE INDEX session_open ON session (organisation) WHERE state IN ('open', 'live');

CREATE TABLE seat (
    organisation BLOB NOT NULL,
    session BLOB NOT NULL,
    participant BLOB NOT NULL CHECK (length(participant) = 16),
    position INTEGER NOT NULL,
    staff BLOB,
    person BLOB,
    role TEXT NOT NULL,
    PRIMARY KEY (organisation, session, participant),
    UNIQUE (organisation, session, position),
    CHECK ((staff IS NULL) <> (person IS NULL)),
    FOREIGN KEY (organisation, session) REFERENCES session (organisation, session),
    FOREIGN KEY (organisation, staff) REFERENCES staff (organisation, staff),
    FOREIGN KEY (organisation, person) REFERENCES person (organisation, person)
) STRICT;
CREATE UNIQUE INDEX seat_person_once ON seat (organisation, session, person)
    WHERE person IS NOT NULL;

-- The secret never comes here, only the hash of a token derived from it. One link per seat is good.
CREATE TABLE link (
    organisation BLOB NOT NULL,
    link BLOB NOT NULL CHECK (length(link) = 16),
    session BLOB NOT NULL,
    participant BLOB NOT NULL,
    token_hash BLOB NOT NULL CHECK (length(token_hash) = 32),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    replaced_at INTEGER,
    redeemed_at INTEGER,
    PRIMARY KEY (organisation, link),
    UNIQUE (organisation, token_hash),
    FOREIGN KEY (organisation, session, participant)
        REFERENCES seat (organisation, session, participant)
) STRICT;
CREATE UNIQUE INDEX link_good_once ON link (organisation, session, participant)
    WHERE replaced_at IS NULL;

CREATE TABLE device (
    organisation BLOB NOT NULL,
    session BLOB NOT NULL,
    device BLOB NOT NULL CHECK (length(device) = 16),
    participant BLOB NOT NULL,
    link BLOB,
    -- P-256, uncompressed (SEC 1 section 2.3.3); staff are known by their cookie and have none.
    public_key BLOB CHECK (length(public_key) = 65),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (organisation, session, device),
    FOREIGN KEY (organisation, session, participant)
        REFERENCES seat (organisation, session, participant),
    FOREIGN KEY (organisation, link) REFERENCES link (organisation, link)
) STRICT;

CREATE TABLE fact (
    organisation BLOB NOT NULL,
    session BLOB NOT NULL,
    seq INTEGER NOT NULL CHECK (seq > 0),
    epoch INTEGER NOT NULL,
    at INTEGER NOT NULL,
    late INTEGER,
    payload BLOB NOT NULL,
    PRIMARY KEY (organisation, session, seq),
    FOREIGN KEY (organisation, session) REFERENCES session (organisation, session)
) STRICT;
CREATE TRIGGER fact_is_never_changed BEFORE UPDATE ON fact
BEGIN SELECT RAISE(ABORT, 'facts are append-only'); END;
CREATE TRIGGER fact_is_never_deleted BEFORE DELETE ON fact
BEGIN SELECT RAISE(ABORT, 'facts are append-only'); END;

CREATE TABLE note (
    organisation BLOB NOT NULL,
    note BLOB NOT NULL CHECK (length(note) = 16),
    session BLOB NOT NULL,
    participant BLOB NOT NULL,
    clinician BLOB NOT NULL,
    data_key BLOB,
    row_version INTEGER NOT NULL,
    stub BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (organisation, note),
    UNIQUE (organisation, session, participant),
    FOREIGN KEY (organisation, session, participant)
        REFERENCES seat (organisation, session, participant),
    FOREIGN KEY (organisation, clinician) REFERENCES staff (organisation, staff)
) STRICT;
CREATE INDEX note_clinician ON note (organisation, clinician);

-- The clinician's words, apart from the stub, because they change and it does not. Sealed under the
-- key of the note; `version` is the row version.
CREATE TABLE note_text (
    organisation BLOB NOT NULL,
    note BLOB NOT NULL,
    version INTEGER NOT NULL,
    sections BLOB NOT NULL,
    empty_sections INTEGER NOT NULL,
    saved_at INTEGER,
    PRIMARY KEY (organisation, note),
    FOREIGN KEY (organisation, note) REFERENCES note (organisation, note)
) STRICT;

CREATE TABLE outbox (
    organisation BLOB NOT NULL,
    id BLOB NOT NULL CHECK (length(id) = 16),
    session BLOB NOT NULL,
    kind TEXT NOT NULL,
    data_key BLOB,
    row_version INTEGER NOT NULL,
    payload BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    delivered_at INTEGER,
    PRIMARY KEY (organisation, id),
    UNIQUE (organisation, session, kind),
    FOREIGN KEY (organisation, session) REFERENCES session (organisation, session)
) STRICT;

-- `hash` covers every column but `data_key`, `details` as ciphertext, and the hash before it: so
-- shredding an event's details leaves the chain whole.
CREATE TABLE audit_event (
    organisation BLOB NOT NULL REFERENCES organisation (organisation),
    seq INTEGER NOT NULL CHECK (seq > 0),
    at INTEGER NOT NULL,
    actor_kind TEXT NOT NULL,
    actor BLOB,
    action TEXT NOT NULL,
    resource_kind TEXT NOT NULL,
    resource BLOB,
    outcome TEXT NOT NULL CHECK (outcome IN ('done', 'refused')),
    data_key BLOB,
    details BLOB,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (organisation, seq)
) STRICT;
CREATE TRIGGER audit_event_is_never_changed
BEFORE UPDATE OF organisation, seq, at, actor_kind, actor, action, resource_kind, resource, outcome,
    details, hash ON audit_event
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_event_is_only_shredded
BEFORE UPDATE OF data_key ON audit_event WHEN NEW.data_key IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_event_is_never_deleted BEFORE DELETE ON audit_event
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

-- The newest event, authenticated by the organisation's audit key: shows when the end of the log
-- was cut off, and keeps numbering where it was.
CREATE TABLE audit_head (
    organisation BLOB NOT NULL PRIMARY KEY REFERENCES organisation (organisation),
    seq INTEGER NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    mac BLOB NOT NULL CHECK (length(mac) = 32)
) STRICT;
CREATE TRIGGER audit_head_only_grows BEFORE UPDATE ON audit_head WHEN NEW.seq <= OLD.seq
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_head_is_never_deleted BEFORE DELETE ON audit_head
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
