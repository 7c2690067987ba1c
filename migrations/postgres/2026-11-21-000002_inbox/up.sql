-- What is written for every item has no foreign key: checking one costs as much as the row. Keys of Meta's are
-- compared as bytes.

-- Journal --------------------------------------------------------------------------------------------

CREATE TABLE deliveries (
    id uuid NOT NULL PRIMARY KEY,
    meta_app_id uuid,
    received_at timestamptz NOT NULL,
    body bytea NOT NULL,
    problem text
);
-- The splitter reads it back at once, and pruning throws it away: compressing it is lost work.
ALTER TABLE deliveries ALTER COLUMN body SET STORAGE EXTERNAL;
CREATE INDEX deliveries_received ON deliveries (received_at);
CREATE INDEX deliveries_unreadable ON deliveries (id) WHERE problem IS NOT NULL;

-- Batches that were not split. A batch's deliveries have the ids from its own to last_id.
CREATE TABLE journal_batches (
    id uuid NOT NULL PRIMARY KEY,
    last_id uuid NOT NULL,
    deliveries bigint NOT NULL,
    bytes bigint NOT NULL
);

-- meta_app_id is the nil UUID for the common route.
CREATE TABLE rejections (
    minute timestamptz NOT NULL,
    meta_app_id uuid NOT NULL,
    reason text COLLATE "C" NOT NULL,
    count bigint NOT NULL,
    last_address text,
    last_at timestamptz NOT NULL,
    PRIMARY KEY (minute, meta_app_id, reason)
);

-- Changes --------------------------------------------------------------------------------------------

CREATE TABLE changes (
    id uuid NOT NULL PRIMARY KEY,
    delivery_id uuid NOT NULL,
    org_id uuid,
    lane text COLLATE "C" NOT NULL,
    entry_id text,
    entry_time bigint,
    field text COLLATE "C" NOT NULL,
    received_at timestamptz NOT NULL,
    raw bytea NOT NULL
);
ALTER TABLE changes ALTER COLUMN raw SET STORAGE EXTERNAL;
CREATE INDEX changes_org ON changes (org_id, id);
CREATE INDEX changes_received ON changes (received_at);

CREATE TABLE change_queue (
    change_id uuid NOT NULL PRIMARY KEY,
    partition smallint NOT NULL,
    lane text COLLATE "C" NOT NULL,
    bytes bigint NOT NULL,
    is_replay boolean NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0);
CREATE UNIQUE INDEX change_queue_lane ON change_queue (partition, lane, change_id);

CREATE TABLE parked_items (
    id uuid NOT NULL PRIMARY KEY,
    org_id uuid,
    change_id uuid NOT NULL REFERENCES changes (id),
    item_index integer NOT NULL,
    field text COLLATE "C" NOT NULL,
    lane text COLLATE "C" NOT NULL,
    state text NOT NULL CHECK (state IN ('parked', 'retrying', 'homeless', 'unsupported')),
    reason text NOT NULL,
    detail text NOT NULL,
    attempts integer NOT NULL,
    next_at timestamptz,
    raw bytea NOT NULL,
    created_at timestamptz NOT NULL,
    UNIQUE (change_id, item_index)
);
CREATE INDEX parked_items_org ON parked_items (org_id, id);
CREATE INDEX parked_items_due ON parked_items (next_at, id) WHERE state = 'retrying';
CREATE INDEX parked_items_homeless ON parked_items (lane, created_at) WHERE state = 'homeless';

CREATE TABLE traffic_minutes (
    org_id uuid NOT NULL,
    minute timestamptz NOT NULL,
    waba_id text COLLATE "C" NOT NULL,
    changes bigint NOT NULL,
    items bigint NOT NULL,
    parked bigint NOT NULL,
    latency_sum_ms bigint NOT NULL,
    latency_max_ms bigint NOT NULL,
    last_at timestamptz NOT NULL,
    PRIMARY KEY (org_id, minute, waba_id)
);

-- People ---------------------------------------------------------------------------------------------

-- version: of two writes that read the same row, one is done again.
CREATE TABLE contacts (
    id uuid NOT NULL PRIMARY KEY,
    org_id uuid NOT NULL,
    phone text,
    user_id text,
    parent_user_id text,
    name text,
    profile_name text,
    username text,
    opted_out boolean NOT NULL,
    search text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL
);
CREATE INDEX contacts_org ON contacts (org_id, id);

CREATE TABLE contact_keys (
    org_id uuid NOT NULL,
    kind text COLLATE "C" NOT NULL,
    value text COLLATE "C" NOT NULL,
    contact_id uuid NOT NULL,
    PRIMARY KEY (org_id, kind, value)
);
CREATE INDEX contact_keys_contact ON contact_keys (contact_id);

