-- The first message of each flow of a number's queue, flow after flow by the index: however long a flow is, one of
-- its messages is read. What is read by its id is read in a value of its own, which no planner makes a join of.
-- No pair of columns is compared: SQLite would begin at the flow's first message, and read through all of them.
WITH RECURSIVE heads (id) AS (
    SELECT (SELECT o.id FROM outbox o
            WHERE o.account_id = $1 AND o.queue = 0
            ORDER BY o.priority, o.flow, o.due_at, o.id LIMIT 1)
    UNION ALL
    SELECT (SELECT coalesce(
                (SELECT o.id FROM outbox o
                 WHERE o.account_id = $1 AND o.queue = 0 AND o.priority = h.priority AND o.flow > h.flow
                 ORDER BY o.priority, o.flow, o.due_at, o.id LIMIT 1),
                (SELECT o.id FROM outbox o
                 WHERE o.account_id = $1 AND o.queue = 0 AND o.priority > h.priority
                 ORDER BY o.priority, o.flow, o.due_at, o.id LIMIT 1))
            FROM outbox h WHERE h.id = heads.id)
    FROM heads WHERE heads.id IS NOT NULL
)
