-- The place of a message in its number's queue, from the call that submits it until the message is settled: arrived,
-- failed, cancelled or expired. Until then attempt, epoch, token and the times hold as they stand here; messages has
-- them as of the last outcome. Of a settled message they are there alone.
-- queue: 0 queued, 1 dispatching, 2 proving, 3 unknown; null while Meta has the message, so that it is in one index and
-- not in two. The status in messages stays 'queued' while it is dispatching.
-- turn_at, turn: the place among the messages of the conversation that have its priority.
-- holds_until: while it waits for its own sake, those behind it wait until then.
CREATE TABLE outbox (
    id uuid NOT NULL PRIMARY KEY,
    account_id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    queue smallint CHECK (queue BETWEEN 0 AND 3),
    priority smallint NOT NULL,
    flow text COLLATE "C" NOT NULL,
    turn_at timestamptz NOT NULL,
    turn bigint NOT NULL,
    due_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    holds_until timestamptz,
    wait text,
    attempt integer NOT NULL,
    epoch bigint NOT NULL,
    token uuid,
    dispatched_at timestamptz
) WITH (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0);
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

-- No row is rewritten: PostgreSQL only marks the columns as gone.
DROP INDEX messages_turns;
DROP INDEX messages_underway;
DROP INDEX messages_expiring;
DROP INDEX messages_proving;
DROP INDEX messages_queue;
ALTER TABLE messages
    DROP COLUMN holds_until,
    DROP COLUMN turn,
    DROP COLUMN turn_at,
    DROP COLUMN wait,
    DROP COLUMN underway_since,
    DROP COLUMN queue;
