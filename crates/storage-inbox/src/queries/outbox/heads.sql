-- The first message of each flow of a number's queue, flow after flow by the index: however long a flow is, one of
-- its messages is read.
WITH RECURSIVE heads (id) AS (
    SELECT (SELECT m.id FROM messages m
            WHERE m.account_id = $1 AND m.queue = 0
            ORDER BY m.priority, m.flow, m.due_at, m.id LIMIT 1)
    UNION ALL
    SELECT (SELECT m.id FROM messages m
            WHERE m.account_id = $1 AND m.queue = 0 AND (m.priority, m.flow) > (h.priority, h.flow)
            ORDER BY m.priority, m.flow, m.due_at, m.id LIMIT 1)
    FROM heads JOIN messages h ON h.id = heads.id
)
