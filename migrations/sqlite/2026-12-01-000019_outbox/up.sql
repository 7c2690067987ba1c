-- The place of a message in its number's queue, from the call that submits it until the message is settled: arrived,
-- failed, cancelled or expired. Until then attempt, epoch, token and the times hold as they stand here; messages has
-- them as of the last outcome. Of a settled message they are there alone.
-- queue: 0 queued, 1 dispatching, 2 proving, 3 unknown; null while Meta has the message, so that it is in one index and
-- not in two. The status in messages stays 'queued' while it is dispatching.
-- turn_at, turn: the place among the messages of the conversation that have its priority.
-- holds_until: while it waits for its own sake, those behind it wait until then.
CREATE TABLE outbox (
    id BLOB NOT NULL PRIMARY KEY,
    account_id BLOB NOT NULL,
    conversation_id BLOB NOT NULL,
    queue INTEGER CHECK (queue BETWEEN 0 AND 3),
    priority INTEGER NOT NULL,
    flow TEXT NOT NULL,
    turn_at INTEGER NOT NULL,
    turn INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    holds_until INTEGER,
    wait TEXT,
    attempt INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    token BLOB,
    dispatched_at INTEGER
) STRICT, WITHOUT ROWID;
INSERT INTO outbox (id, account_id, conversation_id, queue, priority, flow, turn_at, turn, due_at, expires_at,
        holds_until, wait, attempt, epoch, token, dispatched_at)
    SELECT id, account_id, conversation_id, queue, priority, flow, coalesce(turn_at, due_at), turn, due_at, expires_at,
        holds_until, wait, attempt, epoch, token, dispatched_at
    FROM messages WHERE queue < 4 OR underway_since IS NOT NULL;
CREATE INDEX outbox_queue ON outbox (account_id, queue, priority, flow, due_at, id) WHERE queue IS NOT NULL;
CREATE INDEX outbox_proving ON outbox (due_at, id) WHERE queue = 2;
CREATE INDEX outbox_expiring ON outbox (expires_at, id) WHERE queue = 0;
CREATE INDEX outbox_underway ON outbox (account_id, dispatched_at, id) WHERE queue IS NULL;
-- The next message of a conversation, and whether one is on its way.
CREATE INDEX outbox_turns ON outbox (conversation_id, queue, priority, turn_at, turn, id) WHERE queue < 2;

DROP INDEX messages_turns;
DROP INDEX messages_underway;
DROP INDEX messages_expiring;
DROP INDEX messages_proving;
DROP INDEX messages_queue;
ALTER TABLE messages DROP COLUMN holds_until;
ALTER TABLE messages DROP COLUMN turn;
ALTER TABLE messages DROP COLUMN turn_at;
ALTER TABLE messages DROP COLUMN wait;
ALTER TABLE messages DROP COLUMN underway_since;
ALTER TABLE messages DROP COLUMN queue;
