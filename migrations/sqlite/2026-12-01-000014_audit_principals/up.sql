-- An API key acts, too, and is named by its id.
CREATE TABLE audit_events_new (
    id BLOB NOT NULL PRIMARY KEY,
    org_id BLOB NOT NULL,
    sequence INTEGER NOT NULL CHECK (sequence > 0),
    at INTEGER NOT NULL,
    actor_kind TEXT NOT NULL CHECK (actor_kind IN ('user', 'key', 'operator', 'system', 'meta')),
    actor_id BLOB,
    action TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    data TEXT NOT NULL,
    request_id BLOB,
    hash BLOB NOT NULL,
    UNIQUE (org_id, sequence),
    CHECK ((actor_kind IN ('user', 'key')) = (actor_id IS NOT NULL))
) STRICT;
INSERT INTO audit_events_new
    SELECT id, org_id, sequence, at, actor_kind, actor_id, action, subject_kind, subject_id, data, request_id, hash
    FROM audit_events;
DROP TABLE audit_events;
ALTER TABLE audit_events_new RENAME TO audit_events;
CREATE INDEX audit_events_action ON audit_events (org_id, action, sequence);
CREATE INDEX audit_events_actor ON audit_events (org_id, actor_id, sequence) WHERE actor_id IS NOT NULL;
