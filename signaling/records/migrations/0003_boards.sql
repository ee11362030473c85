-- Boards: what people draw together, kept in order as long as the session lasts and deleted with its
-- last fact. `payload` was encrypted in a browser and is sealed a second time, by this store, under
-- the key of the session.

CREATE TABLE board_entry (
    organisation BLOB NOT NULL,
    session BLOB NOT NULL,
    board INTEGER NOT NULL CHECK (board > 0),
    -- 1, 2, 3 … within the board.
    seq INTEGER NOT NULL CHECK (seq > 0),
    sender BLOB NOT NULL CHECK (length(sender) = 16),
    payload BLOB NOT NULL,
    -- How many bytes of others it holds.
    bytes INTEGER NOT NULL,
    PRIMARY KEY (organisation, session, board, seq),
    FOREIGN KEY (organisation, session) REFERENCES session (organisation, session)
) STRICT;

-- The newest snapshot of each board: it takes the place of every entry up to `upto`, which are
-- deleted as it is written.
CREATE TABLE board_snapshot (
    organisation BLOB NOT NULL,
    session BLOB NOT NULL,
    board INTEGER NOT NULL CHECK (board > 0),
    upto INTEGER NOT NULL CHECK (upto > 0),
    sender BLOB NOT NULL CHECK (length(sender) = 16),
    payload BLOB NOT NULL,
    bytes INTEGER NOT NULL,
    PRIMARY KEY (organisation, session, board),
    FOREIGN KEY (organisation, session) REFERENCES session (organisation, session)
) STRICT;