-- The foreign key holds off a merge that takes the contact away meanwhile.
CREATE TABLE conversations (
    id uuid NOT NULL PRIMARY KEY,
    org_id uuid NOT NULL,
    account_id uuid NOT NULL,
    contact_id uuid REFERENCES contacts (id),
    group_id text COLLATE "C",
    state text NOT NULL CHECK (state IN ('open', 'closed')),
    assignee_id uuid,
    unread integer NOT NULL,
    last_message_at timestamptz NOT NULL,
    last_message_id uuid,
    last_inbound_at timestamptz,
    free_entry_at timestamptz,
    free_entry_until timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version bigint NOT NULL,
    CHECK ((contact_id IS NULL) <> (group_id IS NULL))
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX conversations_contact ON conversations (contact_id, account_id) WHERE contact_id IS NOT NULL;
CREATE UNIQUE INDEX conversations_group ON conversations (account_id, group_id) WHERE group_id IS NOT NULL;
CREATE INDEX conversations_newest ON conversations (org_id, last_message_at, id);
CREATE INDEX conversations_unread ON conversations (org_id, last_message_at, id) WHERE unread > 0;
CREATE INDEX conversations_assignee ON conversations (org_id, assignee_id, last_message_at, id)
    WHERE assignee_id IS NOT NULL;

-- Messages -------------------------------------------------------------------------------------------

-- JSON that no query looks into is text: jsonb costs more to write, and holds no NUL.
CREATE TABLE messages (
    id uuid NOT NULL PRIMARY KEY,
    org_id uuid NOT NULL,
    account_id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    contact_id uuid,
    group_id text COLLATE "C",
    wamid text COLLATE "C",
    direction text NOT NULL CHECK (direction IN ('inbound', 'outbound')),
    content text NOT NULL,
    context text,
    referral text,
    status text NOT NULL,
    errors text,
    pricing text,
    media_id uuid,
    at timestamptz NOT NULL,
    edited_at timestamptz,
    revoked_at timestamptz,
    created_at timestamptz NOT NULL
) WITH (fillfactor = 90);
-- Looked up by the wamid alone, for it is Meta's own: the account comes after it.
CREATE UNIQUE INDEX messages_wamid ON messages (wamid, account_id) WHERE wamid IS NOT NULL;
CREATE INDEX messages_thread ON messages (conversation_id, at, id);
CREATE INDEX messages_member ON messages (contact_id) WHERE group_id IS NOT NULL;

-- participant is empty for a message to one person.
CREATE TABLE message_statuses (
    message_id uuid NOT NULL,
    status text COLLATE "C" NOT NULL CHECK (status IN ('sent', 'delivered', 'read', 'played', 'failed')),
    participant text COLLATE "C" NOT NULL,
    at timestamptz NOT NULL,
    errors text,
    pricing text,
    PRIMARY KEY (message_id, status, participant)
);

-- What came before its message.
CREATE TABLE waiting_updates (
    wamid text COLLATE "C" NOT NULL,
    account_id uuid NOT NULL,
    key text COLLATE "C" NOT NULL,
    org_id uuid NOT NULL,
    what text NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (wamid, account_id, key)
);
CREATE INDEX waiting_updates_received ON waiting_updates (received_at);

CREATE TABLE applied_digests (
    digest bytea NOT NULL,
    org_id uuid NOT NULL,
    applied_at timestamptz NOT NULL,
    PRIMARY KEY (digest, org_id)
);
CREATE INDEX applied_digests_applied ON applied_digests (applied_at);

CREATE TABLE media (
    id uuid NOT NULL PRIMARY KEY,
    org_id uuid NOT NULL,
    account_id uuid NOT NULL,
    message_id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    meta_media_id text,
    link text,
    mime_type text,
    sha256 text,
    filename text,
    state text NOT NULL CHECK (state IN ('pending', 'stored', 'failed')),
    attempts integer NOT NULL,
    next_at timestamptz,
    key text,
    size bigint,
    error text,
    created_at timestamptz NOT NULL,
    stored_at timestamptz
);
CREATE INDEX media_due ON media (next_at, id) WHERE state = 'pending';
CREATE INDEX media_conversation ON media (conversation_id);

-- Events ---------------------------------------------------------------------------------------------

-- subject_id: the conversation, or the contact of what is a person's own. Erasing a person finds events by it.
CREATE TABLE org_events (
    org_id uuid NOT NULL,
    sequence bigint NOT NULL,
    id uuid NOT NULL,
    at timestamptz NOT NULL,
    subject_id uuid,
    data text NOT NULL,
    PRIMARY KEY (org_id, sequence)
);
CREATE INDEX org_events_at ON org_events (at);
CREATE INDEX org_events_subject ON org_events (subject_id) WHERE subject_id IS NOT NULL;

CREATE TABLE event_heads (
    org_id uuid NOT NULL PRIMARY KEY,
    sequence bigint NOT NULL
) WITH (fillfactor = 50);

-- Workers --------------------------------------------------------------------------------------------

CREATE TABLE turns (
    name text COLLATE "C" NOT NULL PRIMARY KEY,
    owner uuid NOT NULL,
    until timestamptz NOT NULL
) WITH (fillfactor = 50);
