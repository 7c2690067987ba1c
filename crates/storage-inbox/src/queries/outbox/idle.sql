-- Numbers that nobody holds and that have something dispatching or due. From number to number by the index, then
-- from flow to flow until one is due.
WITH RECURSIVE accounts (id) AS (
    SELECT (SELECT m.account_id FROM messages m
            WHERE m.queue IS NOT NULL ORDER BY m.account_id LIMIT 1)
    UNION ALL
    SELECT (SELECT m.account_id FROM messages m
            WHERE m.queue IS NOT NULL AND m.account_id > accounts.id ORDER BY m.account_id LIMIT 1)
    FROM accounts WHERE accounts.id IS NOT NULL
), free (id) AS (
    SELECT accounts.id FROM accounts
    WHERE accounts.id IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM number_queues q
                      WHERE q.account_id = accounts.id AND q.owner IS NOT NULL AND q.until > $1)
), heads (id) AS (
    SELECT (SELECT m.id FROM messages m
            WHERE m.account_id = free.id AND m.queue = 0
            ORDER BY m.priority, m.flow, m.due_at, m.id LIMIT 1)
    FROM free
    UNION ALL
    SELECT (SELECT coalesce(
                (SELECT m.id FROM messages m
                 WHERE m.account_id = h.account_id AND m.queue = 0 AND m.priority = h.priority AND m.flow > h.flow
                 ORDER BY m.priority, m.flow, m.due_at, m.id LIMIT 1),
                (SELECT m.id FROM messages m
                 WHERE m.account_id = h.account_id AND m.queue = 0 AND m.priority > h.priority
                 ORDER BY m.priority, m.flow, m.due_at, m.id LIMIT 1))
            FROM messages h
            WHERE h.id = heads.id AND (h.due_at > $1 OR h.expires_at <= $1))
    FROM heads WHERE heads.id IS NOT NULL
), idle (id) AS (
    SELECT (SELECT m.account_id FROM messages m
            WHERE m.account_id = free.id AND m.queue = 1 LIMIT 1)
    FROM free
    UNION
    SELECT (SELECT h.account_id FROM messages h
            WHERE h.id = heads.id AND h.due_at <= $1
              AND (h.expires_at > $1
                   OR (SELECT m.id FROM messages m
                       WHERE m.account_id = h.account_id AND m.queue = 0
                         AND m.priority = h.priority AND m.flow = h.flow
                         AND m.due_at <= $1 AND m.expires_at > $1
                       ORDER BY m.due_at, m.id LIMIT 1) IS NOT NULL))
    FROM heads
)
SELECT idle.id FROM idle WHERE idle.id IS NOT NULL ORDER BY idle.id LIMIT $2
