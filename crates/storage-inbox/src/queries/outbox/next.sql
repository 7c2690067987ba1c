-- The next message of each of these conversations, where it may go now: the first by priority and turn of those that
-- wait. One that waits for its own sake is left out once it held the others up for long enough. There is none while
-- one is on its way. What is read by its id is read in a value of its own, which no planner makes a join of.
WITH next (id) AS MATERIALIZED (
    SELECT (SELECT h.id FROM outbox h
            WHERE h.id = (SELECT o.id FROM outbox o
                          WHERE o.conversation_id = c.id AND o.queue = 0 AND o.queue < 2
                            AND o.turn_at <= $1 AND o.expires_at > $1
                            AND (o.due_at <= $1 OR o.holds_until IS NULL OR o.holds_until > $1)
                          ORDER BY o.priority, o.turn_at, o.turn, o.id LIMIT 1)
              AND h.due_at <= $1)
    FROM {these}
    WHERE NOT EXISTS (SELECT 1 FROM outbox b
                      WHERE b.conversation_id = c.id AND b.queue = 1 AND b.queue < 2)
)
SELECT next.id FROM next WHERE next.id IS NOT NULL
