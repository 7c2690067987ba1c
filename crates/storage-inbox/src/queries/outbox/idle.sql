-- Numbers that nobody holds and that have something dispatching or due. From number to number by the index, then
-- from flow to flow until one is due.
WITH RECURSIVE accounts (id) AS (
    SELECT (SELECT o.account_id FROM outbox o
            WHERE o.queue IS NOT NULL ORDER BY o.account_id LIMIT 1)
    UNION ALL
    SELECT (SELECT o.account_id FROM outbox o
            WHERE o.queue IS NOT NULL AND o.account_id > accounts.id ORDER BY o.account_id LIMIT 1)
    FROM accounts WHERE accounts.id IS NOT NULL
), free (id) AS (
    SELECT accounts.id FROM accounts
    WHERE accounts.id IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM number_queues q
                      WHERE q.account_id = accounts.id AND q.owner IS NOT NULL AND q.until > $1)
), heads (id) AS (
    SELECT (SELECT o.id FROM outbox o
            WHERE o.account_id = free.id AND o.queue = 0
            ORDER BY o.priority, o.flow, o.due_at, o.id LIMIT 1)
    FROM free
    UNION ALL
    SELECT (SELECT coalesce(
                (SELECT o.id FROM outbox o
                 WHERE o.account_id = h.account_id AND o.queue = 0 AND o.priority = h.priority AND o.flow > h.flow
                 ORDER BY o.priority, o.flow, o.due_at, o.id LIMIT 1),
                (SELECT o.id FROM outbox o
                 WHERE o.account_id = h.account_id AND o.queue = 0 AND o.priority > h.priority
                 ORDER BY o.priority, o.flow, o.due_at, o.id LIMIT 1))
            FROM outbox h
            WHERE h.id = heads.id AND (h.due_at > $1 OR h.expires_at <= $1))
    FROM heads WHERE heads.id IS NOT NULL
), idle (id) AS (
    SELECT (SELECT o.account_id FROM outbox o
            WHERE o.account_id = free.id AND o.queue = 1 LIMIT 1)
    FROM free
    UNION
    SELECT (SELECT h.account_id FROM outbox h
            WHERE h.id = heads.id AND h.due_at <= $1
              AND (h.expires_at > $1
                   OR (SELECT o.id FROM outbox o
                       WHERE o.account_id = h.account_id AND o.queue = 0
                         AND o.priority = h.priority AND o.flow = h.flow
                         AND o.due_at <= $1 AND o.expires_at > $1
                       ORDER BY o.due_at, o.id LIMIT 1) IS NOT NULL))
    FROM heads
)
SELECT idle.id FROM idle WHERE idle.id IS NOT NULL ORDER BY idle.id LIMIT $2
