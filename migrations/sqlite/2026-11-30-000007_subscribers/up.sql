-- Durable subscribers of the event log. One cursor for each subscriber and org; it moves when the work rows of what
-- it passes are stored.

-- token: larger each time that the lease changes hands; every write for the subscriber checks it.
CREATE TABLE subscriber_leases (
    subscriber TEXT NOT NULL PRIMARY KEY,
    owner BLOB NOT NULL,
    token INTEGER NOT NULL,
    until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE event_cursors (
    subscriber TEXT NOT NULL,
    org_id BLOB NOT NULL,
    position INTEGER NOT NULL,
    missed INTEGER NOT NULL,
    moved_at INTEGER NOT NULL,
    PRIMARY KEY (subscriber, org_id)
) STRICT, WITHOUT ROWID;

-- next_at: none of what is parked.
CREATE TABLE event_work (
    subscriber TEXT NOT NULL,
    org_id BLOB NOT NULL,
    sequence INTEGER NOT NULL,
    item INTEGER NOT NULL,
    key TEXT,
    payload TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    next_at INTEGER,
    error TEXT,
    PRIMARY KEY (subscriber, org_id, sequence, item)
) STRICT;
CREATE INDEX event_work_due ON event_work (subscriber, next_at) WHERE next_at IS NOT NULL;
CREATE INDEX event_work_order ON event_work (subscriber, org_id, key, sequence, item)
    WHERE next_at IS NOT NULL AND key IS NOT NULL;

-- What an account's messages did on each day (UTC).
CREATE TABLE message_days (
    org_id BLOB NOT NULL,
    day INTEGER NOT NULL,
    account_id BLOB NOT NULL,
    received INTEGER NOT NULL,
    sent INTEGER NOT NULL,
    delivered INTEGER NOT NULL,
    read INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    PRIMARY KEY (org_id, day, account_id)
) STRICT, WITHOUT ROWID;
