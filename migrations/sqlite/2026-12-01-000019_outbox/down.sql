ALTER TABLE messages ADD COLUMN queue INTEGER CHECK (queue BETWEEN 0 AND 4);
ALTER TABLE messages ADD COLUMN underway_since INTEGER;
ALTER TABLE messages ADD COLUMN wait TEXT;
ALTER TABLE messages ADD COLUMN turn_at INTEGER;
ALTER TABLE messages ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN holds_until INTEGER;
UPDATE messages SET queue = o.queue, underway_since = CASE WHEN o.queue IS NULL THEN o.dispatched_at END,
        wait = o.wait, turn_at = o.turn_at, turn = o.turn, holds_until = o.holds_until, due_at = o.due_at,
        expires_at = o.expires_at, attempt = o.attempt, epoch = o.epoch, token = o.token,
        dispatched_at = o.dispatched_at,
        status = CASE WHEN o.queue = 1 THEN 'sending' ELSE messages.status END
    FROM outbox o WHERE o.id = messages.id;
UPDATE messages SET queue = 4 WHERE status = 'failed' AND body IS NOT NULL;
CREATE INDEX messages_queue ON messages (account_id, queue, priority, flow, due_at, id) WHERE queue IS NOT NULL;
CREATE INDEX messages_proving ON messages (due_at, id) WHERE queue = 2;
CREATE INDEX messages_expiring ON messages (expires_at, id) WHERE queue = 0;
CREATE INDEX messages_underway ON messages (account_id, underway_since, id) WHERE underway_since IS NOT NULL;
CREATE INDEX messages_turns ON messages (conversation_id, queue, priority, turn_at, turn, id) WHERE queue < 2;
DROP TABLE outbox;
