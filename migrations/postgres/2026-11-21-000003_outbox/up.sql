-- A message and its place in the queue are one row.

-- queue: 0 queued, 1 dispatching, 2 proving, 3 unknown, 4 failed; null when the sender has no more to do. It is not
-- the status, which changes often and is in no index for that reason.
-- attempt: how many were begun; above 16 bits, the last one of which nobody learned what became of it.
-- underway_since: dispatched_at, while Meta has it and it has neither arrived nor failed. A column of its own: so such
-- a message is in one index and not in two, and a bound on the column is all that a query must say to be led by it.
ALTER TABLE messages
    ADD COLUMN queue smallint CHECK (queue BETWEEN 0 AND 4),
    ADD COLUMN priority smallint,
    ADD COLUMN flow text COLLATE "C",
    ADD COLUMN due_at timestamptz,
    ADD COLUMN expires_at timestamptz,
    ADD COLUMN attempt integer,
    ADD COLUMN epoch bigint,
    ADD COLUMN dispatched_at timestamptz,
    ADD COLUMN underway_since timestamptz,
    ADD COLUMN wait text,
    ADD COLUMN client_reference text COLLATE "C",
    ADD COLUMN author_id uuid,
    ADD COLUMN body text;
CREATE INDEX messages_queue ON messages (account_id, queue, priority, flow, due_at, id) WHERE queue IS NOT NULL;
CREATE INDEX messages_proving ON messages (due_at, id) WHERE queue = 2;
CREATE INDEX messages_expiring ON messages (expires_at, id) WHERE queue = 0;
CREATE INDEX messages_underway ON messages (account_id, underway_since, id) WHERE underway_since IS NOT NULL;
CREATE INDEX messages_sent ON messages (org_id, id) WHERE body IS NOT NULL;
CREATE INDEX messages_reference ON messages (org_id, client_reference, id) WHERE client_reference IS NOT NULL;

CREATE TABLE idempotency_keys (
    org_id uuid NOT NULL,
    key text COLLATE "C" NOT NULL,
    fingerprint bytea NOT NULL,
    answer text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (org_id, key)
);
CREATE INDEX idempotency_keys_created ON idempotency_keys (created_at);

-- One row for each account that ever sent something or was paused. epoch counts the owners.
CREATE TABLE number_queues (
    account_id uuid NOT NULL PRIMARY KEY,
    owner uuid,
    epoch bigint NOT NULL,
    until timestamptz,
    is_paused boolean NOT NULL,
    block_reason text,
    block_until timestamptz,
    block_code bigint
) WITH (fillfactor = 50);

-- Customers' messages that came to a number: they count against its throughput.
CREATE TABLE number_inbound (
    account_id uuid NOT NULL PRIMARY KEY,
    total bigint NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE uploads (
    id uuid NOT NULL PRIMARY KEY,
    org_id uuid NOT NULL,
    sha256 bytea NOT NULL,
    mime_type text COLLATE "C" NOT NULL,
    filename text COLLATE "C" NOT NULL,
    key text NOT NULL,
    size bigint NOT NULL,
    created_at timestamptz NOT NULL,
    UNIQUE (org_id, sha256, mime_type, filename)
);

CREATE TABLE meta_media (
    upload_id uuid NOT NULL REFERENCES uploads (id),
    account_id uuid NOT NULL,
    meta_media_id text COLLATE "C" NOT NULL,
    uploaded_at timestamptz NOT NULL,
    PRIMARY KEY (upload_id, account_id)
);
