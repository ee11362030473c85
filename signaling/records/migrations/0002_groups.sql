-- Groups: what the server carries between browsers without being able to read it.

-- What the clinician's browsers need of the link, sealed by the clinician under a key that the
-- server does not have. NULL when the server made the link itself, in demo mode.
ALTER TABLE link ADD COLUMN sealed BLOB CHECK (length(sealed) BETWEEN 1 AND 1024);

-- Identity keys of clinicians. `wrapped` holds the private half, wrapped in the clinician's browser
-- under a secret that the server never sees; the public half is given to everyone they meet. One is
-- in use; those before it are kept, to tell what a link or a session of then was pinned to.
CREATE TABLE staff_identity (
    organisation BLOB NOT NULL,
    staff BLOB NOT NULL,
    -- P-256, uncompressed (SEC 1 section 2.3.3).
    public_key BLOB NOT NULL CHECK (length(public_key) = 65),
    wrapped BLOB NOT NULL CHECK (length(wrapped) BETWEEN 1 AND 1024),
    created_at INTEGER NOT NULL,
    replaced_at INTEGER,
    PRIMARY KEY (organisation, public_key),
    FOREIGN KEY (organisation, staff) REFERENCES staff (organisation, staff)
) STRICT;
CREATE UNIQUE INDEX staff_identity_in_use ON staff_identity (organisation, staff)
    WHERE replaced_at IS NULL;

-- Messages of MLS groups (RFC 9420) in the order in which they were taken, as long as the session
-- lasts: they are deleted with its last fact. `payload` and `welcome` are sealed a second time, by
-- this store, under the key of the session: a commit can name people to whoever holds the group's
-- public state. `epoch` of a commit is the one it was made in.
CREATE TABLE delivery (
    organisation BLOB NOT NULL,
    session BLOB NOT NULL,
    seq INTEGER NOT NULL CHECK (seq > 0),
    sender BLOB NOT NULL CHECK (length(sender) = 16),
    scope TEXT NOT NULL,
    grp INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('started', 'commit', 'content')),
    payload BLOB CHECK ((payload IS NULL) = (kind = 'started')),
    welcome BLOB CHECK (welcome IS NULL OR kind = 'commit'),
    -- Ids of the devices that are given the welcome, one after the other.
    welcome_to BLOB CHECK ((welcome IS NULL) = (welcome_to IS NULL)),
    -- How many bytes of others it holds.
    bytes INTEGER NOT NULL,
    PRIMARY KEY (organisation, session, seq),
    FOREIGN KEY (organisation, session) REFERENCES session (organisation, session)
) STRICT;
-- Whatever goes wrong above, a group cannot fork.
CREATE UNIQUE INDEX delivery_commit_once ON delivery (organisation, session, scope, grp, epoch)
    WHERE kind = 'commit';
CREATE UNIQUE INDEX delivery_started_once ON delivery (organisation, session, scope, grp)
    WHERE kind = 'started';
