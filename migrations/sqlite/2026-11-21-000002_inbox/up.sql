-- What is written for every item has no foreign key: checking one costs as much as the row.

-- Journal --------------------------------------------------------------------------------------------

CREATE TABLE deliveries (
    id BLOB NOT NULL PRIMARY KEY,
    meta_app_id BLOB,
    received_at INTEGER NOT NULL,
    body BLOB NOT NULL,
    problem TEXT
) STRICT;
CREATE INDEX deliveries_received ON deliveries (received_at);
CREATE INDEX deliveries_unreadable ON deliveries (id) WHERE problem IS NOT NULL;

-- Batches that were not split. A batch's deliveries have the ids from its own to last_id.
CREATE TABLE journal_batches (
    id BLOB NOT NULL PRIMARY KEY,
    last_id BLOB NOT NULL,
    deliveries INTEGER NOT NULL,
    bytes INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- meta_app_id is the nil UUID for the common route.
CREATE TABLE rejections (
    minute INTEGER NOT NULL,
    meta_app_id BLOB NOT NULL,
    reason TEXT NOT NULL,
    count INTEGER NOT NULL,
    last_address TEXT,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (minute, meta_app_id, reason)
) STRICT, WITHOUT ROWID;

-- Changes --------------------------------------------------------------------------------------------

CREATE TABLE changes (
    id BLOB NOT NULL PRIMARY KEY,
    delivery_id BLOB NOT NULL,
    org_id BLOB,
    lane TEXT NOT NULL,
    entry_id TEXT,
    entry_time INTEGER,
    field TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    raw BLOB NOT NULL
) STRICT;
CREATE INDEX changes_org ON changes (org_id, id);
CREATE INDEX changes_received ON changes (received_at);

CREATE TABLE change_queue (
    change_id BLOB NOT NULL PRIMARY KEY,
    partition INTEGER NOT NULL,
    lane TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    is_replay INTEGER NOT NULL CHECK (is_replay IN (0, 1))
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX change_queue_lane ON change_queue (partition, lane, change_id);

CREATE TABLE parked_items (
    id BLOB NOT NULL PRIMARY KEY,
    org_id BLOB,
    change_id BLOB NOT NULL REFERENCES changes (id),
    item_index INTEGER NOT NULL,
    field TEXT NOT NULL,
    lane TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('parked', 'retrying', 'homeless', 'unsupported')),
    reason TEXT NOT NULL,
    detail TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    next_at INTEGER,
    raw BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (change_id, item_index)
) STRICT;
CREATE INDEX parked_items_org ON parked_items (org_id, id);
CREATE INDEX parked_items_due ON parked_items (next_at, id) WHERE state = 'retrying';
CREATE INDEX parked_items_homeless ON parked_items (lane, created_at) WHERE state = 'homeless';

CREATE TABLE traffic_minutes (
    org_id BLOB NOT NULL,
    minute INTEGER NOT NULL,
    waba_id TEXT NOT NULL,
    changes INTEGER NOT NULL,
    items INTEGER NOT NULL,
    parked INTEGER NOT NULL,
    latency_sum_ms INTEGER NOT NULL,
    latency_max_ms INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (org_id, minute, waba_id)
) STRICT, WITHOUT ROWID;

-- People ---------------------------------------------------------------------------------------------

-- version: of two writes that read the same row, one is done again.
CREATE TABLE contacts (
    id BLOB NOT NULL PRIMARY KEY,
    org_id BLOB NOT NULL,
    phone TEXT,
    user_id TEXT,
    parent_user_id TEXT,
    name TEXT,
    profile_name TEXT,
    username TEXT,
    opted_out INTEGER NOT NULL CHECK (opted_out IN (0, 1)),
    search TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL
) STRICT;
CREATE INDEX contacts_org ON contacts (org_id, id);

CREATE TABLE contact_keys (
    org_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    contact_id BLOB NOT NULL,
    PRIMARY KEY (org_id, kind, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX contact_keys_contact ON contact_keys (contact_id);

CREATE TABLE conversations (
    id BLOB NOT NULL PRIMARY KEY,
    org_id BLOB NOT NULL,
    account_id BLOB NOT NULL,
    contact_id BLOB REFERENCES contacts (id),
    group_id TEXT,
    state TEXT NOT NULL CHECK (state IN ('open', 'closed')),
    assignee_id BLOB,
    unread INTEGER NOT NULL,
    last_message_at INTEGER NOT NULL,
    last_message_id BLOB,
    last_inbound_at INTEGER,
    free_entry_at INTEGER,
    free_entry_until INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CHECK ((contact_id IS NULL) <> (group_id IS NULL))
) STRICT;
CREATE UNIQUE INDEX conversations_contact ON conversations (contact_id, account_id) WHERE contact_id IS NOT NULL;
CREATE UNIQUE INDEX conversations_group ON conversations (account_id, group_id) WHERE group_id IS NOT NULL;
CREATE INDEX conversations_newest ON conversations (org_id, last_message_at, id);
CREATE INDEX conversations_unread ON conversations (org_id, last_message_at, id) WHERE unread > 0;
CREATE INDEX conversations_assignee ON conversations (org_id, assignee_id, last_message_at, id)
    WHERE assignee_id IS NOT NULL;

-- Messages -------------------------------------------------------------------------------------------

-- JSON that no query looks into is text.
CREATE TABLE messages (
    id BLOB NOT NULL PRIMARY KEY,
    org_id BLOB NOT NULL,
    account_id BLOB NOT NULL,
    conversation_id BLOB NOT NULL,
    contact_id BLOB,
    group_id TEXT,
    wamid TEXT,
    direction TEXT NOT NULL CHECK (direction IN ('inbound', 'outbound')),
    content TEXT NOT NULL,
    context TEXT,
    referral TEXT,
    status TEXT NOT NULL,
    errors TEXT,
    pricing TEXT,
    media_id BLOB,
    at INTEGER NOT NULL,
    edited_at INTEGER,
    revoked_at INTEGER,
    created_at INTEGER NOT NULL
) STRICT;
-- Looked up by the wamid alone, for it is Meta's own: the account comes after it.
CREATE UNIQUE INDEX messages_wamid ON messages (wamid, account_id) WHERE wamid IS NOT NULL;
CREATE INDEX messages_thread ON messages (conversation_id, at, id);
CREATE INDEX messages_member ON messages (contact_id) WHERE group_id IS NOT NULL;

-- participant is empty for a message to one person.
CREATE TABLE message_statuses (
    message_id BLOB NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('sent', 'delivered', 'read', 'played', 'failed')),
    participant TEXT NOT NULL,
    at INTEGER NOT NULL,
    errors TEXT,
    pricing TEXT,
    PRIMARY KEY (message_id, status, participant)
) STRICT, WITHOUT ROWID;

-- What came before its message.
CREATE TABLE waiting_updates (
    wamid TEXT NOT NULL,
    account_id BLOB NOT NULL,
    key TEXT NOT NULL,
    org_id BLOB NOT NULL,
    what TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    PRIMARY KEY (wamid, account_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX waiting_updates_received ON waiting_updates (received_at);

CREATE TABLE applied_digests (
    digest BLOB NOT NULL,
    org_id BLOB NOT NULL,
    applied_at INTEGER NOT NULL,
    PRIMARY KEY (digest, org_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX applied_digests_applied ON applied_digests (applied_at);

CREATE TABLE media (
    id BLOB NOT NULL PRIMARY KEY,
    org_id BLOB NOT NULL,
    account_id BLOB NOT NULL,
    message_id BLOB NOT NULL,
    conversation_id BLOB NOT NULL,
    meta_media_id TEXT,
    link TEXT,
    mime_type TEXT,
    sha256 TEXT,
    filename TEXT,
    state TEXT NOT NULL CHECK (state IN ('pending', 'stored', 'failed')),
    attempts INTEGER NOT NULL,
    next_at INTEGER,
    key TEXT,
    size INTEGER,
    error TEXT,
    created_at INTEGER NOT NULL,
    stored_at INTEGER
) STRICT;
CREATE INDEX media_due ON media (next_at, id) WHERE state = 'pending';
CREATE INDEX media_conversation ON media (conversation_id);

-- Events ---------------------------------------------------------------------------------------------

-- subject_id: the conversation, or the contact of what is a person's own. Erasing a person finds events by it.
CREATE TABLE org_events (
    org_id BLOB NOT NULL,
    sequence INTEGER NOT NULL,
    id BLOB NOT NULL,
    at INTEGER NOT NULL,
    subject_id BLOB,
    data TEXT NOT NULL,
    PRIMARY KEY (org_id, sequence)
) STRICT;
CREATE INDEX org_events_at ON org_events (at);
CREATE INDEX org_events_subject ON org_events (subject_id) WHERE subject_id IS NOT NULL;

CREATE TABLE event_heads (
    org_id BLOB NOT NULL PRIMARY KEY,
    sequence INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Workers --------------------------------------------------------------------------------------------

CREATE TABLE turns (
    name TEXT NOT NULL PRIMARY KEY,
    owner BLOB NOT NULL,
    until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
