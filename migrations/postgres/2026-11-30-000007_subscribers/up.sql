-- Durable subscribers of the event log. One cursor for each subscriber and org; it moves when the work rows of what
-- it passes are stored.

-- token: larger each time that the lease changes hands; every write for the subscriber checks it.
CREATE TABLE subscriber_leases (
    subscriber text NOT NULL PRIMARY KEY,
    owner uuid NOT NULL,
    token bigint NOT NULL,
    until timestamptz NOT NULL
);

CREATE TABLE event_cursors (
    subscriber text NOT NULL,
    org_id uuid NOT NULL,
    position bigint NOT NULL,
    missed bigint NOT NULL,
    moved_at timestamptz NOT NULL,
    PRIMARY KEY (subscriber, org_id)
);

-- next_at: none of what is parked.
CREATE TABLE event_work (
    subscriber text NOT NULL,
    org_id uuid NOT NULL,
    sequence bigint NOT NULL,
    item integer NOT NULL,
    key text,
    payload text NOT NULL,
    attempts integer NOT NULL,
    next_at timestamptz,
    error text,
    PRIMARY KEY (subscriber, org_id, sequence, item)
);
CREATE INDEX event_work_due ON event_work (subscriber, next_at) WHERE next_at IS NOT NULL;
CREATE INDEX event_work_order ON event_work (subscriber, org_id, key, sequence, item)
    WHERE next_at IS NOT NULL AND key IS NOT NULL;

-- What an account's messages did on each day (UTC).
CREATE TABLE message_days (
    org_id uuid NOT NULL,
    day timestamptz NOT NULL,
    account_id uuid NOT NULL,
    received bigint NOT NULL,
    sent bigint NOT NULL,
    delivered bigint NOT NULL,
    read bigint NOT NULL,
    failed bigint NOT NULL,
    PRIMARY KEY (org_id, day, account_id)
);
