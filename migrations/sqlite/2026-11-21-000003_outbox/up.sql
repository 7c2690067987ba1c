-- A message and its place in the queue are one row.

-- queue: 0 queued, 1 dispatching, 2 proving, 3 unknown, 4 failed; null when the sender has no more to do. It is not
-- the status, which changes often and is in no index for that reason.
-- attempt: how many were begun; above 16 bits, the last one of which nobody learned what became of it.
-- underway_since: dispatched_at, while Meta has it and it has neither arrived nor failed. A column of its own: so such
-- a message is in one index and not in two, and a bound on the column is all that a query must say to be led by it.
ALTER TABLE messages ADD COLUMN queue INTEGER CHECK (queue BETWEEN 0 AND 4);
ALTER TABLE messages ADD COLUMN priority INTEGER;
ALTER TABLE messages ADD COLUMN flow TEXT;
ALTER TABLE messages ADD COLUMN due_at INTEGER;
ALTER TABLE messages ADD COLUMN expires_at INTEGER;
ALTER TABLE messages ADD COLUMN attempt INTEGER;
ALTER TABLE messages ADD COLUMN epoch INTEGER;
ALTER TABLE messages ADD COLUMN dispatched_at INTEGER;
ALTER TABLE messages ADD COLUMN underway_since INTEGER;
ALTER TABLE messages ADD COLUMN wait TEXT;
ALTER TABLE messages ADD COLUMN client_reference TEXT;
ALTER TABLE messages ADD COLUMN author_id BLOB;
ALTER TABLE messages ADD COLUMN body TEXT;
CREATE INDEX messages_queue ON messages (account_id, queue, priority, flow, due_at, id) WHERE queue IS NOT NULL;
CREATE INDEX messages_proving ON messages (due_at, id) WHERE queue = 2;
CREATE INDEX messages_expiring ON messages (expires_at, id) WHERE queue = 0;
CREATE INDEX messages_underway ON messages (account_id, underway_since, id) WHERE underway_since IS NOT NULL;
CREATE INDEX messages_sent ON messages (org_id, id) WHERE body IS NOT NULL;
CREATE INDEX messages_reference ON messages (org_id, client_reference, id) WHERE client_reference IS NOT NULL;

CREATE TABLE idempotency_keys (
    org_id BLOB NOT NULL,
    key TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    answer TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (org_id, key)
) STRICT;
CREATE INDEX idempotency_keys_created ON idempotency_keys (created_at);

-- One row for each account that ever sent something or was paused. epoch counts the owners.
CREATE TABLE number_queues (
    account_id BLOB NOT NULL PRIMARY KEY,
    owner BLOB,
    epoch INTEGER NOT NULL,
    until INTEGER,
    is_paused INTEGER NOT NULL,
    block_reason TEXT,
    block_until INTEGER,
    block_code INTEGER
) STRICT;

-- Customers' messages that came to a number: they count against its throughput.
CREATE TABLE number_inbound (
    account_id BLOB NOT NULL PRIMARY KEY,
    total INTEGER NOT NULL
) STRICT;

CREATE TABLE uploads (
    id BLOB NOT NULL PRIMARY KEY,
    org_id BLOB NOT NULL,
    sha256 BLOB NOT NULL,
    mime_type TEXT NOT NULL,
    filename TEXT NOT NULL,
    key TEXT NOT NULL,
    size INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (org_id, sha256, mime_type, filename)
) STRICT;

CREATE TABLE meta_media (
    upload_id BLOB NOT NULL REFERENCES uploads (id),
    account_id BLOB NOT NULL,
    meta_media_id TEXT NOT NULL,
    uploaded_at INTEGER NOT NULL,
    PRIMARY KEY (upload_id, account_id)
) STRICT;
