-- The first message of each flow of a number's queue, flow after flow by the index: however long a flow is, one of
-- its messages is read. What is read by its id is read in a value of its own, which no planner makes a join of.
-- No pair of columns is compared: SQLite would begin at the flow's first message, and read through all of them.
WITH RECURSIVE heads (id) AS (
    SELECT (SELECT m.id FROM messages m
            WHERE m.account_id = $1 AND m.queue = 0
            ORDER BY m.priority, m.flow, m.due_at, m.id LIMIT 1)
    UNION ALL
    SELECT (SELECT coalesce(
                (SELECT m.id FROM messages m
                 WHERE m.account_id = $1 AND m.queue = 0 AND m.priority = h.priority AND m.flow > h.flow
                 ORDER BY m.priority, m.flow, m.due_at, m.id LIMIT 1),
                (SELECT m.id FROM messages m
                 WHERE m.account_id = $1 AND m.queue = 0 AND m.priority > h.priority
                 ORDER BY m.priority, m.flow, m.due_at, m.id LIMIT 1))
            FROM messages h WHERE h.id = heads.id)
    FROM heads WHERE heads.id IS NOT NULL
)
