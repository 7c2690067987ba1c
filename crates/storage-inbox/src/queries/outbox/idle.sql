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
    SELECT (SELECT m.id FROM messages m
            WHERE m.account_id = h.account_id AND m.queue = 0 AND (m.priority, m.flow) > (h.priority, h.flow)
            ORDER BY m.priority, m.flow, m.due_at, m.id LIMIT 1)
    FROM heads JOIN messages h ON h.id = heads.id
    WHERE h.due_at > $1 OR h.expires_at <= $1
)
SELECT idle.id FROM (
    SELECT free.id FROM free
    WHERE EXISTS (SELECT 1 FROM messages m WHERE m.account_id = free.id AND m.queue = 1)
    UNION
    SELECT h.account_id FROM heads JOIN messages h ON h.id = heads.id
    WHERE h.due_at <= $1
      AND EXISTS (SELECT 1 FROM messages m
                  WHERE m.account_id = h.account_id AND m.queue = 0 AND m.priority = h.priority AND m.flow = h.flow
                    AND m.due_at <= $1 AND m.expires_at > $1)
) AS idle
ORDER BY idle.id
LIMIT $2
